"""What each step changed in the settings, masked: by the bytes of before, else by what was written. Pure.

And which steps took back what led the key elsewhere: undoing one of them would lead it there again.
"""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import mask
from profiles.claude_code.settings.masked import mask_value, masked_values
from profiles.claude_code.settings.parse import Settings, actual_values, parse_settings
from profiles.profile.rendering import expected_values
from profiles.switching.memory.state import key_of
from profiles.switching.one_file.foreign_lines import lines_before
from profiles.switching.reading.reading import Reading
from profiles.switching.undo import bytes_before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from profiles.switching.memory.state import Current, State, Step
    from profiles.switching.reading.drift import Change


class ChangedValue(NamedTuple):
    """One slot, and what it says before and after a change, masked; "" for nothing."""

    slot: str
    before: str
    after: str


def changed_by_steps(data: bytes | None, state: State) -> dict[str, tuple[ChangedValue, ...]]:
    """For each step, by its key; `data` are the file's bytes now. No secret is read.

    Where a step put a secret back, or something else changed the file since, its bytes cannot be had: then
    what the profiles wrote counts, for that step and all before it.
    """
    found: dict[str, tuple[ChangedValue, ...]] = {}
    for step, after, texts in _walk_back(data, state, _no_secret):
        if texts is not None:
            before, now = map(masked_values, texts)
        else:
            before, now = _written(step.before), _written(after)
        told = texts is not None or (after.rendered is not None and step.before.rendered is not None)
        found[key_of(step)] = changed_values(before, now) if told else ()
    return found


def led_elsewhere(
    data: bytes | None, state: State, steps: Sequence[Step], reveal: Callable[[str], str] | None
) -> list[Change]:
    """What those steps took away by which the key could go to a stranger: undone, it is there again.

    Without `reveal` no secret is read. Nothing where the bytes of before cannot be had: then `undo` writes
    the profile's own values.
    """
    found: list[Change] = []
    left = [*steps]
    for step, _, texts in _walk_back(data, state, reveal or _no_secret):
        if texts is not None and step in left:
            before, now = texts
            reading = Reading.of(before, state._replace(current=step.before))
            risks = [each for each in reading.changes if each.alarming]
            found += [each for each in risks if _says(before, each) != _says(now, each)]
        left = [each for each in left if each is not step]
        if not left:
            break
    return found


def _walk_back(
    data: bytes | None, state: State, reveal: Callable[[str], str]
) -> Iterator[tuple[Step, Current, tuple[Settings, Settings] | None]]:
    """Each step, the latest first: what held after it, and the settings before and after it, where known."""
    after, now = state.current, None
    with suppress(PkccError):
        now = parse_settings(data, "")
    for step in reversed(state.history):
        earlier = None if now is None else _earlier(data, now, state._replace(current=after), step, reveal)
        if now is None or earlier is None:
            yield step, after, None
            now = None
        else:
            data, before = earlier
            yield step, after, (before, now)
            now = before
        after = step.before


def _says(settings: Settings, change: Change) -> str:
    """What the file says for that slot, as it is spelled."""
    member = settings.member(change.slot)
    return actual_values(settings).get(change.slot, "") if member is None else settings.raw(member)


def _earlier(
    data: bytes | None, now: Settings, state: State, step: Step, reveal: Callable[[str], str]
) -> tuple[bytes | None, Settings] | None:
    """The bytes before a step, and what they say; None where they cannot be had."""
    try:
        lines = lines_before(now, state, step)
    except PkccError:
        return None
    exact = bytes_before(step, data, lines, reveal)
    if exact is None:
        return None
    before = None if exact == b"" and step.inverse is None else exact
    return before, parse_settings(before, "")


def _no_secret(reference: str) -> str:
    raise PkccError(f"{reference} is not read for this")


def _written(current: Current) -> dict[str, str]:
    if current.rendered is None:
        return {}
    values = expected_values(current.rendered, current.helper_command)
    return {slot: mask_value(slot, mask(template)) for slot, template in values.items()}


def changed_values(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[ChangedValue, ...]:
    """The slots that differ, those of the later ones first."""
    return tuple(
        ChangedValue(slot, before.get(slot, ""), after.get(slot, ""))
        for slot in dict.fromkeys([*after, *before])
        if before.get(slot, "") != after.get(slot, "")
    )
