"""What a check finds: what is wrong, why it matters, and the one command that fixes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    Fix = Callable[[], object]
    Kind = Callable[..., "Finding"]  # `problem`, `warning` or `note`
    Severity = Literal["problem", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("problem", "warning", "note")


class ShownFinding(NamedTuple):
    """A `Finding` as it is shown; `fixable`: `doctor --fix` fixes it."""

    check: str
    severity: Severity
    what: str
    why: str
    command: str
    advice: str
    fixable: bool


class Finding(NamedTuple):
    """One thing that is not as it should be. No text of it holds a secret.

    `check` is its kind, as docs/doctor.md lists them. `severity`: a problem keeps something from working or
    a key from being safe, a warning may, a note is good to know. `command` is a line for the user's own shell
    that fixes it; where only a person can, it is "" and `advice` says what to do. `fix` does what the
    command does, where that takes nothing away from anybody: only then `doctor --fix` does it. `profile` is
    the short name of the profile that it is about, where it is about one.
    """

    severity: Severity
    check: str
    what: str
    why: str
    command: str = ""
    advice: str = ""
    fix: Fix | None = None
    profile: str = ""

    @property
    def shown(self) -> ShownFinding:
        """The finding as data, without the function that fixes it."""
        return ShownFinding(self.check, self.severity, *self[2:6], fixable=self.fix is not None)


problem = partial(Finding, "problem")  # keeps something from working, or a key from being safe
warning = partial(Finding, "warning")  # may do so
note = partial(Finding, "note")  # is good to know
