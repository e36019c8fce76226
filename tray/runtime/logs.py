"""The tray's log: one small file under the state directory, turned over, with no secret in it.

What is logged is our own words, names and paths, never the text of an exception and never a value of the
settings. Other libraries' messages don't reach it.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import time
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.text import os_reason
from profiles.files.atomic_replace import write_private
from profiles.files.directories import make_private_directory
from profiles.files.read import read_bytes
from profiles.policy.in_force import policy_in_force

if TYPE_CHECKING:
    from profiles.base.locations import Locations

LOGGER = logging.getLogger("pkcc-tray")
MOST_BYTES = 256 * 1024
KEPT = 2  # older files
_DAY_S = 24 * 3600.0
_TIME = "%Y-%m-%d %H:%M:%S"  # which a line begins with: later ones are greater as texts


def log_path(locations: Locations) -> str:
    """Where it lies."""
    return os.path.join(locations.state_dir, "tray.log")


def start_log(locations: Locations) -> None:
    """Log into the file from now on; where it cannot be written, warnings go to standard error."""
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    handler: logging.Handler
    try:
        make_private_directory(locations.state_dir)
        handler = _PrivateFile(log_path(locations), maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8")
    except (OSError, PkccError) as error:
        handler = logging.StreamHandler(sys.stderr)
        handler.setLevel(logging.WARNING)
        reason = os_reason(error) if isinstance(error, OSError) else error.title
        LOGGER.warning("the log cannot be written: %s", reason)
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(message)s"))
    LOGGER.handlers[:] = [handler]


def stop_log() -> None:
    """Close it."""
    for handler in LOGGER.handlers[:]:
        LOGGER.removeHandler(handler)
        handler.close()


def drop_lines(path: str, before: str) -> None:
    """Take out the lines of before a time, such as `2026-11-29 21:00:00`; of a file that is there."""
    with suppress(PkccError):  # it is tried again tomorrow
        lines = (read_bytes(path) or b"").splitlines(keepends=True)
        is_new = [
            line[:1].isdigit() and line[: len(before)].decode("ascii", "replace") >= before for line in lines
        ]
        at = is_new.index(True) if True in is_new else len(lines)
        if at:
            write_private(path, b"".join(lines[at:]))


class _PrivateFile(RotatingFileHandler):
    """A disk that is full, or a file that somebody removed, is no reason to fail."""

    _looked_at = 0.0  # for what is too old

    def _open(self) -> io.TextIOWrapper:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)  # no pipe is waited for
        descriptor = os.open(self.baseFilename, flags, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding, errors="backslashreplace")

    def shouldRollover(self, record: logging.LogRecord) -> int:  # noqa: N802 - logging's name
        """Whether the file is full; once a day, what an administrator has kept no longer is dropped first."""
        if record.created - self._looked_at >= _DAY_S:
            self._looked_at = record.created
            if days := policy_in_force().log_days:
                self._drop_before(record.created - days * _DAY_S)
        return int(super().shouldRollover(record))

    def _drop_before(self, then: float) -> None:
        if self.stream is not None:
            self.stream.close()
        for path in (self.baseFilename, *(f"{self.baseFilename}.{each}" for each in range(1, KEPT + 1))):
            drop_lines(path, time.strftime(_TIME, time.localtime(then)))
        self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        pass


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        # A name from outside must not be able to write lines of its own; a traceback's lines are indented.
        text = super().format(record).replace("\r", "\\r").replace("\n", "\n    ")
        return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)
