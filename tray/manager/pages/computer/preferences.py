"""Preferences: how pkcc-tray itself behaves, saved together; the start at login among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import PkccError
from tray.actions.more.computer.autostart import start_at_login
from tray.actions.more.preference import preferences, set_preferences, unfit
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.computer import preferences as views
from tray.manager.views.fields import FieldError
from tray.manager.views.words import home_short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """All preferences as they are; of a file that cannot be read, what is wrong with it."""
    return _shown(site, session, request)


def _shown(site: Site, session: Session, request: Request, errors: Sequence[FieldError] = ()) -> Response:
    look = look_around(site)
    try:
        own = preferences(site.app)
    except PkccError as error:
        return in_shell(site, session, request, "computer/preferences_broken", look, error=error)
    status = start_at_login(site.app, "status")
    return in_shell(
        site,
        session,
        request,
        "computer/preferences",
        look,
        errors=errors,
        own=own.preferences,
        was={
            name: views.as_text(value)
            for name, value in own.preferences.items()
            if name not in (own.decided or ())
        },
        fixed_names=own.decided or (),
        by=own.by,
        words=views,
        login=views.login_row(status, home_short(status.where, look.home)),
        file=home_short(own.file, look.home),
        decided=views.decided_elsewhere(site.app.environ),
    )


@form
def save(site: Site, session: Session, fields: Form) -> str | Response:
    """Save what the person changed on the page, and nothing else: what changed elsewhere meanwhile stays."""
    changed = {
        name: text
        for name, value in preferences(site.app).preferences.items()
        if (text := _typed(fields, name, value)) != _was(fields, name)
    }
    if wrong := unfit(changed):
        return _shown(site, session, fields.request, views.field_errors(wrong))
    at_login = _typed(fields, views.AT_LOGIN, True)
    new_at_login = at_login != _was(fields, views.AT_LOGIN)
    if new_at_login:
        try:
            start_at_login(site.app, "on" if at_login == "on" else "off")
        except PkccError as error:
            return _shown(site, session, fields.request, [FieldError.of(views.AT_LOGIN, error)])
    set_preferences(site.app, changed)
    if changed or new_at_login:
        session.tell(Flash("ok", "The preferences are saved"))
    else:
        session.tell(Flash("info", "Nothing was changed"))
    return "/preferences"


def _typed(fields: Form, name: str, value: str | int | bool) -> str:
    """What the page says of a preference, which it held as `was-NAME`; what it does not ask is unchanged."""
    if not _was(fields, name):
        return ""
    return views.as_text(fields.is_ticked(name)) if isinstance(value, bool) else fields.text(name)


def _was(fields: Form, name: str) -> str:
    return fields.text(f"was-{name}")


ROUTES = (
    Route("/preferences", show, methods=["GET"]),
    Route("/preferences", save, methods=["POST"]),
)
