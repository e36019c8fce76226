"""Doctor: all that can be wrong, and what fixes it. A look takes seconds, apart from the request."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import ConflictError
from profiles.base.locations import home
from profiles.base.text import counted
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form
from tray.manager.answering.page import is_update, page
from tray.manager.pages.shell import in_shell
from tray.manager.views.times import ago
from tray.manager.views.words import tilde

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.actions.more.doctor import Fixed
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


FRESH_S = 120.0  # a visit later than that looks again


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """What was found last; where something was done since, or nobody has looked of late, a look."""
    fresh_from = max(session.sent_at, time.time() - FRESH_S)
    is_kept = is_update(request) or session.is_to_tell
    if site.examined is None or (site.examined.at < fresh_from and not is_kept):
        return RedirectResponse(_begin(site), 303)
    from tray.manager.views.computer import doctor as views

    own_home = home(site.app.environ)
    return in_shell(
        site,
        session,
        request,
        "computer/doctor",
        sections=views.sections(site.examined, own_home),
        safe=len(views.safe_rows(site.examined, own_home)),
        summary=views.summary(site.examined),
        count=len(site.examined.found),
        areas=views.looked_at(site.examined),
        when=ago(site.examined.at),
        took=f"{site.examined.took_s:.1f} seconds",
    )


@form
def again(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Look again."""
    return _begin(site)


def _begin(site: Site) -> str:
    def work(job: Job) -> str:
        from tray.actions.more.doctor import look

        job.step("Making all checks")
        site.examined = look(job.app)
        return "/doctor"

    return site.jobs.begin("Looking for problems", work)


@page
def confirm(site: Site, session: Session, request: Request) -> Response:
    """What can be fixed safely, and how: nothing is done yet."""
    if site.examined is None:
        return RedirectResponse("/doctor", 303)
    from tray.manager.views.computer.doctor import safe_rows

    rows = safe_rows(site.examined, home(site.app.environ))
    if not rows:
        return RedirectResponse("/doctor", 303)
    return in_shell(site, session, request, "computer/doctor_fix", rows=rows)


@form
def fix(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Fix what the person saw, as it is now."""
    agreed, found, own_home = fields.texts("what"), site.examined, home(site.app.environ)
    if not agreed or found is None:
        raise ConflictError("Nothing was chosen", "Look again, then choose what to fix.")

    def work(job: Job) -> str:
        from tray.actions.more.doctor import fix_agreed

        job.step(f"Fixing {counted(len(agreed), 'thing')}")
        done = fix_agreed(job.app, found.found, agreed)
        site.examined = found._replace(found=done.found, at=time.time())
        job.tell(_told(done, own_home))
        return "/doctor"

    return site.jobs.change("Fixing", work, back="/doctor")


def _told(done: Fixed, home: str) -> Flash:
    """What was fixed, and what could not be."""
    if not done.fixed and not done.notes:
        return Flash("info", "Nothing was left to fix", ("It is put right already.",))
    title = f"{counted(len(done.fixed), 'thing')} fixed" if done.fixed else "Nothing could be fixed"
    lines = (*(f"fixed: {each.what}" for each in done.fixed), *done.notes)
    return Flash("warn" if done.notes else "ok", title, tuple(tilde(line, home) for line in lines))


ROUTES = (
    Route("/doctor", show, methods=["GET"]),
    Route("/doctor", again, methods=["POST"]),
    Route("/doctor/fix", confirm, methods=["GET"]),
    Route("/doctor/fix", fix, methods=["POST"]),
)
