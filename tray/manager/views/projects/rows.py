"""The projects' rows, those in trouble first, made from what actions found. Pure."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import counted, printable
from profiles.claude_code.owned_slots import BASE_URL_SLOTS, HELPER_KEY
from tray.manager.access.sessions import Flash
from tray.manager.views.words import home_short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.actions.more.glance.projects import GlancedProject, GlancedProjects
    from tray.actions.projects.sync import Synced
    from tray.manager.views.look import Look

PAGE = 100  # rows a page has
_NAMED = 3


class ProjectRow(NamedTuple):
    """A project's row. `kind` is "", warn or bad; `remedy` what helps: changes, write, remove, open or ""."""

    id: str
    folder: str
    name: str
    kind: str
    state: str
    more: str
    remedy: str
    metadata: tuple[tuple[str, str], ...]
    profile: str
    is_pinned: bool
    pin: str


class Words(NamedTuple):
    """Words with an icon: `kind` is ok, warn, bad or none."""

    kind: str
    text: str


class Listed(NamedTuple):
    """One page of rows. `all`: how many projects there are; `found`: how many the search fits."""

    rows: list[ProjectRow]
    all: int
    found: int
    trouble: int
    page: int
    pages: int
    query: str


class _State(NamedTuple):
    kind: str
    state: str
    remedy: str


_STATES = {
    "ok": _State("", "As it should be", ""),
    "stale": _State("warn", "A change has not reached its file yet", "write"),
    "changed": _State("warn", "Its file was changed by something else", "changes"),
    "gone": _State("warn", "Its file was removed by something else", "write"),
    "unparsable": _State("bad", "Its file cannot be read", "open"),
    "blocked": _State("warn", "Its file cannot be written", "write"),
    "missing": _State("bad", "The folder is gone", "remove"),
    "refused": _State("bad", "Your administrator does not allow this", ""),
}


def listed(look: Look, found: GlancedProjects, rules: list[str], query: str = "", page: int = 1) -> Listed:
    """The page of that number of the projects that `query` fits. `rules`: their paths in order."""
    rows = [project_row(look, each, rules, paused=found.paused) for each in found.projects]
    words = query.casefold().split()
    fitting = [row for row in rows if all(word in _text(row) for word in words)]
    fitting.sort(key=lambda row: ("bad", "warn", "").index(row.kind))
    pages = max(1, -(-len(fitting) // PAGE))
    page = max(1, min(page, pages))
    trouble = sum(bool(row.kind) for row in rows)
    shown = fitting[(page - 1) * PAGE : page * PAGE]
    return Listed(shown, len(rows), len(fitting), trouble, page, pages, query)


def project_row(look: Look, each: GlancedProject, rules: list[str], *, paused: bool) -> ProjectRow:
    """One project's row."""
    project = each.project
    state = _STATES[each.condition]
    if each.is_alarming:
        state = _State("bad", _alarm(each), "changes")
    folder = shown_path(project.directory, look.home)
    rule = f", by rule {rules.index(project.rule) + 1}" if project.rule in rules else ""
    profile, is_pinned = _profile(look, each, paused=paused)
    return ProjectRow(
        each.id,
        folder,
        printable(os.path.basename(project.directory)),
        state.kind,
        state.state + (rule if not state.kind else ""),
        in_words(each.problem, look.home),
        state.remedy,
        each.metadata,
        profile,
        is_pinned,
        project.profile or "",
    )


def _alarm(each: GlancedProject) -> str:
    slots = {change.slot for change in each.changes if change.alarming}
    if slots & {*BASE_URL_SLOTS.values()}:
        return "Its file would send your key to another address"
    if HELPER_KEY in slots:
        return "Its file would run another program for your key"
    return "Its file would let others read your key"


def _profile(look: Look, each: GlancedProject, *, paused: bool) -> tuple[str, bool]:
    """Such as `Follows Work`; and whether it is pinned."""
    pin = each.project.pin
    if each.condition == "missing":
        return "Nothing is written", False
    if pin is not None:
        return f"Pinned to {look.label(pin)}{', which rests while off' if paused else ''}", True
    return f"Follows {look.active_label}" if look.active_label else "Follows the profile in use", False


def _text(row: ProjectRow) -> str:
    metadata = " ".join(f"{name}={value}" for name, value in row.metadata)
    return f"{row.folder} {metadata} {row.profile} {row.state}".casefold()


def shown_path(path: str, home: str) -> str:
    """A path as a page shows it, with `~` for the home directory."""
    return printable(home_short(path, home), 400)


def in_words(text: str, home: str) -> str:
    """An action's words, with `~` for the home directory wherever they name a path."""
    return text.replace(f"{home}/", "~/") if home else text


def synced_flash(synced: Synced, notes: tuple[str, ...], home: str) -> Flash:
    """What writing all of them came to."""
    by_action = (("added", synced.added), ("changed", synced.changed), ("removed", synced.removed))
    lines = [f"By a rule {action}: {_named(found, home)}" for action, found in by_action if found]
    wrong = synced.problems
    lines += [f"{shown_path(each.directory, home)}: {each.problem}" for each in wrong[:_NAMED]]
    lines += [f"And {len(wrong) - _NAMED} more: see the list"] if len(wrong) > _NAMED else []
    # What helps with a problem is a button in its row.
    lines += [in_words(note, home) for note in notes if not any(each.problem in note for each in wrong)]
    written = f"{synced.written} had to be written" if synced.written else "all were as they should be"
    title = f"{counted(synced.projects, 'project')}: {written}"
    if synced.problems:
        title = f"{counted(len(synced.problems), 'project')} could not be written"
    return Flash("warn" if synced.problems else "ok", title, tuple(lines))


def _named(directories: Sequence[str], home: str) -> str:
    names = ", ".join(shown_path(each, home) for each in directories[:_NAMED])
    return names + (f" and {len(directories) - _NAMED} more" if len(directories) > _NAMED else "")
