"""What every change of a settings file is made with: profiles, keys, our own command, a clock."""

from __future__ import annotations

import sys
import time

from profiles.base.errors import ConflictError, NotFoundError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.programs.command_line import helper_line, hook_line
from profiles.claude_code.own_command import COMMAND, STATUS_COMMAND
from profiles.claude_code.status_input import SAYS, beside_words
from profiles.policy.in_force import policy_in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from profiles.base.locations import Locations
    from profiles.policy.values import Policy
    from profiles.profile.rendering import Rendered
    from profiles.switching.displaced_secrets import Keeper
    from profiles.switching.memory.state import State
    from profiles.switching.outcome import Renderings


class Helper(NamedTuple):
    """Our own command, as `apiKeyHelper` calls it: it ends with a profile's name, which needs no quotes.

    `argv` is the command; `join` writes it as a line for the client (another one for one in WSL).
    """

    argv: Sequence[str]
    join: Callable[[Sequence[str]], str] = helper_line

    @property
    def prefix(self) -> str:
        """What every helper command of ours begins with, such as `/usr/bin/pkcc-tray key print `."""
        return self.join([*self.argv, *COMMAND]) + " "

    def command(self, rendered: Rendered) -> str | None:
        """The command that the settings name for that profile's key; None when the key is written itself."""
        return self.prefix + rendered.name if rendered.helper else None

    def status_line(self, rendered: Rendered, theirs: str) -> str:
        """The command of the status line while that profile is active; it runs `theirs`, "" for none, too."""
        join = hook_line if self.join is helper_line else self.join
        beside = beside_words(theirs, windows=sys.platform == "win32")
        return join([*self.argv, *STATUS_COMMAND, SAYS, rendered.name, *beside])

    def name_in(self, command: str) -> str | None:
        """The profile whose key that command prints; None for a command that is not ours."""
        return command.removeprefix(self.prefix) if command.startswith(self.prefix) else None


class Tools(NamedTuple):
    """`locations` names the settings file, `store` the profiles, `keeper` the keys.

    With `shows`, an outcome also says what stood in the file and what will: time lost where nobody reads it.
    """

    locations: Locations
    store: Renderings
    keeper: Keeper
    helper: Helper
    environ: Mapping[str, str]
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    shows: bool = True
    policy: Callable[[], Policy] = policy_in_force


def active_rendering(tools: Tools, state: State) -> Rendered:
    """What the active profile renders to, or what it wrote where its file is gone. Raises ConflictError."""
    if state.current.active is None:
        raise ConflictError("No profile is in use", "`pkcc-tray switch NAME` puts one in use.")
    try:
        return tools.store.rendered(state.current.active)
    except NotFoundError:
        if state.current.rendered is None:
            raise
        return state.current.rendered
