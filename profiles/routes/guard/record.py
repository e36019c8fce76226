"""What was handed out and what was refused: one small file of JSON lines, without any key in it.

By it a refusal knows whether that session has a key already, and the running tray raises its alarm. A line is
appended and never synced: Claude Code waits for it. Two files of at most 64 kB, the older one replaced.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

from profiles.base.light_json import dumps, loads
from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations
    from profiles.routes.guard.recorded_handout import Handout

_LARGEST = 64 * 1024
_NAME, _OLDER = "handouts.jsonl", "handouts.1.jsonl"
GIVEN, REFUSED = "given", "refused"


def handouts_path(locations: Locations) -> str:
    """Where the newest ones are kept."""
    return os.path.join(locations.state_dir, _NAME)


class Handouts:
    """The record of one state directory."""

    def __init__(self, locations: Locations) -> None:
        self._path = handouts_path(locations)

    def add(self, about: Mapping[str, str | bool], *, earlier: bool) -> None:
        """Record a `Handout` as it is kept, but for `at`. Never an error: no key waits for a full disk."""
        fields = {"at": time.time(), **about, "earlier": earlier}
        line = dumps(fields, separators=(",", ":")).encode("ascii") + b"\n"
        with suppress(OSError):
            if _size(self._path) > _LARGEST:
                os.replace(self._path, os.path.join(os.path.dirname(self._path), _OLDER))
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            flags |= 0 if sys.platform == "win32" else os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            try:
                handle = os.open(self._path, flags, 0o600)
            except FileNotFoundError:
                from profiles.files.directories import make_private_directory

                make_private_directory(os.path.dirname(self._path))
                handle = os.open(self._path, flags, 0o600)
            try:
                os.write(handle, line)
            finally:
                os.close(handle)

    def recent(self, since: float = 0.0) -> list[Handout]:
        """The known hand-outs, the oldest first; lines that are not understood are left out."""
        from profiles.files.read import read_bytes
        from profiles.routes.guard.recorded_handout import Handout

        found = []
        for name in (_OLDER, _NAME):
            with suppress(Exception):
                for line in (read_bytes(os.path.join(os.path.dirname(self._path), name)) or b"").splitlines():
                    with suppress(ValueError, TypeError, RecursionError):
                        handout = Handout.of(loads(line))
                        if handout.at >= since:
                            found.append(handout)
        return found

    def knows(self, session: str) -> bool:
        """Whether that process of the client has asked before."""
        return any(handout.session == session for handout in self.recent())

    def was_given(self, session: str) -> bool:
        """Whether a key was handed to that process of the client, or may have been: it goes on using it.

        A session may be older than what is still known: an idle one keeps its key for days.
        """
        found = self.recent()
        if any(handout.session == session and handout.what == GIVEN for handout in found):
            return True
        from profiles.routes.guard.starting_session import born_at

        born = born_at(session)
        return born is not None and born < self.known_from()

    def known_from(self) -> float:
        """Since when all hand-outs are known; 0.0 where none was dropped yet."""
        if not os.path.exists(os.path.join(os.path.dirname(self._path), _OLDER)):
            return 0.0
        return next((handout.at for handout in self.recent()), time.time())


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
