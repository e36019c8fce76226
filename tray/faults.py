"""Where something unforeseen happened, without any of its text: a library may put any value into that."""

from __future__ import annotations

import logging
import threading
import traceback

_log = logging.getLogger("pkcc-tray")


def traceback_lines(error: BaseException) -> list[str]:
    """The frames and type names of an error and of what led to it, innermost cause first."""
    chain: list[BaseException] = []
    now: BaseException | None = error
    while now is not None and now not in chain:
        chain.append(now)
        now = now.__cause__ or now.__context__
    found = []
    for each in reversed(chain):
        found += [*traceback.format_tb(each.__traceback__), f"{type(each).__name__}\n"]
    return found


def log_fault(where: str, error: BaseException) -> None:
    """Write it into the log."""
    _log.error("%s\n%s", where, "".join(traceback_lines(error)).rstrip())


def log_thread_fault(arguments: threading.ExceptHookArgs) -> None:
    """For `threading.excepthook`: a thread that ends by a fault is told of, not silent."""
    if arguments.exc_value is not None:
        name = arguments.thread.name if arguments.thread is not None else "?"
        log_fault(f"a fault in the thread {name}", arguments.exc_value)
