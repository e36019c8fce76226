"""Step 2: where requests go."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import PkccError, UsageError
from profiles.claude_code.dialects import DIALECTS
from tray.actions.account.choices import route_choices
from tray.actions.account.offer import leads_of
from tray.actions.profiles.adding.answers import listed_provider, one_word, provider
from tray.actions.profiles.adding.config_file import load_config
from tray.actions.profiles.adding.entered import (
    BY_MODEL,
    CONFIG,
    PROVIDER,
    UNNAMED,
    VIRTUAL_KEY,
    RouteAnswer,
)
from tray.actions.profiles.adding.models_of_route import (
    Along,
    along_config,
    along_models,
    along_provider,
    probably_meant,
)
from tray.actions.profiles.adding.saved_config import saved_config
from tray.manager.answering.form import form
from tray.manager.pages.profiles.add.draft import draft_in
from tray.manager.pages.profiles.add.entered_profile import gateway_url, place_of_key
from tray.manager.pages.profiles.add.lookup import read_along
from tray.manager.pages.profiles.add.step import step
from tray.manager.pages.profiles.typed_secrets import refuse_secrets
from tray.manager.pages.shell import in_shell
from tray.manager.views.fields import FieldError
from tray.manager.views.profiles.add import offered

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.app import App
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.pages.profiles.add.draft import Draft
    from tray.manager.site import Site

_OTHER, _FILE = ":other", ":file"  # answers that no list has
_EMPTY = {
    "provider": "Choose a provider",
    "provider-other": "Give the provider's name, such as @anthropic-prod",
    "config": "Choose a config",
    "config-other": "Give the config's name or its id, such as pc-fallback-1a2b3c",
    "config-file": "Give the path of the file",
    "virtual-key": "Give the virtual key's id",
}


def _shown(
    site: Site, session: Session, request: Request, draft: Draft, errors: list[FieldError], near: str = ""
) -> Response:
    """Where requests go: chosen from what the account offers, or typed."""
    return in_shell(
        site,
        session,
        request,
        "profiles/add/route",
        errors=errors,
        step=2,
        notice=offered.account_notice(draft.offer),
        accepted=offered.accepted(draft.offer),
        providers=offered.provider_cards(draft.offer),
        configs=offered.config_cards(draft.offer),
        answer=draft.route,
        near=near,
    )


class _Answers:
    """The fields' answers by the checks of the guided `add`; what is wrong is noted."""

    def __init__(self, fields: Form) -> None:
        self._fields = fields
        self.errors: list[FieldError] = []

    def take(self, field: str, check: Callable[[str], str], *, needed: bool = True) -> str:
        """A field's answer as it is meant, "" where it is wrong or empty."""
        text = self._fields.pasted(field)
        if not text:
            if needed:
                self.errors.append(FieldError(field, _EMPTY[field]))
            return ""
        try:
            return check(text)
        except PkccError as error:
            self.errors.append(FieldError.of(field, error))
            return ""


@form
def choose(site: Site, session: Session, fields: Form) -> str | Response:
    """Take the route, and find the models along it."""
    draft = draft_in(site, session)
    if secrets := refuse_secrets(fields):
        return _shown(site, session, fields.request, draft, secrets)
    answers = _Answers(fields)
    kind = fields.text("kind")
    take = {PROVIDER: _provider, CONFIG: _config, VIRTUAL_KEY: _virtual_key, BY_MODEL: _by_model}.get(kind)
    if take is None:
        return _shown(site, session, fields.request, draft, [FieldError("kind", "Choose a kind of route")])
    route, along = take(site.app, fields, draft, answers)
    if answers.errors:
        return _shown(site, session, fields.request, draft, answers.errors)
    near = probably_meant(draft.offer, route.provider)
    if near and draft.doubted != route.provider:  # said once: a person may know better
        draft.doubted = route.provider
        error = FieldError("provider-other", f"Your account has no provider {route.provider}")
        return _shown(site, session, fields.request, draft, [error], near)
    if route != draft.route or draft.models is None:
        draft.route, draft.along, draft.models, draft.checked = route, along, None, None
        draft.prices = {}
    return read_along(site, session, draft)


def _listed(fields: Form, draft: Draft, answers: _Answers, field: str) -> str:
    """What was chosen in that list, "" for what is typed beside it. What cannot be used is refused."""
    chosen = fields.text(field)
    if chosen in (_OTHER, _FILE) or draft.offer is None:
        return ""
    rows = {row.key: row.disabled for row in route_choices(draft.offer)}

    def usable(text: str) -> str:
        if rows.get(text):
            raise UsageError(f"{text} {rows[text]}", "Choose another one.")
        return text

    return answers.take(field, usable)


def _provider(app: App, fields: Form, draft: Draft, answers: _Answers) -> tuple[RouteAnswer, Along]:  # noqa: ARG001
    slug = _listed(fields, draft, answers, "provider")
    if not slug and not answers.errors:
        slug = answers.take("provider-other", lambda text: _meant(draft, text))
    return RouteAnswer(PROVIDER, provider=slug), along_provider(draft.offer, slug)


def _meant(draft: Draft, text: str) -> str:
    known = () if draft.offer is None else tuple(each.slug for each in draft.offer.providers)
    return listed_provider(text, gateway_url(draft.key), known)


def _config(app: App, fields: Form, draft: Draft, answers: _Answers) -> tuple[RouteAnswer, Along]:
    beside = answers.take("beside", lambda text: _meant(draft, text), needed=False)
    if fields.text("config") == _FILE:
        found: list[Along] = []

        def readable(text: str) -> str:
            path = os.path.abspath(os.path.expanduser(text))
            leads = leads_of(load_config(path, UNNAMED)[0])
            found.append(along_config(draft.offer, leads, beside or None))
            return path

        path = answers.take("config-file", readable)
        return RouteAnswer(CONFIG, path=path, beside=beside), (found or [Along()])[0]
    slug = _listed(fields, draft, answers, "config")
    if not slug and not answers.errors:
        place = place_of_key(draft.key)
        slug = answers.take("config-other", lambda text: saved_config(app, text, place, draft.offer))
    return RouteAnswer(CONFIG, config=slug, beside=beside), Along()


def _virtual_key(app: App, fields: Form, draft: Draft, answers: _Answers) -> tuple[RouteAnswer, Along]:  # noqa: ARG001
    name = answers.take("virtual-key", one_word)
    owner = answers.take("owner", provider, needed=False) or DIALECTS["messages"].provider
    return RouteAnswer(VIRTUAL_KEY, virtual_key=name, owner=owner), Along()


def _by_model(app: App, fields: Form, draft: Draft, answers: _Answers) -> tuple[RouteAnswer, Along]:  # noqa: ARG001
    return RouteAnswer(BY_MODEL), along_models(draft.offer)


ROUTES = (
    Route("/add/route", step(_shown), methods=["GET"]),
    Route("/add/route", choose, methods=["POST"]),
)
