"""The menu as `com.canonical.dbusmenu`: entries become numbered items that a panel reads, shows and clicks.

An item keeps its number for as long as its entry's key and kind stay, so that a change of what is shown
touches only what differs, and a menu that is open stays open.
What panels ask for was read in the code of GNOME's AppIndicator extension, libdbusmenu (Xfce, Cinnamon,
waybar) and dbusmenu-qt (KDE, LXQt). Two of their habits shape this: Qt keeps a toggle's old state when the
property is left out, so every property is always given; and it flips a toggle by itself when clicked, so
after a click the true state is sent again (`restate`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tray.desktop.bus.objects import CallError, Interface, Method, Property, Signal
from tray.icon.status_notifier_item import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from tray.icon.base import Entry

    Properties = dict[str, tuple[str, Any]]

MENU_INTERFACE = "com.canonical.dbusmenu"
ROOT = 0
_CHOOSABLE = frozenset({"item", "radio", "check"})
_TOGGLES = {"radio": "radio", "check": "checkmark"}

SIGNALS = {
    "ItemsPropertiesUpdated": "a(ia{sv})a(ias)",
    "LayoutUpdated": "ui",
    "ItemActivationRequested": "iu",
}


class _Item(NamedTuple):
    entry: Entry | None  # None: the root
    properties: Properties
    children: tuple[int, ...]


class DBusMenu:
    """The menu's items. Used by one thread only. `on_click` gets the entry's key and the item's number."""

    def __init__(self, on_click: Callable[[str, int], None]) -> None:
        self._on_click = on_click
        self._revision = 1
        self._last = ROOT
        self._numbers: dict[tuple[str, str, int], int] = {}
        self._items = {ROOT: _root(())}

    def show(self, entries: Sequence[Entry]) -> list[Signal]:
        """Take over new entries. Returns the signals that tell a panel what is different: none, often."""
        before = self._items
        numbers: dict[tuple[str, str, int], int] = {}
        items: dict[int, _Item] = {}
        items[ROOT] = _root(self._add(entries, numbers, items))
        self._numbers, self._items = numbers, items
        remade = [number for number, item in items.items() if number in before and before[number] is not item]
        updated = [
            (number, _changed(before[number].properties, items[number].properties))
            for number in remade
            if before[number].properties != items[number].properties
        ]
        moved = [number for number in remade if before[number].children != items[number].children]
        signals = [_signal("ItemsPropertiesUpdated", updated, [])] if updated else []
        if moved:
            self._revision += 1
        return signals + [_signal("LayoutUpdated", self._revision, number) for number in moved]

    def restate(self, number: int) -> list[Signal]:
        """The signal that tells a toggle's state again, whatever the panel made of the click."""
        item = self._items.get(number)
        if item is None or "toggle-state" not in item.properties:
            return []
        state = {"toggle-state": item.properties["toggle-state"]}
        return [_signal("ItemsPropertiesUpdated", [(number, state)], [])]

    def interface(self) -> Interface:
        """What a panel can call."""
        layout = "(ia{sv}av)"
        return Interface(
            MENU_INTERFACE,
            {
                "GetLayout": Method("iias", f"u{layout}", self._get_layout),
                "GetGroupProperties": Method("aias", "a(ia{sv})", self._get_group_properties),
                "GetProperty": Method("is", "v", self._get_property),
                "Event": Method("isvu", "", self._event),
                "EventGroup": Method("a(isvu)", "ai", self._event_group),
                "AboutToShow": Method("i", "b", self._about_to_show),
                "AboutToShowGroup": Method("ai", "aiai", self._about_to_show_group),
            },
            {
                "Version": Property("u", lambda: 3),
                "TextDirection": Property("s", lambda: "ltr"),
                "Status": Property("s", lambda: "normal"),
                "IconThemePath": Property("as", list),
            },
            SIGNALS,
        )

    def _add(
        self, entries: Iterable[Entry], numbers: dict[tuple[str, str, int], int], items: dict[int, _Item]
    ) -> tuple[int, ...]:
        added = []
        for entry in entries:
            # The kind too: no panel turns an item that it has into one of another kind.
            occurrence = 0
            while (identity := (entry.key, entry.kind, occurrence)) in numbers:
                occurrence += 1
            number = self._numbers.get(identity)
            if number is None:
                self._last = number = self._last + 1
            numbers[identity] = number
            children = self._add(entry.children, numbers, items) if entry.children else ()
            known = self._items.get(number)
            if known is None or known.children != children or known.entry != entry:
                known = _Item(entry, _properties(entry), children)
            items[number] = known
            added.append(number)
        return tuple(added)

    def _item(self, number: int) -> _Item:
        if number not in self._items:
            raise CallError("InvalidArgs", f"there is no item {number} any more")
        return self._items[number]

    def _get_layout(self, parent: int, depth: int, names: list[str]) -> tuple[Any, ...]:
        self._item(parent)
        return self._revision, self._layout(parent, depth, frozenset(names))

    def _layout(self, number: int, depth: int, names: frozenset[str]) -> tuple[Any, ...]:
        item = self._items[number]
        below = item.children if depth else ()
        children = [("(ia{sv}av)", self._layout(child, depth - 1, names)) for child in below]
        return number, _only(item.properties, names), children

    def _get_group_properties(self, numbers: list[int], names: list[str]) -> tuple[Any, ...]:
        wanted = frozenset(names)
        known = [number for number in numbers or self._items if number in self._items]
        return ([(number, _only(self._items[number].properties, wanted)) for number in known],)

    def _get_property(self, number: int, name: str) -> tuple[Any, ...]:
        properties = self._item(number).properties
        if name not in properties:
            raise CallError("UnknownProperty", f"item {number} has no property {name}")
        return (properties[name],)

    def _event(self, number: int, event: str, _data: object, _time: int) -> tuple[Any, ...]:
        entry = self._item(number).entry
        if event == "clicked" and entry is not None and entry.enabled and entry.kind in _CHOOSABLE:
            self._on_click(entry.key, number)
        return ()

    def _event_group(self, events: list[tuple[int, str, object, int]]) -> tuple[Any, ...]:
        unknown = [number for number, *_rest in events if number not in self._items]
        for event in events:
            if event[0] in self._items:
                self._event(*event)
        return (unknown,)

    def _about_to_show(self, number: int) -> tuple[Any, ...]:
        self._item(number)
        return (False,)  # what was sent is what is: there is nothing to read again

    def _about_to_show_group(self, numbers: list[int]) -> tuple[Any, ...]:
        return [], [number for number in numbers if number not in self._items]


def _signal(member: str, *body: object) -> Signal:
    return Signal(member, SIGNALS[member], body)


def _root(children: tuple[int, ...]) -> _Item:
    return _Item(None, {"children-display": ("s", "submenu")}, children)


def _properties(entry: Entry) -> Properties:
    if entry.kind == "separator":
        return {"type": ("s", "separator"), "visible": ("b", True)}
    properties: Properties = {
        # A single underscore would mark the next letter as the access key.
        "label": ("s", clean(entry.label).replace("_", "__")),
        "enabled": ("b", entry.enabled),
        "visible": ("b", True),
    }
    if entry.kind in _TOGGLES:
        properties["toggle-type"] = ("s", _TOGGLES[entry.kind])
        properties["toggle-state"] = ("i", int(entry.checked))
    if entry.kind == "submenu":
        properties["children-display"] = ("s", "submenu")
    return properties


def _changed(before: Properties, after: Properties) -> Properties:
    return {name: value for name, value in after.items() if before.get(name) != value}


def _only(properties: Properties, names: frozenset[str]) -> Properties:
    return {name: value for name, value in properties.items() if name in names} if names else properties
