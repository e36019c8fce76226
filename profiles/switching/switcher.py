"""What a user does to a settings file: switch, off, restore, undo and the like. Its projects follow."""

from __future__ import annotations

import os
from functools import partial

from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.durability import finished
from profiles.files.locks import OURS_LIMIT_S
from profiles.files.read import read_bytes
from profiles.switching.edit import blanks
from profiles.switching.memory import state as states
from profiles.switching.one_file.file import OneFile
from profiles.switching.one_file.scope import UserScope
from profiles.switching.one_file.tools import Tools, active_rendering
from profiles.switching.one_file.wish import LINE_OFF, LINE_ON, Wish
from profiles.switching.outcome import Renamed
from profiles.switching.reading.reading import only_from, only_with
from profiles.switching.recognised_by_hand import matching, recognised
from profiles.switching.with_projects import WithProjects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from profiles.base.secret import Secret
    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.state import Stamp, State
    from profiles.switching.one_file.wish import Target
    from profiles.switching.outcome import Outcome, ProjectOutcome, ProjectWriter
    from profiles.switching.reading.reading import Reading


class Switcher:
    """Changes one settings file.

    `projects` makes what changes its projects with it; it is called only where there are some. It keeps
    nothing from one change for the next, so several threads may use it: what a change did is what it returns.
    """

    def __init__(
        self, tools: Tools, projects: Callable[[], ProjectWriter] | None = None, stamp: Stamp | None = None
    ) -> None:
        self._tools = tools
        self._file = OneFile(tools, UserScope(tools), stamp)
        self._all = WithProjects(self._file, projects)

    @property
    def settings_path(self) -> str:
        """The settings file that this one changes."""
        return self._file.path

    @property
    def helper_prefix(self) -> str:
        """What every helper command of ours begins with: `Helper.prefix`."""
        return self._tools.helper.prefix

    def helper_command(self, rendered: Rendered) -> str | None:
        """The helper command for that profile's key: `Helper.command`."""
        return self._tools.helper.command(rendered)

    def read(self) -> Reading:
        """What the settings say now, against what they should say; writes nothing."""
        return self._file.read()

    def holding(self, limit_s: float = OURS_LIMIT_S) -> AbstractContextManager[State]:
        """Hold our lock of the settings file; gives the state, with a killed run's work finished."""
        return self._file.holding(limit_s)

    def matching(self, reading: Reading) -> str | None:
        """The profile that the settings carry exactly, no matter who wrote them; None when there is none."""
        return matching(self._tools, reading)

    def switch(
        self,
        name: str,
        *,
        dry_run: bool = False,
        accepting: bool = True,
        anew: bool = False,
        away_from: str = "",
    ) -> Outcome:
        """Make the settings carry that profile; with `anew` they are written even if they do.

        `accepting` where a person asked for that very switch: what the file then says of proxies and
        certificates is taken for right. `away_from`: only from that profile, and from nothing else that was
        chosen or changed meanwhile. Raises PkccError with the settings untouched.
        """
        rendered = partial(self._tools.store.rendered, name)
        rendered()  # one that is not there is refused before anything is made
        target = only_from(away_from, self._file.path, rendered)
        return self._change(Wish("switch", always=anew, accepting=accepting), target, dry_run=dry_run)

    def preview(self, rendered: Rendered) -> Outcome:
        """What a switch to that profile, which need not be stored yet, would do; writes nothing."""
        return self._change(Wish("switch", rendered, accepting=True), dry_run=True)

    def adopt(self, name: str, values: Mapping[str, str]) -> Outcome:
        """Make that profile, which took over what the settings say (`values` by slot), the active one.

        Raises ConflictError where they say something else by now.
        """
        rendered = self._tools.store.rendered(name)
        return self._change(Wish("adopt"), only_with(values, self._file.path, rendered))

    def off(self, *, dry_run: bool = False) -> Outcome:
        """Put back what the user had before the first switch."""
        return self._change(Wish("off"), dry_run=dry_run)

    def status_line(self, *, on: bool) -> Outcome:
        """Have a status line of ours go along with each profile from now on, or no longer.

        Raises ConflictError where something else changed the settings: that is the user's to decide.
        """
        from profiles.switching.one_file.tidy import as_it_is

        wish = Wish(LINE_ON if on else LINE_OFF, aim="follow", status_line=on)
        return self._change(wish, partial(as_it_is, self._file))

    def restore(self, *, dry_run: bool = False) -> Outcome:
        """Write the active profile again over what something else changed. Raises ConflictError when off."""
        return self._change(Wish("restore"), partial(active_rendering, self._tools), dry_run=dry_run)

    def tidy(self) -> Outcome:
        """Take out the blanks that running sessions needed.

        Raises ConflictError while some still run, and where something else changed the settings: that is the
        user's to decide. Waits for two seconds after a switch, until every session can be seen.
        """
        memory = self.read().state.current.memory
        self._tools.sleep(blanks.not_yet_seen_s(memory, self._tools.clock()))
        return self._without_blanks("tidy")

    def sweep(self) -> bool:
        """Take out the blanks that no session can need any more, unasked: whether some are left for later.

        Costs one look for a file where there are none. Never raises for what must wait.
        """
        if not os.path.exists(self._file.scope.blanks_path):
            return False
        from profiles.switching.one_file.tidy import swept

        return swept(self._file.scope.blanks_path, lambda: self._without_blanks("sweep", limit_s=0))

    def _without_blanks(self, action: str, limit_s: float = OURS_LIMIT_S) -> Outcome:
        from profiles.switching.one_file.tidy import as_it_is, check_no_session

        check_no_session(self._file)
        target = partial(as_it_is, self._file, unasked=action == "sweep")
        return self._change(Wish(action, aim="tidy"), target, limit_s=limit_s)

    def refresh(self) -> Outcome:
        """Write the settings even if nothing differs: running clients then ask the helper again (facts)."""
        return self._change(Wish("refresh", always=True), partial(active_rendering, self._tools))

    def again(self, name: str) -> Outcome | None:
        """Write the profile as it is now, where it is the active one, as no step of its own; else None."""

        def rendering(state: State) -> Rendered | None:
            return (
                self._tools.store.rendered(name) if state.current.active == name else state.current.rendered
            )

        if self.read().state.current.active != name:
            return None
        return self._change(Wish("again", aim="follow"), rendering)

    def renamed(self, old: str, new: str) -> Renamed:
        """Call a renamed profile by its new name in what is remembered and, if it is active, in the settings.

        Raises PkccError with everything as it was.
        """
        with self.holding() as known:
            done = self._all.change("rename", lambda: self._renamed(known, old, new), renamed=(old, new))
            return Renamed(*done)

    def _renamed(self, known: State, old: str, new: str) -> Outcome | None:
        state = states.with_renamed(known, old, new)
        if known.current.active == old:
            rendered = self._tools.store.rendered(new)
            return finished(self._file.change(state, Wish("rename", rendered, recognised=True)))
        self._file.remember(known, state)
        return None

    def recognise(self) -> str | None:
        """The profile that somebody wrote into the settings by hand, now the active one; None without one."""
        with self.holding() as known:
            state = recognised(self._tools, known)
            if state is known:
                return None
            self._all.change("follow", lambda: self._file.remember(known, state))
            return state.current.active

    def undo(self, key: str = "") -> Outcome:
        """Go back one step: to the very bytes where nothing else changed since, else by the owned values.

        With `key` only that step: raises ConflictError where it is no longer the latest.
        """
        from profiles.switching.one_file.take_back import step_to_take_back, take_back

        with self.holding() as state:
            step = step_to_take_back(self._file, state, key)
            seen = recognised(self._tools, state)
            outcome, written = self._all.change(
                "undo", lambda: finished(self._file.retrying(partial(take_back, self._file, seen, step)))
            )
            return outcome._replace(projects=written)

    def forget_copies(self, gone: Secret | None) -> None:
        """Let go of what was kept of a key that is gone, and of what the user's own file holds again.

        `off` gives back all that it would have. `undo` finds the latter in the file, and says what is gone.
        """
        with self.holding() as state:
            self._tools.keeper.forget_copies(state, read_bytes(self.settings_path), gone)

    def write_projects(self, action: str = "write", *, always: bool = False) -> list[ProjectOutcome]:
        """Write every project again, as the settings and its own metadata have it; the settings stay.

        After `off` pinned ones are left as they are, unless the action is "sync".
        """
        with self.holding():
            return self._all.change(action, lambda: None, always=always)[1]

    def resume(self) -> None:
        """Write the projects where a killed change did not: `WithProjects.resume`."""
        self._all.resume()

    def _change(
        self,
        wish: Wish,
        target: Target | None = None,
        *,
        dry_run: bool = False,
        limit_s: float = OURS_LIMIT_S,
    ) -> Outcome:
        """Do that; `target` is what the file is to carry where that hangs on what is remembered."""
        if dry_run:
            state = self.read().state
            return self._file.preview(state, wish.by(target, state))
        with self.holding(limit_s) as known:
            state = recognised(self._tools, known)
            own = wish.by(target, state)._replace(recognised=state is not known)
            outcome, written = self._all.change(
                own.action, lambda: finished(self._file.change(state, own)), always=own.always
            )
            return outcome._replace(projects=written)
