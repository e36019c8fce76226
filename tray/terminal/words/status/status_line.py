"""The line that Claude Code shows of a session: the most important first, and all of it clean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.secret_markers import MASK
from profiles.base.secret_names import key_words, looks_like_key
from profiles.base.text import printable
from profiles.claude_code.status_input import COLUMNS, NO_COLOR
from tray.actions.more.this_session import this_session
from tray.terminal.colours import BOLD, FAINT, PLAIN, WARNING, escape_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tray.actions.more.status_line import LineSet
    from tray.actions.more.this_session import Live, ThisSession
    from tray.app import App

_BETWEEN = " · "
_DIM, _ALARM = escape_code(FAINT), escape_code(WARNING)
_MOST = 80  # characters of one part
_MARGIN = 4  # columns that Claude Code keeps for itself
_LEAST = 20


def line_for(
    app: App, variables: Mapping[str, str], given: str, says: str, live: Callable[[str], Live]
) -> str:
    """The whole text for a session with those variables, "" where there is nothing to tell."""
    found = this_session(app, variables, given, says, live)
    coloured = not variables.get(NO_COLOR)
    line = "" if found is None else session_line(found, variables.get(COLUMNS, ""), coloured=coloured)
    return f"{line}\n" if line else ""


def session_line(found: ThisSession, columns: str = "", *, coloured: bool = False) -> str:
    """Such as `work · @anthropic-prod · claude-sonnet-5-5`, in at most so many columns."""
    room = max(int(columns) - _MARGIN, _LEAST) if columns.isdecimal() and len(columns) < 6 else 10_000
    parts = [(BOLD, found.profile or f"{found.route} (no profile)")]
    parts += [(_ALARM, text) for text in _alarms(found)]
    # What there is no room for goes first from the end, and none of it is worth a half.
    rest = (found.route if found.profile else "", found.model, found.budget)
    parts += [(_DIM, text) for text in rest if text]
    parts = [(look, printable(_without_keys(text), _MOST)) for look, text in parts]
    while len(parts) > 1 and parts[-1][0] == _DIM and _width(_joined(parts)) > room:
        parts.pop()
    if _width(_joined(parts)) > room:
        return _cut(_joined(parts), room)
    if not coloured:
        return _joined(parts)
    return _BETWEEN.join(f"{look}{text}{PLAIN}" for look, text in parts)


def _alarms(found: ThisSession) -> list[str]:
    alarms = [found.trouble] if found.trouble else []
    if found.restarted is not None:
        says = f"`{found.restarted}`" if found.restarted else "no profile"
        alarms.append(f"settings now say {says}: restart the session")
    return alarms


def _without_keys(text: str) -> str:
    """Nobody means to name a model or a route so, but a key may be typed in the wrong place."""
    for word in key_words(text):
        text = text.replace(word, MASK) if looks_like_key(word) else text
    return text


def _joined(parts: list[tuple[str, str]]) -> str:
    return _BETWEEN.join(text for _, text in parts)


def _cut(text: str, room: int) -> str:
    while _width(text) > room - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _width(text: str) -> int:
    """How many columns a terminal gives it."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in text)


def status_line_lines(found: LineSet) -> list[str]:
    """Whether the status line is on, what is shown with it, and when."""
    if found.status_line == "waiting":
        return ["The status line comes with the next profile: `pkcc-tray switch NAME`."]
    words = {"replaced": "no longer in the settings"}.get(found.status_line, found.status_line)
    lines = [f"The status line is {words}: {found.settings}"]
    own = found.status_line == "on" and found.yours
    return [*lines, f"Above it: your own ({found.yours})."] if own else lines
