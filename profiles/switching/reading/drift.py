"""How the settings differ from what the active profile renders to. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import has_secret, mask
from profiles.claude_code.owned_slots import (
    HELPER_KEY,
    KEY_SLOTS,
    MODEL,
    OWNED_SLOTS,
    SWITCH_SLOTS,
    is_owned,
)
from profiles.claude_code.routing_names import SURROUNDINGS
from profiles.claude_code.settings.masked import mask_value
from profiles.claude_code.settings.parse import actual_values
from profiles.claude_code.variable_values import is_on, lets_others_read
from profiles.portkey.header_names import CONFIG
from profiles.portkey.model_names import is_alias

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from typing import Literal

    from profiles.claude_code.settings.parse import Settings

    Kind = Literal["changed", "removed", "added"]


class Change(NamedTuple):
    """One slot that differs; both texts masked, "" for absent. `alarming`: the key could go to a stranger."""

    slot: str
    kind: Kind
    expected: str
    actual: str
    alarming: bool


def compare(
    expected: Mapping[str, str], actual: Mapping[str, str], same_secret: Callable[[str, str], bool]
) -> list[Change]:
    """The owned slots whose value differs from what is expected, in the order of the expected ones.

    `expected` holds templates; `same_secret(template, value)` says whether the value is what was written.
    Slots outside the owned set count only when expected. A blank value is an absent one on both sides.
    """
    return [_change(*difference) for difference in _differences(expected, actual, same_secret)]


def agree(
    expected: Mapping[str, str], actual: Mapping[str, str], same_secret: Callable[[str, str], bool]
) -> bool:
    """Whether `compare` would find nothing; known at the first difference, and asked of every profile."""
    return next(_differences(expected, actual, same_secret), None) is None


def _differences(
    expected: Mapping[str, str], actual: Mapping[str, str], same_secret: Callable[[str, str], bool]
) -> Iterator[tuple[str, Kind, str, str]]:
    for slot, template in expected.items():
        value = actual.get(slot, "")
        if not template:
            continue  # judged below: a blank one is not expected
        if not value:
            yield slot, "removed", template, ""
        elif not (same_secret(template, value) if has_secret(template) else value == template):
            yield slot, "changed", template, value
    for slot, value in actual.items():
        if value and not expected.get(slot) and is_owned(slot):
            yield slot, "added", "", value


def left_over(settings: Settings, put_back: Collection[str]) -> list[str]:
    """The owned variables that say something though nothing of the user's was put back there.

    Something else set them while a profile was active. An `x-portkey-…` line is never left: it goes.
    """
    return [
        slot
        for slot, value in actual_values(settings).items()
        if slot not in put_back and (slot in OWNED_SLOTS or (slot == MODEL and not is_alias(value)))
    ]


def _change(slot: str, kind: Kind, template: str, value: str) -> Change:
    return Change(
        slot,
        kind,
        mask_value(slot, mask(template)),
        mask_value(slot, value),
        _redirects(slot, kind, template, value),
    )


def _redirects(slot: str, kind: Kind, template: str, value: str) -> bool:
    if slot in SWITCH_SLOTS:
        return is_on(template) != is_on(value)
    if (name := slot.removeprefix("env.")) in SURROUNDINGS:  # a profile's own: see `surroundings`
        return lets_others_read(name, value)
    if slot == f"header.{CONFIG}":
        return not _hosts(value) <= _hosts(template)
    # Without a base URL the client talks to Anthropic, and would send it the helper's key.
    return slot in KEY_SLOTS and not (slot == HELPER_KEY and kind == "removed")


def _hosts(config: str) -> set[str]:
    """Where a config that is written out sends requests besides its providers, at any depth."""
    if not config.startswith("{"):
        return set()
    from profiles.files.json_documents import json_or_none

    found, left = set[str](), [json_or_none(config)]
    while left:
        level = left.pop()
        if isinstance(level, dict):
            found |= {str(level["custom_host"])} if "custom_host" in level else set()
            left += level.values()
        elif isinstance(level, list):
            left += level
    return found
