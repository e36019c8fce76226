"""An outside change in words: short for the menu, long for a notice, and where it would lead the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.claude_code.owned_slots import BASE_URL_SLOTS, HELPER_KEY
from profiles.claude_code.routing_names import (
    CERTIFICATES,
    GATEWAY_SWITCH,
    MESSAGES,
    NO_PROXY,
    PROXIES,
    SWITCHES,
    TLS_CHECK,
)
from profiles.claude_code.variable_values import is_on
from profiles.portkey.editions import host_in
from profiles.switching.reading.surroundings import is_surrounding
from tray.runtime.menu.one_line import one_line
from tray.terminal.words.setting_names import setting_name, slot_name

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from profiles.switching.reading.drift import Change
    from profiles.switching.reading.reading import Reading

FILE_IS_GONE = "the settings file is gone"
_LONGEST_NAME, _LONGEST_VALUE = 42, 60  # characters, of a host in a line of the menu; of a value in a notice
_DIRECT = {f"env.{MESSAGES.base_url}"}  # without it the client goes to Anthropic


def short_line(change: Change) -> str:
    """A change in the few words that a menu has room for; masked as the change is."""
    name = slot_name(change.slot)
    if change.kind == "removed":
        return f"{name} removed"
    return f"{name}: {change.actual}" if change.kind == "changed" else f"{name} added: {change.actual}"


def plain_line(change: Change) -> str:
    """Such as "Sonnet model: claude-sonnet-5-5 is now claude-opus-5-5."; masked as the change is."""
    name, was, now = setting_name(change.slot), _value(change.expected), _value(change.actual)
    if change.kind == "removed":
        return f"{name} was removed: {was}."
    return f"{name}: {was} is now {now}." if change.kind == "changed" else f"{name} was added: {now}."


def _value(text: str) -> str:
    return one_line(text, _LONGEST_VALUE) or "nothing"


class Changed(NamedTuple):
    """Changes by something else as the menu tells them. `restored` is the address that restoring brings back.

    `keepable`: a click may take them into the profile.
    """

    line: str = ""
    restored: str = ""
    alarming: bool = False
    keepable: bool = False


def changed(reading: Reading) -> Changed:
    """What the menu says first of what something else did to the settings."""
    if reading.condition == "gone":
        return Changed("Claude Code settings are gone")
    alarm = next((change for change in reading.changes if change.alarming), None)
    if alarm is not None:
        is_address = alarm.slot in BASE_URL_SLOTS.values()
        return Changed(alarm_line(alarm), host_in(alarm.expected) if is_address else "", alarming=True)
    if not reading.changes:
        return Changed()
    first, *more = reading.changes
    others = f" and {len(more)} more" if more else ""
    return Changed(
        f"Settings changed: {setting_name(first.slot)}{others}", keepable=adoptable(reading.changes)
    )


def adoptable(changes: Sequence[Change]) -> bool:
    """Whether a click may take the changes into the profile.

    Never one that decides where the key goes; and proxies and certificates are no part of a profile.
    """
    return not any(change.alarming for change in changes) and not (
        changes and all(is_surrounding(change.slot) for change in changes)
    )


def alarm_line(change: Change) -> str:
    """What it means for the key, in a line such as "Your key would go to api.portkey-ai.example"."""
    if is_surrounding(change.slot):
        return "Your key could be read by others"
    if change.slot == HELPER_KEY:
        return "The key helper was changed"
    if change.kind == "removed" and change.slot in _DIRECT:
        return "Your key would go to Anthropic's own address"
    is_switch = change.slot.removeprefix("env.") in (*SWITCHES, GATEWAY_SWITCH)
    host = "" if is_switch or change.kind == "removed" else host_in(change.actual)
    if host and host == host_in(change.expected):
        host = change.actual  # what differs is the rest of it
    return f"Your key would go to {one_line(host, _LONGEST_NAME) or 'another address'}"


def alarm_sentence(change: Change) -> str:
    """What was changed, such as "api.portkey.ai was changed to thief.example, not by pkcc-tray."."""
    if change.slot == HELPER_KEY:
        return "Claude Code would run another program for its key."
    before, now = host_in(change.expected), host_in(change.actual)
    if before and now and before != now and not is_surrounding(change.slot):
        return f"{_value(before)} was changed to {_value(now)}, not by pkcc-tray."
    return f"{one_line(alarm_words(change), 3 * _LONGEST_VALUE)}."


def alarm_words(change: Change, direct: Collection[str] = _DIRECT) -> str:
    """Where the key would go, such as "ANTHROPIC_BASE_URL was changed: your key would go to https://…"."""
    name = slot_name(change.slot)
    if is_surrounding(change.slot):
        return f"{name} was {change.kind}: {_reader(name, change.actual)}"
    if change.slot == HELPER_KEY:
        return f"{name} was changed: another program would hand out your key"
    if (switch := change.slot.removeprefix("env.")) in (*SWITCHES, GATEWAY_SWITCH):
        how = "on" if is_on(change.actual) else "off"
        return f"{switch} was switched {how}: your key would go to another address"
    if change.kind == "removed":
        elsewhere = "Anthropic's own address" if change.slot in direct else "another address"
        return f"{name} was removed: your key would go to {elsewhere}"
    return f"{name} was changed: your key would go to {change.actual}"


def _reader(name: str, value: str) -> str:
    """Who could read the key, with that value of one of the surroundings."""
    if name in NO_PROXY:
        return "more of your requests would go by a proxy"
    if name == TLS_CHECK:
        return "no certificate would be checked, and anybody on the way could read your key"
    if name in PROXIES:
        return f"your requests would go by {value}, and it may read your key"
    if name in CERTIFICATES:
        return f"certificates of {value} would be believed, and your key could be read"
    return "it decides who can read your key"


def project_alarm(changes: Sequence[Change]) -> str:
    """What of the changes of a project's file would lead the key elsewhere; "" for nothing."""
    return next((alarm_words(change, direct=frozenset()) for change in changes if change.alarming), "")
