# ruff: noqa: ARG002 - the user's own file asks for less than a project's does
"""What depends on whose settings file it is: the user's own, or a project's (`projects.project_scope`)."""

from __future__ import annotations

import os
from functools import partial

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.process.sessions import Session, running_sessions
from profiles.claude_code.routing_names import SHIELDED
from profiles.files.directories import remove_empty, topmost_missing
from profiles.switching.edit.other_files import OtherFiles
from profiles.switching.find_memory import files_for
from profiles.switching.memory import state as states

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from profiles.files.durability import Writing
    from profiles.profile.rendering import Rendered
    from profiles.switching.edit.standing import Standing
    from profiles.switching.memory.state import State
    from profiles.switching.memory.state_files import StateFiles
    from profiles.switching.one_file.tools import Tools

    class Scope(Protocol):
        """What `OneFile` asks about its file."""

        @property
        def blanks_path(self) -> str:
            """The file that notes that blanks are to be taken out."""

        def sessions(self) -> list[Session]:
            """The running sessions that read the file."""

        def fitted(self, rendered: Rendered | None, there: Standing) -> Rendered | None:
            """What of a rendering goes into the file."""

        def exported(self, state: State) -> frozenset[str]:
            """The variables of the shell that must not reach a session."""

        def around(self, state: State) -> OtherFiles:
            """What less specific files say, and the shell."""

        def check(self, rendered: Rendered | None) -> None:
            """Raises PkccError where that must not be written into the file."""

        def recovered(self, files: StateFiles, recover: Callable[[], State]) -> State:
            """What `recover` returns after a killed run, and what the scope itself has to put right."""

        def committed(
            self,
            state: State,
            coming: State,
            data: bytes | None,
            commit: Callable[[State], Writing[bool]],
            *,
            write: bool,
        ) -> Writing[bool]:
            """The steps of `commit`, with what the scope itself has to do around them.

            With `write` the file is replaced by `data` (None: removed).
            """


DIRECTORY = "directory"  # in the shells that are remembered: one was made for the file; the highest, or None


def with_directory(state: State, made: str | None = None) -> State:
    """The state with a note that the file's directory is ours, and those above it up to `made`."""
    memory = state.current.memory
    memory = memory._replace(shells={**memory.shells, DIRECTORY: made})
    return state._replace(current=state.current._replace(memory=memory))


class UserScope:
    """The user's own settings file, or a target's."""

    def __init__(self, tools: Tools) -> None:
        self._locations = tools.locations
        self._environ = tools.environ
        self._clock = tools.clock

    @property
    def blanks_path(self) -> str:
        """The file of that name beside what is remembered of the settings."""
        return files_for(self._locations).blanks_path

    def sessions(self) -> list[Session]:
        """All sessions that run with this configuration directory."""
        return running_sessions(*self._locations.session_dirs, now=self._clock())

    def fitted(self, rendered: Rendered | None, there: Standing) -> Rendered | None:
        """The whole rendering."""
        return rendered

    def exported(self, state: State) -> frozenset[str]:
        """The variables that the shell exports now, and those that an earlier switch was made against."""
        exported = frozenset(name for name in SHIELDED if self._environ.get(name))
        return exported | frozenset(state.current.memory.shield)

    def around(self, state: State) -> OtherFiles:
        """The shell alone: no other file is below the user's own."""
        current = state.current
        return OtherFiles(
            mark=partial(states.secret_digest, state.salt), elsewhere=self._environ.get,
            our_line=current.status_line and current.active is not None,
        )  # fmt: skip

    def check(self, rendered: Rendered | None) -> None:
        """Refuse nothing: the user's own file may hold anything."""

    def recovered(self, files: StateFiles, recover: Callable[[], State]) -> State:
        """The state as it is: nothing of its own to put right."""
        return recover()

    def committed(
        self,
        state: State,
        coming: State,
        data: bytes | None,
        commit: Callable[[State], Writing[bool]],
        *,
        write: bool,
    ) -> Writing[bool]:
        """Directories that are made for the file go again with it, as far as they are empty."""
        directory = os.path.dirname(os.path.realpath(self._locations.settings_path))
        missing = topmost_missing(directory) if write and data is not None else ""
        try:
            atomic = yield from commit(with_directory(coming, missing) if missing else coming)
        except BaseException:
            if missing:
                remove_empty(directory, missing)  # the file stays: Ctrl-C may come after the rename
            raise
        made = state.current.memory.shells.get(DIRECTORY)
        if made and write and data is None:
            remove_empty(directory, made)
        return atomic
