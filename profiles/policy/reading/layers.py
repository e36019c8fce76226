"""What one place of a policy holds, or why it does not count."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.policy.registry_key import BELOW
from profiles.policy.table import BY_SPELLED

if TYPE_CHECKING:
    from collections.abc import Mapping


class Trouble(NamedTuple):
    """Why a place does not count: `check` as `doctor` calls it, and one line."""

    check: str
    what: str


class Layer(NamedTuple):
    """A place, its values by the keys of the table as far as they are known, or what is wrong with it.

    `twice`: of a key that is there more than once, the spelling that counts.
    """

    origin: str
    values: Mapping[str, object] = {}
    trouble: Trouble | None = None
    twice: Mapping[str, str] = {}


def spelled_layer(origin: str, values: Mapping[str, object]) -> Layer:
    """A place whose keys are spelled as in the registry, in any case: there, and in a property list.

    Of two that are the same but for case the one counts that is spelled as it should be, else the last.
    """
    by_key: dict[str, object] = {}
    twice: dict[str, str] = {}
    for name in sorted(values, key=_is_as_it_should_be):
        key = key_of(name.rstrip(BELOW))
        if key in by_key:
            twice[key] = name
        by_key[key] = values[name]
    return Layer(origin, by_key, twice=twice)


def _is_as_it_should_be(name: str) -> bool:
    row = BY_SPELLED.get(name.rstrip(BELOW).lower())
    return row is not None and name.rstrip(BELOW) == row.spelled


def broken(origin: str, what: str) -> Layer:
    """A place that cannot be read."""
    return Layer(origin, trouble=Trouble("policy-broken", what))


def key_of(name: str) -> str:
    """The table's key for its spelling elsewhere: `required_profile` for `RequiredProfile`."""
    row = BY_SPELLED.get(name.lower())
    return row.key if row else name
