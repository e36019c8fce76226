"""One question to the user at a time, whichever of our processes asks it: its answer is everybody's.

Asked by several at once to unlock, GNOME Keyring 42 aborts by an assertion of its own, or no longer answers.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager, suppress

from profiles.base.errors import ConflictError, PkccError, UnansweredError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.locks import locked
from profiles.secrets.secret_service.question import DismissedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOOK_S = 0.25  # how often one that waits sees whether the keyring was unlocked otherwise


@contextmanager
def question_turn(
    path: str, patience_s: float, is_open: Callable[[], bool], on_wait: Callable[[], None]
) -> Iterator[None]:
    """Hold the turn, the lock of that file ("": there is none); where the keyring is open, without waiting.

    `on_wait` is called by one that waits. Raises UnansweredError after `patience_s`, DismissedError where the
    user refused what was waited for. A file that cannot be made keeps nobody from a key.
    """
    began = time.time_ns()
    ends = time.monotonic() + patience_s
    limit_s = 0.0
    with ExitStack() as held:
        while path:
            try:
                held.enter_context(locked(path, limit_s))
            except ConflictError:
                if is_open():
                    break
                if time.monotonic() >= ends:
                    raise UnansweredError from None
                on_wait()
                limit_s = _LOOK_S
            except PkccError:
                break
            else:
                if limit_s and _refused_at(path) > began:
                    raise DismissedError
                break
        try:
            yield
        except (DismissedError, UnansweredError):
            with suppress(OSError):
                os.utime(path)  # those who wait for the same answer see it
            raise


def _refused_at(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
