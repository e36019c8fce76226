"""The overview's list of profiles: rows in groups, filtered and sorted as the person asks. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.names import catalog_of
from profiles.base.text import in_days
from tray.manager.views.times import roughly
from tray.manager.views.words import model_in_short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.portkey.retired_models import Retirement
    from tray.actions.more.glance.profiles import Glanced
    from tray.manager.site import LastCheck
    from tray.manager.views.look import Look

COMPACT_FROM = 13
_FAILED = "Failed"
SORTS = {"": "Your order", "name": "Name", "used": "Last used"}
_FILTERS = {
    "": "All", "favourites": "Favourites", "no-key": "No key yet", "in-file": "Key in a file",
    "failed": "Check failed",
}  # fmt: skip


class State(NamedTuple):
    """Words with an icon: `kind` is ok, warn, bad or none."""

    kind: str
    text: str
    more: str = ""


class Row(NamedTuple):
    """A profile's row. `traits`: the filters that show it; `moves`: the ways it can be moved, up and down."""

    name: str
    label: str
    favourite: bool
    in_use: str  # "", `use`, or `changed` where its settings were
    route: str
    models: str
    metadata: str
    warning: str
    state: State | None
    can_switch: bool
    locked: str  # why an administrator does not allow a switch to it, "" where they do
    needs_key: bool
    problem: str
    remedy: str
    search: str
    traits: tuple[str, ...]
    moves: tuple[str, ...]
    catalog: str = ""  # where it comes from, "" for one of the person's own
    comes_from: str = ""  # such as `From Acme AI gateway, version 43`


class Group(NamedTuple):
    """Rows under a heading, "" for none."""

    title: str
    rows: list[Row]


class Chip(NamedTuple):
    """A filter: what it is called, how many profiles it shows, and whether it is chosen."""

    value: str
    label: str
    profiles: int
    chosen: bool


def rows(look: Look) -> list[Row]:
    """All profiles, in the person's own order."""
    of = look.profiles
    return [
        _row(look, each, _moves(of[at - 1 : at] if at else (), each, of[at + 1 : at + 2]))
        for at, each in enumerate(of)
    ]


def _moves(before: Sequence[Glanced], each: Glanced, after: Sequence[Glanced]) -> tuple[str, ...]:
    """The ways that lead somewhere: favourites stay before the others."""
    beside = (("up", before), ("down", after))
    return tuple(way for way, others in beside if any(other.favourite == each.favourite for other in others))


def grouped(all_rows: list[Row], show: str, sort: str, used: Sequence[str]) -> list[Group]:
    """The rows that `show` asks for, sorted; from so many on favourites are a group of their own."""
    shown = [row for row in all_rows if not show or show in row.traits]
    if sort == "name":
        shown.sort(key=lambda row: (row.label.casefold(), row.name))
    if sort == "used":
        place = {name: at for at, name in enumerate(used)}
        shown.sort(key=lambda row: place.get(row.name, len(place)))
    favourites = [row for row in shown if row.favourite]
    if (
        len(all_rows) < COMPACT_FROM
        or show == "favourites"
        or not favourites
        or len(favourites) == len(shown)
    ):
        return [Group("", shown)]
    others = [row for row in shown if not row.favourite]
    return [Group("Favourites", favourites), Group("All other profiles", others)]


def chips(all_rows: list[Row], show: str) -> list[Chip]:
    """The filters, those without a profile left out; none where they would not help."""
    counts = {value: sum(value in row.traits for row in all_rows) for value in _FILTERS if value}
    if len(all_rows) < COMPACT_FROM or not any(counts.values()):
        return []
    counts = {"": len(all_rows), **counts}
    return [Chip(value, _FILTERS[value], counts[value], value == show) for value in _FILTERS if counts[value]]


def sort_of(text: str) -> str:
    """How to sort: one of `SORTS`, "" for the person's own order."""
    return text if text in SORTS else ""


def filter_of(text: str) -> str:
    """What to show: one of the filters, "" for all."""
    return text if text in _FILTERS else ""


def _row(look: Look, each: Glanced, moves: tuple[str, ...]) -> Row:
    active = each.name == look.status.active
    changed = active and (look.is_alarming or (bool(look.status.drift) and not look.is_left))
    models = _models_in_short(each)
    metadata = ", ".join(f"{name}={value}" for name, value in each.metadata)
    blocked = bool(each.problem) or each.key_is_there is False or look.status.condition == "unparsable"
    state = key_state(each, look.checks.get(each.name))
    traits = {
        "favourites": each.favourite,
        "no-key": each.key_is_there is False and not each.problem,
        "in-file": each.key_in_file,
        "failed": state is not None and state.kind == "bad" and state.text.startswith(_FAILED),
    }
    return Row(
        each.name,
        each.label,
        each.favourite,
        ("changed" if changed else "use") if active else "",
        each.route,
        models,
        metadata,
        "Withdrawn" if each.withdrawn else _warning(each.retires),
        state,
        not active and not blocked and not each.refused,
        each.refused,
        traits["no-key"] and not each.refused,
        each.problem,
        each.remedy,
        " ".join((each.label, each.name, each.route, *(model for _, model in each.models), metadata)).lower(),
        tuple(trait for trait, has in traits.items() if has),
        moves,
        catalog_of(each.name),
        _comes_from(look, catalog_of(each.name)),
    )


def _comes_from(look: Look, catalog: str) -> str:
    row = next((each for each in look.catalogs if each.name == catalog), None)
    if row is None:
        return f"From {catalog}" if catalog else ""
    return f"From {row.title or catalog}" + (f", version {row.serial}" if row.serial is not None else "")


def _warning(retires: Retirement | None) -> str:
    """Such as `Model retires in 2 days`."""
    if retires is None:
        return ""
    if retires.is_past:
        return "Model is retired"
    days = (date.fromisoformat(retires.day) - date.today()).days
    return f"Model retires {in_days(days)}"


def _models_in_short(each: Glanced) -> str:
    names = list(dict.fromkeys(model_in_short(model) for _, model in each.models))
    if not names:
        return "" if each.problem else "Claude Code’s models"
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def key_state(each: Glanced, check: LastCheck | None) -> State | None:
    """What is known of a profile's key and gateway, in three words."""
    if each.problem:
        return State("bad", "Cannot be read")
    if each.key_is_there is False:
        return State("bad", "No key yet")
    if check is None:
        return None
    if check.problem:
        return State("bad", f"Not checked {roughly(check.began_at)}")
    if check.found is None:
        return State("none", "Checking…")
    if check.found.exit_code:
        return State("bad", f"{_FAILED} {roughly(check.began_at)}")
    return State("ok", f"Checked {roughly(check.began_at)}")
