"""Figures of the running tray, whole and in a process of its own (benchmarks/desktop.py)."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.desktop import PROFILES, desktop
from benchmarks.measure import COMMAND, Figure, ratio
from benchmarks.process import held, idling
from benchmarks.session import session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.desktop import Desktop, RunningTray

_STARTS = 5
_TIMES = 120  # edits, and clicks
_IDLE_S = 60.0


def tray_figures(directory: Path) -> Iterator[Figure]:
    """All of them, in the order in which a day would have it; what it holds and spends idle comes last."""
    with desktop(directory) as desk:
        yield _start(desk)
        with desk.tray() as tray:
            tray.switch("work")
            tray.settle()
            yield from _badge(tray)
            yield from _click(tray)
            switches = [COMMAND, "switch", "work"], [COMMAND, "switch", "home"]
            yield ratio("`switch` through the tray", desk.home, 2.2, *switches)
            tray.settle()
            desk.home.tool("switch", "work")
            with session(desk.home) as asking:
                yield ratio("`key print` through the tray", asking, 1.8, [COMMAND, "key", "print", "work"])
                line = [COMMAND, "statusline", "--says", "work"]
                yield ratio("the status line through the tray", asking, 2, line)
            tray.settle()
            if desk.service.shown.empty():
                raise RuntimeError("no notification was shown: what idling needs is not loaded")
            yield from _idle(tray)


def _start(desk: Desktop) -> Figure:
    times = []
    for _ in range(_STARTS):
        with desk.tray() as tray:
            times.append(tray.started_ms)
    detail = f"slowest of {_STARTS}: {max(times):.0f} ms"
    return Figure("tray: start, until its icon is registered", statistics.median(times), 1_000, "ms", detail)


def _badge(tray: RunningTray) -> Iterator[Figure]:
    times = []
    for number in range(_TIMES):
        time.sleep(0.05)
        times.append(tray.badge(drift=number % 2 == 0, in_place=number % 4 < 2))
    tray.settle()
    yield from _percentiles("tray: outside edit until the badge", times, 40, 200)


def _click(tray: RunningTray) -> Iterator[Figure]:
    times = []
    for number in range(_TIMES):
        time.sleep(0.03 + 0.02 * (number % 8))  # sometimes while the tray still looks at the last change
        times.append(tray.switch(PROFILES[(number + 1) % len(PROFILES)]))
    tray.settle()
    yield from _percentiles("tray: click until the file is replaced", times, 20, 60)


def _percentiles(name: str, times: list[float], limit_50: float, limit_99: float) -> Iterator[Figure]:
    ordered = sorted(times)
    detail = f"{len(ordered)} times, {ordered[0]:.1f} to {ordered[-1]:.1f} ms"
    for percent, limit in ((50, limit_50), (99, limit_99)):
        yield Figure(f"{name}, p{percent}", ordered[len(ordered) * percent // 100], limit, "ms", detail)


def _idle(tray: RunningTray) -> Iterator[Figure]:
    spent = idling(tray.process.pid, _IDLE_S)
    now = held(tray.process.pid)
    detail = f"{now.threads} threads, {now.descriptors} descriptors"
    yield Figure("tray: idle, RSS", now.rss_kib / 1024, 40, "MiB", detail)
    yield Figure("tray: idle, PSS", now.pss_kib / 1024, 36, "MiB", detail)
    detail = f"over {spent.seconds:.0f} s"
    yield Figure("tray: idle, wakeups of all threads", spent.wakeups / spent.seconds, 1, "/s", detail)
    yield Figure("tray: idle, processor", spent.cpu_s / spent.seconds * 100, 0.05, "%", detail)
