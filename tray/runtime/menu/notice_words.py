"""What the notices say, in plain words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.switching.reading.model_dialog import dialog_words
from tray.notices.notice import Notice
from tray.runtime.menu.change_words import FILE_IS_GONE, adoptable, alarm_words, long_line
from tray.runtime.menu.face import face_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.base.errors import PkccError
    from profiles.profile.rendering import Rendered
    from profiles.switching.reading.drift import Change
    from profiles.switching.reading.reading import Reading
    from tray.desktop.late_changes import Late
    from tray.runtime.menu.tray_state import ProjectRow, TrayState

# What a notice is about: `Notice.key`.
DRIFT, PROBLEM, TOLD = "drift", "problem", "told"
PROJECTS, UNREADABLE, UPDATE, LATE = "projects", "unreadable", "update", "late"
RESTORE, ADOPT, IGNORE = ("restore", "Restore"), ("adopt", "Adopt"), ("ignore", "Ignore")


def drift_notice(reading: Reading, *, guarded: bool) -> Notice:
    """What was changed by something else, the dangerous changes in its title, with a way to answer.

    `guarded`: `key print` gives a key to its own gateway only. Then a helper's key stayed here.
    """
    active = reading.state.current.active or ""
    if reading.condition == "gone":
        body = f"Claude Code runs without the profile {active}."
        return Notice(DRIFT, "Claude Code's settings file is gone", body, (RESTORE, IGNORE))
    alarming = [change for change in reading.changes if change.alarming]
    rendered = reading.state.current.rendered
    dialog = dialog_words(rendered.dialect, reading.changes) if rendered is not None else ""
    title = dialog or f"Claude Code's settings no longer say what {active} writes"
    title = alarm_words(alarming[0]) if alarming else title
    lines = [*map(long_line, reading.changes), *([_given(rendered, alarming, guarded)] if alarming else [])]
    body = "\n".join(lines)
    return Notice(DRIFT, title, body, _answers(adoptable(reading.changes)), urgent=bool(alarming))


def _given(rendered: Rendered | None, alarming: Sequence[Change], guarded: bool) -> str:
    """Whether a session may have sent the key there: what a gateway sends on, it was given."""
    kept = rendered is not None and rendered.helper and guarded
    if kept and not any(change.slot.startswith("header.") for change in alarming):
        return "The key was not given to it. Prompts are sent there until this is put right."
    return "The key may have been sent there: replace it at Portkey."


def _answers(adopting: bool) -> tuple[tuple[str, str], ...]:
    return (RESTORE, ADOPT, IGNORE) if adopting else (RESTORE, IGNORE)


def restored_notice(reading: Reading) -> Notice:
    """What was changed by something else, and is put back as the user's preference says."""
    name = reading.state.current.active or ""
    lines = [FILE_IS_GONE] if reading.condition == "gone" else list(map(long_line, reading.changes))
    return Notice(TOLD, f"Changed by something else, and put back: {name}", "\n".join(lines))


def project_notices(changed: Sequence[ProjectRow], joined: Sequence[str]) -> list[Notice]:
    """What happened to projects: changed or unreadable, or taking part since a session started."""
    found = []
    broken = [row for row in changed if row.condition == "unparsable"]
    if broken:
        title = f"Claude Code ignores the settings of {_among([row.directory for row in broken])}"
        found.append(Notice(UNREADABLE, title, "\n".join(row.problem for row in broken)))
    written = sorted((row for row in changed if row not in broken), key=lambda row: not row.alarm)
    if written:
        names, alarm = [row.directory for row in written], written[0].alarm
        title = f"Changed by something else: the settings of {_among(names)}"
        if alarm:
            title = f"{_among(names[:1])}: {alarm}"
        lines = [f"{row.directory}: {row.alarm}" if row.alarm else row.directory for row in written]
        actions = (("sync", "Write again"),)
        found.append(Notice(PROJECTS, title, "\n".join(lines), actions, urgent=bool(alarm)))
    if joined:
        found.append(Notice(TOLD, f"Added by a rule: {_among(joined)}", "\n".join(joined)))
    return found


def _among(directories: Sequence[str]) -> str:
    first = directories[0].rstrip("/\\").replace("\\", "/").rpartition("/")[2]
    return first if len(directories) == 1 else f"{first} and {len(directories) - 1} more"


def problem_notice(error: PkccError) -> Notice:
    """What went wrong, and what to do."""
    return Notice(PROBLEM, error.title, error.hint)


def late_notice(late: Late) -> Notice:
    """That changes are noticed late, and what helps."""
    return Notice(LATE, late.what, late.advice)


def summary_notice(state: TrayState) -> Notice:
    """How things stand, for anyone who asks by a click on the icon or a second start."""
    face = face_of(state)
    actions = _answers(state.adoptable) if state.condition == "drift" else ()
    return Notice(TOLD, face.title, face.tooltip or "pkcc-tray runs: its menu is at the icon.", actions)


def update_notice(version: str, installed: str) -> Notice:
    """That there is a newer version. Getting it is up to the user."""
    body = f"You have {installed}. Get it the way you got this one."
    return Notice(UPDATE, f"pkcc-tray {version} is out", body, (("update", "What is new"),))


def switched_notice(name: str, notes: Sequence[str], *, models_pinned: bool) -> Notice | None:
    """What the user should know after a click on a profile; None when all is as expected."""
    lines = list(notes)
    if models_pinned:
        lines.append("Running sessions keep the model they were started with: restart them to change it.")
    return Notice(TOLD, f"{name} is active", "\n".join(lines)) if lines else None
