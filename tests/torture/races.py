"""Row: eight writers, a Claude-like writer and three readers (one a file watcher) at one settings file.

What a user would lose otherwise: what Claude Code saved while they switched, or a session's settings, torn.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faults.world import World
from support.client.command import EXECUTABLE
from torture.crowd import ClaudeLike, Reader, Switchers, meanwhile, watching
from torture.places import furnish, providers
from torture.row import Row

WRITERS = 8
_SWITCHES = 200  # of each writer, in the long form
# JSON that any program can load and save again.
ORIGINAL = (
    b'{\n  "env": {\n    "FOO": "1",\n    "ANTHROPIC_CUSTOM_HEADERS": "X-Corp: 1"\n  },\n  "edits": {}\n}\n'
)


def environment(world: World) -> dict[str, str]:
    return {**world.environ, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def run(seconds: float | None, seed: int, command: Sequence[str] = (str(EXECUTABLE),)) -> Row:
    """Each writer switches 200 times, or all of them for `seconds`. The order is the machine's: no seed."""
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        world = furnish(World(Path(name), vault=True), original=ORIGINAL)
        readers = [Reader(world.settings) for _ in range(3)]
        claude = ClaudeLike(world.settings)
        switchers = Switchers(command, environment(world), ("other", "third"))
        times = _SWITCHES if seconds is None else None
        deadline = time.monotonic() + (seconds or 0)
        with (
            meanwhile(claude.until, readers[0].until, readers[1].until),
            watching(readers[2]),
            ThreadPoolExecutor(WRITERS) as pool,
        ):
            for work in [pool.submit(switchers.work, first, times, deadline) for first in range(WRITERS)]:
                work.result()
        torn = sum(reader.torn for reader in readers)
        lost = claude.lost()
        failures = switchers.refused
        failures += [f"{torn} torn reads"] if torn else []
        failures += [f"{len(lost)} of Claude Code's saves were lost"] if lost else []
        if list(command) == [str(EXECUTABLE)]:
            reading = world.switcher().read()
            named = providers(world)["user"]
            if reading.changes or named != f"@{reading.state.current.active}":
                failures.append(f"{reading.state.current.active} is in use, and the settings say {named}")
    counts = {
        "writers": WRITERS,
        "switches": switchers.switches,
        "saves of Claude's": len(claude.saved),
        "saves lost": len(lost),
        "reads": sum(reader.reads for reader in readers),
        "torn reads": torn,
    }
    return Row("races", counts, failures)
