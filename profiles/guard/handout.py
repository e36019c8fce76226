"""One line of the record of hand-outs. Loaded only where it is read."""

from __future__ import annotations

from profiles.base.light_typing import NamedTuple


class Handout(NamedTuple):
    """One time that a key was asked for.

    `what` is given or refused; where a given one has a `reason`, it went out though the guard was against it.
    `earlier`: that session had been given that key before. `reason` is `what` of the refusal; `host`, `kind`,
    `file`, `name` and `other` are its own.
    """

    at: float
    profile: str
    session: str
    what: str
    reason: str = ""
    host: str = ""
    kind: str = ""
    file: str = ""
    name: str = ""
    other: str = ""
    home: str = ""
    earlier: bool = False
    by_hand: bool = False

    @property
    def is_alarming(self) -> bool:
        """Whether somebody else wanted the key: not a session that has not followed a switch yet."""
        return bool(self.reason) and self.reason != "no_profile" and not self.other
