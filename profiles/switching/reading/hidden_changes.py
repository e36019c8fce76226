"""What an edit does to a file that its masked values do not show: a line that moves is a change. Pure."""

from __future__ import annotations

from profiles.base.light_json import loads
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import MASK
from profiles.base.secret_names import key_words
from profiles.claude_code.owned_slots import HEADERS_SLOT, STATUS_LINE
from profiles.claude_code.settings.parse import actual_values, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.claude_code.header_lines import Line
    from profiles.claude_code.settings.parse import Settings


class HiddenChanges(NamedTuple):
    """What is to be shown besides.

    Slots that become "" (`blanked`), or no longer are (`unblanked`); those that are shown alike though they
    change (`alike`): another secret, another spelling. `header_order`: the names of all header lines as
    written, where lines that stay move or are spelled anew; else none.
    """

    blanked: list[str]
    unblanked: list[str]
    alike: list[str]
    header_order: list[str]


def hidden_changes(
    now: Settings,
    coming: Settings,
    changed: Sequence[str],
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> HiddenChanges:
    """What the edit of the slots `changed` does that their masked texts `before` and `after` do not tell."""
    old, new = now.header_lines(), coming.header_lines()
    blank_now, blank_then = _blank(now, changed, old), _blank(coming, changed, new)
    was, will = actual_values(now), actual_values(coming)
    respelled = {slot for slot in changed if slot != HEADERS_SLOT}
    alike = [
        slot
        for slot in will
        if slot in was
        and before.get(slot) == after.get(slot)
        and (was[slot] != will[slot] or slot in respelled)
    ]
    moved = HEADERS_SLOT in changed and _layout(old, new) != _layout(new, old)
    return HiddenChanges(
        [slot for slot in blank_then if slot in changed or slot not in blank_now],
        [slot for slot in blank_now if slot not in blank_then],
        alike,
        [_shown_name(line) for line in new] if moved else [],
    )


def _blank(settings: Settings, changed: Sequence[str], lines: Sequence[Line]) -> list[str]:
    """The slots, of those that change, that say nothing: header lines with a name alone among them."""
    texts = [slot for slot in changed if slot != STATUS_LINE]  # that one is an object
    found = [slot for slot in texts if (member := settings.member(slot)) and plain(member.value) == ""]
    if HEADERS_SLOT in changed:
        said = {line.name for line in lines if line.value}
        names = {line.name: _shown_name(line).lower() for line in lines if line.name not in said | {""}}
        found += [f"header.{name}" for name in names.values()]
    return found


def _layout(lines: Sequence[Line], others: Sequence[Line]) -> list[tuple[str, str]]:
    """The lines that others name as well, in order, each with its spelling where it says the same."""
    names, same = {line.name for line in others}, {(line.name, line.value) for line in others}
    return [
        (line.name, line.raw if (line.name, line.value) in same else "")
        for line in lines
        if line.name in names
    ]


def _shown_name(line: Line) -> str:
    """A line's name as spelled; dots where it may be a secret, as what stands without a colon may."""
    name, colon, _ = loads(f'"{line.raw}"').partition(":")
    if not line.raw.strip():
        return "(blank)"
    return name.strip() if colon and not key_words(name) else MASK
