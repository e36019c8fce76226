"""Properties that are worked out once, whichever thread asks first."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - it is written like `property`
    """A property that is worked out by the first check to ask, while the others that ask wait for it."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = make.__name__

    def __get__(self, owner: Any, kind: type | None = None) -> T:
        lock, value = f"_lock_of_{self._name}", f"_value_of_{self._name}"
        kept = owner.__dict__
        with kept.setdefault(lock, threading.Lock()):
            if value not in kept:
                kept[value] = self._make(owner)
            return kept[value]  # type: ignore[no-any-return]
