"""What was done, in one row: a settings file's own steps, and those of the journal between them. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.switching.memory.state import key_of
from profiles.undo.journal import Done

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.switching.memory.state import Step


class Entry(NamedTuple):
    """One thing that can be undone: a step of the journal, one of this settings file alone, or both in one.

    `step` is the journal's where there is one. `settings` is what it did to this settings file, None where it
    did nothing to it.
    """

    step: Done | Step
    settings: Step | None

    @property
    def done(self) -> Done | None:
        """The step of the journal; None for one of this settings file alone."""
        return self.step if isinstance(self.step, Done) else None

    @property
    def key(self) -> str:
        """Its identity, for as long as it is there."""
        return self.step.id if isinstance(self.step, Done) else key_of(self.step)

    @property
    def part_of(self) -> str:
        """What the steps of other settings files have in common with it; "" for one of this file alone."""
        return self.step.id if isinstance(self.step, Done) else self.step.part_of

    @property
    def what(self) -> str:
        """What it was, in a few words: "remove work", or "switch: work → home"."""
        return self.step.what if isinstance(self.step, Done) else _settings_words(self.step)


def entries(history: Sequence[Step], journal: Sequence[Done], settings_path: str) -> list[Entry]:
    """All that can be undone from this settings file, the latest first.

    The clock decides nothing: each step of the journal stands behind the settings' step that was the latest
    when it began.
    """
    places = {key_of(step): number for number, step in enumerate(history)}
    behind: dict[int, list[Done]] = {}
    for done in journal:
        behind.setdefault(places.get(done.anchors.get(settings_path, ""), -1), []).append(done)
    ids = {done.id for done in journal}
    parts = {step.part_of: step for step in history if step.part_of in ids}
    found = [Entry(done, parts.get(done.id)) for done in behind.get(-1, [])]
    for number, step in enumerate(history):
        if step.part_of not in ids:
            found.append(Entry(step, step))
        found += [Entry(done, parts.get(done.id)) for done in behind.get(number, [])]
    return found[::-1]


def _settings_words(step: Step) -> str:
    before, name = step.before.active, step.name
    if name == before:
        if step.action.startswith("statusline "):
            return step.action
        return f"{step.action} {name or ''}".rstrip()
    if name is None:
        return f"{step.action} (from {before})"
    return f"{step.action} to {name} (from {before or 'off'})"
