"""For a process that strace strikes: what threads or processes would do at once is done in turn.

strace counts the calls of each thread for itself, so those of a pool could not be named by an ordinal.
"""

import os
from concurrent.futures import thread


class _InTurn(thread.ThreadPoolExecutor):
    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        future: thread._base.Future[object] = thread._base.Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as problem:  # noqa: BLE001  as a pool does: it is raised where the result is asked for
            future.set_exception(problem)
        return future


thread.ThreadPoolExecutor = _InTurn  # type: ignore[misc]


def _refused() -> int:
    """As where a user may have no more processes."""
    raise BlockingIOError


if hasattr(os, "fork"):
    os.fork = _refused
