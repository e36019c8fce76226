"""The history's days and steps, made from what the action returns. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import counted, printable
from tray import app as apps
from tray.manager.views.profiles.field_names import field_name
from tray.manager.views.profiles.overview import Compared
from tray.manager.views.times import clock_time, day
from tray.manager.views.words import listed
from tray.terminal.words.setting_names import setting_name, spelled
from tray.terminal.words.switching.step_words import step_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from profiles.switching.one_file.past_values import ChangedValue
    from tray.actions.more.glance.past import GlancedStep, Past
    from tray.actions.profiles.editing.bring_back import Returnable
    from tray.actions.switching.history import NumberedStep

_WHERE = {apps.COMMAND_LINE: "on the command line", apps.TRAY: "in the tray", apps.MANAGER: "in this window"}


class StepRow(NamedTuple):
    """One thing that was done: what, and how. `number`: as `undo` counts it, 0 for what it does not know.

    `way`: where it leads from here: it is what holds `now`, its settings are `outside` of what we did, the
    profile `name` that it removed may `return`, or one goes `back` to it; "" for nowhere.
    """

    number: int
    at: str
    what: str
    detail: str
    changes: Sequence[Compared]
    way: str
    name: str = ""
    label: str = ""
    is_first: bool = False


class Day(NamedTuple):
    """What was done on one day, the latest first."""

    name: str
    steps: list[StepRow]


def days(past: Past, label: Callable[[str | None], str], now: float | None = None) -> list[Day]:
    """The steps by day, and among them what was removed so long ago that `undo` does not know it."""
    known = {row.name: row for row in past.removed}
    rows = [(each.step.at, _row(each, known, label)) for each in past.steps]
    if past.outside:
        first = [(at, row._replace(way="") if row.way == "now" else row) for at, row in rows[:1]]
        rows = [(past.outside_at, _outside(past)), *first, *rows[1:]]
    told = {row.name for _, row in rows}
    for each in past.removed:
        if each.name not in told:
            place = next((number for number, (at, _) in enumerate(rows) if at < each.at), len(rows))
            rows.insert(place, (each.at, _removed(each)))
    found: list[Day] = []
    for at, row in rows:
        name = day(at, now)
        if not found or found[-1].name != name:
            found.append(Day(name, []))
        found[-1].steps.append(row)
    return found


def _row(each: GlancedStep, known: Mapping[str, Returnable], label: Callable[[str | None], str]) -> StepRow:
    step = each.step
    name, before = _called(each.about, known, label), _called(step.from_, known, label)
    what, detail = _words(step, name, before)
    if each.is_first:
        what, detail = f"First switch, to {name}", "your own settings before it are kept"
    if step.action in ("edit", "set"):
        detail = listed([field_name(row.field) for row in each.fields][:3])
    details = ", ".join(filter(None, (detail, _WHERE.get(step.who, ""))))
    way = "now" if step.number == 1 else "back"
    row = StepRow(step.number, clock_time(step.at), what, details, compared_changes(each), way)
    removed = known.get(each.about or "") if step.action == "remove" else None
    if removed is not None:
        return row._replace(way="return", name=removed.name, label=removed.label)
    return row._replace(is_first=each.is_first)


def _called(name: str | None, known: Mapping[str, Returnable], label: Callable[[str | None], str]) -> str:
    """What people call that profile, or called it."""
    removed = known.get(name or "")
    return label(name) if removed is None else removed.label


def _outside(past: Past) -> StepRow:
    changes = _in_settings(past.outside)
    detail = counted(len(changes), "value")
    return StepRow(0, clock_time(past.outside_at), "Changed by something else", detail, changes, "outside")


def _removed(each: Returnable) -> StepRow:
    what, where = f"Removed {each.label}", _WHERE.get(each.who, "")
    return StepRow(0, clock_time(each.at), what, where, (), "return", each.name, each.label)


def compared_changes(each: GlancedStep) -> list[Compared]:
    """What a step changed, side by side: in the profile first, then in the settings."""
    fields = [Compared(field_name(row.field), "", row.before, row.after, None) for row in each.fields]
    return [*fields, *_in_settings(each.settings)]


def _in_settings(changes: Sequence[ChangedValue]) -> list[Compared]:
    return [
        Compared(setting_name(row.slot), spelled(row.slot), row.before, row.after, None) for row in changes
    ]


def taken_back(step: NumberedStep, label: Callable[[str | None], str]) -> str:
    """What a step that was taken back had done, such as "Switched to Work, from Fallback"."""
    return ", ".join(filter(None, _words(step, label(step.name), label(step.from_))))


def _words(step: NumberedStep, name: str, before: str) -> tuple[str, str]:
    """Such as `Switched to Work`, `from Fallback`."""
    if step.action == "switch":
        if step.name == step.from_:
            return f"Wrote {name} again", ""
        return f"Switched to {name}", f"from {before}" if before else "from off"
    if step.action == "off":
        return "Turned off", f"from {before}" if before else ""
    if step.action == "restore":
        return f"Restored {name}", "after a change by something else"
    detail = step.what.removeprefix("adopt ").partition(" into ")[0] if step.action == "adopt" else ""
    words = step_words(step.action, step.what, name)
    what = printable(step.what, 400)
    return f"{what[:1].upper()}{what[1:]}" if words is None else words.done, detail
