"""What is asked before a draft is saved: which file, which name at Portkey, which profile is to use it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import PkccError, UsageError
from profiles.profile.config.names import kept_names, short_hint
from tray.actions.account.configs.opened import folder_of
from tray.actions.account.configs.users import have_name, users_by_id
from tray.actions.account.configs.workspaces import workspaces
from tray.actions.more.keep_config import Where, keep_in_file
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import changing, form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.configs.checking import is_refused
from tray.manager.pages.configs.listing import address_of, draft_name
from tray.manager.pages.configs.saving import pushing
from tray.manager.pages.shell import in_shell
from tray.manager.serving.drafts import Source
from tray.manager.views.fields import FieldError
from tray.manager.views.words import home_short

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.actions.account.configs.workspaces import Workspace
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.drafts import ConfigDraft
    from tray.manager.site import Site

_WITHOUT_SPACES = re.compile(r"[^\w.-]+")


def _draft(site: Site, request: Request) -> ConfigDraft:
    found = site.drafts.find(request.path_params["name"])
    if found is None:
        raise UsageError("That config is not open any more", "Open it again from the list.")
    return found


@page
def ask_file(site: Site, session: Session, request: Request) -> Response:
    """Where the file is to be."""
    if site.drafts.find(request.path_params["name"]) is None:
        return RedirectResponse("/configs", 303)
    return _file_page(site, session, request, None)


def _file_page(site: Site, session: Session, request: Request, error: FieldError | None) -> Response:
    draft, look = _draft(site, request), look_around(site)
    name = _WITHOUT_SPACES.sub("-", draft.source.name).strip("-").lower() or "config"
    suggested = os.path.join(folder_of(site.app), f"{name}.json")
    if draft.source.kind == "file":
        suggested = draft.source.which
    errors = [] if error is None else [error]
    return in_shell(
        site, session, request, "configs/file", look, errors=errors, outcome="The config was not saved",
        draft=draft, suggested=home_short(suggested, look.home),
        is_there=error is not None and error.field == "file",
    )  # fmt: skip


@form
def to_file(site: Site, session: Session, fields: Form) -> str | Response:
    """Write it there."""
    draft, output = _draft(site, fields.request), fields.pasted("file")
    sent = draft.config
    if is_refused(site, draft):
        return address_of(draft.address)
    if not output:
        return _file_page(site, session, fields.request, FieldError("file", "Type where the file is to be"))
    is_own = draft.source.kind == "file" and _full(output) == draft.source.which
    seen = draft.source.mark if is_own else ""
    try:
        done = keep_in_file(site.app, sent, output, seen=seen, replace=fields.is_ticked("replace"))
    except PkccError as error:
        return _file_page(site, session, fields.request, FieldError.of("file", error))
    short = home_short(done.place, look_around(site).home)
    session.tell(Flash("ok", f"Saved to {short}", done.notes))
    if draft.source.kind == "new" or is_own:
        which = os.path.realpath(done.place)
        draft.kept(Source("file", which, draft.source.profile, short, done.mark), sent)
        site.drafts.move(draft, draft_name("file", which))
    return address_of(draft.address)


def _full(path: str) -> str:
    return os.path.realpath(os.path.expanduser(path))


@page
def ask_name(site: Site, session: Session, request: Request) -> Response:
    """What a new config is called at Portkey, and with whose key it is saved."""
    if site.drafts.find(request.path_params["name"]) is None:
        return RedirectResponse("/configs", 303)
    return _name_page(site, session, request, [])


def _name_page(site: Site, session: Session, request: Request, errors: list[FieldError]) -> Response:
    draft, look = _draft(site, request), look_around(site)
    found = workspaces(site.app)
    keys = [
        (each.profiles[0], f"{_key(each)}, of {', '.join(map(look.label, each.profiles))}") for each in found
    ]
    own = next((each.profiles[0] for each in found if draft.source.profile in each.profiles), "")
    stem = os.path.splitext(os.path.basename(draft.source.which))[0] if draft.source.kind == "file" else ""
    return in_shell(
        site, session, request, "configs/save", look, errors=errors, outcome="The config was not saved",
        draft=draft, keys=keys, chosen=own, suggested=stem,
    )  # fmt: skip


def _key(found: Workspace) -> str:
    return found.key.partition(":")[2] or found.key


@form
def to_portkey(site: Site, session: Session, fields: Form) -> str | Response:
    """Save it there as a new one."""
    draft, name = _draft(site, fields.request), fields.text("called")
    if is_refused(site, draft):
        return address_of(draft.address)
    if not name:
        return _name_page(site, session, fields.request, [FieldError("called", "Type a name for the config")])
    profiles = {profile for found in workspaces(site.app) for profile in found.profiles}
    profile = fields.text("profile")
    if profile not in profiles:
        raise UsageError("There is no such key", "Choose one of the list.")
    file = draft.source.which if draft.source.kind == "file" else "" if draft.source.kind == "held" else "-"
    if draft.source.kind == "held":
        profile = draft.source.which
    return pushing(site, draft, Where(profile, "", name, file))


@page
def ask_use(site: Site, session: Session, request: Request) -> Response:
    """Which profile is to use a config that is saved."""
    draft = site.drafts.find(request.path_params["name"])
    if draft is None or draft.source.kind != "saved":
        return RedirectResponse("/configs", 303)
    look = look_around(site)
    same = next((each.profiles for each in workspaces(site.app) if draft.source.profile in each.profiles), ())
    users = users_by_id(site.app).get(draft.source.which, ())
    names = kept_names(site.app.locations)
    rows = [
        (name, look.label(name), f"Now {short_hint(site.app.store.rendered(name), names)}")
        for name in same
        if name not in users
    ]
    active = look.status.active
    chosen = active if active in [row[0] for row in rows] else next((row[0] for row in rows), "")
    return in_shell(site, session, request, "configs/use", look, draft=draft, rows=rows, chosen=chosen)


@changing
def use(site: Site, session: Session, fields: Form) -> str:
    """Have a profile use it."""
    draft, name = _draft(site, fields.request), fields.text("profile")
    if draft.source.kind != "saved" or name not in site.app.store.names():
        raise UsageError("There is no such profile", "Choose one of the list.")
    notes = have_name(site.app, (name,), draft.source.which)
    label = site.app.store.rendered(name).label or name
    session.tell(Flash("ok", f"{label} uses {draft.source.name} from now on", notes, "Undo"))
    return "/configs"


ROUTES = (
    Route("/configs/{name}/file", ask_file, methods=["GET"]),
    Route("/configs/{name}/file", to_file, methods=["POST"]),
    Route("/configs/{name}/save", ask_name, methods=["GET"]),
    Route("/configs/{name}/save", to_portkey, methods=["POST"]),
    Route("/configs/{name}/use", ask_use, methods=["GET"]),
    Route("/configs/{name}/use", use, methods=["POST"]),
)
