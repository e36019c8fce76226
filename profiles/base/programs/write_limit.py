"""How much a program may write into files: a limit of the system, or on Windows a look at its directory."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from subprocess import TimeoutExpired

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

_BLOCK = 512  # bytes: what `ulimit -f` counts in
_LOOK_S = 0.2


def limited(words: Sequence[str], most: int) -> list[str]:
    """The command line that ends, by SIGXFSZ, before it has a file of more than so many bytes."""
    return ["/bin/sh", "-c", f'ulimit -f {most // _BLOCK} && exec "$@"', "sh", *words]


def watch(process: subprocess.Popen[bytes], directory: str, most: int, kill: Callable[[int], None]) -> None:
    """End the process once more than so many bytes lie in that directory: looked at while it runs."""

    def look() -> None:
        while process.poll() is None:
            if size_of(directory) > most:
                kill(process.pid)
            with suppress(TimeoutExpired):
                process.wait(_LOOK_S)

    threading.Thread(target=look, name="pkcc-written", daemon=True).start()


def size_of(directory: str) -> int:
    """The bytes of all files below a directory; what vanishes meanwhile is not counted."""
    total = 0
    for at, _, names in os.walk(directory):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(at, name)).st_size
    return total
