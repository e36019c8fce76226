"""Doing several things as one step, and taking steps back: all of it or nothing, also after a crash.

A step's intent is durable before its first document is written, with all texts of before and after. Found
after a crash, it is rolled forward; what did not come to its documents is dropped, with the keys it had
stored. Going back works alike: documents, then projects, then settings, and each of them twice does no harm.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress

from profiles.base.errors import ConflictError, NotFoundError, PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.locks import OURS_LIMIT_S, locked
from profiles.policy.in_force import steps_kept
from profiles.profile.under_policy import check_changing
from profiles.switching.memory.project_registry import project_text
from profiles.switching.memory.state import key_of, new_step_id
from profiles.undo import journal as journals
from profiles.undo.documents import Documents
from profiles.undo.doing import Doing
from profiles.undo.history import Entry, entries
from profiles.undo.journal import PROJECT, Done, Intent, Piece
from profiles.undo.take_back import TakingBack, has_part, risk_words, write_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from profiles.base.locations import Locations
    from profiles.profile.store import ProfileStore
    from profiles.secrets.store import SecretStore
    from profiles.switching.memory.state import Step
    from profiles.switching.switcher import Switcher
    from profiles.undo.take_back import Sides, Undone


class Steps:
    """The steps of one configuration. `sides` are its settings files."""

    def __init__(
        self,
        locations: Locations,
        store: ProfileStore,
        secrets: SecretStore,
        sides: Sides,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.documents = Documents(locations, store, secrets)
        self._store = store
        self._secrets = secrets
        self._sides = sides
        self._clock = clock
        self._files = journals.journal_files(locations)
        self._back = TakingBack(self._files, self.documents, sides)

    # Doing -----------------------------------------------------------------------------------------------

    @contextmanager
    def doing(
        self, action: str, what: str, name: str | None = None, renamed: Sequence[str] = ()
    ) -> Iterator[Doing]:
        """Do something as one step: `what` names it in the history. Raises PkccError with all as it was."""
        check_changing()
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
        """End the step: it is kept where it changed something, and the intent is removed."""
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
            kept = [*(each for each in before if each.id != step.id), step][-steps_kept(journals.LIMIT) :]
            journals.save_journal(self._files, kept)
            self.documents.forget(journals.references(before) - journals.references(kept))
        self.drop_intent()

    def _settings_parts(self, step: Done) -> bool:
        switchers = self._sides.all_switchers()
        return any(has_part(switcher.read().state.history, step.id) for switcher in switchers)

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
        """Remove the intent: nothing is under way any more."""
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
        if intent.back:
            self._go_on_back(intent)
        elif intent.step is not None and intent.begun:
            self._go_on(intent, intent.step)
        elif intent.step is not None:
            for name in intent.keys:
                if self._secrets.where(name) is not None:
                    self._secrets.delete(name)
        self.drop_intent()

    def _go_on_back(self, intent: Intent) -> None:
        for key, changed in intent.back.items():
            entry = self._find(key, intent.place)
            if entry is not None:
                self._back.take_back(entry, intent.place, changed)

    def _go_on(self, intent: Intent, step: Done) -> None:
        self.documents.put(step.pieces, only_known=True)
        for switcher in self._sides.all_switchers():
            if step.renamed:
                switcher.renamed(step.renamed[0], step.renamed[1])
            for name in self.documents.changed_profiles(step.pieces):
                write_again(switcher, name)
        self._finish(intent, step)

    # Going back ------------------------------------------------------------------------------------------

    def entries(self, switcher: Switcher) -> list[Entry]:
        """What can be undone from that settings file, the latest first."""
        history = switcher.read().state.history
        return entries(history, journals.load_journal(self._files), switcher.settings_path)

    def latest(self, settings_path: str, history: Sequence[Step]) -> Entry | None:
        """What undo would take back, of a settings file with that history."""
        found = entries(history, journals.load_journal(self._files), settings_path)
        return found[0] if found else None

    def undo(
        self,
        switcher: Switcher,
        count: int = 1,
        *,
        force: bool = False,
        elsewhere: bool = False,
        agreed: Sequence[str] | None = None,
    ) -> list[Undone]:
        """Take back the latest `count` steps, the latest first; `agreed`: the keys of those that it may be.

        `elsewhere`: also where the key could go to a stranger then.
        Raises NotFoundError where there are not as many, and ConflictError with nothing changed where
        something else changed one of their documents since; with `force` that is kept aside and replaced.
        """
        check_changing()
        with self._held():
            found = self.entries(switcher)
            if not found:
                raise ConflictError("There is nothing to undo", "`pkcc-tray history` shows what was done.")
            if count > len(found):
                raise NotFoundError(
                    f"The history ends at step {len(found)}", "`pkcc-tray history` numbers them."
                )
            chosen = found[:count]
            if agreed is not None and [entry.key for entry in chosen] != [*agreed]:
                raise ConflictError(
                    "Something else was done meanwhile, so nothing was undone",
                    "`pkcc-tray history` shows what was done.",
                )
            notes = self._back.check(switcher, chosen, force=force)
            if not (force or elsewhere):
                self._back.check_address(chosen)
            back = {entry.key: self._back.changed_by(entry) for entry in chosen}
            if count > 1 or chosen[0].part_of:
                self.save_intent(Intent(back=back, place=switcher.settings_path))
            undone: list[Undone] = []
            try:
                for entry in chosen:
                    done = self._back.take_back(entry, switcher.settings_path, back[entry.key])
                    undone.append(done)
            except PkccError as error:  # that step is as it was; Ctrl-C leaves the rest to the next command
                self.drop_intent()
                if undone:
                    raise _stopped(error, len(undone), count) from None
                raise
            self.drop_intent()
            return [undone[0]._replace(notes=[*notes, *undone[0].notes]), *undone[1:]]

    def risk(self, switcher: Switcher, count: int = 1, *, exactly: bool = False) -> str:
        """What becomes of the key without the latest steps, such as "your key would go to thief.example".

        "" where it goes where it should, as far as that is known; `exactly`: secrets are read for it.
        """
        risks = self._back.leading_elsewhere(self.entries(switcher)[:count], exactly=exactly)
        return risk_words(risks[0]) if risks else ""

    def _find(self, key: str, place: str) -> Entry | None:
        for switcher in self._sides.all_switchers():
            if switcher.settings_path == place:
                return next((entry for entry in self.entries(switcher)[:1] if entry.key == key), None)
        return None


def _stopped(error: PkccError, undone: int, count: int) -> PkccError:
    """The error of a step that could not be taken back after others were."""
    return type(error)(
        f"{undone} of {count} steps were undone, the next could not be: {error.title}", error.hint
    )
