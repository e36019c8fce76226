"""The words of `catalog list`, `show`, `update` and so on. Pure, but for the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from profiles.base.text import counted
from tray.terminal.words.catalogs.ages import age_words
from tray.terminal.words.catalogs.changes import change_lines
from tray.terminal.words.catalogs.described import described_lines
from tray.terminal.words.catalogs.states import look_of
from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.actions.catalogs.decide import Accepted, Removed, RolledBack, Trusted
    from tray.actions.catalogs.leaving import Ends
    from tray.actions.catalogs.overriding import Overridden
    from tray.actions.catalogs.overview import CatalogList, CatalogRow, ShownCatalog
    from tray.actions.catalogs.updating import Updated, UpdatedOne

NONE_YET = (
    "No catalogs yet. `pkcc-tray join SOURCE` follows one; a colleague or your administrator has the source."
)


HEADINGS = ("CATALOG", "VERSION", "PROFILES", "STATE")


def list_lines(found: CatalogList) -> list[str]:
    """A line for each below headings: name, version and age, how many profiles, how it stands."""
    if not found.catalogs:
        return [NONE_YET]
    return [*table([list(HEADINGS), *map(list_cells, found.catalogs)]), *todo_lines(found)]


def list_cells(row: CatalogRow) -> list[str]:
    """Name, version and age, number of profiles, how it stands."""
    return [row.name, version_words(row), counted(len(row.profiles), "profile"), look_of(row).line]


def todo_lines(found: CatalogList) -> list[str]:
    """What is to be typed for each catalog that wants something: below the list, where no cell breaks it."""
    return [f"{row.name}: {todo}" for row in found.catalogs if (todo := look_of(row).todo)]


def version_words(row: CatalogRow) -> str:
    """Such as `43, yesterday`; `nothing yet` before the first yes."""
    if row.serial is None:
        return "nothing yet"
    return f"{row.serial}, {age_words(row.accepted_at, time.time())}" if row.accepted_at else str(row.serial)


def show_lines(shown: ShownCatalog) -> list[str]:
    """All of one: where it comes from, how it stands, its profiles, what waits."""
    row = shown.catalog
    look = look_of(row)
    more = [("version", version_words(row)), ("state", look.line)]
    more += [("next", look.todo)] if look.todo else []
    more += [("asked", age_words(row.asked_at, time.time()))] if row.asked_at else []
    more += [("updates", _UPDATES["managed" if row.managed else row.updates])]
    more += [("answered", f"{asked.name}={asked.answer}") for asked in shown.content.inputs if asked.answer]
    more += [("changed", f"{name} {field}: {value}") for name, field, value in shown.overrides]
    return [*described_lines(shown.content, shown.origin, more), *_waiting(shown)]


_UPDATES = {
    "auto": "harmless changes apply by themselves, the others wait for you",
    "ask": "every change waits for you",
    "managed": "your administrator's apply by themselves",
}


def _waiting(shown: ShownCatalog) -> list[str]:
    if shown.catalog.state != "waiting":
        return []
    return ["", *waiting_lines(shown)]


def waiting_lines(shown: ShownCatalog) -> list[str]:
    """What the newer version changes, what people must look at first; and how it is taken."""
    name, content = shown.catalog.name, f"sha256:{shown.sha256}"
    how = [f"`pkcc-tray catalog accept {name}` takes it. In a script, add:", f"  `--yes --expect {content}`"]
    return [*would_change_lines(shown), *how]


def would_change_lines(shown: ShownCatalog) -> list[str]:
    """What the newer version changes, what people must look at first."""
    found = [f"Version {shown.newer} would change:"] if shown.newer else []
    found += change_lines(shown.loud)
    if shown.quiet:
        found += (
            ["And, of no consequence for your key:"] if shown.loud else ["Of no consequence for your key:"]
        )
        found += change_lines(shown.quiet)
    return found


def diff_lines(shown: ShownCatalog) -> list[str]:
    """What waits; that nothing does."""
    if shown.catalog.state == "offered":
        return _first_yes(shown.catalog.name)
    if not (shown.loud or shown.quiet):
        return [f"Nothing of {shown.catalog.name} waits for you."]
    return waiting_lines(shown)


def _first_yes(name: str) -> list[str]:
    return [
        f"Nothing of {name} is accepted yet: `pkcc-tray catalog show {name}` says where each profile sends",
        f"which key, `pkcc-tray catalog accept {name}` takes it.",
    ]


def updated_lines(done: Updated) -> list[str]:
    """A line for each catalog that was asked for."""
    if not done.catalogs:
        return [NONE_YET]
    return [line for each in done.catalogs for line in _updated(each)]


def _updated(done: UpdatedOne) -> list[str]:
    name = done.name
    if done.problem:
        return [f"{name}: {done.problem}", f"  {done.hint}"] if done.hint else [f"{name}: {done.problem}"]
    changes = done.loud or done.quiet
    if done.outcome == "waiting" and not changes:
        return [f"{name}: version {done.serial} is here.", *_first_yes(name)]
    if done.outcome == "waiting":
        return [
            f"{name}: version {done.serial} waits: {counted(len(changes), 'change')} to look at.",
            *change_lines(changes),
            *_WAITS.get(done.why, []),
            f"`pkcc-tray catalog accept {name}` takes it, `pkcc-tray catalog diff {name}` shows all of it.",
        ]
    if done.outcome == "new":
        changes = (*done.loud, *done.quiet)
        return [f"{name}: version {done.serial} is published; nothing was changed.", *change_lines(changes)]
    if done.outcome == "applied":
        return [f"{name}: version {done.serial} is in force.", *change_lines((*done.loud, *done.quiet))]
    return [f"{name}: nothing new ({done.serial})." if done.serial else f"{name}: nothing new."]


# Why a version waits in which nothing else is to be looked at.
_WAITS: dict[str, list[str]] = {
    "unanswered": ["It asks you something new: accepting it has you answer that."],
    "in use": ["It takes away a profile that is in use: switch to another first."],
}


def accepted_lines(done: Accepted) -> list[str]:
    """Which version is in force, and what that changed here."""
    written = f" {done.active} is in use, and its settings are written again." if done.applied else ""
    return [f"{done.name}: version {done.serial} is in force.{written}"]


def rolled_back_lines(done: RolledBack) -> list[str]:
    """Which version is in force again."""
    return [
        f"{done.name}: back to version {done.serial}.",
        f"It stays until you take a newer one: `pkcc-tray catalog accept {done.name}`.",
    ]


def would_end_lines(name: str, profiles: Sequence[str], ends: Ends) -> list[str]:
    """What comes of removing a catalog, before anyone says yes; `undo` does not bring it back."""
    off = [f"A profile of {name} is in use: a yes switches it off in {path}." for path in ends.off]
    unpinned = [f"{directory} will follow the profile in use." for directory in ends.unpinned]
    gone = [f"Its profiles will be gone: {', '.join(profiles)}."] if profiles else []
    again = "Your keys stay. `pkcc-tray undo` does not bring it back, `pkcc-tray join` does."
    return [*off, *unpinned, *gone, again]


def removed_lines(done: Removed) -> list[str]:
    """That nobody is followed any more, and what is kept."""
    kept = [f"Kept as your own: {', '.join(done.kept)}."] if done.kept else []
    off = [f"Switched off: {path}." for path in done.off]
    unpinned = [f"{directory} follows the profile in use." for directory in done.unpinned]
    keys = [f"Its key is still stored: `pkcc-tray key remove {key}` removes it." for key in done.keys]
    return [*off, *unpinned, f"{done.name} is not followed any more.", *kept, *keys]


def trusted_lines(done: Trusted) -> list[str]:
    """By which key the next versions must be signed."""
    return [f"{done.name} must be signed by {done.key_id} from now on.", f"  {done.key}"]


def overridden_lines(done: Overridden) -> list[str]:
    """What is yours now in a catalog's profile."""
    if done.value is None:
        return [f"{done.profile}: {done.field} is the catalog's again."]
    return [f"{done.profile}: {done.field} is {done.value} for you, whatever its catalog says."]
