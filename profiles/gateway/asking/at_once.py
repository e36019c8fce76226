"""Several calls at the same time, in threads that keep no process from ending: Ctrl-C is heard meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from profiles.base.time_limit import begun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
Item = TypeVar("Item")

_LISTEN_S = 0.1  # Windows hears no Ctrl-C within one wait


class Running(Generic[T]):
    """A call that is under way."""

    def __init__(self, work: Callable[[], T], turn: threading.Semaphore) -> None:
        def in_turn() -> T:
            with turn:
                return work()

        self._done, self._result = begun("pkcc-at-once", in_turn)

    def result(self) -> T:
        """What it returns or raises, when it is over."""
        while not self._done.wait(_LISTEN_S):
            pass
        return self._result()


class AtOnce:
    """Runs so many calls at a time; a context manager that waits for them, unless an error leaves it."""

    def __init__(self, most: int) -> None:
        self._turn = threading.Semaphore(most)
        self._running: list[Running[Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for each in self._running if kind is None else ():
            each.result()

    def submit(self, work: Callable[..., T], *args: Any) -> Running[T]:
        """Begin a call."""
        running = Running(lambda: work(*args), self._turn)
        self._running.append(running)
        return running

    def map(self, work: Callable[[Item], T], items: Iterable[Item]) -> list[T]:
        """What the call returns for each item, in their order."""
        return [running.result() for running in [self.submit(work, item) for item in items]]
