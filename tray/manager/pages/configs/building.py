"""The builder: a config as a form, each button of which answers with the form again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from profiles.base.errors import PkccError
from profiles.base.text import counted
from profiles.files.json_documents import json_or_none, shown
from profiles.gateway.account.names import all_names, names_of
from profiles.portkey.config.editing.form import filled, id_of, too_large
from profiles.portkey.config.editing.structure import VERBS, edited
from profiles.portkey.config.explaining.difference import differences
from tray.actions.account.configs.draft import hidden, hidden_text, parsed_draft
from tray.actions.account.configs.users import users_by_file, users_by_id
from tray.actions.account.configs.workspaces import workspaces
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import Form, form
from tray.manager.answering.page import page, session_of, site_of
from tray.manager.look_around import look_around
from tray.manager.pages.configs.checking import checked, is_refused
from tray.manager.pages.configs.listing import address_of
from tray.manager.pages.configs.saving import SAVING
from tray.manager.pages.shell import in_shell
from tray.manager.views.configs import builder as views
from tray.manager.views.configs.findings import field_errors, found_in, marked_lines
from tray.manager.views.drawing import draw

if TYPE_CHECKING:
    from typing import Any

    from starlette.requests import Request

    from profiles.gateway.account.names import KeptNames
    from tray.manager.access.sessions import Session
    from tray.manager.serving.drafts import ConfigDraft
    from tray.manager.site import Site

MOST_LEVELS = 60  # that a form is good for; a larger config is changed as JSON


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """A draft as a form, or as JSON."""
    draft = site.drafts.find(request.path_params["name"])
    if draft is None:
        session.tell(Flash("info", "That config is not open any more", ("Open it again from the list.",)))
        return RedirectResponse("/configs", 303)
    look = look_around(site)
    more = _beside(site, draft)
    errors = field_errors(more["found"]) if draft.tried else ()
    draft.tried = False
    count = len(errors)
    return in_shell(
        site,
        session,
        request,
        "configs/builder",
        look,
        errors=errors,
        outcome=f"{counted(count, 'problem')} keep{'s' * (count == 1)} this config from being saved",
        modes=views.MODES,
        operators=views.CONDITIONS,
        condition_fields=views.CONDITION_FIELDS,
        providers=_providers(site, draft),
        base=shown(draft.config),
        used_by=", ".join(map(look.label, _users(site, draft))),
        has_portkey=bool(workspaces(site.app)),
        **more,
    )


@form
def change(site: Site, session: Session, fields: Form) -> str:
    """Take what was typed, then do what the button says."""
    draft = site.drafts.find(fields.request.path_params["name"])
    if draft is None:
        session.tell(Flash("info", "That config is not open any more", ("Open it again from the list.",)))
        return "/configs"
    here = address_of(draft.address)
    verb, *words = fields.text("do").split(" ")
    readable = _take(draft, fields)
    if verb == "undo":
        draft.undo()
        draft.text = None if draft.text is None else shown(draft.config)
        return here
    if verb in ("newer", "discard"):
        return SAVING[verb](site, session, draft)
    if verb == "json":
        draft.text = shown(draft.config)
        return f"{here}#json"
    if verb == "form" and readable:
        draft.text = None
        return here
    if verb in SAVING:
        return here if not readable or is_refused(site, draft) else SAVING[verb](site, session, draft)
    return here + (_pressed(draft, verb, words) if verb in VERBS and readable else "")


def _take(draft: ConfigDraft, fields: Form, *, typing: bool = False) -> bool:
    """Put in what was typed: False where it is JSON that means nothing, which is kept as it was typed."""
    draft.problem = ""
    if fields.text("as") == "json":
        text = fields.text("json")
        try:
            draft.change(parsed_draft(text), typing=typing)
        except PkccError as error:
            draft.text, draft.problem = hidden_text(text), _said(error)
            return False
        draft.text = shown(draft.config)
        return True
    base = json_or_none(fields.text("base"))

    def typed(name: str) -> str | None:
        texts = fields.texts(name)
        return texts[-1] if texts else None

    if isinstance(base, dict):
        draft.change(hidden(filled(base, typed)), typing=typing)
    return True


def _said(error: PkccError) -> str:
    return f"{error.title}. {error.hint}".removeprefix("The text ")


def _pressed(draft: ConfigDraft, verb: str, words: list[str]) -> str:
    """Do what the button says; the place of the page to go on from."""
    where, *more = words or ["-"]
    try:
        place = () if where == "-" else tuple(int(number) for number in where.split("."))
        draft.change(edited(draft.config, verb, place, *more))
    except (LookupError, TypeError, ValueError, AttributeError):
        return ""  # a button of a page from before
    if verb == "add":
        inner: Any = draft.config
        for number in place:
            inner = inner["targets"][number]
        return f"#{id_of((*place, len(inner['targets']) - 1))}-provider"
    moved = {"up": -1, "down": 1, "copy": 1}.get(verb)
    if moved is not None:
        return f"#{id_of((*place[:-1], max(place[-1] + moved, 0)))}"
    if verb == "mode":
        return f"#{id_of(place)}-mode-{more[0]}"
    return f"#{id_of(place[:-1] if verb == 'remove' else place)}"


async def look(request: Request) -> Response:
    """Findings and JSON of what is typed at this moment, for a script; the draft is kept as it is typed."""
    site, session = site_of(request), session_of(request)
    draft = site.drafts.find(request.path_params["name"])
    if session is None or draft is None:
        return Response(status_code=404)
    fields = await Form.of(request)
    if not session.knows_form(fields.text("token")):
        return Response(status_code=403)
    return await run_in_threadpool(_looked, site, session, draft, fields)


def _looked(site: Site, session: Session, draft: ConfigDraft, fields: Form) -> Response:
    with site.lock:
        if not site.sessions.is_open(session):
            return Response(status_code=403)
        try:
            _take(draft, fields, typing=True)
            return HTMLResponse(draw("configs/beside.html", **_beside(site, draft)))
        except PkccError:
            return Response(status_code=422)


def _beside(site: Site, draft: ConfigDraft) -> dict[str, Any]:
    """What stands beside the form, and all that follows from the config."""
    now = checked(site, draft)
    found = [] if draft.problem or draft.is_untouched else found_in(draft.config, now.findings)
    known = _names(site, draft)
    whole = views.level_of(draft.config, lambda slug: _models(known, slug))
    return {
        "draft": draft,
        "found": found,
        "lines": marked_lines(now.text, found),
        "says": now.sentence,
        "whole": whole,
        "shares": views.shares_in(whole),
        "titles": views.titles_in(whole),
        "unknown": views.unknown_in(draft.config),
        "large": too_large(draft.config, MOST_LEVELS),
        "unsaved": len(differences(draft.was, draft.config)),
    }


def _names(site: Site, draft: ConfigDraft) -> KeptNames:
    """The names that the draft's account offers, as they are kept; else those of all accounts."""
    app = site.app
    if draft.source.profile in app.store.names():
        return names_of(app.locations, app.store.rendered(draft.source.profile))
    return all_names(app.locations)


def _providers(site: Site, draft: ConfigDraft) -> list[tuple[str, str]]:
    known = _names(site, draft).providers() or all_names(site.app.locations).providers()
    return [(f"@{slug}", words) for slug, words in known.items()][:80]


def _models(known: KeptNames, provider: str) -> list[str]:
    begin = f"{provider}/" if provider.startswith("@") else ""
    return [name.removeprefix(begin) for name in known.models(begin)] if begin else []


def _users(site: Site, draft: ConfigDraft) -> tuple[str, ...]:
    source = draft.source
    if source.kind == "saved":
        return users_by_id(site.app).get(source.which, ())
    if source.kind == "file":
        return users_by_file(site.app).get(source.which, ())
    return (source.which,) if source.kind == "held" else ()


ROUTES = (
    Route("/configs/{name}", show, methods=["GET"]),
    Route("/configs/{name}", change, methods=["POST"]),
    Route("/configs/{name}/look", look, methods=["POST"]),
)
