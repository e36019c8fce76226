"""What somebody wants of one settings file."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from profiles.profile.rendering import Rendered
    from profiles.profile.under_policy import Aim
    from profiles.switching.memory.state import State

    # What the file is to carry, where that hangs on what is remembered.
    Target: TypeAlias = Callable[[State], Rendered | None]

LINE_ON, LINE_OFF = "statusline on", "statusline off"


class Wish(NamedTuple):
    """What a change is to do: have the file carry `rendered` (None: what was there first).

    `aim` says what that means for the way of requests, by which an administrator's policy judges it. With
    `always` it is written though nothing differs; `recognised` where the state is not the remembered one;
    `accepting` as for `Switcher.switch`; with `shown` the scope is asked though nothing differs.
    """

    action: str
    rendered: Rendered | None = None
    aim: Aim = "use"
    always: bool = False
    recognised: bool = False
    accepting: bool = False
    shown: bool = False
    status_line: bool | None = None  # whether ours goes along from now on; None: as before

    def by(self, target: Target | None, state: State) -> Wish:
        """The same, carrying what `target` says of that state; itself where there is none."""
        return self if target is None else self._replace(rendered=target(state))
