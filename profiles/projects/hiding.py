"""Hiding the projects' files from git: settled once for each repository that one comes to lie in.

A line of ours may serve several projects (the worktrees of a bare repository share their exclude file), so it
goes with the last of them, whichever settings those follow.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import cache

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import MASK
from profiles.claude_code.settings.masked import masked_values
from profiles.claude_code.settings.parse import parse_settings
from profiles.claude_code.settings.project_root import git_directories, repository_root
from profiles.files.read import read_bytes
from profiles.projects.git.could_commit import Answer, ask_git, nearest
from profiles.projects.git.exclusion import Exclusion
from profiles.switching.find_memory import all_files
from profiles.switching.memory.project_registry import load_registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.base.locations import Locations
    from profiles.switching.memory.project_registry import Project, Registry

_MADE = "git ignores the project's file from now on, in this clone alone (info/exclude)"
_LIMIT_S = 1.0  # for the repositories that a switch finds to be new; the others wait for the next one


class Hidden(NamedTuple):
    """Whether a line was made for a project's file; a note on that, or why git still sees it (`failed`)."""

    made: bool = False
    note: str = ""
    failed: bool = False


class Hiding:
    """Has git ignore the files of projects, but of those that say otherwise."""

    def __init__(self, locations: Locations, environ: Mapping[str, str]) -> None:
        self._locations = locations
        self._environ = environ
        self._exclusion = Exclusion(environ, os.path.join(locations.state_dir, "exclude.lock"))

    def hide(self, project: Project) -> Hidden:
        """What became of having git ignore the project's file; nothing where it says otherwise."""
        return _hidden(project, self._exclusion.exclude)

    def foresee(self, project: Project) -> tuple[Hidden, Answer]:
        """What `hide` would return, and how the file would stand with git then; nothing is written."""
        hidden = _hidden(project, self._exclusion.would_exclude)
        return hidden, Answer("ignored") if hidden.made else self.ask(project)

    def hide_new(self, registry: Registry) -> tuple[Registry, dict[str, str]]:
        """The registry, with the projects settled whose directory came to lie in a repository since.

        And by directory why git still sees the file of others: the next switch tries those again.
        """
        notes: dict[str, str] = {}
        deadline = time.monotonic() + _LIMIT_S
        root_above = cache(repository_root)  # many projects lie in one directory
        for project in registry.projects.values():
            root = repository_root(project.directory, root_above)
            if root is None or project.leaving or registry.settled.get(project.directory) == root:
                continue
            if not os.path.isdir(project.directory):
                continue
            if time.monotonic() > deadline:
                break
            hidden = self.hide(project)
            if hidden.failed:
                notes[project.directory] = hidden.note
            else:
                registry = settled(registry, project)
        return registry, notes

    def ask(self, project: Project) -> Answer:
        """How the project's file will stand with git: without our line, where that is to go."""
        answer = ask_git(project.settings_path, self._environ)
        if project.exclude or answer.standing != "ignored" or self._is_needed(project):
            return answer
        path, unmarked = project.settings_path, project.excluded
        return Answer("open") if self._exclusion.is_all(path, unmarked=unmarked) else answer

    def show(self, project: Project) -> str:
        """Take the line for the project's file out, unless another project needs it; a note if it stays.

        It stays, too, for a project that does not leave, where a secret of the user's own is in its file.
        """
        if self._is_needed(project):
            return ""
        try:
            if not project.leaving and self._would_show_secret(project):
                return "git goes on ignoring the project's file: there is a secret of your own in it"
            self._exclusion.stop_excluding(project.settings_path, unmarked=project.excluded)
        except PkccError as error:
            return f"git goes on ignoring the project's file: {error.title}. {error.hint}".rstrip()
        return ""

    def _would_show_secret(self, project: Project) -> bool:
        if project.exclude or self.ask(project).standing != "open":
            return False
        path = project.settings_path
        return any(MASK in value for value in masked_values(parse_settings(read_bytes(path), path)).values())

    def _is_needed(self, project: Project) -> bool:
        """Whether another project has the same line: by other settings, or in another worktree."""
        place = _place(project)
        linked = place is not None and os.path.isdir(os.path.join(place[0], "worktrees"))
        return any(
            _place(each) == place
            for each in self._registered()
            if each.exclude and (linked or each.directory == project.directory)
        )

    def _registered(self) -> list[Project]:
        """The projects of all settings, but for those that are being removed."""
        found: list[Project] = []
        for files in all_files(self._locations):
            with suppress(PkccError):
                found += load_registry(files.projects_path, "").projects.values()
        return [project for project in found if not project.leaving]


def _hidden(project: Project, exclude: Callable[[str], bool]) -> Hidden:
    if not project.exclude:
        return Hidden()
    try:
        made = exclude(project.settings_path)
    except PkccError as error:
        why = f"git does not ignore the project's file: {error.title}. {error.hint}".rstrip()
        return Hidden(note=why, failed=True)
    return Hidden(made, _MADE if made and project.rule is None else "")


def settled(registry: Registry, project: Project) -> Registry:
    """The registry with a note that the project's file was settled in the repository that it lies in."""
    root = repository_root(project.directory) or ""
    return registry._replace(settled={**registry.settled, project.directory: root})


def _place(project: Project) -> tuple[str, str] | None:
    """What decides the line for its file: the repository, shared with worktrees, and the path in it."""
    directory, name = nearest(project.settings_path)
    root = repository_root(directory)
    try:
        shared = root and os.path.realpath(git_directories(root)[1])
    except PkccError:
        return None
    return (shared, os.path.relpath(os.path.join(directory, name), root)) if shared else None
