"""A secret in memory: a value that does not show itself in a repr, a log line or a traceback."""

from __future__ import annotations


class Secret:
    """A secret string; only `reveal()` gives it out. Never printed, compared by value, not hashable."""

    __hash__ = None  # type: ignore[assignment]  # a secret has no place in a set or as a key
    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself: call it only where it is written or compared."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __repr__(self) -> str:
        return "Secret(••••)"

    __str__ = __repr__
