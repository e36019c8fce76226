"""Step 3: what Claude Code's names for models mean here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import PkccError
from tray.actions.account.choices import suggested
from tray.actions.profiles.adding.answers import model_with_provider, one_word
from tray.actions.profiles.adding.entered import BY_MODEL
from tray.manager.answering.form import form
from tray.manager.pages.profiles.add.draft import draft_in
from tray.manager.pages.profiles.add.step import step
from tray.manager.pages.profiles.add.trial import to_review
from tray.manager.pages.shell import in_shell
from tray.manager.views.fields import FieldError
from tray.manager.views.profiles.add import offered, words

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.pages.profiles.add.draft import Draft
    from tray.manager.site import Site


def _shown(
    site: Site, session: Session, request: Request, draft: Draft, errors: list[FieldError]
) -> Response:
    """The models, those to suggest filled in."""
    dialect = draft.details.dialect if draft.details else "messages"
    along = draft.along
    models = draft.models
    if models is None:
        models = suggested(along.models, dialect, whole_id=along.whole_id)
    rows = offered.model_rows(models, along.models, draft.prices, dialect, whole_id=along.whole_id)
    return in_shell(
        site,
        session,
        request,
        "profiles/add/models",
        errors=errors,
        step=3,
        rows=rows,
        route=words.route_words(draft.route),
        by_model=draft.route.kind == BY_MODEL,
        is_suggested=draft.models is None and bool(models),
    )


@form
def choose(site: Site, session: Session, fields: Form) -> str | Response:
    """Take the models."""
    draft = draft_in(site, session)
    check = model_with_provider if draft.route.kind == BY_MODEL else one_word
    models: dict[str, str] = {}
    errors = []
    for field in offered.MODEL_FIELDS:
        text = fields.pasted(f"model-{field}")
        if text:
            try:
                models[field] = check(text)
            except PkccError as error:
                errors.append(FieldError.of(f"model-{field}", error))
    if errors:
        return _shown(site, session, fields.request, draft, errors)
    if models != draft.models:
        draft.models, draft.checked = models, None
    return to_review(site, session, draft) if draft.is_reviewed else "/add/details"


ROUTES = (
    Route("/add/models", step(_shown), methods=["GET"]),
    Route("/add/models", choose, methods=["POST"]),
)
