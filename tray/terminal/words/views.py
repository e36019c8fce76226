"""A result in plain words: what is printed when output is piped, and for small answers. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tray.terminal.results import Result


def lines(result: Result) -> list[str]:
    """The lines for a result; they hold no control characters and no secret."""
    return lines_of(result.view, result.data)


def lines_of(view: str, data: dict[str, Any]) -> list[str]:
    """The lines for a view's data."""
    made = _VIEWS[view](data)
    return [line if line.isprintable() else printable(line, 10_000) for line in made]


_VIEWS: dict[str, Callable[[dict[str, Any]], list[str]]] = {}
