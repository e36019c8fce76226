"""The only sequence of effects on one settings file: make the intent durable, replace the file, commit."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from functools import partial

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.atomic_replace import ChangedMeanwhileError, removing_file, replacing_file
from profiles.files.durability import finished
from profiles.files.locks import OURS_LIMIT_S, claude_locked, locked
from profiles.files.read import read_bytes, real_path
from profiles.files.refusals import writing_failed
from profiles.files.temporary import is_begun
from profiles.profile.under_policy import held
from profiles.switching.find_memory import files_for, give_own_name, unite
from profiles.switching.memory import state as states
from profiles.switching.memory.state import Stamp, State
from profiles.switching.memory.state_files import (
    commit_next,
    discard_next,
    load_state,
    mark_blanks,
    writing_next,
)
from profiles.switching.one_file.draft import draft_edit, judged
from profiles.switching.one_file.recovery import recover
from profiles.switching.one_file.state_after import current_after, in_history, state_after
from profiles.switching.one_file.tools import Tools
from profiles.switching.reading.reading import led_elsewhere, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from profiles.files.durability import Writing
    from profiles.switching.memory.state_files import StateFiles
    from profiles.switching.one_file.scope import Scope
    from profiles.switching.one_file.wish import Wish
    from profiles.switching.outcome import Outcome
    from profiles.switching.reading.reading import Reading

_TRIES = 50  # how often the file may change under us before we give up


class OneFile:
    """One settings file. `scope` says what depends on whose it is; `stamp` marks the steps of one command.

    It keeps nothing from one change for the next: what a change did is what it returns.
    """

    def __init__(self, tools: Tools, scope: Scope, stamp: Stamp | None = None) -> None:
        self.tools = tools
        self.scope = scope
        self.path = tools.locations.settings_path
        self._locations = tools.locations
        self._keeper = tools.keeper
        self._stamp = stamp or Stamp()

    @property
    def files(self) -> StateFiles:
        """Where the memory lies now: another process may have given it its own name."""
        return files_for(self._locations)

    def read(self) -> Reading:
        """What the settings say now, against what they should say; writes nothing."""
        reading = read_settings(self._locations, self.files)
        if not reading.state.united:
            with suppress(PkccError), self.holding(limit_s=0):
                pass  # of two memories that the version before left, either could be out of date
            reading = read_settings(self._locations, self.files)
        return judged(reading, self.tools.store)

    @contextmanager
    def holding(self, limit_s: float = OURS_LIMIT_S, target: str = "") -> Iterator[State]:
        """Hold our lock of the settings file; gives the state, with a killed run's work finished.

        `target` is that file with links resolved, where that is known.
        """
        for may_unite in (True, False):
            target = target or real_path(self.path)
            files = files_for(self._locations, target)
            with locked(files.lock_path, limit_s) as waited:
                if waited:
                    target = real_path(self.path)
                state = self._held(files, target)
                if state.united or not may_unite:
                    yield state
                    return
            with suppress(PkccError):  # the next change tries it again
                unite(self._locations, self._keeper.forget)

    def _held(self, files: StateFiles, target: str) -> State:
        """The state, now that our lock is held, which lies beside those files."""
        if files_for(self._locations, target) != files:
            raise ConflictError(
                "What is remembered of the settings was just given another place",
                "Another pkcc-tray found it again: run the command once more.",
            )
        state = self.recovered(files, target)
        give_own_name(self._locations, files, target)
        return state

    def recovered(self, files: StateFiles, target: str) -> State:
        """What is remembered, with `target` in it, a killed run's work finished or dropped; our lock is held.

        Raises ConflictError when the settings path now leads to another file, which does not hold what was
        written: the secrets of one would be put into the other.
        """
        state = load_state(files, self.path)
        if is_begun(files.next_path):
            state = self.scope.recovered(files, partial(self._recovered, files, state, target))
        elif found := led_elsewhere(self.path, state, target):
            raise found
        return state if state.target == target else state._replace(target=target)

    def _recovered(self, files: StateFiles, known: State, target: str) -> State:
        state = recover(self._locations, files, known, self._keeper.forget)
        if found := led_elsewhere(self.path, state, target):
            raise found
        return state

    def preview(self, state: State, wish: Wish) -> Outcome:
        """What `change` would do; writes nothing. Raises PkccError as it does."""
        wish = self._forced(wish)
        draft = draft_edit(self.tools, self.scope, state, wish)
        if draft.data != draft.base:
            self.scope.check(draft.rendered)
        return draft.outcome

    def change(self, state: State, wish: Wish) -> Writing[Outcome]:
        """The steps that make the file carry what is wished, tried again while others write it.

        Raises PkccError with the file as it was.
        """
        return self.retrying(partial(self.change_once, state, wish))

    def retrying(self, attempt: Callable[[], Writing[Outcome]]) -> Writing[Outcome]:
        """The steps of an attempt that finds the file as it judged it. Raises ConflictError without one."""
        for _ in range(_TRIES):
            try:
                return (yield from attempt())
            except ChangedMeanwhileError:
                pass
        raise ConflictError(
            f"{self.path} keeps changing while it is being edited",
            "End what rewrites it, then run the command again.",
        )

    def change_once(self, state: State, wish: Wish) -> Writing[Outcome]:
        """The steps of one attempt. Raises ChangedMeanwhileError where the file is not what was judged."""
        wish = self._forced(wish)
        draft = draft_edit(self.tools, self.scope, state, wish)
        base, data, rendered, current = draft.base, draft.data, draft.rendered, state.current
        mode, remembered_mode = self._mode(base, current.mode, has_secret=bool(draft.digests))
        changed = data != base or mode is not None or wish.always
        if changed or wish.shown:
            self.scope.check(rendered)
        traced = in_history(wish.action)
        memory, kept = self._keeper.seal(draft.settings, draft.plan, state, draft.unsealed, traced=traced)
        after = current_after(wish, draft, state, memory, remembered_mode)
        if wish.action != "undo" and not changed and after == current and not wish.recognised:
            return draft.outcome
        coming = state_after(wish.action, draft, state, after, kept, self._stamp)
        atomic = yield from self.commit(state, coming, base, data, mode, kept, write=changed)
        return draft.outcome._replace(written=changed, atomic=atomic)

    def _forced(self, wish: Wish) -> Wish:
        """What is wished, with what is forced. Raises ForbiddenError where that is not allowed."""
        tools = self.tools
        return wish._replace(rendered=held(wish.aim, wish.rendered, tools.store.rendered, tools.policy()))

    def _mode(
        self, base: bytes | None, remembered: int | None, *, has_secret: bool
    ) -> tuple[int | None, int | None]:
        """The mode to give the file (None: as it is) and the one to remember; 0600 while it has a secret."""
        if sys.platform == "win32" or base is None or not (has_secret or remembered is not None):
            return None, None
        try:
            mode = os.stat(self.path).st_mode & 0o7777
        except FileNotFoundError:
            raise ChangedMeanwhileError from None
        except OSError as error:
            raise writing_failed(self.path, error) from None
        if has_secret:
            return (0o600, mode) if mode & 0o077 else (None, remembered)
        if remembered is not None and mode == 0o600:
            return remembered, None
        return None, None

    def remember(self, known: State, state: State) -> None:
        """Make a state the current one without writing the settings."""
        if state != known:
            base = read_bytes(self.path)
            digest = states.digest_of(base)
            coming = state._replace(digest=digest, base_digest=digest)
            finished(self.commit(known, coming, base, base, None, {}, write=False))

    def commit(
        self,
        state: State,
        coming: State,
        base: bytes | None,
        data: bytes | None,
        mode: int | None,
        kept: Mapping[str, str],
        *,
        write: bool,
    ) -> Writing[bool]:
        """Make the intent durable, keep displaced secrets, replace the file, commit. False: in place."""

        def commit(coming: State) -> Writing[bool]:
            guard = claude_locked(self.path)
            files = files_for(self._locations, coming.target)
            yield from writing_next(files, coming)
            atomic = True
            try:
                needed = coming.references() if kept else ()
                self._keeper.keep({text: each for text, each in kept.items() if each in needed})
                if not write:
                    pass
                elif data is None:
                    yield from removing_file(self.path, base or b"", guard)
                else:
                    atomic = yield from replacing_file(self.path, base, data, mode, guard, files.spare_path)
            except (PkccError, ChangedMeanwhileError):
                # The file is as it was. All else (Ctrl-C) may come after the rename: `recover` judges that.
                with suppress(PkccError):
                    discard_next(files)
                    self._keeper.forget(coming.needs_beyond(state))
                raise
            with suppress(PkccError):  # the settings are written, and `recover` comes to the same state
                commit_next(files)
                self._keeper.forget(state.needs_beyond(coming))
            memory = coming.current.memory
            if memory.gone or any(slot.removeprefix("env.") not in memory.shield for slot in memory.blanks):
                mark_blanks(self.scope.blanks_path)
            return atomic

        return self.scope.committed(state, coming, data, commit, write=write)
