"""Where a project's file lies: in the project, never where a link leads out of it. Its `.claude` is made."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import ConflictError, UsageError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.settings.project_root import local_settings
from profiles.files.read import real_path
from profiles.files.refusals import writing_failed
from profiles.switching.one_file.scope import DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from profiles.switching.memory.project_registry import Project
    from profiles.switching.memory.state import State


def plain_directories(projects: Iterable[Project]) -> frozenset[str]:
    """The directories that projects lie in, except for those that a link leads to: each is asked once."""
    found = {os.path.dirname(project.directory) for project in projects}
    return frozenset(each for each in found if real_path(each) == each)


def check_place(project: Project, path: str, settings: str, plain: Collection[str] = frozenset()) -> str:
    """The project's file, links resolved. Raises PkccError where one leads out of it, or to what it follows.

    `path` is that file as it is named, `settings` what it follows, links resolved; `plain` are directories
    that no link leads to.

    A link may have come with a clone. One that stays inside is the user's to want, but not a rule's.
    """
    above = os.path.dirname(project.directory)
    real = real_path(path, above if above in plain else "")
    if real == settings:
        raise UsageError(
            f"{project.directory} holds the same settings that a switch changes",
            "Name a project's directory; where a link leads to them, put a file in its place.",
        )
    if real == path:
        return real  # no link on the way
    root = os.path.realpath(project.directory)
    inside = real.startswith(os.path.join(root, "")) and project.rule is None
    if not inside and os.path.normcase(real) != os.path.normcase(local_settings(root)):
        where = "is reached through a link" if project.rule else "leads out of the project by a link"
        raise ConflictError(
            f"{path} {where}: {real}", "Nothing is written there. Replace the link by a file of its own."
        )
    return real


def makes_directory(state: State) -> bool:
    """Whether the project's `.claude` is ours, in that state."""
    return DIRECTORY in state.current.memory.shells


def remove_directory(path: str) -> None:
    """Remove `.claude` again if it is empty."""
    with suppress(OSError):  # there is something of the user's in it by now
        os.rmdir(os.path.realpath(path))


def make_directory(path: str) -> None:
    """Make `.claude` itself, never the project above it. Raises PkccError."""
    target = os.path.realpath(path)
    try:
        os.mkdir(target, 0o700)
    except OSError as error:
        raise writing_failed(path, error) from None
