"""Our own command, as `apiKeyHelper` calls it: it ends with the name of a profile, which needs no quotes."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.programs.command_line import helper_line
from profiles.claude_code.own_helper import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profiles.profile.rendering import Rendered


class Helper(NamedTuple):
    """`argv` is our own command; `join` writes it as a line for the client (another one for one in WSL)."""

    argv: Sequence[str]
    join: Callable[[Sequence[str]], str] = helper_line

    @property
    def prefix(self) -> str:
        """What every helper command of ours begins with, such as `/usr/bin/pkcc-tray key print `."""
        return self.join([*self.argv, *COMMAND]) + " "

    def command(self, rendered: Rendered) -> str | None:
        """The command that the settings name for that profile's key; None when the key is written itself."""
        return self.prefix + rendered.name if rendered.helper else None

    def name_in(self, command: str) -> str | None:
        """The profile whose key that command prints; None for a command that is not ours."""
        return command.removeprefix(self.prefix) if command.startswith(self.prefix) else None
