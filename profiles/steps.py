"""Doing several things as one step, and taking steps back: all of it or nothing, also after a crash.

A step's intent is durable before its first document is written, with all texts of before and after. Found
after a crash, it is rolled forward; what did not come to its documents is dropped, with the keys it had
stored. Going back works alike: documents, then projects, then settings, and each of them twice does no harm.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress

from profiles import journal as journals
from profiles.errors import ConflictError, NotFoundError, PkccError
from profiles.history import Entry, entries, key_of
from profiles.journal import PROJECT, Done, Intent, Piece
from profiles.locks import OURS_LIMIT_S, locked
from profiles.project_registry import project_of, project_text
from profiles.records import TYPE_CHECKING, NamedTuple
from profiles.state import new_step_id
from profiles.step_texts import Documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Protocol

    from profiles.locations import Locations
    from profiles.projects import Projects
    from profiles.secrets import SecretStore
    from profiles.state import Step
    from profiles.store import ProfileStore
    from profiles.switching import Outcome, Switcher

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


class Doing:
    """A step under way; `id` is what the settings' own steps name it by."""

    def __init__(self, steps: Steps, step: Done) -> None:
        self._steps = steps
        self.step = step
        self.intent = Intent(step)

    @property
    def id(self) -> str:
        """Its name, for `state.Stamp`."""
        return self.step.id

    def store_keys(self, names: Sequence[str]) -> None:
        """Make durable that keys of these new names are about to be stored: taken out again after a crash."""
        self._set(self.intent._replace(keys=[*names]))

    def with_projects(self) -> None:
        """The step may change registered projects."""
        registries = self._steps.registries()
        self._set(self.intent._replace(registries=registries, begun=True))

    def write(self, profiles: Mapping[str, bytes | None], rules: bytes | None = None) -> None:
        """Write profiles (None: remove), and the rules where given. Raises PkccError with all as it was."""
        pieces = self._steps.documents.pieces(profiles, rules)
        self.step = self.step._replace(pieces=[*self.step.pieces, *pieces])
        self._set(self.intent._replace(step=self.step, begun=True))
        self._steps.documents.put(pieces)

    def put_back(self) -> None:
        """The step did not succeed: its documents are as they were."""
        self._steps.documents.put_back(self.step.pieces)
        self._steps.drop_intent()

    def _set(self, intent: Intent) -> None:
        self.intent = intent
        self._steps.save_intent(intent)


