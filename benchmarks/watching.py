"""How soon an outside edit is noticed, and what watching costs while nothing happens."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from tray.watcher import Watcher

_IDLE_PROGRAM = """
import sys
from tray.watcher import Watcher
watcher = Watcher(lambda: [sys.argv[1]], lambda: None)
watcher.start()
print("ready", flush=True)
sys.stdin.read()
"""
_LIMIT_S = 10.0


class Idle(NamedTuple):
    """`wakeups` of all threads and processor time, over `seconds`, of a process that only watches."""

    seconds: float
    wakeups: int
    cpu_s: float
    rss_kib: int
    pss_kib: int


def edit_latencies(count: int = 100, pause_s: float = 0.02) -> list[float]:
    """Milliseconds from each of `count` edits to the call of `on_change`, sorted.

    Every other edit replaces the file, the others write it in place; `pause_s` lies between.
    """
    noticed = threading.Event()
    found = []
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "settings.json"
        path.write_text("{}")
        watcher = Watcher(lambda: [str(path)], noticed.set)
        watcher.start()
        watcher.look_now()  # the first look also arms the events
        if not noticed.wait(_LIMIT_S):
            raise TimeoutError
        try:
            for number in range(count):
                time.sleep(pause_s)
                noticed.clear()
                began = time.perf_counter()
                if number % 2:
                    path.write_text(f'{{"a": {number}}}')
                else:
                    beside = path.with_name("beside")
                    beside.write_text(f'{{"a": {number}}}')
                    beside.replace(path)
                if not noticed.wait(_LIMIT_S):
                    raise TimeoutError
                found.append((time.perf_counter() - began) * 1000)
        finally:
            watcher.stop()
    return sorted(found)


def idle_cost(seconds: float = 60.0) -> Idle:
    """What a process costs that watches one file while nothing happens (Linux: read from /proc)."""
    with tempfile.TemporaryDirectory() as directory:
        argv = [sys.executable, "-c", _IDLE_PROGRAM, os.path.join(directory, "settings.json")]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            if process.stdout is not None:
                process.stdout.readline()
            time.sleep(1)  # start-up is not idling
            wakeups, cpu_s = _spent(process.pid)
            time.sleep(seconds)
            later_wakeups, later_cpu_s = _spent(process.pid)
            rss, pss = (_memory(process.pid, field) for field in ("Rss", "Pss"))
            process.kill()
    return Idle(seconds, later_wakeups - wakeups, later_cpu_s - cpu_s, rss, pss)


def _spent(pid: int) -> tuple[int, float]:
    """Context switches and seconds of processor time of all threads until now."""
    switches, nanoseconds = 0, 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                switches += int(line.split()[1])
        nanoseconds += int((task / "schedstat").read_text().split()[0])
    return switches, nanoseconds / 1e9


def _memory(pid: int, field: str) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise LookupError(field)
