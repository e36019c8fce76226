"""Edit: all that a profile has, on one page; saved over the version that was shown alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import NotFoundError, PkccError
from profiles.base.names import catalog_of
from profiles.files.json_documents import json_or_none
from tray.actions.catalogs.after_change import writing_owed_after
from tray.actions.keys.hand_out import key_users
from tray.actions.keys.stored import list_keys
from tray.actions.profiles.editing import save as saving
from tray.actions.profiles.editing.changed_profile import WrongFieldsError
from tray.actions.profiles.editing.suggestions import suggestions
from tray.actions.profiles.order import set_favourite
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import Form, form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.open_file import opening
from tray.manager.pages.profiles.edit_lookup import look_up_again, take_typed
from tray.manager.pages.profiles.typed_profile import typed_profile
from tray.manager.pages.profiles.typed_secrets import refuse_secrets
from tray.manager.pages.shell import in_shell
from tray.manager.views.fields import FieldError
from tray.manager.views.profiles import editing as views
from tray.manager.views.profiles import field_names as names
from tray.manager.views.words import home_short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.site import Site
    from tray.manager.views.profiles.editing import Conflict
    from tray.manager.views.profiles.overview import Compared


class Beside(NamedTuple):
    """What stands beside the form; `is_typed`: it shows what was typed, and `unsaved` names what differs."""

    errors: Sequence[FieldError] = ()
    preview: Sequence[Compared] | None = None
    conflict: Conflict | None = None
    unsaved: Sequence[str] = ()
    is_typed: bool = False


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """The fields; of a profile that cannot be read why. Raises NotFoundError for one that is not there."""
    name = request.path_params["name"]
    if catalog := catalog_of(name):  # never changed in place: its page has what can be one's own
        return RedirectResponse(f"/catalogs/{catalog}", 303)
    try:
        return _shown(site, session, request, name, _typed_before(site, session, request, name))
    except NotFoundError:
        raise
    except PkccError as error:
        look = look_around(site)
        path = home_short(site.app.store.path_of(name), look.home)
        broken = {"name": name, "label": look.label(name), "error": error, "file": path}
        return in_shell(site, session, request, "profiles/edit_broken", look, **broken)


@form
def save(site: Site, session: Session, fields: Form) -> str | Response:
    """Save what was typed, or show what that would change; nothing over what something else changed."""
    name = fields.request.path_params["name"]
    try:
        shown = saving.editable(site.app, name)
    except NotFoundError as error:
        session.tell(Flash("bad", error.title, ("It was removed or renamed meanwhile: see History.",)))
        return "/"

    def again(beside: Beside) -> Response:
        return _shown(site, session, fields.request, name, beside._replace(is_typed=True))

    changes = typed_profile(fields, shown)
    if secrets := refuse_secrets(fields, json.dumps(shown.fields, default=str)):
        return again(Beside(errors=_with_others(site, fields, changes, secrets)))
    version = fields.text("version")
    if fields.text("do") == "look-up":
        return look_up_again(site, session, name, fields.request.state.typed)
    if fields.text("do") == "over":
        version = fields.text("newest")

    try:
        if fields.text("do") == "preview":
            found = saving.preview_saving(site.app, name, changes)
            rows = views.written_rows(found.writes)
            return again(Beside(preview=rows, unsaved=names.changed_names(found.changes)))
        with writing_owed_after(site.app):
            done, notes = saving.save_profile(site.app, name, changes, version)
    except WrongFieldsError as error:
        return again(Beside(errors=names.errors_of(error.problems, fields.text)))
    except saving.ChangedMeanwhileError:
        meanwhile = saving.since_shown(site.app, name, _texts_shown(fields))
        return again(Beside(conflict=views.conflict(meanwhile), unsaved=_unsaved(site, name, changes)))
    except PkccError as error:
        return again(Beside(errors=[FieldError.of("", error)]))
    starred, more = _starred(site, fields, done.name)
    notes = (*notes, *more)
    session.tell(views.saved(look_around(site).label(done.name), done, notes, starred=starred))
    return "/"


def _with_others(
    site: Site, fields: Form, changes: Mapping[str, object], secrets: list[FieldError]
) -> list[FieldError]:
    """The errors about secrets, and what else is wrong in other fields."""
    try:
        saving.preview_saving(site.app, fields.request.path_params["name"], changes)
    except WrongFieldsError as error:
        named = {each.field for each in secrets}
        others = names.errors_of(error.problems, fields.text)
        return [*(each for each in others if each.field not in named), *secrets]
    except PkccError:
        pass  # said when the secrets are gone
    return secrets


def _typed_before(site: Site, session: Session, request: Request, name: str) -> Beside:
    """What was typed before, where there is some: shown again, and not saved yet."""
    typed = take_typed(session, name)
    if not typed:
        return Beside()
    request.state.typed = typed
    changes = typed_profile(Form(request, typed), saving.editable(site.app, name))
    return Beside(unsaved=_unsaved(site, name, changes), is_typed=True)


@form
def open_file(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Open the profile's file with whatever the desktop has for it."""
    name = fields.text("name")
    site.app.store.text_of(name)  # raises where there is none
    return opening(site, site.app.store.path_of(name), f"/edit/{name}")


def _starred(site: Site, fields: Form, name: str) -> tuple[bool, tuple[str, ...]]:
    """Whether it became a favourite, or is none any more: no part of the profile, so kept on its own.

    With it a sentence where that could not be kept: the profile is saved all the same.
    """
    wanted = fields.is_ticked("favourite")
    if any(row.name == name and row.favourite == wanted for row in look_around(site).profiles):
        return False, ()
    try:
        set_favourite(site.app, name, on=wanted)
    except PkccError as error:
        return False, (f"The favourite was not kept: {error.title}. {error.hint}",)
    return True, ()


def _unsaved(site: Site, name: str, changes: Mapping[str, object]) -> list[str]:
    try:
        return names.changed_names(saving.preview_saving(site.app, name, changes).changes)
    except WrongFieldsError:
        return []


def _texts_shown(fields: Form) -> dict[str, str]:
    """The profile's texts when the form was shown, which it carries."""
    plain = json_or_none(fields.text("texts"))
    texts = plain if isinstance(plain, dict) else {}
    return {str(field): str(text) for field, text in texts.items()}


def _shown(site: Site, session: Session, request: Request, name: str, beside: Beside) -> Response:
    look = look_around(site)
    shown = saving.editable(site.app, name)
    status = 409 if beside.conflict is not None else 200
    return in_shell(
        site,
        session,
        request,
        "profiles/edit",
        look,
        status,
        beside.errors,
        f"{look.label(name)} was not saved",
        name=name,
        label=look.label(name),
        favourite=any(row.name == name and row.favourite for row in look.profiles),
        shown=shown,
        texts=json.dumps(shown.texts),
        values=views.values_of(shown),
        key=views.key_block(
            look,
            name,
            key_users(site.app)[0],
            [row.name for row in list_keys(site.app)[0].keys if row.stored_in],
        ),
        suggested=suggestions(site.app, name),
        others=[(row.name, row.label) for row in look.profiles if row.name != name],
        beside=beside,
        models=names.MODELS,
        model_labels=names.MODEL_LABELS,
        more_models=names.MORE_MODELS,
        rows=names.ROWS,
        row_fields=names.ROW_FIELDS,
    )


ROUTES = (
    Route("/edit/{name:path}", show, methods=["GET"]),
    Route("/edit/{name:path}", save, methods=["POST"]),
    Route("/open-profile", open_file, methods=["POST"]),
)
