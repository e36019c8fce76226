"""`NamedTuple` and `TYPE_CHECKING` for the modules that a switch loads, without loading `typing`.

`typing` costs 2 ms, and its NamedTuple compiles every annotation of every class: together an eighth of a
switch. That of `collections` compiles a constructor for every class: another eighth. Here one is compiled for
a class of which many are made, as with a thousand projects. A type checker sees the real ones.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, NamedTuple
else:
    from _collections import _tuplegetter

    _ARE_MANY = 100  # records of one class: from there on compiling its constructor pays
    _made = {}  # class → how many

    class _Record(tuple):
        """A tuple whose items have names, as `collections.namedtuple` makes one."""

        __slots__ = ()
        _fields = ()
        _field_defaults = {}  # noqa: RUF012 - never changed in place

        def __new__(cls, *values, **named):
            """The record of these values, by place and by name."""
            _made[cls] = made = _made.get(cls, 0) + 1
            if made == _ARE_MANY and cls._fields:
                cls.__new__ = staticmethod(_compiled(cls))
            if named or len(values) != len(cls._fields):
                values = _completed(cls, values, named)
            return tuple.__new__(cls, values)

        def _replace(self, **named):
            made = tuple.__new__(type(self), map(named.pop, self._fields, self))
            if named:
                raise ValueError(f"Got unexpected field names: {[*named]!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            shown = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self):
            return tuple(self)

    def _completed(cls, values, named):
        """All values in their order, with the defaults for those that are not given. Raises TypeError."""
        if len(values) > len(cls._fields):
            raise TypeError(f"{cls.__name__}() takes {len(cls._fields)} values, not {len(values)}")
        fields = cls._fields[len(values) :]
        if not named.keys() <= {*fields}:
            odd = ", ".join(repr(name) for name in named if name not in fields)
            raise TypeError(f"{cls.__name__}() takes no {odd}, or was given it twice")
        known = {**cls._field_defaults, **named}
        try:
            return (*values, *map(known.__getitem__, fields))
        except KeyError as lacking:
            raise TypeError(f"{cls.__name__}() lacks the value of {lacking}") from None

    def _compiled(cls):
        """The constructor of that class alone, four times as quick."""
        fields = ", ".join(cls._fields)
        source = f"lambda _cls, {fields}: _new(_cls, ({fields},))"
        made = eval(source, {"_new": tuple.__new__, "__builtins__": {}})  # noqa: S307 - of names in our code
        made.__name__ = made.__qualname__ = cls.__name__
        made.__defaults__ = tuple(cls._field_defaults.values())
        return made

    class _RecordType(type):
        def __new__(mcs, name, bases, namespace):
            """A record of the annotated fields, with the methods of the class body."""
            if not bases:
                return super().__new__(mcs, name, bases, namespace)
            fields = tuple(namespace.get("__annotations__", ()))
            namespace["_field_defaults"] = {field: namespace[field] for field in fields if field in namespace}
            namespace["_fields"] = namespace["__match_args__"] = fields
            namespace["__slots__"] = ()
            namespace.update((field, _tuplegetter(at, "")) for at, field in enumerate(fields))
            return type(name, (_Record,), namespace)

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
