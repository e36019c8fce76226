"""What a command returns: data for one renderer to print, and nothing printed yet."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any


class Result(NamedTuple):
    """`view` names the wording (see `tray.terminal.words.views`); `data` is JSON data without a secret in it.

    `notes` are things the user should know, one line each. `raw` is text that is the whole answer (a key, a
    script, a schema) and is printed as it is.
    """

    view: str
    data: dict[str, Any]
    notes: tuple[str, ...] = ()
    exit_code: int = 0
    raw: str | None = None
