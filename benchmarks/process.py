"""What a running process uses, read from /proc: so on Linux only."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple


class Spent(NamedTuple):
    """What all threads of a process have used within `seconds`."""

    seconds: float
    wakeups: int
    cpu_s: float


class Held(NamedTuple):
    """What a process holds now."""

    rss_kib: int
    pss_kib: int
    threads: int
    descriptors: int


def idling(pid: int, seconds: float) -> Spent:
    """What it spends from now on for so long."""
    wakeups, cpu_s = _spent(pid)
    time.sleep(seconds)
    later_wakeups, later_cpu_s = _spent(pid)
    return Spent(seconds, later_wakeups - wakeups, later_cpu_s - cpu_s)


def _spent(pid: int) -> tuple[int, float]:
    """Voluntary context switches and seconds of processor time of all threads that live."""
    switches, nanoseconds = 0, 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                switches += int(line.split()[1])
        nanoseconds += int((task / "schedstat").read_text().split()[0])
    return switches, nanoseconds / 1e9


def held(pid: int) -> Held:
    """Memory, threads and open descriptors."""
    process = Path(f"/proc/{pid}")
    memory = {}
    for line in (process / "smaps_rollup").read_text().splitlines()[1:]:
        name, _, value = line.partition(":")
        memory[name] = int(value.split()[0])
    threads, descriptors = (len(list((process / name).iterdir())) for name in ("task", "fd"))
    return Held(memory["Rss"], memory["Pss"], threads, descriptors)
