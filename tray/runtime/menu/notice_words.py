"""What the notices say, in plain words. Pure.

A title is the outcome, in so few characters (`LONGEST_TITLE`) that a desktop which cuts it to one line shows
all of it; it holds no path and no name. The body says more in three lines at most, without a command for a
terminal: what is to be done is a button, the safe one first.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import NotUnlockedError
from profiles.base.text import counted
from profiles.switching.reading.model_dialog import dialog_words
from tray.actions.keys.key_fate import stays_here
from tray.notices.notice import Notice
from tray.runtime.menu.change_words import adoptable, alarm_line, alarm_sentence, plain_line
from tray.runtime.menu.face import title_of
from tray.runtime.menu.one_line import one_line, without_commands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.base.errors import PkccError
    from profiles.profile.rendering import Rendered
    from profiles.switching.reading.drift import Change
    from profiles.switching.reading.reading import Reading
    from tray.desktop.late_changes import Late
    from tray.runtime.menu.tray_state import ProjectRow, TrayState

LONGEST_TITLE = 32
_LONGEST_LINE = 160
# What a notice is about: `Notice.key`.
DRIFT, PROBLEM, TOLD = "drift", "problem", "told"
PROJECTS, UNREADABLE, UPDATE, LATE, WELCOME = "projects", "unreadable", "update", "late", "welcome"
RESTORE, KEEP, LATER = ("restore", "Restore"), ("adopt", "Keep it"), ("ignore", "Later")
SEE, UNDO, MANAGE = ("diff", "See changes"), ("undo", "Undo"), ("manage:/", "Manage")
DETAILS, PROJECTS_PAGE = ("manage:/doctor", "Show details"), "manage:/projects"


def drift_notice(reading: Reading, *, guarded: bool) -> Notice:
    """What was changed by something else, the dangerous changes first, with a way to answer.

    `guarded`: `key print` gives a key to its own gateway only. Then a helper's key stayed here.
    """
    rendered = reading.state.current.rendered
    if reading.condition == "gone":
        body = f"{_title(reading)} has no effect until they are back."
        return Notice(DRIFT, "Claude Code settings are gone", body, (RESTORE, LATER))
    alarming = [change for change in reading.changes if change.alarming]
    if alarming:
        lines = [alarm_sentence(alarming[0]), _given(rendered, alarming, guarded), *_more(reading.changes, 1)]
        return Notice(DRIFT, _alarm_title(alarming[0]), "\n".join(lines), (RESTORE, SEE), urgent=True)
    dialog = dialog_words(rendered.dialect, reading.changes) if rendered is not None else ""
    lines = [f"{dialog}."] if dialog else []
    shown = 2 - len(lines)
    lines += [plain_line(change) for change in reading.changes[:shown]]
    if lines and not dialog:
        lines[-1] += " Not by pkcc-tray."
    body = "\n".join([*lines, *_more(reading.changes, shown)])
    answers = (RESTORE, KEEP, LATER) if adoptable(reading.changes) else (RESTORE, LATER)
    return Notice(DRIFT, "Claude Code settings changed", body, answers)


def _alarm_title(change: Change) -> str:
    line = alarm_line(change)
    return "Your key would go elsewhere" if line.startswith("Your key would go") else line


def _given(rendered: Rendered | None, alarming: Sequence[Change], guarded: bool) -> str:
    """Whether the key may have been sent there."""
    if stays_here(rendered, alarming, guarded=guarded):
        return "The key was not given to it. Prompts are sent there until this is put right."
    return "The key may have been sent there: replace it at Portkey."


def _more(changes: Sequence[Change], shown: int) -> list[str]:
    left = len(changes) - shown
    return [f"And {counted(left, 'more change')}."] if left > 0 else []


def _title(reading: Reading) -> str:
    """What people call the profile in use."""
    current = reading.state.current
    label = current.rendered.label if current.rendered is not None else ""
    return label or current.active or ""


def restored_notice(reading: Reading) -> Notice:
    """What was changed by something else, and is put back as the user's preference says."""
    return put_back_notice(_title(reading), 0 if reading.condition == "gone" else len(reading.changes), ())


def put_back_notice(title: str, count: int, notes: Sequence[str]) -> Notice:
    """That so many values are what that profile writes again; 0 where the whole file was gone."""
    what = f"{counted(count, 'value')} that something else had changed" if count else "the whole file"
    body = _body(f"{title}: {what}.", notes)
    return Notice(TOLD, "Settings put back", body, (("manage:/history", "See changes"),))


def kept_notice(title: str, notes: Sequence[str]) -> Notice:
    """That the changes are the profile's now."""
    body = _body(f"{title} now writes what the settings say.", notes)
    return Notice(TOLD, "Change kept in the profile", body, (UNDO,))


def off_notice(notes: Sequence[str]) -> Notice:
    """That no profile is in use any more."""
    return Notice(TOLD, "Switched off", _body("Claude Code's own settings are back.", notes), (UNDO,))


def switched_notice(title: str, notes: Sequence[str], *, models_pinned: bool) -> Notice | None:
    """What the user should know after a click on a profile; None when all is as expected."""
    pinned = "Running sessions keep the model they were started with until they are restarted."
    lines = [*([pinned] if models_pinned else []), *notes]
    return Notice(TOLD, "Switched", _body(f"{title} is in use.", lines), (UNDO,)) if lines else None


def noted_notice(title: str, notes: Sequence[str], about: str = TOLD) -> Notice | None:
    """What is to be known after something was done; None for nothing."""
    return Notice(about, title, _body("", notes), (MANAGE,)) if notes else None


