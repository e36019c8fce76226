"""What goes into a project's `settings.local.json`, what it beats there, and when it is refused.

It beats the user's settings and the team's, so besides the profile it carries the header lines that its own
string hides, and blanks for what a profile it is pinned to must not inherit.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property, partial

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.credential_lines import address_in_force, address_of
from profiles.claude_code.header_lines import foreign_lines
from profiles.claude_code.owned_slots import HEADERS_SLOT, OWNED_SLOTS, SLOTS_OF_MODELS
from profiles.claude_code.routing_names import PROXIES
from profiles.claude_code.settings.parse import parse_settings
from profiles.claude_code.settings.project_root import shared_settings
from profiles.claude_code.settings.secret_parts import secret_parts
from profiles.files.locks import is_only_locked
from profiles.files.read import read_bytes
from profiles.projects.place import make_directory, makes_directory, remove_directory
from profiles.projects.rendering import only, without_secrets
from profiles.projects.settings_above import NOTHING, Said
from profiles.switching.edit.other_files import OtherFiles
from profiles.switching.find_memory import files_for
from profiles.switching.memory import state as states
from profiles.switching.memory.state_files import load_next
from profiles.switching.one_file.scope import UserScope, with_directory

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.base.locations import Locations
    from profiles.claude_code.process.sessions import Session
    from profiles.files.durability import Writing
    from profiles.profile.rendering import Rendered
    from profiles.projects.git.could_commit import Answer
    from profiles.projects.settings_above import SettingsAbove
    from profiles.switching.edit.standing import Standing
    from profiles.switching.memory.project_registry import Project
    from profiles.switching.memory.state import State
    from profiles.switching.memory.state_files import StateFiles
    from profiles.switching.one_file.tools import Tools

_ROUTING = frozenset(OWNED_SLOTS).difference(SLOTS_OF_MODELS)


class UnsafeError(ConflictError):
    """What would be written must not get into a commit, and git could take the file."""


class ProjectScope:
    """The `Scope` of one project's file.

    `users` is where the user's own settings are, `ask` how git is asked. With `bare` it carries only what
    keeps it from leading away from the user's settings: no secret, no path.
    """

    def __init__(
        self,
        project: Project,
        above: SettingsAbove,
        tools: Tools,
        users: Locations,
        ask: Callable[[str], Answer],
        *,
        bare: bool = False,
    ) -> None:
        self._project = project
        self._above = above
        self._tools = tools
        self._users = users
        self._ask = ask
        self._bare = bare
        self._path = tools.locations.settings_path
        self._directory = os.path.dirname(self._path)

    @property
    def blanks_path(self) -> str:
        """The user's own: what takes blanks out begins there."""
        return files_for(self._users).blanks_path

    def sessions(self) -> list[Session]:
        """The sessions in the project; none for one that leaves: nothing would take their blanks out."""
        if self._project.leaving:
            return []
        root = self._project.directory
        return [session for place, session in self._above.sessions if session.elsewhere or place == root]

    def exported(self, state: State) -> frozenset[str]:
        """As for the user's own file, where the project is pinned.

        Who follows has that file against the shell; a blank here would beat that too.
        """
        if not self._project.pin:
            return frozenset()
        return UserScope(self._tools).exported(state)

    def fitted(self, rendered: Rendered | None, there: Standing) -> Rendered | None:
        """All of the rendering where pinned, else only what the settings above do not say already."""
        if rendered is None or self._project.pin:
            return rendered
        slots = there.own_slots() | self._shared.values
        if self._bare:
            return without_secrets(only(rendered, slots))
        if rendered != self._above.rendered:
            slots.add(HEADERS_SLOT)
        return only(rendered, slots)

    def around(self, state: State) -> OtherFiles:
        """What the user's settings and the team's say."""
        shared, users = self._shared, self._above.said
        beaten = shared.values.difference(SLOTS_OF_MODELS)  # a team's models are its own business
        if self._project.pin:
            beaten |= users.values | self._strange_readers()
        lines, lines_for = users.lines, self._above.lines_for
        if HEADERS_SLOT in shared.present:
            lines, lines_for = shared.lines, address_in_force(self._elsewhere)
        mark = partial(states.secret_digest, state.salt)
        closed = _ROUTING if state.current.rendered is not None else frozenset()
        return OtherFiles(
            beaten,
            shared.present | users.present,
            lines,
            mark,
            closed,
            self._elsewhere,
            lines_for,
            state.current.memory.address,
            self._coming(),
        )

    def check(self, rendered: Rendered | None) -> None:
        """Raises UnsafeError where git could commit a secret or a path of this machine."""
        if rendered is None:
            return
        what = "a key" if rendered.references() else "a path of this machine" if rendered.helper else ""
        if not what and rendered.headers and self._repeats_a_secret():
            what = "a secret among your own header lines"
        if not what:
            return
        answer = self._ask(self._path)
        if not answer.safe:
            from profiles.projects.git.could_commit import git_error

            error = git_error(self._path, answer, what)
            raise UnsafeError(error.title, error.hint)

    def recovered(self, files: StateFiles, recover: Callable[[], State]) -> State:
        """A `.claude` that a killed run made goes too, where its change did not happen."""
        coming = load_next(files)
        state = recover()
        if coming is None or not makes_directory(coming) or makes_directory(state):
            return state
        remove_directory(self._directory)
        # Only the lock that was held then is left in it: it is stale soon, and the directory is still ours.
        return with_directory(state) if is_only_locked(self._path) else state

    def committed(
        self,
        state: State,
        coming: State,
        data: bytes | None,
        commit: Callable[[State], Writing[bool]],
        *,
        write: bool,
    ) -> Writing[bool]:
        """A `.claude` that is not there is made, and goes again with the file that it was made for."""
        if write and data is not None and not os.path.isdir(self._directory):
            coming = with_directory(coming)
            make_directory(self._directory)
        try:
            atomic = yield from commit(coming)
        except BaseException:
            if makes_directory(coming):
                remove_directory(self._directory)  # the file stays: Ctrl-C may come after the rename
            raise
        if makes_directory(state) and write and data is None:
            remove_directory(self._directory)
        return atomic

    def _coming(self) -> str:
        """Where the project's requests go when its file says what it should; "" where that is not known."""
        if self._project.pin:
            with suppress(PkccError):  # a pin that is gone is reported where it would be written
                return address_of(self._tools.store.rendered(self._project.pin).env)
        return self._above.coming

    def _elsewhere(self, name: str) -> str | None:
        """What a variable is where this file does not set it."""
        said = (self._shared.routing, self._above.said.routing, self._tools.environ)
        return next((values[name] for values in said if name in values), None)

    def _strange_readers(self) -> frozenset[str]:
        """The team's proxies and certificates: none of them may see a key, unless the shell has its own.

        A blank would take that away too; such a session is then refused its key, and the refusal names the
        line.
        """
        environ = self._tools.environ
        proxied = any(environ.get(name) for name in PROXIES)
        return frozenset(
            slot
            for slot in self._shared.readers
            if not (proxied if slot[4:] in PROXIES else environ.get(slot[4:]))
        )

    @cached_property
    def _shared(self) -> Said:
        path = shared_settings(self._project.directory)
        try:
            data = read_bytes(path)
            if data is None or self._is_home():
                return NOTHING
            settings = parse_settings(data, path)
        except PkccError:
            return NOTHING  # the client ignores such a file as a whole
        return Said.by(settings, foreign_lines(settings.header_lines(), {}))

    def _is_home(self) -> bool:
        """Whether the project's directory is the home itself: its shared file is then the user's own."""
        with suppress(OSError):
            return os.path.samefile(self._directory, self._tools.locations.claude_home)
        return False

    def _repeats_a_secret(self) -> bool:
        shared = self._shared
        lines = shared.lines if HEADERS_SLOT in shared.present else self._above.said.lines
        return any(secret_parts(HEADERS_SLOT, f'"{line}"') for line in lines)
