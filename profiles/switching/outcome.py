"""What a change of one settings file did, and what making one needs of the rest."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Protocol

    from profiles.claude_code.process.sessions import Session
    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.project_registry import Registry
    from profiles.switching.memory.state import State
    from profiles.switching.reading.drift import Change

    class Renderings(Protocol):
        """What switching needs of the profile store."""

        def names(self) -> list[str]: ...  # noqa: D102
        def rendered(self, name: str) -> Rendered: ...  # noqa: D102

    class ProjectWriter(Protocol):
        """The projects that carry what the settings file carries, and change together with it."""

        def begin(self, action: str, renamed: tuple[str, str] | None = None) -> Registry:
            """Make durable that they are to be written; which they are. Raises PkccError, nothing changed."""

        def abandon(self) -> None:
            """Forget that: the change of the settings file did not happen."""

        def write_all(
            self, state: State, registered: Registry | None = None, *, always: bool = False
        ) -> list[ProjectOutcome]:
            """Write them all; `always` even those in which nothing differs but a helper's key.

            `registered` are they, where that was asked since our lock is held.
            """


class ProjectOutcome(NamedTuple):
    """What became of one project. `problem` and `remedy` where it is not as it should be.

    `note`: why git still sees a file that it was to ignore.
    """

    directory: str
    written: bool
    problem: str = ""
    remedy: str = ""
    note: str = ""
    lost: int = 0  # see `Outcome`
    passing: int = 0
    lines_out: list[list[str]] = []  # noqa: RUF012 - never changed in place


class Outcome(NamedTuple):
    """What a change did, or would do. `before` and `after` go by slot and are masked.

    `projects` says what became of the projects that change with it. `lost` are references of the user's own
    displaced secrets that were to be put back and are gone: their places were left empty.
    Of `off`: `as_before` where the bytes are those of before the first switch, `left` are slots that
    something else set and that stay, `adopted` slots that a profile took over and that go with it.
    `accepted` are proxies and certificates that changed since the last switch, and that this one takes for
    right; `by_hand` and `kept` are as in `surroundings.Restoration`. `passing` counts the blanks that are
    there for sessions alone, and go when none can need them. `lines_out` and `lines_back` are [name, address]
    of the user's header lines that this change takes out or puts back, see `credential_lines`. `dropped` is
    the value for which Claude Code leaves the changed file out as a whole, "" where it reads it. `set_aside`
    is the `model` of the user's that this change takes out; `rules`: the file says which models to ask for.
    `blanked`, `unblanked`, `alike` and `header_order` are as in `hidden_changes.HiddenChanges`.
    `line_replaced`: something else replaced our status line, which goes along no longer.
    Of a project that is registered or removed: `git_note`, what changed for git, or could not.
    """

    action: str
    name: str | None
    settings_path: str
    before: dict[str, str]
    after: dict[str, str]
    sessions: list[Session]
    blanks: int
    written: bool
    atomic: bool
    replaced: list[str] = []  # noqa: RUF012 - slots that something else had changed, and that were replaced
    blanked: list[str] = []  # noqa: RUF012 - `after` leaves these out
    projects: list[ProjectOutcome] = []  # noqa: RUF012 - none of these is changed in place
    lost: list[str] = []  # noqa: RUF012
    accepted: list[Change] = []  # noqa: RUF012
    by_hand: list[str] = []  # noqa: RUF012
    kept: list[str] = []  # noqa: RUF012
    passing: int = 0
    as_before: bool = False
    left: list[str] = []  # noqa: RUF012
    adopted: list[str] = []  # noqa: RUF012
    lines_out: list[list[str]] = []  # noqa: RUF012
    lines_back: list[list[str]] = []  # noqa: RUF012
    dropped: str = ""
    set_aside: str = ""
    rules: bool = False
    unblanked: list[str] = []  # noqa: RUF012
    alike: list[str] = []  # noqa: RUF012
    header_order: list[str] = []  # noqa: RUF012
    git_note: str = ""
    line_replaced: bool = False


class Renamed(NamedTuple):
    """What a profile's new name changed: the settings (None: another one is active), and the projects."""

    outcome: Outcome | None
    projects: list[ProjectOutcome]
