"""The registered projects as the tray knows them: their rows in the menu, changes from outside, and rules.

Of many projects only the first are looked at: a look reads each one's file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

# Loaded with us: after an upgrade a look would find other files, or none.
import profiles.files.file_systems
import profiles.projects.projects
import profiles.switching.one_file.take_back
import profiles.switching.one_file.tidy  # noqa: F401
from profiles.claude_code.process.sessions import running_sessions
from tray.actions.projects.rules import apply_rules
from tray.runtime.menu.change_words import project_alarm
from tray.runtime.menu.tray_state import ProjectRow
from tray.runtime.watch.beat.sessions import processes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.switching.reading.reading import Reading
    from tray.app import App
    from tray.runtime.watch.beat.sessions import Processes

MOST_WATCHED = 100
_SESSIONS = "sessions"  # below each of the client's directories (facts/claude-code)


class Seen(NamedTuple):
    """What a look found. `joined`: projects that take part by a rule.

    `changed`: those that something else changed, or unreadable, since the last look, and with them every
    standing alarm.
    """

    rows: tuple[ProjectRow, ...] = ()
    changed: tuple[ProjectRow, ...] = ()
    joined: tuple[str, ...] = ()


class ProjectWatch:
    """Used by the tray's worker, except for `paths`. `on_sessions` hears at each look which run."""

    def __init__(self, app: App, on_sessions: Callable[[Processes], None]) -> None:
        self._app = app
        self._on_sessions = on_sessions
        self._files: tuple[str, ...] = ()
        self._changed: frozenset[ProjectRow] = frozenset()
        self._known_directories: frozenset[str] = frozenset()

    def paths(self) -> list[str]:
        """What to watch besides the settings: the projects' files, and where sessions are listed."""
        return [*self._files, *(os.path.join(place, _SESSIONS) for place in self._app.locations.session_dirs)]

    def look(self, reading: Reading) -> Seen:
        """Look at the projects, after letting those take part that a rule is for and a session started in.

        Raises PkccError for a registry, or rules, that cannot be read.
        """
        joined = self._let_join()
        registry = self._app.projects.registry()
        projects = list(registry.projects.values())[:MOST_WATCHED]
        self._files = tuple(project.settings_path for project in projects)
        if not projects or reading.problem is not None:
            return Seen(joined=joined)
        found = self._app.projects.look(projects, reading.state, paused=registry.paused)
        rows = tuple(
            ProjectRow(
                each.project.directory,
                each.project.pin or "",
                each.condition,
                project_alarm(each.changes),
                each.problem,
            )
            for each in found
        )
        changed = tuple(row for row in rows if row.condition in ("changed", "unparsable") or row.alarm)
        new = frozenset(changed) - self._changed
        reported = tuple(row for row in changed if row in new or (new and row.alarm))
        self._changed = frozenset(changed)
        return Seen(rows, reported, joined)

    def _let_join(self) -> tuple[str, ...]:
        sessions = running_sessions(*self._app.locations.session_dirs)
        self._on_sessions(processes_of(sessions))
        directories = frozenset(session.directory for session in sessions if session.directory)
        new, self._known_directories = directories - self._known_directories, directories
        if not new:
            return ()
        applied = apply_rules(self._app, sorted(new))
        return tuple(each.directory for each in applied if each.action == "added" and not each.problem)
