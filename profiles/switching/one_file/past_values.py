"""What each step changed in the settings, masked: by the bytes of before, else by what was written. Pure."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import mask
from profiles.claude_code.settings.masked import mask_value, masked_values
from profiles.claude_code.settings.parse import parse_settings
from profiles.profile.rendering import expected_values
from profiles.switching.memory.state import key_of
from profiles.switching.one_file.foreign_lines import lines_before
from profiles.switching.undo import bytes_before

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.switching.memory.state import Current, State


class ChangedValue(NamedTuple):
    """One slot, and what it said before and after a step, masked; "" for nothing."""

    slot: str
    before: str
    after: str


def changed_by_steps(data: bytes | None, state: State) -> dict[str, tuple[ChangedValue, ...]]:
    """For each step, by its key; `data` are the file's bytes now. No secret is read.

    Where a step put a secret back, or something else changed the file since, its bytes cannot be had: then
    what the profiles wrote counts, for that step and all before it.
    """
    found: dict[str, tuple[ChangedValue, ...]] = {}
    after, exact = state.current, True
    for step in reversed(state.history):
        earlier = None
        if exact:
            earlier = _bytes_before(data, state._replace(current=after), len(found))
            exact = earlier is not None
        if earlier is not None:
            now, before = (masked_values(parse_settings(each, "")) for each in (data, earlier[0]))
            data = earlier[0]
        else:
            now, before = _written(after), _written(step.before)
        told = earlier is not None or (after.rendered is not None and step.before.rendered is not None)
        found[key_of(step)] = _differences(before, now) if told else ()
        after = step.before
    return found


def _bytes_before(data: bytes | None, state: State, number: int) -> tuple[bytes | None] | None:
    """The bytes before the step of that number, counted from the latest; None where they cannot be had."""
    step = state.history[-1 - number]
    try:
        lines = lines_before(parse_settings(data, ""), state, step)
    except PkccError:
        return None
    exact = bytes_before(step, data, lines, _no_secret)
    if exact is None:
        return None
    return (None if exact == b"" and step.inverse is None else exact,)


def _no_secret(reference: str) -> str:
    raise PkccError(f"{reference} is not read for this")


def _written(current: Current) -> dict[str, str]:
    if current.rendered is None:
        return {}
    values = expected_values(current.rendered, current.helper_command)
    return {slot: mask_value(slot, mask(template)) for slot, template in values.items()}


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[ChangedValue, ...]:
    return tuple(
        ChangedValue(slot, before.get(slot, ""), after.get(slot, ""))
        for slot in dict.fromkeys([*after, *before])
        if before.get(slot, "") != after.get(slot, "")
    )
