"""The Secret Service's question to its user: unlock the keyring, or make one."""

from __future__ import annotations

from jeepney import DBusAddress, MatchRule
from jeepney.bus_messages import message_bus

from profiles.secrets.secret_service.bus import BUS_NAME, INTERFACE, NOTHING, SERVICE, Connection

_NOTICE_AFTER_S = 0.3  # where no program can show a question, it is dismissed before anybody could read of it


class DismissedError(Exception):
    """The user dismissed the question, or no program could show it."""


def open_keyring(bus: Connection, query: dict[str, str]) -> None:
    """Return once the default collection, and the items of `query` in it, are unlocked. Asks the user.

    Raises DismissedError, and what `Connection` raises.
    """
    with bus:
        collection = bus.default_collection()
        if collection == NOTHING:
            label = {f"{INTERFACE}Collection.Label": ("s", "Default")}
            (collection, prompt) = bus.call(SERVICE, "CreateCollection", "a{sv}s", (label, "default"))
            if collection == NOTHING:
                _, collection = _answer(bus, prompt)
        _unlock(bus, [collection])
        keyring = DBusAddress(collection, BUS_NAME, f"{INTERFACE}Collection")
        if bus.get(keyring, "Locked"):
            raise DismissedError
        (items,) = bus.call(keyring, "SearchItems", "a{ss}", (query,))
        if items:  # KeePassXC can ask for each entry that a program reads for the first time
            _unlock(bus, items)


def _unlock(bus: Connection, paths: list[str]) -> None:
    (_, prompt) = bus.call(SERVICE, "Unlock", "ao", (paths,))
    if prompt != NOTHING:
        _answer(bus, prompt)


def _answer(bus: Connection, path: str) -> tuple[str, str]:
    """What a question came to, as the service spells it: a signature and a value."""
    prompt = DBusAddress(path, BUS_NAME, f"{INTERFACE}Prompt")
    bus.receive(bus.send(message_bus.AddMatch(MatchRule(type="signal", interface=prompt.interface))))
    bus.call(prompt, "Prompt", "s", ("",))
    # One that nobody answers is left open: GNOME Keyring 42 aborts when it is asked to dismiss an unlocking,
    # and a late answer still unlocks the keyring for the next that asks.
    dismissed, result = bus.signal(path, "Completed", _NOTICE_AFTER_S)
    if dismissed:
        raise DismissedError
    return result  # type: ignore[no-any-return]
