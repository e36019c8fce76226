"""The history's days and steps, made from what the action returns. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tray import app as apps
from tray.manager.views.profiles.field_names import field_name
from tray.manager.views.profiles.overview import Compared
from tray.manager.views.times import clock_time, day
from tray.manager.views.words import listed
from tray.terminal.words.setting_names import setting_name, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tray.actions.more.glance.past import GlancedStep, Past
    from tray.actions.profiles.editing.bring_back import Returnable
    from tray.actions.switching.history import NumberedStep

_WHERE = {apps.COMMAND_LINE: "on the command line", apps.TRAY: "in the tray", apps.MANAGER: "in this window"}

_ABOUT_A_PROFILE = {
    "add": "Added {}",
    "edit": "Edited {}",
    "set": "Edited {}",
    "remove": "Removed {}",
    "rename": "Renamed {}",
    "bring back": "Brought {} back",
}


class StepRow(NamedTuple):
    """One thing that was done: what, and how. `number`: as `undo` counts it.

    `back` is the short name of the profile that it removed and that can be brought back, "" for none, and
    `back_label` what people call it.
    """

    number: int
    at: str
    what: str
    detail: str
    changes: Sequence[Compared] = ()
    back: str = ""
    back_label: str = ""


class Day(NamedTuple):
    """What was done on one day, the latest first."""

    name: str
    steps: list[StepRow]


def days(past: Past, label: Callable[[str | None], str], now: float | None = None) -> list[Day]:
    """The steps by day, and among them what was removed so long ago that `undo` does not know it."""
    known = {row.name: row for row in past.removed}
    rows = [(each.step.at, _row(each, known, label)) for each in past.steps]
    told = {row.back for _, row in rows}
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
    removed = known.get(each.about or "") if step.action == "remove" else None
    what, detail = _words(step, _called(each.about, known, label), _called(step.from_, known, label))
    changes = compared_changes(each)
    if step.action in ("edit", "set"):
        detail = listed([field_name(row.field) for row in each.fields][:3]) or detail
    where = _WHERE.get(step.who, "")
    details = ", ".join(filter(None, (detail, where)))
    back = (removed.name, removed.label) if removed is not None else ("", "")
    return StepRow(step.number, clock_time(step.at), what, details, changes, *back)


def _called(name: str | None, known: Mapping[str, Returnable], label: Callable[[str | None], str]) -> str:
    """What people call that profile, or called it."""
    removed = known.get(name or "")
    return label(name) if removed is None else removed.label


def _removed(each: Returnable) -> StepRow:
    where = _WHERE.get(each.who, "")
    return StepRow(0, clock_time(each.at), f"Removed {each.label}", where, (), each.name, each.label)


def compared_changes(each: GlancedStep) -> list[Compared]:
    """What a step changed, side by side: in the profile first, then in the settings."""
    fields = [Compared(field_name(row.field), "", row.before, row.after, None) for row in each.fields]
    return fields + [
        Compared(setting_name(row.slot), spelled(row.slot), row.before, row.after, None)
        for row in each.settings
    ]


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
    if step.action == "adopt":
        return f"Kept a change in {name}", step.what.removeprefix("adopt ").partition(" into ")[0]
    if step.action in _ABOUT_A_PROFILE:
        return _ABOUT_A_PROFILE[step.action].format(name), ""
    return f"{step.what[:1].upper()}{step.what[1:]}", ""
