"""Taking one step back: its documents, its projects, its part in each settings file. Twice does no harm."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.owned_slots import HELPER_KEY, name_in
from profiles.files.read import read_bytes
from profiles.portkey.editions import host_in
from profiles.switching.memory.project_registry import project_of
from profiles.switching.memory.state import key_of
from profiles.switching.reading.surroundings import is_surrounding
from profiles.undo import journal as journals
from profiles.undo.history import Entry
from profiles.undo.journal import PROJECT, Done, JournalFiles, Piece

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from profiles.projects.projects import Projects
    from profiles.switching.memory.state import Step
    from profiles.switching.outcome import Outcome
    from profiles.switching.reading.drift import Change
    from profiles.switching.switcher import Switcher
    from profiles.undo.documents import Documents

    class Sides(Protocol):
        """What a step touches beside documents: the settings files, and the projects of each."""

        who: str

        def all_switchers(self) -> list[Switcher]: ...  # noqa: D102
        def projects_of(self, switcher: Switcher) -> Projects: ...  # noqa: D102


class Undone(NamedTuple):
    """A step that was taken back. `outcome` is what that did to the settings, None where it left them."""

    entry: Entry
    outcome: Outcome | None
    notes: list[str]


class TakingBack:
    """Undoes the steps of one configuration."""

    def __init__(self, files: JournalFiles, documents: Documents, sides: Sides) -> None:
        self._files = files
        self._documents = documents
        self._sides = sides

    def check(self, switcher: Switcher, chosen: Sequence[Entry], *, force: bool) -> list[str]:
        """Notes of what is replaced. Raises ConflictError where something is not what the steps left."""
        notes = []
        changes = [change for change in switcher.read().changes if not is_surrounding(change.slot)]
        if changes and any(entry.settings is not None for entry in chosen):
            names = ", ".join(name_in(change.slot) for change in changes)
            if not force:
                raise ConflictError(
                    f"The settings were changed by something else since: {names}",
                    "`pkcc-tray restore` or `adopt` first; or `pkcc-tray undo --force`, which replaces that.",
                )
            notes.append(f"what something else had set was replaced: {names}")
        pieces = [piece for entry in chosen if entry.done is not None for piece in entry.done.pieces]
        changed = self._documents.changed_since(pieces)
        if changed and not force:
            raise ConflictError(
                f"{changed[0].words} was changed by something else since",
                "Nothing was undone. `pkcc-tray undo --force` goes back, and keeps that text aside.",
            )
        self._documents.check_allowed(pieces)
        notes += [self._documents.keep_aside(each) for each in changed]
        steps = [entry.done for entry in chosen if entry.done is not None]
        kept = {each.name for each in changed}
        going = [name for name in _going(steps) if name not in kept]
        return [*notes, *(note for name in going for note in self._documents.keep_going(name))]

    def check_address(self, chosen: Sequence[Entry]) -> None:
        """Raise ConflictError where the key could go to a stranger once those steps are taken back."""
        risks = self.leading_elsewhere(chosen, exactly=True)
        if risks:
            raise ConflictError(
                f"Nothing was undone: {risk_words(risks[0])} again",
                "`pkcc-tray undo` in a terminal asks first; `pkcc-tray undo --force` does not.",
            )

    def leading_elsewhere(self, chosen: Sequence[Entry], *, exactly: bool = False) -> list[Change]:
        """What taking those steps back would bring back by which the key could go to a stranger.

        `exactly`: secrets that a step put away are read for it, as going back does.
        """
        from profiles.switching.one_file.past_values import led_elsewhere

        reveal = self._documents.reveal if exactly else None
        keys = {key_of(entry.settings) for entry in chosen if entry.settings is not None}
        parts = {entry.part_of for entry in chosen} - {""}
        found = []
        for switcher in self._sides.all_switchers():
            state = switcher.read().state
            steps = [step for step in state.history if key_of(step) in keys or step.part_of in parts]
            if steps:
                found += led_elsewhere(read_bytes(switcher.settings_path), state, steps, reveal)
        return found

    def changed_by(self, entry: Entry) -> list[str]:
        """The settings files in whose own histories the step has a part."""
        part_of = entry.part_of
        return [
            switcher.settings_path
            for switcher in self._sides.all_switchers()
            if part_of and has_part(switcher.read().state.history, part_of)
        ]

    def take_back(self, entry: Entry, place: str, changed: Sequence[str]) -> Undone:
        """One step, which had changed those settings files. Raises PkccError with all of it as it was."""
        done = entry.done
        switchers = self._sides.all_switchers()
        own = next(switcher for switcher in switchers if switcher.settings_path == place)
        if done is None:
            notes = self._others_back(entry, own, switchers)
            return Undone(entry, own.undo(entry.key), notes)
        names = self._documents.changed_profiles(done.pieces)
        self._check_unused(done, switchers)
        self._documents.put_back(done.pieces)
        outcomes: dict[str, Outcome | None] = {}
        try:
            for switcher in switchers if done.renamed else []:
                switcher.renamed(done.renamed[1], done.renamed[0])
            notes = self._projects_back(done)
            for switcher in switchers:
                history = switcher.read().state.history
                if has_part(history[-1:], done.id):
                    outcomes[switcher.settings_path] = switcher.undo()
                elif switcher.settings_path in changed and not has_part(history, done.id):
                    pass  # that was done before a crash
                elif not done.renamed:
                    for name in names:
                        outcome, more = write_again(switcher, name)
                        outcomes[switcher.settings_path] = outcome
                        notes += more
        except PkccError:
            self._documents.put(done.pieces, only_known=True)
            for switcher in switchers if done.renamed else []:
                with suppress(PkccError):
                    switcher.renamed(done.renamed[0], done.renamed[1])
            raise
        before = journals.load_journal(self._files)
        kept = [each for each in before if each.id != done.id]
        journals.save_journal(self._files, kept)
        self._documents.forget(journals.references(before) - journals.references(kept))
        return Undone(entry, outcomes.get(place), notes)

    def _others_back(self, entry: Entry, own: Switcher, switchers: Sequence[Switcher]) -> list[str]:
        """Take the same switch back in the targets that it served, before it is in the user's own file."""
        notes = []
        for switcher in switchers:
            last = switcher.read().state.history[-1:]
            if switcher is not own and entry.part_of and has_part(last, entry.part_of):
                try:
                    switcher.undo()
                except PkccError as error:
                    notes.append(f"{switcher.settings_path}: {error.title}. {error.hint}".rstrip())
        return notes

    def _check_unused(self, done: Done, switchers: Sequence[Switcher]) -> None:
        """Raises ConflictError where settings would go on carrying a profile that is gone then."""
        pieces = [piece for piece in done.pieces if piece.kind == journals.PROFILE]
        going = {piece.name for piece in pieces if piece.before is None}
        going -= {*done.renamed}
        for switcher in switchers:
            state = switcher.read().state
            last = state.history[-1:]
            if state.current.active in going and not has_part(last, done.id):
                raise ConflictError(
                    f"{state.current.active!r} is in use in {switcher.settings_path}",
                    "Run `pkcc-tray off`, or switch to another one, first.",
                )

    def _projects_back(self, done: Done) -> list[str]:
        notes: list[str] = []
        for switcher in self._sides.all_switchers():
            for piece in done.pieces:
                if piece.kind == PROJECT and piece.place == switcher.settings_path:
                    notes += self._project_back(piece, switcher)
        return notes

    def _project_back(self, piece: Piece, switcher: Switcher) -> list[str]:
        projects = self._sides.projects_of(switcher)
        with switcher.holding() as state:
            known = projects.registry().projects.get(piece.name)
            project = project_of(piece.before)
            if known == project:
                return []
            if known != project_of(piece.after):
                return [f"{piece.name} was changed by something else since, so it was left as it is"]
            try:
                if project is not None:
                    projects.put(project, state)
                elif known is not None:
                    projects.remove(known, state)
            except PkccError as error:
                return [f"{piece.name}: {error.title}. {error.hint}".rstrip()]
        return []


