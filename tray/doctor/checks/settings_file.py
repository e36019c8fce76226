"""Claude Code's settings file: whether the client can read it, and what stands in the way of changing it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.claude_code.settings.parse import parse_settings
from profiles.files.in_the_way.obstacles import obstacle_to_reading
from profiles.files.json_documents import UPDATE
from profiles.files.locks import CLAUDE_STALE_S
from profiles.files.read import read_bytes
from profiles.files.temporary import temp_files_of
from profiles.switching.find_memory import Known, files_for, memories
from profiles.switching.memory.state_files import load_state
from profiles.switching.reading.model_dialog import dialog_words
from profiles.switching.reading.reading import led_back
from profiles.switching.reading.surroundings import is_by_hand, is_surrounding
from tray.doctor.context import Context
from tray.doctor.finding import note, problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.routes.sources import Source
    from profiles.switching.reading.reading import Reading
    from tray.doctor.finding import Finding


_IGNORED = "Claude Code ignores the whole file, silently: no route, no key, nothing of it counts."
_REFUSED = "Claude Code does not start on this machine until that is put right."
_NOT_READ = "Claude Code cannot read it either, says so whenever it starts, and goes on without it."
_IN_PART = "Claude Code leaves that out, says so whenever it starts, and follows the rest of the file."
_LEFT_BEHIND_S = 60.0  # no change of a settings file takes that long


def readable_settings(context: Context) -> Iterator[Finding]:
    """Files that the client ignores as a whole, the project's and the administrator's among them."""
    for source in context.sources:
        if source.kind == "managed":
            yield from _administrators(source)
        elif source.dropped:
            advice = "Put that right, or take it out of the file."
            yield problem("settings-unreadable", source.problem, _IGNORED, advice=advice)
        elif source.problem:
            shut = obstacle_to_reading(source.path)
            fixes = ("", _hint(source.path)) if shut is None else (shut.command, "")
            yield problem("settings-unreadable", source.problem, _IGNORED, *fixes)
    path = context.locations.settings_path
    read = any(source.path == path and not source.problem for source in context.sources)
    if read and context.reading is not None and context.reading.problem is not None:
        why = "Claude Code reads it, but pkcc-tray changes UTF-8 files only: nothing can be switched."
        yield problem(
            "settings-unreadable", context.reading.problem.title, why, advice="Save the file as UTF-8."
        )


def _administrators(source: Source) -> Iterator[Finding]:
    """An administrator's file: a wrong value in it takes nothing else away, a wrong file takes everything."""
    ask = "Ask your administrator."
    if source.dropped:
        yield problem("managed-broken", source.problem, _REFUSED, advice=ask)
    elif source.problem:
        yield problem("settings-unreadable", source.problem, _NOT_READ, advice=ask)
    if source.ignored:
        what = f"{source.path}: {'; '.join(source.ignored)}"
        yield warning("settings-unreadable", what, _IN_PART, advice=ask)


def _hint(path: str) -> str:
    try:
        parse_settings(read_bytes(path), path)
    except PkccError as error:
        return error.hint.removesuffix(" Nothing was changed.").removesuffix("; nothing was changed.")
    return "Look at that by hand."


def stale_lock(context: Context) -> Iterator[Finding]:
    """The client's lock directory, left by one that was killed."""
    path = f"{context.locations.settings_path}.lock"
    try:
        age = time.time() - os.stat(path).st_mtime
    except OSError:
        return
    if age > CLAUDE_STALE_S:
        what = f"{path} was left by a program that is gone"
        why = "Anything that saves the settings waits for it first."
        fix = partial(os.rmdir, path)  # an empty directory, or nothing happens
        yield warning("stale-lock", what, why, context.shell("rmdir", path), fix=fix)


def crash_leftovers(context: Context) -> Iterator[Finding]:
    """A change of ours that a crash interrupted."""
    files = files_for(context.locations)
    target = os.path.realpath(context.locations.settings_path)
    left = [path for path in (files.next_path, *temp_files_of(files.next_path)) if os.path.exists(path)]
    left += [*temp_files_of(target), *temp_files_of(files.spare_path)]
    old = [path for path in left if _age(path) > _LEFT_BEHIND_S]
    if not old:
        return

    def finish() -> None:
        with suppress(PkccError):
            context.app.switcher.recognise()  # whatever changes the settings finishes first what was begun
        for path in old:
            with suppress(FileNotFoundError):
                os.unlink(path)

    what = f"A change was interrupted: {', '.join(old)}"
    why = "Until it is finished or dropped, a copy of the settings stays on disk, with all that is in them."
    yield warning("crash-leftovers", what, why, context.ours("doctor", "--fix", "--yes"), fix=finish)


