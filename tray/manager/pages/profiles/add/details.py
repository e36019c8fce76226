"""Step 4: the name, metadata, and what few profiles need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import PkccError
from profiles.base.names import check_name
from profiles.claude_code.dialects import DELIVERIES, DIALECTS
from tray.actions.profiles.adding.entered import Details
from tray.manager.answering.form import form
from tray.manager.pages.profiles.add.draft import draft_in
from tray.manager.pages.profiles.add.entered_profile import wrong_in_draft
from tray.manager.pages.profiles.add.step import step
from tray.manager.pages.profiles.add.trial import to_review
from tray.manager.pages.profiles.typed_secrets import refuse_secrets
from tray.manager.pages.shell import in_shell
from tray.manager.views.fields import FieldError
from tray.manager.views.profiles.add import words

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.app import App
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.pages.profiles.add.draft import Draft
    from tray.manager.site import Site

_PATH = "/add/details"


def _shown(
    site: Site, session: Session, request: Request, draft: Draft, errors: list[FieldError]
) -> Response:
    """The details; a name is suggested."""
    details = draft.details
    follows = details is None  # the short name follows the name, until it is edited
    if details is None:
        label = words.suggested_label(draft.route, draft.offer)
        details = Details(label, words.short_name(label, site.app.store.names()))
    return in_shell(
        site,
        session,
        request,
        "profiles/add/details",
        errors=errors,
        step=4,
        details=details,
        follows=follows and not errors,
    )


@form
def choose(site: Site, session: Session, fields: Form) -> str | Response:
    """Take the details."""
    draft = draft_in(site, session)
    if secrets := refuse_secrets(fields):
        return _shown(site, session, fields.request, draft, secrets)
    label = fields.text("label")
    details = Details(
        label,
        fields.pasted("name") or words.short_name(label, site.app.store.names()),
        fields.pairs("metadata"),
        fields.text("dialect"),
        fields.text("delivery"),
        fields.pasted("trace"),
        fields.pairs("headers"),
        fields.pairs("env"),
        fields.pasted("project"),
        fields.pasted("region"),
    )
    errors = _wrong(site.app, details)
    if not errors:
        if details != draft.details:
            draft.details, draft.checked = details, None
        errors = [each.error for each in wrong_in_draft(draft) if each.path == _PATH]
    if errors:
        return _shown(site, session, fields.request, draft, errors)
    return to_review(site, session, draft)


def _wrong(app: App, details: Details) -> list[FieldError]:
    found = [] if details.label else [FieldError("label", "Give it a name, such as Work")]
    if details.dialect not in DIALECTS:
        found.append(FieldError("dialect", "Choose an API format"))
    if details.delivery not in DELIVERIES:
        found.append(FieldError("delivery", "Choose how Claude Code gets the key"))
    try:
        if details.label or details.name:
            app.store.check_free(check_name(details.name))
    except PkccError as error:
        found.append(FieldError.of("name", error))
    return found


ROUTES = (
    Route(_PATH, step(_shown), methods=["GET"]),
    Route(_PATH, choose, methods=["POST"]),
)
