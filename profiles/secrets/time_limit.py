"""A limit on calls that know none."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")


def within(limit_s: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises; TimeoutError after `limit_s` seconds.

    The work runs in a daemon thread, which keeps no process from ending; after the limit it is abandoned.
    """
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

    threading.Thread(target=run, name="pkcc-time-limit", daemon=True).start()
    if not done.wait(limit_s):
        raise TimeoutError
    if errors:
        raise errors[0]
    return results[0]
