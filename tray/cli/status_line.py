"""`statusline` as Claude Code runs it: our line, then the user's own. Never an error.

Whatever goes wrong, the session shows less and says nothing of it: `doctor` does. Loads little.
"""

from __future__ import annotations

import os
import sys

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import find_locations
from profiles.claude_code.status_input import BESIDE, BESIDE_HEX, SAYS, beside_in, telling_variables
from tray.runtime.watch.status_line import handed_over, line_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.app import App


def run(words: Sequence[str], config_dir: str | None) -> int | None:
    """Print our line, and beside it what the user's own command prints; None for what is no such call."""
    options = dict(zip(words[::2], words[1::2], strict=False))
    if len(words) % 2 or not options.keys() <= {SAYS, BESIDE, BESIDE_HEX}:
        return None
    if not words and os.isatty(0):  # a person, who asks what there is
        return None
    given = handed_over()
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
        locations = find_locations(os.environ, config_dir)
        return line_now(locations, telling_variables(os.environ), given, says, lambda: _app(config_dir))
    except Exception:  # noqa: BLE001 - a session is no place for an error
        return ""


def _app(config_dir: str | None) -> App:
    from tray.app import App

    return App.start(os.environ, config_dir, None, wants_json=True)


def _beside(theirs: str, text: str, given: bytes) -> str:
    from profiles.base.programs.become import become_shell

    try:
        return become_shell(theirs, text, given, os.environ)
    except (OSError, ValueError, PkccError):  # such as a NUL in it: it shows nothing, as it does without us
        return text
