"""Check: does the gateway answer, and take the key. It asks the network, in a thread of its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import PkccError
from tray.actions.more.check import check_profiles
from tray.manager.pages.page import form, page
from tray.manager.pages.shell import in_shell
from tray.manager.site import LastCheck
from tray.manager.views.looking import look_around
from tray.manager.views.profiles.overview import step_rows, way_out
from tray.manager.views.times import ago
from tray.terminal.output import unforeseen

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.pages.page import Form
    from tray.manager.site import Site


@form
def begin(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Begin to check a profile."""
    name = fields.text("name")
    site.app.store.rendered(name)  # raises where there is none
    begin_check(site, name)
    return f"/check/{name}"


def begin_check(site: Site, name: str) -> None:
    """Begin to check a profile; one that is being checked goes on."""
    last = site.checks.get(name)
    if last is None or last.found is not None or last.problem:
        check = site.checks[name] = LastCheck(name)
        check.thread = threading.Thread(target=_check, args=(site, check), name="checking", daemon=True)
        check.thread.start()


def _check(site: Site, check: LastCheck) -> None:
    try:
        check.found = check_profiles(site.app.apart(), [check.name]).profiles[0]
    except PkccError as error:
        check.problem = f"{error.title}. {error.hint}"
    except Exception as error:  # noqa: BLE001 - the page says so
        check.problem = unforeseen(error).title
    site.tell_changed()


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """How the check of that profile stands."""
    look = look_around(site)
    name = request.path_params["name"]
    check = look.checks.get(name)
    label = look.label(name)
    when = "" if check is None else ago(check.began_at)
    steps = step_rows(look, name, check.found.steps) if check is not None and check.found is not None else []
    return in_shell(
        site,
        session,
        request,
        "profiles/check",
        look,
        check=check,
        steps=steps,
        name=name,
        label=label,
        when=when,
        way=way_out(look, name),
    )


ROUTES = (
    Route("/check", begin, methods=["POST"]),
    Route("/check/{name}", show, methods=["GET"]),
)
