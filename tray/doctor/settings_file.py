"""Claude Code's settings file: whether the client can read it, and what stands in the way of changing it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.errors import PkccError
from profiles.files import read_bytes, temp_files_of
from profiles.locks import CLAUDE_STALE_S
from profiles.memories import Known, files_for, memories
from profiles.model_dialog import dialog_words
from profiles.owned import HELPER_KEY
from profiles.settings import parse_settings
from profiles.state import load_state
from profiles.surroundings import is_by_hand, is_surrounding
from tray.doctor.context import Context
from tray.doctor.finding import Finding

if TYPE_CHECKING:
    from profiles.reading import Reading


_LEFT_BEHIND_S = 60.0  # no change of a settings file takes that long


def readable_settings(context: Context) -> list[Finding]:
    """Files that the client ignores as a whole, the project's and the administrator's among them."""
    why = "Claude Code ignores the whole file, silently: no route, no key, nothing of it counts."
    found = []
    for source in context.sources:
        if not source.path:
            continue
        try:
            helper = parse_settings(read_bytes(source.path), source.path).root.find(HELPER_KEY)
        except PkccError as error:
            advice = error.hint.removesuffix(" Nothing was changed.").removesuffix("; nothing was changed.")
            command = _made_readable(context, source.path)
            found.append(Finding("settings-unreadable", "problem", error.title, why, command, advice))
            continue
        if helper is not None and not isinstance(helper.value, str):
            what = f"{source.path}: {HELPER_KEY} is no text"
            found.append(
                Finding(
                    "settings-unreadable", "problem", what, why, "", f"Take {HELPER_KEY} out of that file."
                )
            )
    return found


def _made_readable(context: Context, path: str) -> str:
    refused = os.path.isfile(path) and not os.access(path, os.R_OK) and context.platform != "win32"
    return context.shell("chmod", "u+rw", path) if refused else ""


def stale_lock(context: Context) -> list[Finding]:
    """The client's lock directory, left by one that was killed."""
    path = f"{context.locations.settings_path}.lock"
    try:
        age = time.time() - os.stat(path).st_mtime
    except OSError:
        return []
    if age <= CLAUDE_STALE_S:
        return []
    return [
        Finding(
            "stale-lock",
            "warning",
            f"{path} was left by a program that is gone",
            "Anything that saves the settings waits for it first.",
            context.shell("rmdir", path),
            fix=lambda: os.rmdir(path),  # an empty directory, or nothing happens
        )
    ]


def crash_leftovers(context: Context) -> list[Finding]:
    """A change of ours that a crash interrupted."""
    files = files_for(context.locations)
    target = os.path.realpath(context.locations.settings_path)
    left = [path for path in (files.next_path, *temp_files_of(files.next_path)) if os.path.exists(path)]
    left += temp_files_of(target)
    old = [path for path in left if _age(path) > _LEFT_BEHIND_S]
    if not old:
        return []

    def finish() -> None:
        with suppress(PkccError):
            context.app.switcher.follow()  # whatever changes the settings finishes first what was begun
        for path in old:
            with suppress(FileNotFoundError):
                os.unlink(path)

    return [
        Finding(
            "crash-leftovers",
            "warning",
            f"A change was interrupted: {', '.join(old)}",
            "Until it is finished or dropped, a copy of the settings lies about, with whatever is in them.",
            context.ours("doctor", "--fix", "--yes"),
            fix=finish,
        )
    ]


def _age(path: str) -> float:
    try:
        return time.time() - os.lstat(path).st_mtime
    except OSError:
        return 0.0


