"""What one place of a policy holds, or why it does not count."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.policy.table import BY_SPELLED

if TYPE_CHECKING:
    from collections.abc import Mapping


class Trouble(NamedTuple):
    """Why a place does not count: `check` as `doctor` calls it, and one line."""

    check: str
    what: str


class Layer(NamedTuple):
    """A place, its values by the keys of the table as far as they are known, or what is wrong with it."""

    origin: str
    values: Mapping[str, object] = {}
    trouble: Trouble | None = None


def broken(origin: str, what: str) -> Layer:
    """A place that cannot be read."""
    return Layer(origin, trouble=Trouble("policy-broken", what))


def key_of(name: str) -> str:
    """The table's key for its spelling elsewhere: `required_profile` for `RequiredProfile`."""
    row = BY_SPELLED.get(name.lower())
    return row.key if row else name
