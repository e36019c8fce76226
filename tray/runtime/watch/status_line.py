"""The line of the session that asks: by a running tray, or alone. Loads little."""

from __future__ import annotations

import os
import sys

from profiles.base.light_typing import TYPE_CHECKING
from tray.ipc.client import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.base.locations import Locations
    from tray.app import App

MOST = 1024 * 1024  # bytes that Claude Code may hand over
_SILENCE_S = 2.0  # after which no more is waited for: a busy machine may start us before it writes


def line_now(
    locations: Locations, variables: Mapping[str, str], given: str, says: str, start: Callable[[], App]
) -> str:
    """The whole text for a session with those variables, "" where there is nothing to tell.

    The app is started where no tray answers.
    """
    answer = ask(locations, os.environ, "line", {**variables, "given": given, "says": says})
    if answer is not None and answer.error is None:
        return answer.text
    from tray.actions.more.this_session import Live
    from tray.runtime.watch.budget.kept import kept_line
    from tray.terminal.words.status.status_line import line_for

    app = start()
    return line_for(app, variables, given, says, lambda name: Live(budget=kept_line(app, name)))


def handed_over() -> bytes:
    """What Claude Code hands over; nothing of a terminal, where a person typed the command."""
    data = b""
    try:
        if os.isatty(0):
            return b""
        while len(data) < MOST and _is_there() and (part := os.read(0, 65536)):
            data += part
    except OSError:  # closed
        pass
    return data


def _is_there() -> bool:
    if sys.platform == "win32":
        return True
    from select import select

    return bool(select([0], [], [], _SILENCE_S)[0])