def remembered(context: Context) -> list[Finding]:
    """What we remember of the settings file, without which `off` and `undo` know nothing."""
    files = files_for(context.locations)
    found = []
    try:
        state = load_state(files, context.locations.settings_path)
    except PkccError as error:
        why = "Without it nothing can be switched, and `off` does not know what was there before."
        moved = f"{files.state_path}.damaged"
        command = context.shell("mv", files.state_path, moved)
        return [Finding("state-damaged", "problem", error.title, why, command, error.hint)]
    target = os.path.realpath(context.locations.settings_path)
    if state.current.active is not None and state.target not in ("", target):
        found.append(
            Finding(
                "settings-moved",
                "warning",
                f"{context.locations.settings_path} led to {state.target}, and leads to {target} now",
                "What was displaced in the one file must not be put into the other.",
                "",
                f"Let it lead to {state.target} again, run `pkcc-tray off`, then turn it round.",
            )
        )
    return found + [_kept_for_nothing(known) for known in memories(context.locations) if _is_orphaned(known)]


def _is_orphaned(known: Known) -> bool:
    """Whether values of the user's are kept for a settings file whose directory is gone."""
    return bool(known.state.current.memory.displaced) and not os.path.isdir(os.path.dirname(known.path))


def _kept_for_nothing(known: Known) -> Finding:
    return Finding(
        "settings-gone",
        "warning",
        f"{known.path} is gone, and values that you had in it are still kept for it",
        "`off` would put them back into it. Under another name it is known by what it carries.",
        "",
        "If you moved it: `pkcc-tray --settings NEW-PATH off` puts them back there.",
    )


def outside_changes(context: Context) -> list[Finding]:
    """Values that differ from what the active profile wrote."""
    reading = context.reading
    if reading is None or context.active is None or reading.problem is not None:
        return []
    restore, accept = context.ours("restore"), context.ours("switch", context.active)
    if reading.condition == "gone":
        what = f"{context.locations.settings_path} is gone, and {context.active} is the active profile"
        return [Finding("drift", "problem", what, "Claude Code does not use the profile any more.", restore)]
    if not reading.changes:
        return []
    if all(map(is_by_hand, reading.changes)):
        names = ", ".join(change.slot.removeprefix("env.") for change in reading.changes)
        what = f"{names} was taken out of the settings since the switch"
        why = "A login was in it, so it was not kept."
        advice = "Or put it back by hand: the command takes the file as it is now."
        return [Finding("drift", "warning", what, why, accept, advice)]
    alarming = [change for change in reading.changes if change.alarming]
    foreign = all(is_surrounding(change.slot) for change in reading.changes)
    changes = [f"{change.slot} {change.kind}" for change in alarming or reading.changes]
    return [
        Finding(
            "drift",
            "problem" if alarming else "warning",
            f"The settings were changed by something else: {', '.join(changes)}",
            _meaning_of(reading),
            restore,
            f"`{accept}` accepts them instead."
            if foreign
            else ""  # `adopt` refuses those
            if alarming
            else f"`{context.ours('adopt')}` takes the changes into the profile instead.",
        )
    ]


def _meaning_of(reading: Reading) -> str:
    current = reading.state.current
    if any(change.alarming for change in reading.changes):
        return "It decides who gets, or can read, your key."
    dialog = dialog_words(current.rendered.dialect, reading.changes) if current.rendered is not None else ""
    return f"{dialog}." if dialog else f"Requests go otherwise than {current.active} says."


def blanks(context: Context) -> list[Finding]:
    """Values that are blank for the sake of sessions that have ended."""
    from profiles.blanks import until
    from profiles.sessions import running_sessions

    reading = context.reading
    if reading is None or reading.changes or running_sessions(*context.locations.session_dirs):
        return []
    memory = reading.state.current.memory
    count = len([slot for slot in memory.blanks if slot.removeprefix("env.") not in memory.shield])
    if not count or until(memory, time.time()):
        return []
    return [
        Finding(
            "blanks",
            "note",
            f"{count} blank value{'s' * (count != 1)} in the settings, which no session needs any more",
            "They do no harm.",
            context.ours("tidy"),
            fix=lambda: context.app.switcher.tidy(),
        )
    ]
