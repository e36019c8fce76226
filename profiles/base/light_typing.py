"""`NamedTuple` and `TYPE_CHECKING` for the modules that a switch loads, without loading `typing`.

`typing` costs 2 ms, and its NamedTuple compiles every annotation of every class: together an eighth of a
switch. A type checker sees the real ones.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, NamedTuple
else:
    _OWN = {"__annotations__", "__module__", "__qualname__"}

    class _RecordType(type):
        def __new__(mcs, name, bases, namespace):
            """A plain `collections.namedtuple` with the methods of the class body on it."""
            if not bases:
                return super().__new__(mcs, name, bases, namespace)
            fields = namespace.get("__annotations__", {})
            defaults = [namespace.pop(field) for field in fields if field in namespace]
            record = namedtuple(name, fields, defaults=defaults, module=namespace["__module__"])
            for key, value in namespace.items():
                if key not in _OWN:
                    setattr(record, key, value)
            return record

    class NamedTuple(metaclass=_RecordType):
        """As `typing.NamedTuple`, for classes whose module postpones annotations."""


class Omitted:
    """What a record has in a field that is left out of its JSON: only `OMITTED` is one. It is false."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "OMITTED"


OMITTED = Omitted()

__all__ = ["OMITTED", "TYPE_CHECKING", "NamedTuple", "Omitted"]
