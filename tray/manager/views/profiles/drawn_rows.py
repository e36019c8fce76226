"""A row of the overview as markup. One that is as before is not drawn anew, so that a thousand are quick."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from tray.manager.views.drawing import draw

if TYPE_CHECKING:
    from tray.manager.views.profiles.rows import Row

_MOST = 4096


@lru_cache(_MOST)
def drawn_row(row: Row, *, compact: bool, alarming: bool, at: str) -> Markup:
    """The row; `at` is which of its buttons has the focus, "" for none."""
    shown = {"row": row, "compact": compact, "alarming": alarming, "at": at}
    return Markup(draw("parts/profile_row.html", **shown))  # noqa: S704 - drawn with everything escaped
