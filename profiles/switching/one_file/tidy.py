"""Whether the blanks that running sessions needed can be taken out of a settings file now, or are left."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.switching.edit import blanks
from profiles.switching.memory.state_files import mark_blanks, unmark_blanks
from profiles.switching.one_file.draft import judged
from profiles.switching.reading.reading import look

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.state import State
    from profiles.switching.one_file.file import OneFile
    from profiles.switching.outcome import Outcome


def check_no_session(file: OneFile) -> None:
    """Raises ConflictError while a session runs that reads the file."""
    if sessions := file.scope.sessions():
        elsewhere = " One on another system counts for a day after its last turn."
        raise ConflictError(
            "Claude Code sessions that run still need the empty values",
            "End them first: `pkcc-tray sessions` shows where they run."
            + (elsewhere if any(each.elsewhere for each in sessions) else ""),
        )


def as_it_is(file: OneFile, state: State, *, unasked: bool = False) -> Rendered | None:
    """What was written last, to be written again with less or more around it.

    Raises ConflictError where something else changed the settings: that is the user's to decide. Also, where
    nobody asked for it, while sessions that are not seen may need the blanks.
    """
    if unasked and blanks.is_fresh(state.current.memory, file.tools.clock()):
        raise ConflictError("Sessions that are not seen may still need the empty values", "")
    if judged(look(file.path, state), file.tools.store).changes:
        raise ConflictError(
            "The settings were changed by something else",
            "`pkcc-tray status` shows what; `pkcc-tray restore` or `pkcc-tray adopt` first.",
        )
    return state.current.rendered


def swept(blanks_path: str, take_out: Callable[[], Outcome]) -> bool:
    """Whether some blanks are left for later once `take_out` has done what it could; then they are marked."""
    unmark_blanks(blanks_path)  # a change that comes meanwhile marks its own
    left = True  # whatever ends this: else nobody would come back to them
    try:
        with suppress(PkccError):
            outcome = take_out()
            left = bool(outcome.passing) or any(each.passing for each in outcome.projects)
    finally:
        if left:
            mark_blanks(blanks_path)
    return left
