"""Objects that other programs call over D-Bus: their interfaces as tables, from which all else follows.

A table gives the methods, properties and signals of an interface. The standard interfaces (Properties,
Introspectable, Peer) are answered for every object from the same tables: some panels show an empty menu
where one of them is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    Values = tuple[Any, ...]

_PROPERTIES = "org.freedesktop.DBus.Properties"
_ERRORS = "org.freedesktop.DBus.Error."


class CallError(Exception):
    """A call for what there isn't: `name` is the D-Bus error's."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name if "." in name else _ERRORS + name


class Method(NamedTuple):
    """`takes` and `gives` are signatures; `run` gets the arguments and returns the values, in tuples."""

    takes: str
    gives: str
    run: Callable[..., Values]


class Property(NamedTuple):
    """A read-only property and what it is just now."""

    signature: str
    value: Callable[[], Any]


class Interface(NamedTuple):
    """One interface; `signals` maps names to signatures."""

    name: str
    methods: Mapping[str, Method]
    properties: Mapping[str, Property] = {}
    signals: Mapping[str, str] = {}


class Signal(NamedTuple):
    """A signal to send."""

    member: str
    signature: str = ""
    body: Values = ()


class Exported:
    """The objects, by path."""

    def __init__(self, objects: Mapping[str, Interface], machine_id: Callable[[], str]) -> None:
        self._objects: dict[str, list[Interface]] = {
            path: [interface, self._properties(interface), *self._standard(path, machine_id)]
            for path, interface in objects.items()
        }
        for path in _ancestors(objects):
            self._objects.setdefault(path, self._standard(path, machine_id))

    def answer(
        self, path: str, interface: str | None, member: str, signature: str, arguments: Values
    ) -> tuple[str, Values]:
        """The reply to a call: its signature and values. Raises CallError."""
        if path not in self._objects:
            raise CallError("UnknownObject", f"there is no object {path}")
        for offered in self._objects[path]:
            if interface in (None, offered.name) and member in offered.methods:
                method = offered.methods[member]
                if signature != method.takes:
                    raise CallError("InvalidArgs", f"{member} takes ({method.takes}), not ({signature})")
                return method.gives, method.run(*arguments)
        raise CallError("UnknownMethod", f"{path} has no method {interface}.{member}")

    def _properties(self, interface: Interface) -> Interface:
        def check(name: str) -> None:
            if name not in (interface.name, ""):
                raise CallError("UnknownInterface", f"no properties of {name} here")

        def get(name: str, key: str) -> Values:
            check(name)
            if key not in interface.properties:
                raise CallError("UnknownProperty", f"{name} has no property {key}")
            signature, value = interface.properties[key]
            return ((signature, value()),)

        def get_all(name: str) -> Values:
            check(name)
            return ({key: (signature, value()) for key, (signature, value) in interface.properties.items()},)

        def put(name: str, key: str, _value: object) -> Values:
            raise CallError("PropertyReadOnly", f"{name}.{key} is for reading only")

        methods = {
            "Get": Method("ss", "v", get),
            "GetAll": Method("s", "a{sv}", get_all),
            "Set": Method("ssv", "", put),
        }
        return Interface(_PROPERTIES, methods, signals={"PropertiesChanged": "sa{sv}as"})

    def _standard(self, path: str, machine_id: Callable[[], str]) -> list[Interface]:
        introspect = Method("", "s", lambda: (self._introspect(path),))
        peer = {"Ping": Method("", "", lambda: ()), "GetMachineId": Method("", "s", lambda: (machine_id(),))}
        return [
            Interface("org.freedesktop.DBus.Introspectable", {"Introspect": introspect}),
            Interface("org.freedesktop.DBus.Peer", peer),
        ]

    def _introspect(self, path: str) -> str:
        below = path.rstrip("/") + "/"
        inside = {other[len(below) :].split("/")[0] for other in self._objects if other.startswith(below)}
        lines = ["<node>"]
        for interface in self._objects[path]:
            lines += [f"<interface name={quoteattr(interface.name)}>", *_describe(interface), "</interface>"]
        lines += [f"<node name={quoteattr(name)}/>" for name in sorted(inside - {""})]
        return "\n".join([*lines, "</node>"])


def split_signature(signature: str) -> list[str]:
    """The complete types of a signature, one each: "ia{sv}as" is i, a{sv}, as."""
    types, start, depth = [], 0, 0
    for position, letter in enumerate(signature):
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(letter, 0)
        if depth == 0 and letter != "a":
            types.append(signature[start : position + 1])
            start = position + 1
    return types


def _describe(interface: Interface) -> Iterator[str]:
    for name, method in interface.methods.items():
        yield f"<method name={quoteattr(name)}>"
        for direction, signature in (("in", method.takes), ("out", method.gives)):
            for one in split_signature(signature):
                yield f'<arg type={quoteattr(one)} direction="{direction}"/>'
        yield "</method>"
    for name, offered in interface.properties.items():
        yield f'<property name={quoteattr(name)} type={quoteattr(offered.signature)} access="read"/>'
    for name, signature in interface.signals.items():
        yield f"<signal name={quoteattr(name)}>"
        for one in split_signature(signature):
            yield f"<arg type={quoteattr(one)}/>"
        yield "</signal>"


def _ancestors(paths: Mapping[str, Interface]) -> set[str]:
    return {"/"} | {path[:cut] for path in paths for cut in range(1, len(path)) if path[cut] == "/"}
