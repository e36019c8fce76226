"""The proxies and certificates that a settings file names: not ours to write, but they can read a key. Pure.

They are remembered as they were when the profile was switched to. What is named later is judged against that,
and can be put back to it.
"""

from __future__ import annotations

from profiles.base.light_json import dumps
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import MASK
from profiles.claude_code.routing_names import PROXY_HELPER, SURROUNDINGS
from profiles.claude_code.settings.masked import mask_value
from profiles.claude_code.settings.parse import plain
from profiles.claude_code.settings.secret_parts import secret_parts
from profiles.claude_code.variable_values import lets_others_read
from profiles.switching.memory.state import secret_digest
from profiles.switching.reading.drift import Change

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from profiles.claude_code.settings.parse import Settings
    from profiles.switching.reading.drift import Kind

_HASHED = "#"  # begins what stands for a value with a secret in it
_SLOTS = (*(f"env.{name}" for name in SURROUNDINGS), PROXY_HELPER)


class Restoration(NamedTuple):
    """What makes a file say again what it said at the switch.

    `put_back`: slot → the raw value that goes there, None for one that goes away. `blanks`: slots that go
    away later, and are blank for running sessions until then. `by_hand`: names of values that were not kept,
    since a login was in them. `kept`: names that running sessions keep until they end.
    """

    put_back: dict[str, str | None]
    blanks: list[str]
    by_hand: list[str]
    kept: list[str]


NOTHING = Restoration({}, [], [], [])


def surroundings_in(settings: Settings) -> dict[str, str]:
    """Name → value of those that the file sets; blank ones too, since they beat the shell's."""
    found = {}
    there = settings.slots()
    for slot in filter(there.__contains__, _SLOTS):
        if (member := settings.member(slot)) is not None:
            found[slot.removeprefix("env.")] = plain(member.value)
    return found


def remembered(settings: Settings, salt: str, our_blanks: Collection[str] = ()) -> dict[str, str]:
    """The values as they may be kept on disk: a value with a login in it as a keyed hash.

    `our_blanks` are slots that a change of ours left blank for running sessions.
    """
    found = surroundings_in(settings)
    return {name: kept(name, value, salt) for name, value in found.items() if slot_of(name) not in our_blanks}


def kept(name: str, value: str, salt: str) -> str:
    """The value, or a keyed hash that begins with `#` where it holds, or may hold, a secret."""
    if name == PROXY_HELPER or value.startswith(_HASHED) or secret_parts(f"env.{name}", dumps(value)):
        return _HASHED + secret_digest(salt, value)
    return value


def is_as_remembered(name: str, value: str, known: Mapping[str, str] | None, salt: str) -> bool:
    """Whether the file said so at the switch. A state of before this was remembered reports no difference."""
    return known is None or (name in known and known[name] == kept(name, value, salt))


def slot_of(name: str) -> str:
    """The slot of one of these names."""
    return name if name == PROXY_HELPER else f"env.{name}"


def is_surrounding(slot: str) -> bool:
    """Whether a slot is one of these."""
    return slot in _SLOTS


def remembered_after(
    known: Mapping[str, str] | None, now: Mapping[str, str], ours: Collection[str]
) -> dict[str, str] | None:
    """What is remembered when the file was written though no person switched: only what is ours is new."""
    if known is None:
        return None
    rest = {name: value for name, value in known.items() if name not in ours}
    return rest | {name: value for name, value in now.items() if name in ours}


def changes_since(
    settings: Settings, known: Mapping[str, str] | None, salt: str, ours: Collection[str] = ()
) -> list[Change]:
    """What the file says otherwise than at the switch; a blank value is an absent one. Masked.

    `ours` are variables that the profile writes itself: those are compared with what it writes.
    """
    if known is None:
        return []
    actual = surroundings_in(settings)
    found = []
    for name in [name for name in dict.fromkeys([*known, *actual]) if name not in ours]:
        before, now = known.get(name, ""), actual.get(name, "")
        if before != (kept(name, now, salt) if now else ""):
            found.append(_change(name, before, now))
    return found


def _change(name: str, before: str, now: str) -> Change:
    slot = slot_of(name)
    shown = MASK if before.startswith(_HASHED) else before
    kind: Kind = "changed" if before and now else "added" if now else "removed"
    return Change(slot, kind, shown, mask_value(slot, now), lets_others_read(name, now))


def is_by_hand(change: Change) -> bool:
    """Whether only the user can put that back: a value with a login in it, which was not kept."""
    return is_surrounding(change.slot) and change.kind == "removed" and change.expected == MASK


def untrusted(changes: list[Change], values: Mapping[str, str], trusted: Sequence[str]) -> list[Change]:
    """The changes that the profile does not trust; `values` is what the file says, by slot."""
    from profiles.profile.trusted import is_trusted

    return [
        change
        for change in changes
        if not is_surrounding(change.slot)
        or not is_trusted(change.slot.removeprefix("env."), values.get(change.slot, ""), trusted, "")
    ]


def restoration(
    changes: Iterable[Change], known: Mapping[str, str] | None, *, sessions: bool, exported: Collection[str]
) -> Restoration:
    """What takes those changes back, so that the file says what it said at the switch.

    A running session keeps a variable that goes away, so it is left blank while `sessions` run; but not one
    of `exported`, the shell's own: a blank would beat that too, and behind a company's proxy nothing works.
    """
    result = Restoration({}, [], [], [])
    for change in changes:
        name = change.slot.removeprefix("env.")
        before = (known or {}).get(name)
        if before is not None and before.startswith(_HASHED):
            result.by_hand.append(name)
        elif before is not None:
            result.put_back[change.slot] = dumps(before)
            continue
        if change.kind == "removed":
            continue
        if sessions and name != PROXY_HELPER and name not in exported:
            result.blanks.append(change.slot)
            continue
        result.put_back[change.slot] = None
        if sessions and name in exported:
            result.kept.append(name)
    return result