def _body(first: str, notes: Sequence[str]) -> str:
    """Three lines at most, the first of them that one, the others without what belongs into a terminal."""
    plain = [one_line(without_commands(note).rstrip(":;,"), _LONGEST_LINE) for note in notes]
    return "\n".join([line for line in (first, *plain) if line][:3])


def broken_notice(settings_path: str, why: str) -> Notice:
    """That the settings file is no JSON; `why` such as "Line 7: a comma is missing"."""
    name = os.path.basename(settings_path)
    title = f"{name} is broken"
    if len(title) > LONGEST_TITLE:
        title = "The settings file is broken"
    body = f"{why}. Claude Code ignores the whole file." if why else "Claude Code ignores the whole file."
    return Notice(PROBLEM, title, body, (("open:settings", "Open file"),))


def project_notices(changed: Sequence[ProjectRow], joined: Sequence[str]) -> list[Notice]:
    """What happened to projects: changed or unreadable, or taking part since a session started."""
    found = []
    broken = [row for row in changed if row.condition == "unparsable"]
    if broken:
        body = f"{_among([row.directory for row in broken])}: Claude Code ignores the whole file."
        show = ((_page_of([row.directory for row in broken]), "Show"),)
        found.append(Notice(UNREADABLE, "Project settings are broken", body, show))
    written = sorted((row for row in changed if row not in broken), key=lambda row: not row.alarm)
    if written:
        names, alarm = [row.directory for row in written], written[0].alarm
        title = "Key at risk in a project" if alarm else "Project settings changed"
        first = f"{_among(names[:1])}: {one_line(alarm, _LONGEST_LINE)}." if alarm else ""
        more = f"{_among(names)}, by something else." if not alarm or len(names) > 1 else ""
        page = _page_of([row.directory for row in written])
        actions = (("sync", "Write again"), (page, "See changes"))
        found.append(Notice(PROJECTS, title, _body(first, [more]), actions, urgent=bool(alarm)))
    if joined:
        show = ((_page_of(joined), "Show"),)
        found.append(Notice(TOLD, "Project added by a rule", f"{_among(joined)}.", show))
    return found


def _page_of(directories: Sequence[str]) -> str:
    return f"project:{directories[0]}" if len(directories) == 1 else PROJECTS_PAGE


def _among(directories: Sequence[str]) -> str:
    first = directories[0].rstrip("/\\").replace("\\", "/").rpartition("/")[2]
    return first if len(directories) == 1 else f"{first} and {len(directories) - 1} more"


def problem_notice(error: PkccError, failed: str = "", again: str = "") -> Notice:
    """What went wrong, and what to do: `failed` is what was not done, `again` the key that tries again."""
    if isinstance(error, NotUnlockedError) and failed:
        buttons = ((again, "Try again"),) if again else ()
        return Notice(PROBLEM, f"{failed}: keyring is locked", "Unlock it, then try again.", buttons)
    title = failed or error.title
    if "cannot be written" in error.title:
        title = f"{failed or 'Not done'}: file not writable"
    body = _body("", [f"{error.title.rstrip('.')}.", error.hint])
    if len(title) > LONGEST_TITLE or title != without_commands(title):
        title = "Something went wrong"
    elif title == error.title:
        body = _body("", [error.hint])
    return Notice(PROBLEM, title, body, (DETAILS,))


def keyless_notice(name: str, title: str) -> Notice:
    """That a profile cannot be switched to before its key is entered."""
    enter = ((f"manage:/keys/{name}/enter", "Enter key"),)
    return Notice(PROBLEM, "Not switched: no key", f"{title} needs a Portkey key.", enter)


def late_notice(late: Late) -> Notice:
    """That changes are noticed late, and what helps."""
    return Notice(LATE, "Changes are noticed late", _body("", [f"{late.what}."]), (DETAILS,))


def welcome_notice(*, by_hand: bool, keyring: bool) -> Notice:
    """At the first start: that it runs, and what to begin with. `by_hand`: settings lead through Portkey."""
    lines = ["No profiles yet."]
    actions = [("manage:/add", "Add profile")]
    if by_hand:
        lines[0] = "Claude Code goes through Portkey already, set up by hand."
        actions.append(("manage:/import", "Use my settings"))
    if not keyring:
        lines.append("No system keyring here: keys can lie in a vault, an encrypted file of your own.")
        actions.append(("manage:/keys/vault", "Set up a vault"))
    return Notice(WELCOME, "pkcc-tray is ready", "\n".join(lines), tuple(actions))


def summary_notice(state: TrayState) -> Notice:
    """How things stand, for anyone who starts it a second time."""
    by_hand = "Claude Code goes through Portkey, set up by hand."
    off = "No profile is in use." if state.by_hand is None else by_hand
    using = f"{title_of(state)} is in use." if state.active else off
    wrong = state.changed.line or state.broken or state.message
    actions = (RESTORE, MANAGE) if state.condition == "drift" else (MANAGE,)
    return Notice(TOLD, "pkcc-tray runs already", _body(using, [wrong]), actions)


def no_icon_notice(reason: str, remedy: str) -> Notice:
    """That no panel shows the icon, and what would change that."""
    body = _body(reason, [remedy, "The manager works without it."])
    return Notice(PROBLEM, "No place for the icon", body, (MANAGE,))


def update_notice(version: str, installed: str) -> Notice:
    """That there is a newer version. Getting it is up to the user."""
    body = f"You have {installed}. Get it the way you got this one."
    return Notice(UPDATE, f"Version {one_line(version, 16)} is out", body, (("update", "What is new"),))
