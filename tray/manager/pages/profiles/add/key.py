"""Step 1: which key, and whose gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import PkccError
from profiles.base.secret_checks import check_secret
from profiles.base.secret_references.parse import parse_reference
from profiles.portkey.editions import AIRS, PORTKEY
from profiles.profile.schema.fields import is_plain_http
from tray.actions.keys.places import key_places
from tray.actions.keys.stored import list_keys
from tray.actions.keys.try_key import gateways_of
from tray.actions.profiles.adding.answers import one_word
from tray.actions.profiles.adding.entered import (
    CONFIG,
    ELSEWHERE,
    LATER,
    NEW,
    OWN,
    STORED,
    UNNAMED,
    KeyAnswer,
    RouteAnswer,
)
from tray.actions.profiles.adding.place import place_data
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.pages.profiles.add.draft import draft_in, forget_draft
from tray.manager.pages.profiles.add.entered_profile import gateway_url, place_of_key, wrong_in
from tray.manager.pages.profiles.add.lookup import look_up
from tray.manager.pages.profiles.typed_secrets import refuse_secrets
from tray.manager.pages.shell import in_shell
from tray.manager.views.fields import FieldError
from tray.manager.views.keys.listing import place_words
from tray.manager.views.profiles.add import words
from tray.manager.views.words import host_of, listed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.app import App
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.pages.profiles.add.draft import Draft
    from tray.manager.site import Site

_EMPTY = {
    "env": "Name the variable",
    "file": "Give the path of the file",
    "manager": "Give the reference, such as vault-kv://secret/portkey#api_key",
    "cmd": "Give the command",
}


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """Which key, and whose gateway."""
    draft = draft_in(site, session)
    return _shown(site, session, request, draft, [])


def _shown(
    site: Site, session: Session, request: Request, draft: Draft, errors: list[FieldError]
) -> Response:
    stored = [row for row in list_keys(site.app)[0].keys if row.stored_in and ":" not in row.name]
    key = draft.key
    unused = next((row.name for row in stored if not row.used_by), "")
    gateways = gateways_of(site.app)
    return in_shell(
        site,
        session,
        request,
        "profiles/add/key",
        errors=errors,
        step=1,
        key=key,
        source=key.source or (STORED if unused else NEW),
        held=draft.secret is not None,
        stored=words.stored_keys(stored),
        chosen=key.stored or unused,
        gateways={
            row.name: words.gateway_choice(urls)
            for row in stored
            if (urls := gateways.get(f"keyring:{row.name}"))
        },
        place=place_words(key_places(site.app)),
        console=words.key_page(key),
    )


@form
def choose(site: Site, session: Session, fields: Form) -> str | Response:
    """Take the key and the gateway; with `look` ask the account what the key may use."""
    draft = draft_in(site, session)
    if secrets := refuse_secrets(fields):
        return _shown(site, session, fields.request, draft, secrets)
    kind = fields.text("elsewhere") or "env"
    answer = KeyAnswer(
        fields.text("source"),
        fields.text("stored"),
        kind,
        {each: fields.text(each) if each == "cmd" else fields.pasted(each) for each in _EMPTY},
        fields.text("gateway") or PORTKEY.name,
        fields.pasted("url"),
    )
    looks = fields.text("look") == "1" and answer.source != LATER
    errors = [*_wrong_key(site.app, fields, draft, answer), *_wrong_gateway(answer)]
    if not errors and looks and answer.source == STORED:
        errors = _another_gateway(site.app, fields, answer)
    if errors:
        return _shown(site, session, fields.request, draft, errors)
    if answer != draft.key or fields.text("key"):
        draft.key, draft.checked = answer, None
        draft.drop_offer()
    if answer.source != NEW:
        draft.drop_key()
    if looks:
        return look_up(site, session, draft)
    return "/add/route"


def _wrong_key(app: App, fields: Form, draft: Draft, answer: KeyAnswer) -> list[FieldError]:
    try:
        if answer.source == NEW:
            return _typed_key(app, fields, draft)
        if answer.source == STORED:
            is_there = answer.stored and app.secrets.where(answer.stored) is not None
            return [] if is_there else [FieldError("stored", "Choose a key that is stored")]
        if answer.source == ELSEWHERE:
            if not answer.typed.get(answer.kind):
                return [FieldError(answer.kind, _EMPTY.get(answer.kind, "Choose where it lies"))]
            parse_reference(answer.reference(UNNAMED))
            return []
    except PkccError as error:
        return [FieldError.of("key" if answer.source == NEW else answer.kind, error)]
    return [] if answer.source == LATER else [FieldError("source", "Choose a key")]


def _typed_key(app: App, fields: Form, draft: Draft) -> list[FieldError]:
    if not key_places(app).for_new:
        return [FieldError("source", "There is no safe place for keys yet: create a vault first")]
    text = fields.pasted("key")
    if text:
        draft.hold(check_secret(text, "The key"))
    elif draft.secret is None:
        return [FieldError("key", "Paste your Portkey API key")]
    return []


def _wrong_gateway(answer: KeyAnswer) -> list[FieldError]:
    if answer.gateway not in (PORTKEY.name, AIRS.name, OWN):
        return [FieldError("gateway", "Choose a gateway")]
    if answer.gateway != OWN:
        return []
    if not answer.url:
        return [FieldError("url", "Give the gateway's address")]
    if is_plain_http(answer.url):
        return [FieldError("url", "Gateway address must begin with https://, or name this computer")]
    data = place_data(UNNAMED, answer.base_url("messages"), f"keyring:{UNNAMED}")
    return [each.error for each in wrong_in(data)]


def _another_gateway(app: App, fields: Form, answer: KeyAnswer) -> list[FieldError]:
    """A stored key is asked about at the gateways of its profiles alone: the first of them is chosen then."""
    urls = gateways_of(app).get(answer.reference(UNNAMED), [])
    hosts = [host_of(url) for url in urls]
    if not urls or host_of(gateway_url(answer)) in hosts:
        return []
    gateway, url = words.gateway_choice(urls)
    typed = fields.request.state.typed
    fields.request.state.typed = typed | {"gateway": [gateway], "url": [url]}
    text = f"This key is used at {listed(hosts)} only: that gateway is chosen now"
    return [FieldError("gateway", text)]


@form
def again(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Ask the account once more."""
    draft = draft_in(site, session)
    if draft.lacks_key:
        return "/add"
    place_of_key(draft.key)
    return look_up(site, session, draft)


@form
def begin_with(site: Site, session: Session, fields: Form) -> str:
    """Begin anew, with a saved config as the route."""
    config = one_word(fields.text("config"))
    forget_draft(session)
    draft_in(site, session).route = RouteAnswer(CONFIG, config=config)
    session.tell(
        Flash(
            "info", f"A profile that uses {config}", ("Its key comes first: one that may read the config.",)
        )
    )
    return "/add"


@form
def cancel(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Forget what was entered, the key first."""
    forget_draft(session)
    return "/add" if fields.text("again") else "/"


ROUTES = (
    Route("/add", show, methods=["GET"]),
    Route("/add", choose, methods=["POST"]),
    Route("/add/with", begin_with, methods=["POST"]),
    Route("/add/look-up", again, methods=["POST"]),
    Route("/add/cancel", cancel, methods=["POST"]),
)