def _age(path: str) -> float:
    try:
        return time.time() - os.lstat(path).st_mtime
    except OSError:
        return 0.0


def remembered(context: Context) -> Iterator[Finding]:
    """What we remember of the settings file, without which `off` and `undo` know nothing."""
    files = files_for(context.locations)
    try:
        state = load_state(files, context.locations.settings_path)
    except PkccError as error:
        why = "Without it nothing can be switched, and `off` does not know what was there before."
        aside = context.shell("mv", files.state_path, f"{files.state_path}.damaged")
        command = "" if error.hint == UPDATE else aside  # what a newer one remembers must stay
        yield problem("state-damaged", error.title, why, command, error.hint)
        return
    target = os.path.realpath(context.locations.settings_path)
    if state.current.active is not None and state.target not in ("", target):
        what = f"{context.locations.settings_path} led to {state.target}, and leads to {target} now"
        why = "Values set aside from one file must not be put into the other."
        back = led_back(context.locations.settings_path, state.target)
        advice = f"{back}, run `pkcc-tray off`, then change it."
        yield warning("settings-moved", what, why, advice=advice)
    for known in filter(_is_orphaned, memories(context.locations)):
        what = f"{known.path} is gone, and values that you had in it are still kept for it"
        why = "`off` would put them back into it. Under another name it is known by what it carries."
        advice = "If you moved it: `pkcc-tray --settings NEW-PATH off` puts them back there."
        yield warning("settings-gone", what, why, advice=advice)


def _is_orphaned(known: Known) -> bool:
    """Whether values of the user's are kept for a settings file whose directory is gone."""
    return bool(known.state.current.memory.displaced) and not os.path.isdir(os.path.dirname(known.path))


def outside_changes(context: Context) -> Iterator[Finding]:
    """Values that differ from what the active profile wrote."""
    reading = context.reading
    if reading is None or context.active is None or reading.problem is not None:
        return
    restore, accept = context.ours("restore"), context.ours("switch", context.active)
    if reading.condition == "gone":
        what = f"{context.locations.settings_path} is gone, and {context.active} is the profile in use"
        yield problem("drift", what, "Claude Code does not use the profile any more.", restore)
    elif reading.changes and all(map(is_by_hand, reading.changes)):
        names = ", ".join(change.slot.removeprefix("env.") for change in reading.changes)
        what = f"{names} was taken out of the settings since the switch"
        why = "A login was in it, so it was not kept."
        advice = "Or put it back by hand: the command takes the file as it is now."
        yield warning("drift", what, why, accept, advice)
    elif reading.changes:
        alarming = [change for change in reading.changes if change.alarming]
        changes = [f"{change.slot} {change.kind}" for change in alarming or reading.changes]
        what = f"The settings were changed by something else: {', '.join(changes)}"
        if all(is_surrounding(change.slot) for change in reading.changes):
            advice = f"`{accept}` accepts them instead."
        elif alarming:
            advice = ""  # `adopt` refuses those
        else:
            advice = f"`{context.ours('adopt')}` takes the changes into the profile instead."
        yield (problem if alarming else warning)("drift", what, _meaning_of(reading), restore, advice)


def _meaning_of(reading: Reading) -> str:
    current = reading.state.current
    if any(change.alarming for change in reading.changes):
        return "It decides who gets, or can read, your key."
    dialog = dialog_words(current.rendered.dialect, reading.changes) if current.rendered is not None else ""
    return f"{dialog}." if dialog else f"Requests do not go where {current.active} says."


def blanks(context: Context) -> Iterator[Finding]:
    """Values that are blank for the sake of sessions that have ended."""
    from profiles.claude_code.process.sessions import running_sessions
    from profiles.switching.edit.blanks import until

    reading = context.reading
    if reading is None or reading.changes or running_sessions(*context.locations.session_dirs):
        return
    memory = reading.state.current.memory
    count = len([slot for slot in memory.blanks if slot.removeprefix("env.") not in memory.shield])
    if count and not until(memory, time.time()):
        what = f"{count} empty value{'s' * (count != 1)} in the settings, which no session needs any more"
        tidy = context.ours("tidy")
        yield note("blanks", what, "They do no harm.", tidy, fix=lambda: context.app.switcher.tidy())
