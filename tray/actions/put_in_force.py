"""Writing the settings, and the projects, again that carry a profile which was changed."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import OMITTED, TYPE_CHECKING, NamedTuple
from tray.actions.notes import change_notes, project_notes

if TYPE_CHECKING:
    from profiles.base.light_typing import Omitted
    from profiles.switching.reading.reading import Reading
    from profiles.switching.switcher import Switcher
    from tray.app import App


class InForce(NamedTuple):
    """Whether a changed profile is in force, and whether something had to be written for it; and notes.

    `failed`: some settings are to carry it that could not be written now.
    """

    applied: bool
    written: bool | Omitted
    notes: tuple[str, ...]
    failed: bool = False


def put_in_force(app: App, name: str, *, anew: bool = False) -> InForce:
    """Write the settings again where the changed profile is the one in use, targets too; says so.

    Nothing is written over values that something else changed: those wait for `restore` or `adopt`. With
    `anew` even settings that say the same: running clients keep a helper's answer until they are written.
    """
    done = _put_in_force_here(app, name, anew=anew)
    for switcher in app.all_switchers()[1:]:
        more = _put_in_force_there(switcher, name, anew=anew)
        done = done._replace(notes=(*done.notes, *more.notes), failed=done.failed or more.failed)
        if more.written:
            done = done._replace(applied=True, written=True)
    return done


def _put_in_force_there(switcher: Switcher, name: str, *, anew: bool) -> InForce:
    try:
        reading = switcher.read()
        if reading.state.current.active != name:
            return InForce(False, False, ())
        if reasons := why_left_alone(reading):
            return InForce(False, False, tuple(f"{switcher.settings_path}: {reason}" for reason in reasons))
        outcome = switcher.switch(name, accepting=False, anew=anew)
        return InForce(outcome.written, outcome.written, tuple(change_notes(outcome)))
    except PkccError as error:
        note = f"{switcher.settings_path} still carries the profile as it was before: {error.title}"
        return InForce(False, False, (note,), failed=True)


def _put_in_force_here(app: App, name: str, *, anew: bool) -> InForce:
    reading = app.switcher.read()
    active = reading.state.current.active == name
    reasons = why_left_alone(reading) if active else []
    if not active or reasons:
        done = write_pinned(app, name, always=anew)
        return done._replace(notes=(*reasons, *done.notes))
    try:
        outcome = app.switcher.switch(name, accepting=False, anew=anew)
    except PkccError as error:
        note = f"{error.title}: the settings still carry the profile as it was before"
        return InForce(False, OMITTED, (note,), failed=True)
    return InForce(True, outcome.written, tuple(change_notes(outcome)))


def asks_nobody(app: App, name: str) -> bool:
    """Whether settings can be made to carry that profile without any question to a keyring's user."""
    try:
        references = app.store.rendered(name).references()
    except PkccError:
        return False
    return all(map(app.secrets.asks_nobody, references))


def write_pinned(app: App, name: str, *, always: bool = False) -> InForce:
    """Write the projects again that are pinned to a changed profile."""
    written, failed = False, False
    notes: list[str] = []
    for switcher in app.all_switchers():
        try:
            projects = app.projects_of(switcher).registry().projects
            if any(project.pin == name for project in projects.values()):
                done = switcher.write_projects(always=always)
                written |= any(each.written for each in done)
                notes += project_notes(done)
        except PkccError as error:
            failed = True
            notes.append(f"{error.title}: the projects still carry the profile as it was before")
    return InForce(written, written or OMITTED, tuple(notes), failed)


def why_left_alone(reading: Reading) -> list[str]:
    """A sentence where nothing is written unasked: over what cannot be read, or what somebody changed."""
    if reading.problem is not None:
        return [f"{reading.problem.title}: the settings were left as they are"]
    if reading.changes:
        return [
            "the settings were changed by something else, so they were left alone: see `pkcc-tray status`"
        ]
    return []
