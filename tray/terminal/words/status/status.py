"""The lines of `status`. Pure."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from profiles.base.text import counted
from profiles.claude_code.glued_lines import is_end_as_text
from profiles.profile.config.names import with_name
from tray.terminal.words.catalogs.ages import came_from_words
from tray.terminal.words.columns import table
from tray.terminal.words.switching.changes import by_dialog

if TYPE_CHECKING:
    from tray.actions.describing.describe import Described
    from tray.actions.policy.standing import Management
    from tray.actions.switching.status import Decided, Status

CONDITIONS = {
    "active": "in use, as it was written",
    "off": "off: no profile is in use",
    "drift": "changed by something else",
    "gone": "the settings file is gone",
    "unparsable": "the settings file cannot be read",
}

DECIDERS = {  # where a value comes from
    "user": "your settings",
    "project": "this project, shared",
    "local": "this project, your own",
    "managed": "an administrator",
    "shell": "this shell",
}


def short_lines(found: Status) -> list[str]:
    """One word, for a prompt: the profile that sessions here use, with ! where something changed it."""
    if found.pinned:
        return [found.pinned.profile + ("" if found.pinned.condition == "ok" else "!")]
    return [
        (found.active or "off") + ("" if found.condition in ("active", "off") and not found.dropped else "!")
    ]


def status_lines(found: Status) -> list[str]:
    """The profile in use, how its settings stand, and who decides each value."""
    name = f"{found.active}: {route_words(found.profile)}" if found.active and found.profile else "none"
    lines = [
        *(f"pinned    {words}" for words in pinned_words(found)),
        f"profile   {name}",
        f"state     {state_words(found)}",
        f"settings  {found.settings}",
        f"sessions  {found.sessions} running",
    ]
    if found.managed:
        by, *problem = managed_lines(found.managed)
        lines += [f"managed   {by}", *(f"          {line}" for line in problem)]
    if found.catalog:
        lines.append(f"catalog   {came_from_words(found.catalog, time.time())}")
    if found.status_line != "off":
        lines.append(f"line      {line_words(found)}")
    lines += drift_lines(found) + hint_lines(found)
    if found.effective:
        lines += ["", f"A new session in {found.directory} would use:"]
        lines += table([effective_cells(row) for row in found.effective], "  ")
    return lines


def managed_lines(managed: Management) -> list[str]:
    """Who decides here, with what they say of it, and what is not as they want it."""
    said = " · ".join(filter(None, (managed.by, managed.text, managed.url)))
    return [f"by {said}", *([managed.problem] if managed.problem else [])]


def route_words(profile: Described) -> str:
    """The active profile's route in a few words."""
    return with_name(profile.route, profile.config_name)


def pinned_words(found: Status) -> list[str]:
    """That the repository here stays with another profile than the rest, if it does; what to do if not so."""
    if not found.pinned:
        return []
    profile, directory, condition = found.pinned
    wrong = "" if condition == "ok" else f", but its file is {condition}: `pkcc-tray project sync`"
    if condition == "blocked":
        wrong = ", but its file cannot be written: `pkcc-tray project list` says why"
    if condition == "refused":
        wrong = ", which your administrator does not allow: `pkcc-tray project list` says why"
    return [f"{profile}: {directory} is pinned to it{wrong}"]


def line_words(found: Status) -> str:
    """How it stands with our status line, such as `on`."""
    words = {"waiting": "waits for a profile", "replaced": "replaced by something else"}
    return words.get(found.status_line, found.status_line)


def state_words(found: Status) -> str:
    """How the settings stand; first of all whether Claude Code reads them."""
    return (
        f"Claude Code leaves the file out as a whole, until this is put right: {found.dropped}"
        if found.dropped
        else CONDITIONS[found.condition]
    )


def effective_cells(row: Decided) -> list[str]:
    """Slot, who decides it, and the value, with the values it wins over."""
    losers = "".join(
        f" (not {DECIDERS.get(kind, kind)}: {value})" for kind, value in row.losers if value != row.value
    )
    alarm = "  <- a project's file decides this" if row.alarming else ""
    end = "  <- this \\n is text and ends no line" if is_end_as_text(row.slot, row.value) else ""
    return [row.slot, DECIDERS.get(row.source, row.source), (row.value or "(empty)") + losers + alarm + end]


def drift_lines(found: Status) -> list[str]:
    """Each value that was changed by something else, the dangerous ones named as such."""
    lines = []
    for row in found.drift:
        decides = "who can read your key" if row.surrounding else "where your key goes"
        alarm = f"  <- this decides {decides}" if row.alarming else ""
        alarm += by_dialog(row.dialog, row.expected)
        was, now = row.expected or "(nothing)", row.actual or "(nothing)"
        lines.append(f"  {row.kind}: {row.slot}: {was} → {now}{alarm}")
    return lines


def hint_lines(found: Status) -> list[str]:
    """What to do next, when something is not as it should be."""
    lines = []
    if found.held:
        lines.append(f"The route of {found.held.profile} is held by your administrator: {found.held.path}")
    if match := found.matches:
        lines.append(f"These are the settings of {match!r}: `pkcc-tray switch {match}` puts it in use.")
    elif found.set_up_by_hand:
        lines.append(f"Through Portkey, set up by hand: {found.set_up_by_hand}.")
        known = found.stored_as
        lines.append(
            f"Profile {known} has that route: `pkcc-tray switch {known}` puts it in use."
            if known
            else "`pkcc-tray import` makes a profile of it."
        )
    elif found.condition == "gone":
        lines.append("`pkcc-tray restore` writes the profile again, `pkcc-tray off` leaves it so.")
    elif found.drift:
        lines.append(_drift_hint(found))
    if found.edited_since:
        lines.append(f"The profile was edited since: `pkcc-tray switch {found.active}` puts that in force.")
    if found.blanks and not found.sessions:
        lines.append(_blanks_line(found))
    return lines


def _drift_hint(found: Status) -> str:
    """What to do about changes by something else: each sentence only where it would work."""
    rows = found.drift
    accept = f"`pkcc-tray switch {found.active}` accepts what is there now"
    if all(row.by_hand for row in rows):
        return f"A login was in it, so it was not kept: put it back by hand, or {accept}."
    if all(row.surrounding for row in rows):
        return f"`pkcc-tray restore` puts back what was there at the switch, {accept}."
    restore = "`pkcc-tray restore` writes the profile again"
    if any(row.alarming for row in rows):
        return f"{restore}."  # `adopt` refuses here, and says what to do where the address is one's own
    return f"{restore}, `pkcc-tray adopt` takes the changes into it."


def _blanks_line(found: Status) -> str:
    values = counted(found.blanks, "empty value")
    one = found.blanks == 1
    if found.blanks_until is None:
        return f"{values} {'is' if one else 'are'} no longer needed: `pkcc-tray tidy`."
    when = time.strftime("%H:%M", time.localtime(found.blanks_until))
    return f"{values} {'protects' if one else 'protect'} sessions that are not seen, until {when}."
