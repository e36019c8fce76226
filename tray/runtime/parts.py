"""What the running tray uses of the system, each to be stood in for in a test."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tray.notices.notice import Notifier


def run_later(delay_s: float, work: Callable[[], None]) -> None:
    """Do that in so many seconds, unless the program has ended by then."""
    timer = threading.Timer(delay_s, work)
    timer.daemon = True
    timer.start()


class Parts(NamedTuple):
    """What the runtime is handed.

    `open_target` opens a page, file or folder, `open_manager` the manager at one of its pages; `autostart`
    says whether the tray starts at login (None: it cannot be known) and `set_autostart` has it so; `on_drift`
    is the user's preference. `later` does something in that many seconds, in a thread of its own.
    `on_sessions` hears, at each look, which processes of Claude Code's run. `wall` is a clock that goes on
    while the tray does not run. `own_answer` is what a command of ours answers in a process of its own, given
    an app and words; None for nothing. `chance` is from 0 to 1.
    """

    notifier: Notifier
    open_target: Callable[[str], None]
    open_manager: Callable[[str], None]
    autostart: Callable[[], bool | None]
    set_autostart: Callable[[bool], None]
    on_drift: Callable[[], str]
    clock: Callable[[], float] = time.monotonic
    later: Callable[[float, Callable[[], None]], None] = run_later
    sleep: Callable[[float], None] = time.sleep
    on_sessions: Callable[[frozenset[int]], None] = lambda _processes: None
    wall: Callable[[], float] = time.time
    own_answer: Callable[..., dict[str, Any] | None] = lambda _app, *_words, **_limit: None
    chance: Callable[[], float] = random.random
