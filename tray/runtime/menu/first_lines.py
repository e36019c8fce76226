"""What the menu says first: what is wrong, and what to do about it. Pure.

Each first line can be chosen, and opens the manager there: grey text is what panels make least legible, and
some draw it as if it could be chosen. Where all is right there is none: the ticked profile says it.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from tray.icon.base import Entry
from tray.runtime.menu.face import title_in, title_of
from tray.runtime.menu.one_line import MAX_LABEL, label, one_line, without_directories

if TYPE_CHECKING:
    from tray.runtime.menu.tray_state import TrayState

MESSAGE_LINES = 3


def first_lines(state: TrayState) -> list[Entry]:
    """The worst there is, with its remedies."""
    if state.busy:
        return [_first(state.busy)]
    worst = (
        _changed(state)
        or _broken(state)
        or _message(state)
        or _locked(state)
        or _beginning(state)
        or _profile(state)
    )
    late = label(without_directories(state.late.what)) if state.late else ""
    return [*worst, *([Entry("first:/doctor", late)] if late else [])]


def _first(text: str) -> Entry:
    return Entry("first:/", label(text))


def _changed(state: TrayState) -> list[Entry]:
    if state.condition != "drift":
        return []
    changed = state.changed
    restore = f"Restore {changed.restored or f'what {title_of(state)} writes'}"
    keep = Entry("adopt", label(f"Keep the change in {title_of(state)}"))
    return [
        _first(changed.line),
        Entry("restore", label(restore)),
        *([keep] if changed.keepable and state.active else []),
        *([] if changed.alarming else [Entry("ignore", "Leave it for now")]),
        Entry("diff", "See what changed…"),
        *_message(state),
    ]


def _broken(state: TrayState) -> list[Entry]:
    if not state.broken:
        return []
    return [_first(state.broken), Entry("open:settings", "Open the file"), Entry("look", "Look again")]


def _message(state: TrayState) -> list[Entry]:
    """What went wrong last, in a few lines."""
    text = " ".join(without_directories(state.message).split())
    lines = wrap(text[: 2 * MESSAGE_LINES * MAX_LABEL], MAX_LABEL, max_lines=MESSAGE_LINES, placeholder="…")
    return [Entry(f"message:{number}", line) for number, line in enumerate(lines)]


def _locked(state: TrayState) -> list[Entry]:
    """What an administrator does not allow of what is in use, and the profile that they require."""
    locks = state.locks
    if not locks.problem:
        return []
    rows = {row.name: row for row in state.profiles if not row.refused and not row.problem}
    there = locks.required in rows and locks.required != state.active
    switch = [Entry(f"required:{locks.required}", label(f"Switch to {title_in(state, locks.required)}"))]
    return [_first(without_directories(locks.problem)), *(switch if there else [])]


def _beginning(state: TrayState) -> list[Entry]:
    """Before there is a profile in use: what could become one."""
    if state.active is not None:
        return []
    welcome = [] if state.profiles else [Entry("manage:/import", "Import…")]
    if state.by_hand is not None:
        route = f": {one_line(state.by_hand, 28)}" if state.by_hand else ""
        return [
            _first(f"Through Portkey, set up by hand{route}"),
            Entry("take-over", "Make a profile of it…"),
            *([Entry("manage:/add", "Add profile…"), *welcome] if welcome else []),
        ]
    if state.profiles:
        return []
    return [_first("Welcome: no profiles yet"), Entry("manage:/add", "Add your first profile…"), *welcome]


def _profile(state: TrayState) -> list[Entry]:
    """What keeps the profile in use from working."""
    row, health = state.keyless, state.health
    if row is not None:
        return [
            _first(f"{one_line(title_of(state), 28)} has no key yet"),
            Entry(f"manage:/keys/{row.name}/enter", "Enter key…"),
        ]
    if health is None:
        return []
    if health.kind == "offline":
        return [_first(f"{health.why}: the gateway cannot be asked")]
    other = Entry(f"fallback:{health.other}", label(f"Switch to {title_in(state, health.other)}"))
    return [
        _first(f"{one_line(title_in(state, health.profile), 28)}: the gateway does not answer"),
        *([other] if health.other else []),
        Entry("check", "Check again"),
        Entry("diff", "Show details…"),
    ]