class Steps:
    """The steps of one configuration. `sides` are its settings files."""

    def __init__(
        self,
        locations: Locations,
        store: ProfileStore,
        secrets: SecretStore,
        environ: Mapping[str, str],
        sides: Sides,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.documents = Documents(locations, store, secrets)
        self._store = store
        self._secrets = secrets
        self._environ = environ
        self._sides = sides
        self._clock = clock
        self._files = journals.journal_files(locations)

    # Doing -----------------------------------------------------------------------------------------------

    @contextmanager
    def doing(
        self, action: str, what: str, name: str | None = None, renamed: Sequence[str] = ()
    ) -> Iterator[Doing]:
        """Do something as one step: `what` names it in the history. Raises PkccError with all as it was."""
        with self._held():
            anchors = {}
            for switcher in self._sides.all_switchers():
                history = switcher.read().state.history
                anchors[switcher.settings_path] = key_of(history[-1]) if history else ""
            step = Done(
                new_step_id(), self._clock(), action, what, name, [], anchors, [*renamed], self._sides.who
            )
            doing = Doing(self, step)
            try:
                yield doing
            except PkccError:
                doing.put_back()
                raise
            self._finish(doing.intent, doing.step)

    def _finish(self, intent: Intent, step: Done) -> None:
        """The step is done: it is kept where it changed something, and the intent goes."""
        now = self.registries() if intent.registries else {}
        pieces = [
            Piece(PROJECT, directory, place, before.get(directory), after.get(directory))
            for place, before in intent.registries.items()
            for after in (now.get(place, {}),)
            for directory in dict.fromkeys([*before, *after])
            if before.get(directory) != after.get(directory)
        ]
        known = [piece for piece in step.pieces if piece.before != piece.after]
        step = step._replace(pieces=[*known, *pieces])
        if step.pieces or self._settings_parts(step):
            before = journals.load_journal(self._files)
            kept = [*(each for each in before if each.id != step.id), step][-journals.LIMIT :]
            journals.save_journal(self._files, kept)
            self.documents.forget(journals.references(before) - journals.references(kept))
        self.drop_intent()

    def _settings_parts(self, step: Done) -> bool:
        switchers = self._sides.all_switchers()
        return any(_has_part(switcher.read().state.history, step) for switcher in switchers)

    def registries(self) -> dict[str, dict[str, str]]:
        """The registered projects of each settings file, as texts by their directories."""
        return {
            switcher.settings_path: {
                directory: project_text(project) or ""
                for directory, project in self._sides.projects_of(switcher).registry().projects.items()
            }
            for switcher in self._sides.all_switchers()
        }

    def save_intent(self, intent: Intent) -> None:
        """Make durable what is under way."""
        journals.save_intent(self._files, intent)

    def drop_intent(self) -> None:
        """Nothing is under way."""
        journals.drop_intent(self._files)

    # After a crash ---------------------------------------------------------------------------------------

    def resume(self) -> None:
        """Finish what a killed command left; nothing while one is at work. Raises PkccError."""
        if os.path.exists(self._files.intent):
            with suppress(ConflictError), self._held(limit_s=0):
                pass

    @contextmanager
    def _held(self, limit_s: float = OURS_LIMIT_S) -> Iterator[None]:
        with locked(self._files.lock, limit_s):
            intent = journals.load_intent(self._files)
            if intent is not None:
                self._roll_forward(intent)
            yield

    def _roll_forward(self, intent: Intent) -> None:
        step = intent.step
        if intent.back:
            for key, changed in intent.back.items():
                entry = self._find(key, intent.place)
                if entry is not None:
                    self._take_back(entry, intent.place, changed)
        elif step is not None and intent.begun:
            self.documents.put(step.pieces, only_known=True)
            for switcher in self._sides.all_switchers():
                if step.renamed:
                    switcher.renamed(step.renamed[0], step.renamed[1])
                for name in self.documents.changed_profiles(step.pieces):
                    _write_again(switcher, name)
            self._finish(intent, step)
        elif step is not None:
            for name in intent.keys:
                if self._secrets.where(name) is not None:
                    self._secrets.delete(name)
        self.drop_intent()

    # Going back ------------------------------------------------------------------------------------------

    def entries(self, switcher: Switcher) -> list[Entry]:
        """What can be undone from that settings file, the latest first."""
        history = switcher.read().state.history
        return entries(history, journals.load_journal(self._files), switcher.settings_path)

    def latest(self, settings_path: str, history: Sequence[Step]) -> Entry | None:
        """What undo would take back, of a settings file with that history."""
        found = entries(history, journals.load_journal(self._files), settings_path)
        return found[0] if found else None

    def undo(self, switcher: Switcher, count: int = 1, *, force: bool = False) -> list[Undone]:
        """Take back the latest `count` steps, the latest first.

        Raises NotFoundError where there are not as many, and ConflictError with nothing changed where
        something else changed one of their documents since; with `force` that is kept aside and replaced.
        """
        with self._held():
            found = self.entries(switcher)
            if not found:
                raise ConflictError("There is nothing to undo", "`pkcc-tray history` shows what was done.")
            if count > len(found):
                raise NotFoundError(
                    f"There are only {len(found)} steps to undo", "`pkcc-tray history` numbers them."
                )
            chosen = found[:count]
            notes = self._check(chosen, force=force)
            back = {entry.key: self._changed_by(entry) for entry in chosen}
            if count > 1 or chosen[0].done is not None:
                self.save_intent(Intent(back=back, place=switcher.settings_path))
            undone: list[Undone] = []
            try:
                for entry in chosen:
                    done = self._take_back(entry, switcher.settings_path, back[entry.key])
                    undone.append(done)
            except PkccError as error:  # that step is as it was; Ctrl-C leaves the rest to the next command
                self.drop_intent()
                if undone:
                    raise _stopped(error, len(undone), count) from None
                raise
            self.drop_intent()
            return [undone[0]._replace(notes=[*notes, *undone[0].notes]), *undone[1:]]

    def _find(self, key: str, place: str) -> Entry | None:
        for switcher in self._sides.all_switchers():
            if switcher.settings_path == place:
                return next((entry for entry in self.entries(switcher)[:1] if entry.key == key), None)
        return None

    def _check(self, chosen: Sequence[Entry], *, force: bool) -> list[str]:
        """Notes of what is replaced. Raises ConflictError where a document is not what the steps left."""
        pieces = [piece for entry in chosen if entry.done is not None for piece in entry.done.pieces]
        changed = self.documents.changed_since(pieces)
        if not changed:
            return []
        if not force:
            raise ConflictError(
                f"{changed[0].words} was changed by something else since",
                "Nothing was undone. `pkcc-tray undo --force` goes back, and keeps that text aside.",
            )
        return [self.documents.keep_aside(each) for each in changed]

    def _changed_by(self, entry: Entry) -> list[str]:
        """The settings files in whose own histories the step has a part."""
        return [
            switcher.settings_path
            for switcher in self._sides.all_switchers()
            if entry.done is not None and _has_part(switcher.read().state.history, entry.done)
        ]

    def _take_back(self, entry: Entry, place: str, changed: Sequence[str]) -> Undone:
        """One step, which had changed those settings files. Raises PkccError with all of it as it was."""
        done = entry.done
        switchers = self._sides.all_switchers()
        own = next(switcher for switcher in switchers if switcher.settings_path == place)
        if done is None:
            return Undone(entry, own.undo(entry.key), [])
        names = self.documents.changed_profiles(done.pieces)
        self._check_unused(done, switchers)
        self.documents.put_back(done.pieces)
        outcomes: dict[str, Outcome | None] = {}
        try:
            for switcher in switchers if done.renamed else []:
                switcher.renamed(done.renamed[1], done.renamed[0])
            notes = self._projects_back(done)
            for switcher in switchers:
                history = switcher.read().state.history
                if _has_part(history[-1:], done):
                    outcomes[switcher.settings_path] = switcher.undo()
                elif switcher.settings_path in changed and not _has_part(history, done):
                    pass  # that was done before a crash
                elif not done.renamed:
                    for name in names:
                        outcome, more = _write_again(switcher, name)
                        outcomes[switcher.settings_path] = outcome
                        notes += more
        except PkccError:
            self.documents.put(done.pieces, only_known=True)
            for switcher in switchers if done.renamed else []:
                with suppress(PkccError):
                    switcher.renamed(done.renamed[0], done.renamed[1])
            raise
        before = journals.load_journal(self._files)
        kept = [each for each in before if each.id != done.id]
        journals.save_journal(self._files, kept)
        self.documents.forget(journals.references(before) - journals.references(kept))
        return Undone(entry, outcomes.get(place), notes)

    def _check_unused(self, done: Done, switchers: Sequence[Switcher]) -> None:
        """Raises ConflictError where settings would go on carrying a profile that is gone then."""
        pieces = [piece for piece in done.pieces if piece.kind == journals.PROFILE]
        going = {piece.name for piece in pieces if piece.before is None}
        going -= {*done.renamed}
        for switcher in switchers:
            state = switcher.read().state
            last = state.history[-1:]
            if state.current.active in going and not _has_part(last, done):
                raise ConflictError(
                    f"{state.current.active!r} is the active profile of {switcher.settings_path}",
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
        from profiles.git_safety import exclude, take_back

        projects = self._sides.projects_of(switcher)
        with switcher.holding() as state:
            known = projects.registry().projects.get(piece.name)
            if project_text(known) == piece.before:
                return []
            if project_text(known) != piece.after:
                return [f"{piece.name} was changed by something else since, so it was left as it is"]
            project = project_of(piece.before)
            try:
                if project is not None:
                    if project.excluded and not (known is not None and known.excluded):
                        exclude(project.settings_path, self._environ)
                    projects.put(project, state)
                elif known is not None:
                    projects.remove(known, state)
                    if known.excluded:
                        take_back(known.settings_path, self._environ)
            except PkccError as error:
                return [f"{piece.name}: {error.title}. {error.hint}".rstrip()]
        return []


def _has_part(history: Sequence[Step], done: Done) -> bool:
    """Whether a settings file's own history has a part of that step."""
    return any(step.part_of == done.id for step in history)


def _stopped(error: PkccError, undone: int, count: int) -> PkccError:
    """The error of a step that could not be taken back after others were."""
    return type(error)(
        f"{undone} of {count} steps were undone, the next could not be: {error.title}", error.hint
    )


def _write_again(switcher: Switcher, name: str) -> tuple[Outcome | None, list[str]]:
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
