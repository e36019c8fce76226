"""One line of the record of hand-outs. Loaded only where it is read."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.routes.guard.refusal import Refusal

if TYPE_CHECKING:
    from typing import Any


class Handout(NamedTuple):
    """One time that a key was asked for.

    `what` is given or refused, `why` what the guard had against it: where a given one has that, it went out
    all the same. `earlier`: that session had been given that key before.
    """

    at: float
    profile: str
    session: str
    what: str
    why: Refusal = Refusal("", "")
    home: str = ""
    earlier: bool = False

    @classmethod
    def of(cls, line: dict[str, object]) -> Handout:
        """The hand-out of a kept line: flat, with the refusal's `what` as `reason`. Raises TypeError."""
        rest: dict[str, Any] = {"reason": "", "host": "", **line}
        own = {field: rest.pop(field) for field in cls._fields if field in rest}
        return cls(**own, why=Refusal(rest.pop("reason"), **rest))

    @property
    def is_alarming(self) -> bool:
        """Whether somebody else wanted the key: not a session that has not followed a switch yet."""
        return bool(self.why.what) and self.why.what != "no_profile" and not self.why.other
