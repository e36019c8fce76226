"""The policy that holds on this machine, key by key."""

from __future__ import annotations

from profiles.base.light_typing import NamedTuple
from profiles.policy.in_force import reading_in_force
from profiles.policy.places import this_machine
from profiles.policy.values import ManagedBy


class DecidedKey(NamedTuple):
    """A key, what it counts as, the file or registry key that says so, and what is wrong there."""

    key: str
    value: object
    from_: str
    problems: tuple[str, ...]


class ShownPolicy(NamedTuple):
    """What is decided, and by whom.

    `in_force`: whether there is a policy at all. `troubles`: why a place does not count; changes are refused
    then. `notes`: what is not known here. `places`: where a policy of this machine lies, or would lie.
    """

    in_force: bool
    managed_by: ManagedBy
    keys: tuple[DecidedKey, ...]
    troubles: tuple[str, ...]
    notes: tuple[str, ...]
    places: tuple[str, ...]


def show_policy() -> ShownPolicy:
    """What holds here and now."""
    reading = reading_in_force()
    places = this_machine().names
    if reading is None:
        return ShownPolicy(False, ManagedBy(), (), (), (), places)
    keys = tuple(DecidedKey(*entry) for entry in reading.entries)
    troubles = tuple(trouble.what for trouble in reading.troubles)
    return ShownPolicy(True, reading.policy.managed_by, keys, troubles, reading.notes, places)
