"""The only sequence of effects on Claude Code's settings: plan, make the intent durable, replace, commit."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from functools import partial

from profiles.base.errors import ConflictError, NotFoundError, PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.programs.command_line import helper_line
from profiles.base.secret_markers import fill
from profiles.claude_code.credential_lines import address_of, mark_of
from profiles.claude_code.header_lines import foreign_lines, split_lines
from profiles.claude_code.own_helper import COMMAND
from profiles.claude_code.owned_slots import HEADERS_SLOT, HELPER_KEY, SHIELDED
from profiles.claude_code.routing_names import SURROUNDINGS
from profiles.claude_code.sessions import Session, running_sessions
from profiles.claude_code.settings.file import Settings, parse_settings, plain
from profiles.files.durability import finished
from profiles.files.locks import OURS_LIMIT_S, claude_locked, locked
from profiles.files.replace import (
    ChangedMeanwhileError,
    read_bytes,
    removing_file,
    replacing_file,
    writing_failed,
)
from profiles.profile.rendering import Rendered, header_text
from profiles.switching.displaced_secrets import Keeper
from profiles.switching.edit import blanks
from profiles.switching.edit.plan import Around, EditPlan, Filled, plan_edit, slots_of, written_headers
from profiles.switching.find_memory import files_for, take_over, unite
from profiles.switching.memory import state as states
from profiles.switching.memory.state import Current, Stamp, State, Step
from profiles.switching.outcome import Followed, Outcome, Renamed
from profiles.switching.reading.drift import left_over, masked_values
from profiles.switching.reading.finished_read import finished_read, may_be_unfinished
from profiles.switching.reading.reading import Reading, look, read_settings, recover
from profiles.switching.reading.surroundings import (
    NOTHING,
    Restoration,
    changes_since,
    is_surrounding,
    remembered,
    remembered_after,
    restoration,
    untrusted,
)
from profiles.switching.undo import as_swept, bytes_before, gone_variables, inverse_of, with_blanks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeVar

    from profiles.base.locations import Locations
    from profiles.files.durability import Steps
    from profiles.switching.displaced_secrets import Secrets
    from profiles.switching.edit.plan import Memory
    from profiles.switching.memory.state import StateFiles
    from profiles.switching.outcome import Followers, Renderings

    T = TypeVar("T")


# A rotated key does not come back, nor does a name that is gone; a project goes back with the settings.
_NO_STEPS = ("refresh", "rename", "project", "again", "sweep")
_RUN = ("cmd", "op")  # references that start a program: not for a comparison
_TAKE_BLANKS_OUT = ("tidy", "sweep")
_TRIES = 50  # how often the file may change under us before we give up


class _Draft(NamedTuple):
    """An edit that is not yet made: of which bytes, to which, and what remembering it takes."""

    now: float
    base: bytes | None
    settings: Settings
    rendered: Rendered | None
    filled: Filled | None
    digests: dict[str, str]
    unsealed: Memory
    plan: EditPlan
    data: bytes | None
    outcome: Outcome


class Switcher:
    """Changes one settings file. `helper_argv` is our own command, as `apiKeyHelper` is to call it.

    `followers` makes what changes its projects with it; it is called only where there are some. It keeps
    nothing from one change for the next, so several threads may use it: what a change did is what it returns.
    """

    def __init__(
        self,
        locations: Locations,
        store: Renderings,
        secrets: Secrets,
        helper_argv: Sequence[str],
        environ: Mapping[str, str],
        clock: Callable[[], float] = time.time,
        followers: Callable[[], Followers] | None = None,
        join: Callable[[Sequence[str]], str] | None = None,
        stamp: Stamp | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._stamp = stamp or Stamp()
        self._followers = followers
        self._locations = locations
        self._store = store
        self._keeper = Keeper(secrets)
        self._helper_argv = helper_argv
        self._environ = environ
        self._clock = clock
        self._sleep = sleep
        self._join = join or helper_line  # another one where the client is no program of this system (WSL)

    @property
    def _files(self) -> StateFiles:
        """Where the memory lies now: another process may have given it its own name."""
        return files_for(self._locations)

    @property
    def _blanks_path(self) -> str:
        """Where it is noted that blanks are to be taken out."""
        return self._files.blanks_path

    @property
    def settings_path(self) -> str:
        """The settings file that this one changes."""
        return self._locations.settings_path

    # What a user does --------------------------------------------------------------------------------

    def switch(
        self, name: str, *, dry_run: bool = False, accepting: bool = True, anew: bool = False
    ) -> Outcome:
        """Make the settings carry that profile; with `anew` they are written even if they do.

        `accepting` where a person asked for that very switch: what the file then says of proxies and
        certificates is taken for right. Raises PkccError with the settings untouched.
        """
        rendered = self._store.rendered(name)
        return self._change("switch", rendered, dry_run=dry_run, always=anew, accepting=accepting)

    def adopt(self, name: str, values: Mapping[str, str]) -> Outcome:
        """Make that profile, which took over what the settings say (`values` by slot), the active one.

        Raises ConflictError where they say something else by now.
        """
        rendered = self._store.rendered(name)

        def unchanged(state: State) -> Rendered:
            if look(self._locations.settings_path, state).values != values:
                raise ConflictError(
                    "The settings were changed again meanwhile",
                    "`pkcc-tray status` shows how they are now; then adopt again.",
                )
            return rendered

        return self._change("adopt", unchanged)

    def off(self, *, dry_run: bool = False) -> Outcome:
        """Put back what the user had before the first switch."""
        return self._change("off", None, dry_run=dry_run)

    def restore(self, *, dry_run: bool = False) -> Outcome:
        """Write the active profile again over what something else changed. Raises ConflictError when off."""
        return self._change("restore", self._active_rendering, dry_run=dry_run)

    def tidy(self) -> Outcome:
        """Take out the blanks that running sessions needed.

        Raises ConflictError while some still run, and where something else changed the settings: that is the
        user's to decide. Waits for two seconds after a switch, until every session can be seen.
        """
        memory = self.read().state.current.memory
        self._sleep(blanks.not_yet_seen_s(memory, self._clock()))
        return self._tidy("tidy")

    def sweep(self) -> bool:
        """Take out the blanks that no session can need any more, unasked: whether some are left for later.

        Costs one look for a file where there are none. Never raises for what must wait.
        """
        if not os.path.exists(self._blanks_path):
            return False
        states.unmark_blanks(self._blanks_path)  # a change that comes meanwhile marks its own
        try:
            outcome = self._tidy("sweep", limit_s=0)
        except PkccError:
            states.mark_blanks(self._blanks_path)
            return True
        left = outcome.passing or any(each.passing for each in outcome.followed)
        if left:
            states.mark_blanks(self._blanks_path)
        return bool(left)

    def _tidy(self, action: str, limit_s: float = OURS_LIMIT_S) -> Outcome:
        sessions = self._sessions()
        if sessions:
            elsewhere = " One on another system counts for a day after its last turn."
            raise ConflictError(
                "Claude Code sessions that run still need the blank values",
                "End them first: `pkcc-tray sessions` shows where they run."
                + (elsewhere if any(each.elsewhere for each in sessions) else ""),
            )

        def unchanged(state: State) -> Rendered | None:
            if action == "sweep" and blanks.is_fresh(state.current.memory, self._clock()):
                raise ConflictError("Sessions that are not seen may still need the blank values", "")
            if self._judged(look(self._locations.settings_path, state)).changes:
                raise ConflictError(
                    "The settings were changed by something else",
                    "`pkcc-tray status` shows what; `pkcc-tray restore` or `pkcc-tray adopt` first.",
                )
            return state.current.rendered

        return self._change(action, unchanged, limit_s=limit_s)

    def refresh(self) -> Outcome:
        """Write the settings even if nothing differs: running clients then ask the helper anew (facts)."""
        return self._change("refresh", self._active_rendering, always=True)

    def again(self, name: str) -> Outcome | None:
        """Write the profile as it is now, where it is the active one, as no step of its own; else None."""

        def rendering(state: State) -> Rendered | None:
            return self._store.rendered(name) if state.current.active == name else state.current.rendered

        if self.read().state.current.active != name:
            return None
        return self._change("again", rendering)

    def renamed(self, old: str, new: str) -> Renamed:
        """Call a renamed profile by its new name in what is remembered and, if it is active, in the settings.

        Raises PkccError with everything as it was.
        """
        with self.holding() as known:
            done = self._together("rename", lambda: self._renamed(known, old, new), renamed=(old, new))
            return Renamed(*done)

    def _renamed(self, known: State, old: str, new: str) -> Outcome | None:
        state = states.with_renamed(known, old, new)
        if known.current.active == old:
            rendered = self._store.rendered(new)
            attempt = partial(self._try_once, "rename", state, rendered, followed=True)
            return finished(self._retrying(attempt))
        self._remember(known, state)
        return None

    def follow(self) -> str | None:
        """The profile that somebody wrote into the settings by hand, now the active one; None without one."""
        with self.holding() as known:
            state = self._follow(known)
            if state is known:
                return None
            self._together("follow", lambda: self._remember(known, state))
            return state.current.active

    def undo(self, key: str = "") -> Outcome:
        """Go back one step: to the very bytes where nothing else changed since, else by the owned values.

        With `key` only that step: raises ConflictError where it is no longer the latest.
        """
        with self.holding() as state:
            if not state.history:
                raise NotFoundError("There is nothing to undo", "`pkcc-tray history` shows what was done.")
            step = state.history[-1]
            if key and key != states.key_of(step):
                raise ConflictError(
                    "Something else was done meanwhile",
                    "`pkcc-tray history` shows what `undo` would take back.",
                )
            self._check_helper(step)
            seen = self._follow(state)
            outcome, followed = self._together(
                "undo", lambda: finished(self._retrying(lambda: self._undo_once(seen, step)))
            )
            return outcome._replace(followed=followed)

    def settle(self, action: str = "settle", *, always: bool = False) -> list[Followed]:
        """Write every project again, as the settings and its own metadata have it; the settings stay.

        After `off` pinned ones are left as they are, unless the action is "sync".
        """
        with self.holding():
            return self._together(action, lambda: None, always=always)[1]

    def resume(self) -> None:
        """Write the projects if a change was killed before it came to them; nothing while one is under way.

        Costs one look for a file. Raises PkccError.
        """
        if os.path.exists(self._files.pending_path):
            with suppress(ConflictError), self.holding(limit_s=0) as state:
                if self._followers is not None:
                    self._followers().settle(state)

    def read(self) -> Reading:
        """What the settings say now, against what they should say; writes nothing."""
        reading = read_settings(self._locations, self._files)
        if not reading.state.united:
            with suppress(PkccError), self.holding(limit_s=0):
                pass  # of two memories that the version before left, either could be out of date
            reading = read_settings(self._locations, self._files)
        return self._judged(reading)

    @contextmanager
    def holding(self, limit_s: float = OURS_LIMIT_S) -> Iterator[State]:
        """Hold our lock of the settings file; with it comes the state, a killed run's work finished."""
        with self._held(limit_s) as state:
            if state.united:
                yield state
                return
        with suppress(PkccError):  # the next change tries it again
            unite(self._locations, self._keeper.forget)
        with self._held(limit_s) as state:
            yield state

    @contextmanager
    def _held(self, limit_s: float) -> Iterator[State]:
        files = self._files
        with locked(files.lock_path, limit_s):
            target = os.path.realpath(self._locations.settings_path)
            if files_for(self._locations, target) != files:
                raise ConflictError(
                    "What is remembered of the settings was just given another place",
                    "Another pkcc-tray found it again: run the command once more.",
                )
            state = self._recover(files, target)
            take_over(self._locations, files, target)
            yield state

    # The one sequence --------------------------------------------------------------------------------

    def _together(
        self,
        action: str,
        change: Callable[[], T],
        *,
        renamed: tuple[str, str] | None = None,
        always: bool = False,
    ) -> tuple[T, list[Followed]]:
        """The change of the settings, and then that of every project that follows them; under our lock.

        The intent is durable before: whatever command comes after a crash writes the projects (`resume`).
        """
        files = self._files
        if self._followers is None or not os.path.exists(files.projects_path):
            return change(), []
        followers = self._followers()
        recovered = partial(self._recover, files, os.path.realpath(self._locations.settings_path))
        if os.path.exists(files.pending_path):
            followers.settle(recovered())  # first what a killed run left to be done
        followers.begin(action, renamed)
        try:
            done = change()
        except PkccError:
            followers.abandon()
            raise
        try:
            return done, followers.settle(recovered(), always=always)
        except PkccError as error:  # the settings are written, and the intent still stands
            return done, [Followed("", False, error.title, "The next pkcc-tray command tries it again.")]

    def _active_rendering(self, state: State) -> Rendered:
        if state.current.active is None:
            raise ConflictError("No profile is active", "`pkcc-tray switch NAME` makes one active.")
        try:
            return self._store.rendered(state.current.active)
        except NotFoundError:
            if state.current.rendered is None:
                raise
            return state.current.rendered  # its file is gone; what it wrote is remembered

    def _change(
        self,
        action: str,
        target: Rendered | Callable[[State], Rendered | None] | None,
        *,
        dry_run: bool = False,
        always: bool = False,
        accepting: bool = False,
        limit_s: float = OURS_LIMIT_S,
    ) -> Outcome:
        if dry_run:
            reading = self.read()
            rendered = target(reading.state) if callable(target) else target
            return self._drafted(action, reading.state, rendered, accepting=accepting).outcome
        with self.holding(limit_s) as known:
            state = self._follow(known)
            rendered = target(state) if callable(target) else target

            attempt = partial(self._try_once, action, state, rendered, always=always, accepting=accepting)
            seen = partial(attempt, followed=state is not known)
            outcome, followed = self._together(action, lambda: finished(self._retrying(seen)), always=always)
            return outcome._replace(followed=followed)

    def _retrying(self, attempt: Callable[[], Steps[Outcome]]) -> Steps[Outcome]:
        for _ in range(_TRIES):
            with suppress(ChangedMeanwhileError):
                return (yield from attempt())
        raise ConflictError(
            f"{self._locations.settings_path} keeps changing while it is being edited",
            "End what rewrites it, then run the command again.",
        )

    def _finished(self, state: State) -> tuple[bytes | None, Settings]:
        """The file's bytes and what they say, when nobody is in the middle of writing them.

        An editor that truncates the file before it writes would lose all of it to a change made in between:
        its bytes would go into a file that is no more.
        """
        path, active = self._locations.settings_path, state.current.active

        def read() -> tuple[bytes | None, Settings | PkccError]:
            base = read_bytes(path)
            try:
                return base, parse_settings(base, path)
            except PkccError as error:
                return base, error

        def is_unfinished(found: tuple[bytes | None, Settings | PkccError]) -> bool:
            return isinstance(found[1], PkccError) or may_be_unfinished(found[1], active)

        base, settings = finished_read(path, read, is_unfinished, self._sleep)
        if isinstance(settings, PkccError):
            raise settings
        return base, settings

    def _drafted(
        self, action: str, state: State, rendered: Rendered | None, *, accepting: bool = False
    ) -> _Draft:
        """The edit of the file as it is now, and what it would do; nothing is written."""
        base, settings = self._finished(state)
        sessions = self._sessions()
        current = state.current
        around = self._around(state)
        rendered = self._fitted(rendered, settings, state, around)
        filled, digests = self._fill(rendered, state)
        now = self._clock()
        around = around._replace(is_key=self._is_key_of(rendered))
        address = around.coming or ("" if rendered is None else address_of(rendered.env))
        unsealed, lost = self._keeper.unsealed(blanks.still_known(current.memory, now), rendered, address)
        again = self._surroundings_again(settings, state, sessions) if action == "restore" else NOTHING
        keep_blanks = bool(sessions)
        if action not in _TAKE_BLANKS_OUT:
            keep_blanks |= blanks.for_unseen(current.rendered, rendered, current.memory, now)
        plan = plan_edit(
            settings,
            current.rendered,
            unsealed,
            filled,
            keep_blanks=keep_blanks,
            exported=self._exported(state),
            holds=partial(states.holds_written, state),
            around=around,
            put_back=again.put_back,
            put_blank=again.blanks,
            taken=rendered if action == "adopt" else None,
        )
        data = None if plan.text is None else settings.encode(plan.text)
        outcome = self._outcome(action, rendered, settings, plan, sessions, state)._replace(
            lost=lost,
            accepted=changes_since(settings, current.surroundings, state.salt, _variables(current.rendered))
            if accepting
            else [],
            by_hand=again.by_hand,
            kept=again.kept,
            lines_out=plan.lines_out,
            lines_back=plan.lines_back,
        )
        if rendered is None:
            as_before = bool(current.origin) and current.origin == states.digest_of(data)
            outcome = outcome._replace(as_before=as_before, adopted=current.adopted)
        return _Draft(now, base, settings, rendered, filled, digests, unsealed, plan, data, outcome)

    def _try_once(
        self,
        action: str,
        state: State,
        rendered: Rendered | None,
        *,
        always: bool = False,
        followed: bool = False,
        accepting: bool = False,
    ) -> Steps[Outcome]:
        """The steps of one attempt. Raises ChangedMeanwhileError where the file is not what was judged."""
        draft = self._drafted(action, state, rendered, accepting=accepting)
        base, data, settings, rendered = draft.base, draft.data, draft.settings, draft.rendered
        current = state.current
        mode, remembered_mode = self._mode(base, rendered, current.mode)
        changed = data != base or mode is not None or always
        if changed:
            self._check(rendered)
        memory, kept = self._keeper.seal(settings, draft.plan, state, draft.unsealed)
        elsewhere = blanks.leads_elsewhere(current.rendered, rendered)
        memory = blanks.dated(current.memory, draft.plan, memory, draft.now, elsewhere=elsewhere)
        after = Current(
            None if rendered is None else rendered.name,
            rendered,
            None if draft.filled is None else draft.filled.helper_command,
            draft.digests,
            memory,
            remembered_mode,
            self._surroundings_after(data, rendered, memory.blanks, state, accepting=accepting),
            *self._since(action, current, rendered, base, settings, state),
        )
        if action != "undo" and not changed and after == current and not followed:
            return draft.outcome
        coming = state._replace(
            current=after,
            history=self._history(action, state, draft, after, kept),
            digest=states.digest_of(data),
            base_digest=states.digest_of(base),
        )
        atomic = yield from self._commit(state, coming, base, data, mode, kept, write=changed)
        return draft.outcome._replace(written=changed, atomic=atomic)

    def _history(
        self, action: str, state: State, draft: _Draft, after: Current, kept: Mapping[str, str]
    ) -> list[Step]:
        """The steps of the file when that change is done."""
        base, data, history = draft.base, draft.data, state.history
        if action == "undo":
            return history[:-1]
        inverse = partial(inverse_of, draft.settings, draft.plan, kept)
        if action == "sweep" and history:
            return [*history[:-1], as_swept(history[-1], base, data, inverse())]
        if not _is_step(action, data != base, after, state.current):
            return history
        step = Step(
            draft.now,
            action,
            after.active,
            state.current,
            inverse(),
            states.digest_of(base),
            states.digest_of(data),
            states.new_step_id(),
            *self._stamp,
        )
        return states.with_step(state, step)

    def _since(
        self,
        action: str,
        current: Current,
        rendered: Rendered | None,
        base: bytes | None,
        settings: Settings,
        state: State,
    ) -> tuple[str, list[str]]:
        """What the file was before the first switch, and the slots that were adopted since."""
        if rendered is None:
            return "", []
        origin = states.digest_of(base) if current.active is None else current.origin
        changes = Reading.of(settings, state).changes if action == "adopt" else []
        adopted = [change.slot for change in changes if not is_surrounding(change.slot)]
        return origin, [*dict.fromkeys([*current.adopted, *adopted])]

    def _commit(
        self,
        state: State,
        coming: State,
        base: bytes | None,
        data: bytes | None,
        mode: int | None,
        kept: Mapping[str, str],
        *,
        write: bool,
    ) -> Steps[bool]:
        """Make the intent durable, keep displaced secrets, replace the file, commit. False: in place."""
        path = self._locations.settings_path
        guard = claude_locked(path)
        target = os.path.realpath(path)
        files = files_for(self._locations, target)
        yield from states.writing_next(files, coming._replace(target=target))
        atomic = True
        try:
            needed = coming.references()
            self._keeper.keep({text: reference for text, reference in kept.items() if reference in needed})
            if not write:
                pass
            elif data is None:
                yield from removing_file(path, base or b"", guard)
            else:
                atomic = yield from replacing_file(path, base, data, mode, guard)
        except (PkccError, ChangedMeanwhileError):
            # The file is as it was. Anything else (Ctrl-C) may come after the rename: `recover` judges that.
            with suppress(PkccError):
                states.discard_next(files)
                self._keeper.forget(coming.references() - state.references())
            raise
        with suppress(PkccError):  # the settings are written, and `recover` comes to the same state
            states.commit(files)
            self._keeper.forget(state.references() - coming.references())
        memory = coming.current.memory
        if memory.gone or any(slot.removeprefix("env.") not in memory.shield for slot in memory.blanks):
            states.mark_blanks(self._blanks_path)
        return atomic

    def _check_helper(self, step: Step) -> None:
        """Raises ConflictError when going back would name a helper for a profile that is gone."""
        rendered = step.before.rendered
        if rendered is None or not rendered.helper:
            return
        try:
            self._store.rendered(rendered.name)
        except NotFoundError:
            raise ConflictError(
                f"The step before used the profile {rendered.name!r}, which was renamed or removed since",
                "`pkcc-tray switch NAME` uses another one; `pkcc-tray off` puts back what was there first.",
            ) from None

    def _remember(self, known: State, state: State) -> None:
        """Make a state the current one without writing the settings."""
        if state != known:
            base = read_bytes(self._locations.settings_path)
            digest = states.digest_of(base)
            coming = state._replace(digest=digest, base_digest=digest)
            finished(self._commit(known, coming, base, base, None, {}, write=False))

    def _undo_once(self, state: State, step: Step) -> Steps[Outcome]:
        path = self._locations.settings_path
        base, settings = self._finished(state)
        exact = bytes_before(step, base, _lines_of_then(settings, state, step), self._keeper.reveal)
        sessions = self._sessions()
        earlier = None if exact is None else parse_settings(exact or None, path)
        before, history, now = step.before, state.history[:-1], self._clock()
        held = [] if earlier is None else gone_variables(settings, earlier)
        if held and (
            sessions or blanks.for_unseen(state.current.rendered, before.rendered, state.current.memory, now)
        ):
            found = None if before.rendered is None or earlier is None else with_blanks(earlier, held)
            earlier, also = found or (None, [])
            exact = None if earlier is None else earlier.encode(earlier.text)
            before = blanks.also(before, held, now)
            history = [*history[:-1], *(each._replace(also=also) for each in history[-1:])]
        elif before.memory.blanked_at is not None and blanks.leads_elsewhere(
            state.current.rendered, before.rendered
        ):
            before = blanks.also(before, before.memory.blanks, now)  # their time begins anew
        if earlier is None:
            # Something else changed since, or there is no place for what a running session needs blank.
            return (yield from self._try_once("undo", state, step.before.rendered))
        data = None if exact == b"" and step.inverse is None else exact
        coming = state._replace(
            current=before,
            history=history,
            digest=states.digest_of(data),
            base_digest=states.digest_of(base),
        )
        mode = state.current.mode if before.mode is None else 0o600
        atomic = yield from self._commit(state, coming, base, data, mode, {}, write=data != base)
        return Outcome(
            "undo",
            before.active,
            path,
            masked_values(settings),
            masked_values(earlier),
            sessions,
            len(before.memory.blanks),
            written=data != base,
            atomic=atomic,
            drifted=0,
        )

    # Parts -------------------------------------------------------------------------------------------

    def _recover(self, files: StateFiles, target: str) -> State:
        """What is remembered, a killed run's work finished or dropped.

        Raises ConflictError when the settings path now leads to another file, which does not hold what was
        written: the secrets of one would be put into the other.
        """
        state = recover(self._locations, files, self._keeper.forget)
        moved = state.current.active is not None and state.target not in ("", target)
        if moved and look(self._locations.settings_path, state).changes:
            raise ConflictError(
                f"{self._locations.settings_path} leads to another file now: {target}",
                f"Let it lead to {state.target} again and run `pkcc-tray off` before you change it.",
            )
        return state

    def _follow(self, state: State) -> State:
        """The state, seen anew when the settings carry another profile: by hand, or from an old copy."""
        reading = look(self._locations.settings_path, state)
        if state.current.active is None:
            return state._replace(current=self._ours_again(state, reading) or state.current)
        if not reading.changes:
            return state
        other = self.matching(reading)
        if other is None or other == state.current.active:
            return state
        rendered = self._store.rendered(other)
        command = self.helper_command(rendered)
        _, digests = self._fill(rendered, state)
        current = state.current._replace(
            active=other, rendered=rendered, helper_command=command, digests=digests
        )
        held = slots_of(state.current.rendered) - slots_of(rendered) - {HELPER_KEY}
        return state._replace(current=blanks.also(current, sorted(held), self._clock()))

    def _ours_again(self, state: State, reading: Reading) -> Current | None:
        """What held when the settings were as they are now, if pkcc-tray wrote them: they are not the user's.

        An editor with an old copy, or a restored backup, can bring them back after `off`; so can a state
        directory that was lost, but then only a helper of ours tells.
        """
        found = states.digest_of(read_bytes(self._locations.settings_path))
        later = [*(step.before for step in state.history[1:]), state.current]
        after: Current
        for step, after in zip(reversed(state.history), reversed(later), strict=False):
            # A step may have begun with an old copy: what held then is not what the one before it had led to.
            if step.digest_after == found and after.active is not None and after.active == step.name:
                return after
        command = reading.values.get(HELPER_KEY, "")
        if command.startswith(self.helper_prefix):
            with suppress(PkccError):
                rendered = self._store.rendered(command.removeprefix(self.helper_prefix))
                return Current(rendered.name, rendered, command)
        return None

    def matching(self, reading: Reading) -> str | None:
        """The profile that the settings carry exactly, whoever wrote them; None when there is none."""
        helper = reading.values.get(HELPER_KEY, "")
        if helper:  # it names the only one that could match: no need to read a thousand others
            named = [helper.removeprefix(self.helper_prefix)] if helper.startswith(self.helper_prefix) else []
        for name in named if helper else self._store.names():
            with suppress(PkccError):
                rendered = self._store.rendered(name)
                command = self.helper_command(rendered)
                if reading.carries(rendered, command, self._keeper.reveal):
                    return name
        return None

    def _fill(self, rendered: Rendered | None, state: State) -> tuple[Filled | None, dict[str, str]]:
        if rendered is None:
            return None, {}
        secrets = {ref: self._keeper.reveal(ref) for ref in rendered.references()}
        env = {
            name: fill(value, secrets.__getitem__) if isinstance(value, str) else value
            for name, value in rendered.env.items()
        }
        filled = Filled(env, header_text(rendered, secrets.__getitem__), self.helper_command(rendered))
        digests = {ref: states.secret_digest(state.salt, secret) for ref, secret in secrets.items()}
        return filled, digests

    def _is_key_of(self, rendered: Rendered | None) -> Callable[[str], bool]:
        """Whether a text is that profile's key; asked only where a line of the user's may be it."""

        def is_key(text: str) -> bool:
            if rendered is None or rendered.key_ref.partition(":")[0] in _RUN:
                return False
            try:
                return self._keeper.reveal(rendered.key_ref) == text
            except PkccError:
                return False  # it cannot be had: the line stays, as the user's

        return is_key

    def helper_command(self, rendered: Rendered) -> str | None:
        """The command that the settings name for that profile's key; None when the key is written itself."""
        return self.helper_prefix + rendered.name if rendered.helper else None

    @property
    def helper_prefix(self) -> str:
        """What every helper command of ours begins with; a profile's name, which needs no quotes, ends it."""
        return self._join([*self._helper_argv, *COMMAND]) + " "

    # What is otherwise for a project's file ------------------------------------------------------------

    def _sessions(self) -> list[Session]:
        """The running sessions that read the file."""
        return running_sessions(*self._locations.session_dirs, now=self._clock())

    def _fitted(
        self,
        rendered: Rendered | None,
        settings: Settings,  # noqa: ARG002
        state: State,  # noqa: ARG002
        around: Around,  # noqa: ARG002
    ) -> Rendered | None:
        """What of a rendering goes into this file."""
        return rendered

    def _exported(self, state: State) -> frozenset[str]:
        """The variables of the shell that must not reach a session."""
        exported = frozenset(name for name in SHIELDED if self._environ.get(name))
        return exported | frozenset(state.current.memory.shield)

    def _surroundings_again(
        self, settings: Settings, state: State, sessions: Sequence[Session]
    ) -> Restoration:
        """What puts proxies and certificates back to what the file said at the switch."""
        exported = [name for name in SURROUNDINGS if self._environ.get(name)]
        reading = self._judged(Reading.of(settings, state))
        changes = [change for change in reading.changes if is_surrounding(change.slot)]
        return restoration(changes, state.current.surroundings, sessions=bool(sessions), exported=exported)

    def _surroundings_after(
        self,
        data: bytes | None,
        rendered: Rendered | None,
        our_blanks: Sequence[str],
        state: State,
        *,
        accepting: bool,
    ) -> dict[str, str] | None:
        """What is remembered of the proxies and certificates that the written file names."""
        now = remembered(parse_settings(data, self._locations.settings_path), state.salt, our_blanks)
        if accepting:
            return now
        ours = {*_variables(state.current.rendered), *_variables(rendered)}
        return remembered_after(state.current.surroundings, now, ours)

    def _judged(self, reading: Reading) -> Reading:
        """The reading without the proxies and certificates that the active profile trusts."""
        name = reading.state.current.active
        if name is None or not any(is_surrounding(change.slot) for change in reading.changes):
            return reading
        trusted: list[str] = []
        with suppress(PkccError):  # of a profile that cannot be read nothing is trusted
            trusted = self._store.rendered(name).trusted
        return reading._replace(changes=untrusted(reading.changes, reading.values, trusted))

    def _around(self, state: State) -> Around:
        """What less specific files say, and the shell."""
        return Around(mark=partial(states.secret_digest, state.salt), elsewhere=self._environ.get)

    def _check(self, rendered: Rendered | None) -> None:
        """Raises PkccError where that must not be written into the file."""

    # -----------------------------------------------------------------------------------------------------

    def _mode(
        self, base: bytes | None, rendered: Rendered | None, remembered: int | None
    ) -> tuple[int | None, int | None]:
        """The mode to give the file (None: as it is) and the one to remember; 0600 while it has a secret."""
        if sys.platform == "win32" or base is None:
            return None, None
        try:
            mode = os.stat(self._locations.settings_path).st_mode & 0o7777
        except FileNotFoundError:
            raise ChangedMeanwhileError from None
        except OSError as error:
            raise writing_failed(self._locations.settings_path, error) from None
        if rendered is not None and rendered.references():
            return (0o600, mode) if mode & 0o077 else (None, remembered)
        if remembered is not None and mode == 0o600:
            return remembered, None
        return None, None

    def _outcome(
        self,
        action: str,
        rendered: Rendered | None,
        settings: Settings,
        plan: EditPlan,
        sessions: list[Session],
        state: State,
    ) -> Outcome:
        path = self._locations.settings_path
        text = None if plan.text is None else plan.text.encode("utf-8", "surrogatepass")
        reading = Reading.of(settings, state)
        coming = parse_settings(text, path)
        left = left_over(coming, state.current.memory.displaced) if rendered is None else []
        replaced = [
            row
            for row in reading.changes
            if row.slot not in left and (not is_surrounding(row.slot) or row.slot in plan.changed)
        ]
        blanked = [
            slot for slot in plan.changed if (member := coming.member(slot)) and plain(member.value) == ""
        ]
        return Outcome(
            action,
            None if rendered is None else rendered.name,
            path,
            masked_values(settings),
            masked_values(coming),
            sessions,
            len(plan.memory.blanks),
            written=False,
            atomic=True,
            drifted=len(replaced),
            blanked=blanked,
            passing=len(plan.passing),
            left=left if state.current.active is not None else [],
        )


def _is_step(action: str, rewritten: bool, after: Current, before: Current) -> bool:
    """Whether a change can be undone by itself: `adopt` is one though the settings say that already."""
    changed = rewritten or after.active != before.active or action == "adopt"
    return changed and action not in _NO_STEPS


def _variables(rendered: Rendered | None) -> frozenset[str]:
    """The variables that a rendering writes."""
    return frozenset() if rendered is None else frozenset(rendered.env)


def foreign_lines_of(settings: Settings, state: State) -> list[str]:
    """The user's own raw header lines in the settings, beside those that the state says we wrote."""
    member = settings.member(HEADERS_SLOT)
    lines = split_lines(settings.raw(member)) if member is not None else []
    holds = partial(states.holds_written, state)
    return foreign_lines(lines, written_headers(state.current.rendered, lines, holds))


def _lines_of_then(settings: Settings, state: State, step: Step) -> list[str]:
    """The user's raw header lines but for those that came back into the settings since that step."""
    lines = foreign_lines_of(settings, state)
    out = {digest for _, _, _, digest in step.before.memory.taken}
    if not out:
        return lines
    mark = partial(states.secret_digest, state.salt)
    return [raw for raw in lines if mark_of(raw, mark) not in out]
