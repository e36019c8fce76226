"""What is shown in the place of a page that cannot be: what is wrong, and the way to Doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from profiles.base.errors import ConflictError, NotFoundError, PkccError, UsageError
from profiles.base.locations import home
from tray.manager.answering.page import lone, session_of, site_of
from tray.manager.pages.shell import in_shell
from tray.manager.views.words import tilde

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_STATUS = {UsageError.exit_code: 400, NotFoundError.exit_code: 404, ConflictError.exit_code: 409}


async def instead(request: Request, error: Exception) -> Response:
    """The page that says what a page raised, within the shell, so that the others are at hand."""
    return await run_in_threadpool(_instead, request, error)


def _instead(request: Request, error: Exception) -> Response:
    site, session = site_of(request), session_of(request)
    if session is None or not isinstance(error, PkccError):
        return lone("ended", 403)
    title, hint = (tilde(text, home(site.app.environ)) for text in (error.title, error.hint))
    status = _STATUS.get(error.exit_code, 500)
    with site.lock:
        return in_shell(site, session, request, "fault", status=status, title=title, hint=hint)
