"""`statusline` as Claude Code runs it: by a running tray, or alone; then the user's own. Never an error.

Whatever goes wrong, the session shows less and says nothing of it: `doctor` does. Loads little.
"""

from __future__ import annotations

import os
import sys

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import find_locations
from profiles.claude_code.status_input import BESIDE, BESIDE_HEX, SAYS, beside_in, telling_variables
from tray.ipc.client import ask

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 1024 * 1024  # bytes that Claude Code may hand over
_SILENCE_S = 2.0  # after which no more is waited for: a busy machine may start us before it writes


def run(words: Sequence[str], config_dir: str | None) -> int | None:
    """Print our line, and beside it what the user's own command prints; None for what is no such call."""
    options = dict(zip(words[::2], words[1::2], strict=False))
    if len(words) % 2 or not options.keys() <= {SAYS, BESIDE, BESIDE_HEX}:
        return None
    given = _given()
    text = _line_or_nothing(given.decode("utf-8", "replace"), options.get(SAYS, ""), config_dir)
    try:
        if theirs := beside_in(options):
            text = _beside(theirs, text, given)
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:  # nobody reads it
        pass
    return 0


def _line_or_nothing(given: str, says: str, config_dir: str | None) -> str:
    try:
        return _line(given, says, config_dir)
    except Exception:  # noqa: BLE001 - a session is no place for an error
        return ""


def _beside(theirs: str, text: str, given: bytes) -> str:
    from profiles.base.programs.become import become_shell

    return become_shell(theirs, text, given, os.environ)


def _line(given: str, says: str, config_dir: str | None) -> str:
    locations = find_locations(os.environ, config_dir)
    variables = telling_variables(os.environ)
    fields = {**variables, "given": given, "says": says}
    answer = ask(locations, os.environ, "line", fields)
    if answer is not None and answer.error is None:
        return answer.text
    from tray.actions.more.this_session import Live
    from tray.app import App
    from tray.runtime.watch.budget.kept import kept_line
    from tray.terminal.words.status.this_session import line_for

    app = App.start(os.environ, config_dir, None, wants_json=True)
    return line_for(app, variables, given, says, Live(says, budget=kept_line(app, says) if says else ""))


def _given() -> bytes:
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
