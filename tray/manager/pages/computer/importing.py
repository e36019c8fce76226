"""Import: what there is on this computer, ticked; and bringing what the person picks."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.routing import Route

from profiles.base.errors import PkccError
from profiles.base.locations import home
from profiles.base.names import check_name
from profiles.base.secret_names import may_be_key
from profiles.base.text import counted
from tray.actions.keys.places import key_places
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.fields import FieldError
from tray.manager.views.keys.listing import place_words
from tray.manager.views.words import home_short, tilde

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.actions.profiles.importing.plan import Made
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """What was found; or what lies in the file that the person named."""
    return _shown(site, session, request, request.query_params.get("file", "").strip())


def _shown(
    site: Site,
    session: Session,
    request: Request,
    file: str,
    errors: Sequence[FieldError] = (),
    picked: int | None = None,
) -> Response:
    from tray.actions.profiles.importing.found import find_sources
    from tray.actions.profiles.importing.likely import likely_files
    from tray.manager.views.computer.importing import source_rows

    look = look_around(site)
    try:
        sources = find_sources(site.app, file or None)
    except PkccError as error:
        text = tilde(FieldError.of("file", error).text, look.home)
        errors = (*errors, FieldError("file", text))
        sources = find_sources(site.app)
    rows = source_rows(sources, look.home)
    ticked = sum(row.ticked for source in rows for row in source.profiles)
    return in_shell(
        site,
        session,
        request,
        "computer/import",
        look,
        errors=errors,
        file=file,
        sources=rows,
        likely=[home_short(path, look.home) for path in likely_files(look.home)],
        switch_to=next((row.switch_to for source in rows for row in source.profiles if row.switch_to), ""),
        count=ticked if picked is None else picked,
        store=place_words(key_places(site.app)),
        strange=any(error.field == "address" for error in errors),
    )


@form
def look_at(site: Site, session: Session, fields: Form) -> str | Response:
    """The page of that file. What may be a key, or leads to no file, gets into no address and no history."""
    from tray.actions.profiles.importing.found import find_sources

    file = fields.pasted("file")
    if not file or may_be_key(file):
        wrong = "Type where the file lies" if not file else "That is no path, and looks like a key"
        return _shown(site, session, fields.request, "", [FieldError("file", wrong)])
    try:
        find_sources(site.app, file)
    except PkccError:
        return _shown(site, session, fields.request, file)  # which says what is wrong with it
    return f"/import?{urlencode({'file': file})}"


@form
def bring(site: Site, session: Session, fields: Form) -> str | Response:
    """Make profiles of what is ticked. Keys go into the key store, which may wait for the person."""
    from tray.actions.profiles.importing.found import plan_picked

    file = fields.text("file")
    names = {pick: fields.text(f"name-{pick}") for pick in fields.texts("pick")}
    own_addresses = fields.is_ticked("address")
    errors = _wrong_names(site, names)
    if not errors:
        try:
            made, in_use = plan_picked(site.app, names, file=file or None, helper=fields.is_ticked("helper"))
            errors = _in_the_way(site, made, own_addresses=own_addresses)
        except PkccError as error:
            errors = [FieldError.of("", error)]
    if errors:
        return _shown(site, session, fields.request, file, errors, len(names))
    return _begin(site, made, in_use, own_addresses=own_addresses)


def _wrong_names(site: Site, names: Mapping[str, str]) -> list[FieldError]:
    if not names:
        return [FieldError("", "Choose at least one profile")]
    errors = []
    taken = {name.lower() for name in site.app.store.names()}
    for pick, name in names.items():
        try:
            check_name(name)
        except PkccError as error:
            errors.append(FieldError.of(f"name-{pick}", error))
            continue
        if name.lower() in taken:
            errors.append(FieldError(f"name-{pick}", f"“{name}” is taken already"))
        taken.add(name.lower())
    return errors


def _in_the_way(site: Site, made: Made, *, own_addresses: bool) -> list[FieldError]:
    """No place for a key, or an address to which a key of this computer would go for the first time."""
    from tray.actions.profiles.importing.addresses import strange_addresses

    errors = []
    places = key_places(site.app)
    if made.secrets and not places.for_new:
        title = f"There is no place for a key: {places.keyring.problem}"
        errors.append(FieldError("", f"{title}. On the page Keys an encrypted vault can be made"))
    for profile in () if own_addresses else made.profiles:
        errors += [
            FieldError("address", f"{profile.name} would send a key that is stored here already to {each}")
            for each in strange_addresses(site.app, profile, made.secrets)
        ]
    return errors


def _begin(site: Site, made: Made, in_use: str, *, own_addresses: bool) -> str:
    what, own_home = counted(len(made.profiles), "profile"), home(site.app.environ)

    def work(job: Job) -> str:
        from tray.actions.profiles.importing.store import bring as store

        job.step(f"Storing {what}" + (f" and {counted(len(made.secrets), 'key')}" if made.secrets else ""))
        _, notes = store(job.app, made, in_use, own_addresses=own_addresses)
        lines = tuple(tilde(note, own_home) for note in notes)
        done = f"{what} imported"
        if in_use:
            done += f", {in_use} is in use"
        job.tell(Flash("ok", done, lines, "Undo the switch" if in_use else "Undo the import"))
        return "/"

    return site.jobs.change(f"Importing {what}", work, back="/import")


ROUTES = (
    Route("/import", show, methods=["GET"]),
    Route("/import", bring, methods=["POST"]),
    Route("/import/file", look_at, methods=["POST"]),
)
