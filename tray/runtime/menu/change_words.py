"""An outside change in words: short for the menu, long for a notice, and where it would lead the key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.claude_code.owned_slots import HELPER_KEY, name_in
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
from profiles.switching.reading.surroundings import is_surrounding

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from profiles.switching.reading.drift import Change

FILE_IS_GONE = "the settings file is gone"
_LONGEST_NAME = 64
_WORD = re.compile(r"[\w.-]+")
_DIRECT = {f"env.{MESSAGES.base_url}"}  # without it the client goes to Anthropic


def slot_name(slot: str) -> str:
    """A slot's name, as it may be shown.

    Of a header line's name only its first word: a key may have slipped into the rest of it.
    """
    name = name_in(slot)
    word = _WORD.match(name)
    shown = word[0][:_LONGEST_NAME] if word else ""
    return shown if shown == name else f"{shown}…"


def short_line(change: Change) -> str:
    """A change in the few words that a menu has room for; masked as the change is."""
    name = slot_name(change.slot)
    if change.kind == "removed":
        return f"{name} removed"
    return f"{name}: {change.actual}" if change.kind == "changed" else f"{name} added: {change.actual}"


def long_line(change: Change) -> str:
    """A change with what was there before."""
    was, now = change.expected or "(nothing)", change.actual or "(nothing)"
    return f"{slot_name(change.slot)}: {was} → {now}"


def adoptable(changes: Sequence[Change]) -> bool:
    """Whether a click may take the changes into the profile.

    Never one that decides where the key goes; and proxies and certificates are no part of a profile.
    """
    return not any(change.alarming for change in changes) and not (
        changes and all(is_surrounding(change.slot) for change in changes)
    )


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
