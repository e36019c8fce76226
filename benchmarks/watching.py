"""The watcher alone: how soon it notices an outside edit, and what it costs while nothing happens."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.process import Spent, idling
from tray.desktop.file_watcher import Watcher

_IDLE_PROGRAM = """
import sys
from tray.desktop.file_watcher import Watcher
watcher = Watcher(lambda: [sys.argv[1]], lambda: print("ready", flush=True))
watcher.start()
watcher.look_now()
sys.stdin.read()
"""
_LIMIT_S = 10.0


def edit_latencies(count: int = 100, pause_s: float = 0.02) -> list[float]:
    """Milliseconds from each of `count` edits to the first call that a watcher makes of it, sorted.

    Every other edit replaces the file, the others write it in place; `pause_s` lies between.
    """
    noticed, awaited = threading.Event(), ""
    found = []

    def look() -> None:
        if path.read_text() == awaited:  # else it is called for the edit before
            noticed.set()

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "settings.json"
        path.write_text(awaited)
        watcher = Watcher(lambda: [str(path)], look, on_pause=look)
        watcher.start()
        watcher.look_now()  # the first look also arms the events
        if not noticed.wait(_LIMIT_S):
            raise TimeoutError
        try:
            for number in range(count):
                time.sleep(pause_s)
                awaited = f'{{"a": {number}}}'
                noticed.clear()
                began = time.perf_counter()
                if number % 2:
                    path.write_text(awaited)
                else:
                    beside = path.with_name("beside")
                    beside.write_text(awaited)
                    beside.replace(path)
                if not noticed.wait(_LIMIT_S):
                    raise TimeoutError
                found.append((time.perf_counter() - began) * 1000)
        finally:
            watcher.stop()
    return sorted(found)


def idle_cost(seconds: float = 60.0) -> Spent:
    """What a process spends that watches one file while nothing happens (Linux: read from /proc)."""
    with tempfile.TemporaryDirectory() as directory:
        argv = [sys.executable, "-c", _IDLE_PROGRAM, os.path.join(directory, "settings.json")]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            if process.stdout is not None:
                process.stdout.readline()  # its first look is over: start-up is not idling
            idle = idling(process.pid, seconds)
            process.kill()
    return idle