def _going(steps: Sequence[Done]) -> list[str]:
    """The profiles that are gone when those steps, the latest first, are taken back; not renamed ones."""
    before = {
        piece.name: piece.before for step in steps for piece in step.pieces if piece.kind == journals.PROFILE
    }

    def name_then(name: str) -> str:
        for step in steps:
            if step.renamed[1:] == [name]:
                name = step.renamed[0]
        return name

    return [name for name, text in before.items() if text is None and before.get(name_then(name)) is None]


def risk_words(risk: Change) -> str:
    """What would become of the key, such as "your key would go to thief.example"."""
    if risk.slot == HELPER_KEY:
        return "another program would hand out your key"
    if is_surrounding(risk.slot):
        return f"others could read your key by {name_in(risk.slot)}"
    return f"your key would go to {host_in(risk.actual) or 'another address'}"


def has_part(history: Sequence[Step], part_of: str) -> bool:
    """Whether a settings file's own history has a part of that step."""
    return any(step.part_of == part_of for step in history)


def write_again(switcher: Switcher, name: str) -> tuple[Outcome | None, list[str]]:
    """The profile as it is now, where it is active and nothing else changed the settings; notes else."""
    reading = switcher.read()
    if reading.state.current.active != name:
        return None, []
    if reading.problem is not None or reading.changes:
        return None, [f"{switcher.settings_path} was changed by something else, so it was left as it is"]
    try:
        return switcher.again(name), []
    except PkccError as error:
        return None, [f"{error.title}: the settings still carry the profile as it was before"]
