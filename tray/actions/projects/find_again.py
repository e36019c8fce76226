"""A registered project whose directory got another name; light, since `off` waits for it."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tray.app import App


def find_project_again(app: App, directory: str) -> None:
    """Take a registered project whose directory was renamed to `directory` for that project again."""
    with suppress(PkccError):
        if app.projects.registry().projects:
            from profiles.claude_code.settings.project_root import project_root

            root = project_root(directory)
            with app.switcher.holding() as state:
                app.projects.known(root, state)
