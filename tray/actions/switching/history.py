"""What was done, numbered."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from profiles.undo.history import Entry
    from tray.app import App


class NumberedStep(NamedTuple):
    """A step that can be taken back; `from_` is the profile that was active before it."""

    number: int
    at: float
    action: str
    what: str
    name: str | None
    from_: str | None
    who: str


class History(NamedTuple):
    """The steps, the latest first."""

    steps: list[NumberedStep]


def history(app: App) -> History:
    """The steps that `undo` can take back, the latest first and numbered from 1."""
    return History(numbered(app.steps.entries(app.switcher)))


def latest_key(app: App) -> str:
    """The key of the step that `undo` takes back, "" where there is none."""
    return next((entry.key for entry in app.steps.entries(app.switcher)), "")


def numbered(entries: list[Entry]) -> list[NumberedStep]:
    """Entries as they are shown."""
    return [_step(number, entry) for number, entry in enumerate(entries, start=1)]


def _step(number: int, entry: Entry) -> NumberedStep:
    step = entry.settings
    name = step.name if step is not None else entry.done.name if entry.done is not None else None
    before = None if step is None else step.before.active
    return NumberedStep(number, entry.step.at, entry.step.action, entry.what, name, before, entry.step.who)
