"""Asking a running tray, on the fast paths: what it answers, or None, and then the command works alone.

A tray that is not there, hangs, is another version, works on other places, belongs to another user, or
answers anything but a success or a refusal is all the same here: the command does the work itself and tells
what is wrong in its own words. So a broken tray makes nothing worse, except for the 0.3 s to find
that out.
"""

from __future__ import annotations

import os
import sys
import time

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from tray.ipc.address import (
    ASKING,
    MAX_LINE,
    PROTOCOL,
    TALK_LIMIT_S,
    TRAY,
    WAIT_LIMIT_S,
    WORKING,
    address,
    greeting,
)

try:  # `json` costs a tenth of a whole `key print`; these two built-in parts of it are all that is needed
    from _json import encode_basestring_ascii as quote
    from _json import scanstring
except ImportError:  # an interpreter that has them elsewhere
    from json.decoder import scanstring  # type: ignore[attr-defined, no-redef]
    from json.encoder import encode_basestring_ascii as quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol

    from profiles.base.locations import Locations

    class Connection(Protocol):
        """One end of a conversation, over a Unix socket or a pipe."""

        deadline: float

        def is_own_user(self) -> bool: ...  # noqa: D102
        def read_line(self, limit: int) -> bytes | None: ...  # noqa: D102
        def write(self, data: bytes) -> None: ...  # noqa: D102
        def is_open(self) -> bool: ...  # noqa: D102
        def close(self) -> None: ...  # noqa: D102


HELLO_LIMIT_S = 0.3  # a healthy tray greets within a millisecond
# How every success begins, goes on and ends: JSON, but of one spelling, so that reading it loads no `json`.
ANSWER_PARTS = f'{{"v":{PROTOCOL},"ok":true,"text":"', ',"notes":"', "}\n"
# How something is refused: an answer too, so that the command does not try alone.
REFUSED_PARTS = f'{{"v":{PROTOCOL},"ok":false,"code":"', ',"refused":"', ',"hint":"', "}\n"


class Answer(NamedTuple):
    """What a tray did: the text to print, and notes, one line each; or the error to end with."""

    text: str
    notes: tuple[str, ...]
    error: PkccError | None = None


def ask(
    locations: Locations,
    environ: Mapping[str, str],
    request: str,
    fields: Mapping[str, str] = {},
    on_question: Callable[[], None] = lambda: None,
    whom: str = TRAY,
) -> Answer | None:
    """The answer of the tray, or the manager, to a request; None when there is none that would do it.

    Nothing is sent before the tray has greeted as the same version on the same places. Takes at most 0.3 s
    when nobody greets, and 2 s from one sign of life to the next; a tray drops a request whose sender went
    away. `on_question` is called once when the tray waits for a keyring that asks its user.
    """
    target = address(locations, environ, whom)
    return _talk(target, request, fields, greeting(locations, environ), on_question)


def ask_any(
    locations: Locations, environ: Mapping[str, str], request: str, whom: str = TRAY
) -> Answer | None:
    """The same of one of any version, working on any settings, if it only speaks our protocol."""
    target = address(locations, environ, whom)
    return _talk(target, request, {}, b'{"v":%d,' % PROTOCOL, lambda: None)


def _talk(
    target: str,
    request: str,
    fields: Mapping[str, str],
    hello: bytes,
    on_question: Callable[[], None],
) -> Answer | None:
    started = time.monotonic()
    try:
        connection = connect(target, started + HELLO_LIMIT_S)
    except OSError:
        return None
    try:
        # A whole greeting ends its line, so that nothing but itself begins with it.
        if not connection.is_own_user() or not (connection.read_line(MAX_LINE) or b"").startswith(hello):
            return None
        connection.deadline = started + TALK_LIMIT_S
        connection.write(_spell(request, fields))
        line = connection.read_line(MAX_LINE)
        noticed = False
        while line in (WORKING, ASKING):
            if line == ASKING and not noticed:
                noticed = True
                on_question()
            connection.deadline = min(time.monotonic() + TALK_LIMIT_S, started + WAIT_LIMIT_S)
            line = connection.read_line(MAX_LINE)
        return _understand(line)
    except (OSError, ValueError):
        return None
    finally:
        connection.close()


def _spell(request: str, fields: Mapping[str, str]) -> bytes:
    members = "".join(f",{quote(name)}:{quote(value)}" for name, value in fields.items())
    return f'{{"v":{PROTOCOL},"do":{quote(request)}{members}}}\n'.encode("ascii")


def _understand(line: bytes | None) -> Answer | None:
    """The answer; None for anything but a success or a refusal. Raises ValueError for what is no JSON."""
    begin, between, end = ANSWER_PARTS
    message = (line or b"").decode("ascii")
    if message.startswith(REFUSED_PARTS[0]):
        return _understand_refusal(message)
    if not message.startswith(begin):
        return None
    text, place = scanstring(message, len(begin), True)
    if not message.startswith(between, place):
        return None
    notes, place = scanstring(message, place + len(between), True)
    return Answer(text, tuple(notes.splitlines())) if message[place:] == end else None


def _understand_refusal(message: str) -> Answer | None:
    place = 0
    texts = []
    for part in REFUSED_PARTS[:-1]:
        if not message.startswith(part, place):
            return None
        text, place = scanstring(message, place + len(part), True)
        texts.append(text)
    if message[place:] != REFUSED_PARTS[-1]:
        return None
    error = PkccError(texts[1], texts[2])
    error.exit_code = int(texts[0])
    return Answer("", (), error)


def connect(target: str, deadline: float) -> Connection:
    """A connection to what listens there. Raises OSError."""
    if sys.platform == "win32":
        from tray.ipc import windows_pipe as _windows_pipe

        return _windows_pipe.connect(target, deadline)
    if not os.path.lexists(target):
        raise FileNotFoundError  # there is mostly no tray at all, and then nothing more is loaded
    from tray.ipc import unix_socket as _unix_socket

    return _unix_socket.connect(target, deadline)
