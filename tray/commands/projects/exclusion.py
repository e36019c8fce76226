"""The question that stands between a project's file and git, where git could commit a secret."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.settings.project_root import local_settings
from profiles.projects.git.safety import ask_git
from profiles.projects.project_scope import UnsafeError
from tray.actions.projects.register import root_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from tray.app import App

    T = TypeVar("T")


def excluded_if_agreed(app: App, directory: str, put: Callable[[bool], T], *, excluding: bool) -> T:
    """What `put` returns for whether git is to ignore the file: the person is asked where it must.

    Raises UnsafeError for a no, and where nobody can be asked.
    """
    try:
        return put(excluding)
    except UnsafeError as error:
        from tray.terminal.prompts import confirm, say

        path = local_settings(root_of(app, directory)[0])
        if excluding or not app.interactive or ask_git(path, app.environ).standing != "open":
            raise
        say(f"{error.title}.")
        if not confirm("Have git ignore the file in this clone (.git/info/exclude)?", default=True):
            raise
        return put(True)
