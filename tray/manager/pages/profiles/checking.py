"""Check: does the gateway answer, and take the key. It asks the network, so it is a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import PkccError
from tray.actions.more.check import check_profiles
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.site import LastCheck
from tray.manager.views.keys.entering import console_of
from tray.manager.views.profiles.overview import step_rows, way_out
from tray.manager.views.times import ago
from tray.terminal.output import unforeseen

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


@form
def begin(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Begin to check a profile."""
    name = fields.text("name")
    begin_check(site, name)
    return f"/check/{name}"


def begin_check(site: Site, name: str) -> None:
    """Begin to check a profile; one that is being checked goes on. Raises PkccError where it cannot begin."""
    last = site.checks.get(name)
    if last is not None and last.is_under_way:
        return
    label = site.app.store.rendered(name).label or name  # raises where there is none
    check = LastCheck(name)

    def work(job: Job) -> str:
        job.step("Asking the gateway")
        try:
            check.found = check_profiles(job.app, [name]).profiles[0]
        except PkccError as error:
            check.failure = f"{error.title}. {error.hint}"
        except Exception as error:  # noqa: BLE001 - the page says so
            check.failure = unforeseen(error).title
        site.tell_changed()
        return f"/check/{name}"

    check.job = site.jobs.start(f"Checking {label}", work)
    site.checks[name] = check


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """What the last check of that profile found; while it is under way its steps."""
    look = look_around(site)
    name = request.path_params["name"]
    check = look.checks.get(name)
    if check is not None and check.job is not None and check.is_under_way:
        return RedirectResponse(check.job.path, 303)
    label = look.label(name)
    each = look.profile(name)
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
        console=("", "") if each is None else console_of(each.gateway),
    )


ROUTES = (
    Route("/check", begin, methods=["POST"]),
    Route("/check/{name:path}", show, methods=["GET"]),
)
