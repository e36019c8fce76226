"""The tray with shorter waits than a user's; told `count`, it says what it holds (benchmarks/soak.py)."""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from tray.app import App
from tray.desktop.file_watcher import DEBOUNCE_S, POLL_S, Watcher
from tray.notices.bus_channel import BusChannel
from tray.notices.queued_notifier import QueuedNotifier
from tray.runtime.run import run_tray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tray.notices.choose import Picture
    from tray.notices.notice import Notifier

HASTE = 144  # 24 hours in ten minutes


def run() -> None:
    """The whole tray, until it is asked to end."""
    threading.Thread(target=_count, daemon=True).start()
    run_tray(
        App.start(os.environ, None, None, wants_json=True),
        headless=False,
        make_watcher=partial(Watcher, poll_s=POLL_S / HASTE, debounce_s=DEBOUNCE_S / HASTE),
        make_notifier=_notifier,
    )


def _count() -> None:
    """Objects of each type that the collector knows, and allocated blocks, for each line that comes in."""
    for _ in sys.stdin:
        gc.collect()
        types = Counter(type(found).__name__ for found in gc.get_objects())
        print(json.dumps({"blocks": sys.getallocatedblocks(), "types": types}), flush=True)


def _notifier(
    environ: Mapping[str, str],
    on_action: Callable[[str, str], None],
    _say: Callable[[str, str], None] | None = None,
    _unsay: Callable[[], None] | None = None,
    picture: Picture | None = None,
) -> Notifier:
    channel = BusChannel(environ, picture=picture)
    return QueuedNotifier(channel, on_action, lambda: time.monotonic() * HASTE)
