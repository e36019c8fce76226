"""A page inside the shell: navigation, now box, what was done just before, the token of its forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from profiles.base.errors import PkccError
from tray.actions.more.preference import preferences_here
from tray.actions.switching.history import latest_key
from tray.manager.access.sessions import Pointed
from tray.manager.answering.page import is_update
from tray.manager.look_around import look_around
from tray.manager.views.drawing import draw
from tray.manager.views.fields import FieldError, Fields
from tray.manager.views.overview.counts import counts
from tray.manager.views.overview.now import now_box

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.site import Site
    from tray.manager.views.look import Look

# Address, icon, name.
NAVIGATION = (
    (
        "Manage",
        (
            ("/", "home", "Overview"),
            ("/keys", "key", "Keys"),
            ("/configs", "config", "Configs"),
            ("/projects", "folder", "Projects"),
            ("/catalogs", "catalog", "Catalogs"),
            ("/usage", "chart", "Usage"),
        ),
    ),
    (
        "This computer",
        (
            ("/history", "history", "History"),
            ("/doctor", "doctor", "Doctor"),
            ("/import", "import", "Import"),
            ("/preferences", "prefs", "Preferences"),
        ),
    ),
)


def in_shell(
    site: Site,
    session: Session,
    request: Request,
    template: str,
    look: Look | None = None,
    status: int = 200,
    errors: Sequence[FieldError] = (),
    outcome: str = "There is a problem",
    **shown: Any,
) -> Response:
    """The page that a template makes, in the shell. `look`: what was read already.

    Of a form's request, its fields show again what was typed; `errors` stand above it, under `outcome`,
    and each beside its field.
    """
    look = _look(site) if look is None else look
    path = request.url.path
    told = not is_update(request)  # what is said once waits for a page that a person goes to
    refused = session.refused(path) if told else None
    if refused is not None and not errors:
        errors, outcome = [FieldError(*error) for error in refused.errors], refused.outcome
    hidden = frozenset() if look is None else look.hidden
    groups = [(name, [link for link in links if link[0] not in hidden]) for name, links in NAVIGATION]
    flashes = session.told() if told else []
    page = draw(
        f"{template}.html",
        look=look,
        now=now_box(look),
        groups=groups,
        counts=counts(look, site.examined),
        here=next((link[0] for _, links in groups for link in links if _is_below(path, link[0])), "/"),
        path=path,
        flashes=flashes,
        undone_by=_undone_by(site) if any(flash.undo for flash in flashes) else "",
        **({"pointed": session.pointed() if told else Pointed()} | shown),
        shortcuts=preferences_here(site.app).manager_shortcuts,
        token=session.form_token(),
        fields=Fields(getattr(request.state, "typed", None), errors),
        errors=errors,
        outcome=outcome,
    )
    return HTMLResponse(page, 422 if errors else status)


def _look(site: Site) -> Look | None:
    """How things stand; None where that cannot be told: Doctor, which says why, is shown all the same."""
    try:
        return look_around(site)
    except Exception:  # noqa: BLE001 - a page that must say so looks around itself
        return None


def _undone_by(site: Site) -> str:
    """The step that a click takes back; "" where there is none, or it cannot be read.

    By one click the key never goes elsewhere: "" there, too.
    """
    try:
        return "" if site.app.steps.risk(site.app.switcher) else latest_key(site.app)
    except PkccError:
        return ""


def _is_below(path: str, address: str) -> bool:
    return address != "/" and (path == address or path.startswith(f"{address}/"))
