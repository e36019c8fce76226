"""One project's `settings.local.json`: changed with the same surgery as the user's own settings file.

It beats that file and the team's, so besides the profile it has to carry the header lines that its own string
hides, and blanks for what a profile it is pinned to must not inherit.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import cached_property, partial

from profiles.base.errors import ConflictError, PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.credential_lines import address_in_force, address_of
from profiles.claude_code.header_lines import foreign_lines, split_lines
from profiles.claude_code.owned_slots import HEADERS_SLOT, MODEL_SLOTS, OWNED_SLOTS
from profiles.claude_code.routing_names import ADDRESSES, BASE_URLS, PROXIES, READERS, SWITCHES
from profiles.claude_code.settings.file import Settings, parse_settings, plain
from profiles.claude_code.settings.project_root import local_settings, project_root, shared_settings
from profiles.claude_code.settings.secret_parts import secret_parts
from profiles.files.locks import is_only_locked
from profiles.files.replace import read_bytes, writing_failed
from profiles.profile.rendering import same_profile
from profiles.projects.rendering import only, with_metadata, without_secrets
from profiles.switching.edit.plan import Around, own_slots
from profiles.switching.find_memory import files_for
from profiles.switching.memory import state as states
from profiles.switching.reading.surroundings import surroundings_in
from profiles.switching.switcher import Switcher, foreign_lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from profiles.base.locations import Locations
    from profiles.claude_code.sessions import Session
    from profiles.files.durability import Steps
    from profiles.profile.rendering import Rendered
    from profiles.projects.git_safety import Answer
    from profiles.switching.displaced_secrets import Secrets
    from profiles.switching.memory.project_registry import Project
    from profiles.switching.memory.state import State, StateFiles
    from profiles.switching.outcome import Outcome, Renderings
    from profiles.switching.reading.drift import Change

_ROUTING_NAMES = frozenset([*BASE_URLS.values(), *SWITCHES, *ADDRESSES])
_ROUTING = frozenset(OWNED_SLOTS).difference(MODEL_SLOTS.values())
_DIRECTORY = "directory"  # in the shells that are remembered: `.claude` was not there


class UnsafeError(ConflictError):
    """What would be written must not get into a commit, and git could take the file."""


def check_place(project: Project, settings: str) -> None:
    """Raises PkccError where a link takes the project's file out of it, or to the settings it follows.

    `settings` is the file that those are, links resolved.

    A link may have come with a clone. One that stays inside is the user's to want, but not a rule's.
    """
    path = project.settings_path
    real, root = os.path.realpath(path), os.path.realpath(project.directory)
    if real == settings:
        raise UsageError(
            f"{project.directory} holds the very settings that a switch changes",
            "Name a project's directory; where a link leads to them, put a file in its place.",
        )
    inside = real.startswith(os.path.join(root, "")) and project.rule is None
    if not inside and os.path.normcase(real) != os.path.normcase(local_settings(root)):
        where = "is reached through a link" if project.rule else "leads out of the project by a link"
        raise ConflictError(
            f"{path} {where}: {real}", "Nothing is written there. Put a file of its own in the link's place."
        )


class Said(NamedTuple):
    """What one settings file says: owned slots with a value, all that are there, and its raw header lines."""

    values: frozenset[str]
    present: frozenset[str]
    lines: list[str]
    readers: frozenset[str] = frozenset()  # proxies and certificates that it sets
    routing: dict[str, str] = {}  # noqa: RUF012 - variable → what it is there, of those that decide a route

    @classmethod
    def by(cls, settings: Settings, lines: list[str]) -> Said:
        """What parsed settings say."""
        owned = filter(settings.slots().__contains__, OWNED_SLOTS)
        found = {slot: member for slot in owned if (member := settings.member(slot)) is not None}
        values = frozenset(slot for slot, member in found.items() if plain(member.value))
        others = [f"env.{member.key}" for member in settings.env.members] if settings.env else []
        around = surroundings_in(settings)
        readers = frozenset(f"env.{name}" for name in READERS if around.get(name, "").strip())
        routing = {
            member.key: plain(member.value)
            for member in (settings.env.members if settings.env else [])
            if member.key in _ROUTING_NAMES
        }
        return cls(values, frozenset([*found, *others]), lines, readers, routing)


class Leader(NamedTuple):
    """The user's own settings, as the projects that follow them need to know them.

    `target` is their file, links resolved.
    """

    target: str
    rendered: Rendered | None
    said: Said
    sessions: list[tuple[str, Session]]  # with the root of the project that each runs in

    @classmethod
    def of(cls, locations: Locations, state: State, sessions: Sequence[Session]) -> Leader:
        """The settings file as it is now. Raises PkccError where it cannot be read."""
        path = locations.settings_path
        settings = parse_settings(read_bytes(path), path)
        rendered = state.current.rendered
        said = Said.by(settings, foreign_lines_of(settings, state))
        if rendered is not None:  # variables of the profile's own that are no owned ones
            said = said._replace(
                values=said.values | {f"env.{name}" for name, value in rendered.env.items() if value != ""}
            )
        roots = [(project_root(each.directory), each) for each in sessions]
        return cls(os.path.realpath(path), rendered, said, roots)


class Look(NamedTuple):
    """How a project's file stands. `carries` is what it was made to say, `problem` why that is not as wanted.

    `condition` is ok, stale (a change did not reach it yet), changed (outside), gone (the file), unparsable
    or missing (the directory). `changes` are those from outside, which count before all that is only behind.
    """

    project: Project
    condition: str
    carries: Rendered | None
    problem: str = ""
    changes: list[Change] = []  # noqa: RUF012 - never changed in place


class ProjectFile(Switcher):
    """The file of one project. `bring` makes it say what it should; `ask` is how git is asked."""

    def __init__(
        self,
        locations: Locations,
        project: Project,
        leader: Leader,
        store: Renderings,
        secrets: Secrets,
        helper_argv: Sequence[str],
        environ: Mapping[str, str],
        ask: Callable[[str], Answer],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._project = project
        self._leader = leader
        self._ask = ask
        self._bare = False
        self._root = project.directory
        own = locations._replace(
            settings_path=project.settings_path, state_dir=os.path.join(locations.state_dir, "projects")
        )
        super().__init__(own, store, secrets, helper_argv, environ, clock)
        self._leader_locations = locations

    def bring(self, *, back: bool = False, always: bool = False) -> Steps[Outcome]:
        """The steps that write what the project should say; with `back`, what the user had there first.

        With `always` even where only the key that a helper hands out is another. Raises UnsafeError where git
        could commit a secret or a path of this machine, PkccError otherwise; the file is then as it was.
        """
        check_place(self._project, self._leader.target)
        target = None if back else self.wanted()
        always = always and target is not None and target.helper
        with self.holding() as state:
            attempt = partial(self._try_once, "project", state, target, always=always)
            return (yield from self._retrying(attempt))

    def preview(self) -> Outcome:
        """What `bring` would do; writes nothing. Raises PkccError as it does."""
        check_place(self._project, self._leader.target)
        return self._drafted("project", self.read().state, self.wanted()).outcome

    def bring_bare(self) -> Steps[Outcome]:
        """Write only what keeps the file from leading away from the user's settings: no secret, no path."""
        self._bare = True
        self._project = self._project._replace(profile=None, team=None)  # a pin that cannot be written rests
        return self.bring()

    @property
    def is_whole(self) -> bool:
        """Whether it carries a profile's header lines, and with them a route that holds together."""
        carries = self.read().state.current.rendered
        return carries is not None and bool(carries.headers)

    def wanted(self) -> Rendered | None:
        """The profile with the project's metadata, whole; None while none is active."""
        pin = self._project.pin
        rendered = self._store.rendered(pin) if pin else self._leader.rendered
        return rendered and with_metadata(rendered, self._project.all_metadata)

    def look(self, *, back: bool) -> Look:
        """One look, which writes nothing and asks for no secret."""
        reading = self.read()
        carries = reading.state.current.rendered
        if not os.path.isdir(self._root):
            return Look(self._project, "missing", carries)
        if reading.problem is not None:
            return Look(self._project, "unparsable", carries, reading.problem.title)
        if reading.changes:
            condition = "gone" if reading.condition == "gone" else "changed"
            return Look(self._project, condition, carries, changes=reading.changes)
        try:
            check_place(self._project, self._leader.target)
            settings = parse_settings(read_bytes(self.settings_path), self.settings_path)
            state = reading.state
            wanted = None if back else self._fitted(self.wanted(), settings, state, self._around(state))
        except PkccError as error:
            return Look(self._project, "stale", carries, error.title)
        return Look(self._project, "ok" if same_profile(carries, wanted) else "stale", carries)

    # What is otherwise than for the user's own file -----------------------------------------------------

    @property
    def _blanks_path(self) -> str:
        return files_for(self._leader_locations).blanks_path  # what takes blanks out begins there

    def _follow(self, state: State) -> State:
        return state

    def _sessions(self) -> list[Session]:
        if self._project.leaving:
            return []  # nobody would take out what is left blank for them
        return [session for root, session in self._leader.sessions if session.elsewhere or root == self._root]

    def _exported(self, state: State) -> frozenset[str]:
        # Who follows has the user's file against the shell; a blank here would beat that too.
        return super()._exported(state) if self._project.pin else frozenset()

    def _fitted(
        self, rendered: Rendered | None, settings: Settings, state: State, around: Around
    ) -> Rendered | None:
        if rendered is None or self._project.pin:
            return rendered
        current = state.current
        holds = partial(states.holds_written, state)
        slots = own_slots(settings, current.rendered, current.memory, holds, around)
        slots |= self._shared.values
        if self._bare:
            return without_secrets(only(rendered, slots))
        if rendered != self._leader.rendered:
            slots.add(HEADERS_SLOT)
        return only(rendered, slots)

    def _around(self, state: State) -> Around:
        shared, users = self._shared, self._leader.said
        beaten = shared.values.difference(MODEL_SLOTS.values())  # a team's models are its own business
        if self._project.pin:
            beaten |= users.values | self._strange_readers()
        lines = shared.lines if HEADERS_SLOT in shared.present else users.lines
        mark = partial(states.secret_digest, state.salt)
        closed = _ROUTING if state.current.rendered is not None else frozenset()
        whose = self._elsewhere if lines is shared.lines else users.routing.get
        return Around(
            beaten - {HEADERS_SLOT},
            shared.present | users.present,
            lines,
            mark,
            closed,
            self._elsewhere,
            address_in_force(whose),
            state.current.memory.address,
            self._coming(),
        )

    def _coming(self) -> str:
        """Where the project's requests go when its file says what it should; "" where that is not known."""
        rendered = self._leader.rendered
        if self._project.pin:
            with suppress(PkccError):  # a pin that is gone is reported where it would be written
                rendered = self._store.rendered(self._project.pin)
        return "" if rendered is None else address_of(rendered.env)

    def _elsewhere(self, name: str) -> str | None:
        """What a variable is where this file does not set it."""
        said = (self._shared.routing, self._leader.said.routing, self._environ)
        return next((values[name] for values in said if name in values), None)

    def _strange_readers(self) -> frozenset[str]:
        """The team's proxies and certificates: none of them may see a key, unless the shell has its own.

        A blank would take that away too; such a session is then refused its key, and told of the line.
        """
        proxied = any(self._environ.get(name) for name in PROXIES)
        return frozenset(
            slot
            for slot in self._shared.readers
            if not (proxied if slot[4:] in PROXIES else self._environ.get(slot[4:]))
        )

    @cached_property
    def _shared(self) -> Said:
        path = shared_settings(self._root)
        with suppress(OSError):
            if os.path.samefile(os.path.dirname(path), self._locations.claude_home):
                return _NOTHING  # the home itself: that file is the user's own
        try:
            settings = parse_settings(read_bytes(path), path)
        except PkccError:
            return _NOTHING  # the client ignores such a file as a whole
        member = settings.member(HEADERS_SLOT)
        lines = split_lines(settings.raw(member)) if member is not None else []
        return Said.by(settings, foreign_lines(lines, {}))

    def _check(self, rendered: Rendered | None) -> None:
        if rendered is None:
            return
        what = "a key" if rendered.references() else "a path of this machine" if rendered.helper else ""
        if not what and rendered.headers and self._repeats_a_secret():
            what = "a secret among your own header lines"
        if not what:
            return
        answer = self._ask(self.settings_path)
        if not answer.safe:
            from profiles.projects.git_safety import refusal

            error = refusal(self.settings_path, answer, what)
            raise UnsafeError(error.title, error.hint)

    def _repeats_a_secret(self) -> bool:
        shared = self._shared
        lines = shared.lines if HEADERS_SLOT in shared.present else self._leader.said.lines
        return any(secret_parts(HEADERS_SLOT, f'"{line}"') for line in lines)

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
        directory = os.path.dirname(self.settings_path)
        made = _makes_directory(state)
        if write and data is not None and not os.path.isdir(directory):
            coming = _with_directory(coming)
            _make_directory(directory)
        try:
            atomic = yield from super()._commit(state, coming, base, data, mode, kept, write=write)
        except BaseException:
            if _makes_directory(coming):
                _remove_directory(directory)  # unless the file is in it: Ctrl-C may come after the rename
            raise
        if made and write and data is None:
            _remove_directory(directory)
        return atomic

    def _recover(self, files: StateFiles, target: str) -> State:
        """As everywhere; a `.claude` that a killed run made goes too, where its change did not happen."""
        coming = states.load_next(files)
        state = super()._recover(files, target)
        if coming is None or not _makes_directory(coming) or _makes_directory(state):
            return state
        directory = os.path.dirname(self.settings_path)
        _remove_directory(directory)
        # Only the lock that was held then is left in it: it is stale soon, and the directory is still ours.
        return _with_directory(state) if is_only_locked(self.settings_path) else state


_NOTHING = Said(frozenset(), frozenset(), [])


def _makes_directory(state: State) -> bool:
    """Whether the project's `.claude` is ours, in that state."""
    return _DIRECTORY in state.current.memory.shells


def _with_directory(state: State) -> State:
    memory = state.current.memory
    memory = memory._replace(shells={**memory.shells, _DIRECTORY: None})
    return state._replace(current=state.current._replace(memory=memory))


def _remove_directory(path: str) -> None:
    with suppress(OSError):  # there is something of the user's in it by now
        os.rmdir(os.path.realpath(path))


def _make_directory(path: str) -> None:
    """Make `.claude` itself, never the project above it. Raises PkccError."""
    target = os.path.realpath(path)
    try:
        os.mkdir(target, 0o700)
    except OSError as error:
        raise writing_failed(path, error) from None
