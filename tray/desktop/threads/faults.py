"""Where something unforeseen happened, without any of its text: a library may put any value into that."""

from __future__ import annotations

import logging
import os
import threading
import traceback

import profiles

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


def _program() -> tuple[int, int] | None:
    try:
        status = os.stat(profiles.__file__)
    except OSError:  # frozen: it lies in no file of its own
        return None
    return status.st_mtime_ns, status.st_ino


_STARTED_FROM = _program()


def program_was_replaced() -> bool:
    """Whether another version was installed since this process started, or this one was taken away.

    What is loaded only then does not fit what is loaded already, or is not there.
    """
    return _program() != _STARTED_FROM


def log_fault(where: str, error: BaseException) -> None:
    """Write an error into the log, without any of its text."""
    _log.error("%s\n%s", where, "".join(traceback_lines(error)).rstrip())


def log_thread_fault(arguments: threading.ExceptHookArgs) -> None:
    """For `threading.excepthook`: a thread that ends by a fault is reported, not silent."""
    if arguments.exc_value is not None:
        name = arguments.thread.name if arguments.thread is not None else "?"
        log_fault(f"a fault in the thread {name}", arguments.exc_value)
