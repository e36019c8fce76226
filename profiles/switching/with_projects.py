"""A change of the settings, and with it that of every project that follows them: all of them, or none."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.switching.outcome import ProjectOutcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from profiles.switching.memory.state import State
    from profiles.switching.one_file.file import OneFile
    from profiles.switching.outcome import ProjectWriter

    T = TypeVar("T")


class WithProjects(NamedTuple):
    """The settings file, and what writes its projects; that is called only where there are some."""

    file: OneFile
    projects: Callable[[], ProjectWriter] | None = None

    def change(
        self,
        action: str,
        change: Callable[[], T],
        *,
        renamed: tuple[str, str] | None = None,
        always: bool = False,
    ) -> tuple[T, list[ProjectOutcome]]:
        """What the change of the settings returns, and what became of the projects; under our lock.

        The intent is durable before: the next command after a crash writes the projects (`resume`).
        """
        files = self.file.files
        if self.projects is None or not os.path.exists(files.projects_path):
            return change(), []
        writer = self.projects()
        if os.path.exists(files.pending_path):
            writer.write_all(self._state())  # first what a killed run left to be done
        registered = writer.begin(action, renamed)
        try:
            done = change()
        except PkccError:
            writer.abandon()
            raise
        try:
            return done, writer.write_all(self._state(), registered, always=always)
        except PkccError as error:  # the settings are written, and the intent still stands
            remedy = "The next pkcc-tray command tries it again."
            return done, [ProjectOutcome("", False, error.title, remedy)]

    def resume(self) -> None:
        """Write the projects if a change was killed before it came to them; nothing while one is under way.

        Costs one look for a file. Raises PkccError.
        """
        if os.path.exists(self.file.files.pending_path):
            with suppress(ConflictError), self.file.holding(limit_s=0) as state:
                if self.projects is not None:
                    self.projects().write_all(state)

    def _state(self) -> State:
        return self.file.recovered(self.file.files, os.path.realpath(self.file.path))
