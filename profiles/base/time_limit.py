"""A time limit for calls that have none of their own."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from profiles.base.errors import UnansweredError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")


def within(
    limit_s: float,
    work: Callable[[], T],
    patience_s: float = 0.0,
    waits: Callable[[float], bool] = lambda _: False,
) -> T:
    """What `work` returns or raises; TimeoutError after `limit_s` seconds.

    `waits` is asked when half of the limit is over, with the seconds that are left: whether the work waits
    for a person, and does not hang. As long as it says so there are `patience_s` seconds in all, after which
    it is an UnansweredError.
    The work runs in a daemon thread, which keeps no process from ending; after the limit it is abandoned.
    """
    done, result = begun("pkcc-time-limit", work)
    if not _finished(done, limit_s, patience_s, waits):
        raise TimeoutError
    return result()


def begun(name: str, work: Callable[[], T]) -> tuple[threading.Event, Callable[[], T]]:
    """When `work` is over, and then what it returned or raised: in a daemon thread of that name."""
    results: list[T] = []
    errors: list[BaseException] = []
    done = threading.Event()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - handed to the caller, who raises it
            errors.append(error)
        finally:
            done.set()

    def result() -> T:
        if errors:
            raise errors[0]
        return results[0]

    threading.Thread(target=run, name=name, daemon=True).start()
    return done, result


def _finished(
    done: threading.Event, limit_s: float, patience_s: float, waits: Callable[[float], bool]
) -> bool:
    if patience_s <= limit_s:
        return done.wait(limit_s)
    patience_ends = time.monotonic() + patience_s
    while not done.wait(min(limit_s / 2, max(patience_ends - time.monotonic(), 0))):
        if time.monotonic() >= patience_ends:
            raise UnansweredError
        asked_at = time.monotonic()
        if not waits(limit_s / 2):
            return done.wait(max(asked_at + limit_s / 2 - time.monotonic(), 0))
    return True
