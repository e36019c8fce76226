"""What several commands need: completing names, describing a profile, putting a changed profile in force."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import SECRETS_VARIABLE
from profiles.base.text import printable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any

    from profiles.profile.model import Profile
    from profiles.switching.outcome import Followed, Outcome
    from profiles.switching.reading.reading import Reading
    from profiles.switching.switcher import Switcher
    from tray.app import App


_TOLD = 5  # projects named in notes; the list shows all


def add_name(
    parser: argparse.ArgumentParser,
    name: str = "name",
    help_text: str = "a profile's name",
    nargs: str | None = None,
) -> None:
    """Declare a positional argument that is a profile's name, with completion."""
    metavar = "NAME" if name == "name" else name.upper()
    action = parser.add_argument(name, metavar=metavar, help=help_text, nargs=nargs)
    action.completer = complete_profiles  # type: ignore[attr-defined]


def complete_profiles(parsed_args: argparse.Namespace | None = None, **_: Any) -> list[str]:
    """Profile names, for the shell's completion; those of `--config-dir` where it was given."""
    import os

    from profiles.base.locations import find_locations
    from profiles.profile.store import ProfileStore

    return ProfileStore(find_locations(os.environ, getattr(parsed_args, "config_dir", None))).names()


def put_in_force(app: App, name: str, *, anew: bool = False) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Write the settings again where the changed profile is the active one, targets too; says so.

    Nothing is written over values that something else changed: those wait for `restore` or `adopt`. With
    `anew` even settings that say the same: running clients keep a helper's answer until they are written.
    """
    applied, notes = _put_in_force_here(app, name, anew=anew)
    for switcher in app.all_switchers()[1:]:
        written, more = _put_in_force_there(switcher, name, anew=anew)
        notes = (*notes, *more)
        if written:
            applied = {"applied": True, "written": True}
    return applied, notes


def references_of(app: App, name: str) -> list[str]:
    """Where a profile's secrets lie; none for one that cannot be read."""
    try:
        rendered = app.store.rendered(name)
    except PkccError:
        return []
    return [rendered.key_ref, *rendered.references()]


def _put_in_force_there(switcher: Switcher, name: str, *, anew: bool) -> tuple[bool, list[str]]:
    try:
        reading = switcher.read()
        if reading.state.current.active != name:
            return False, []
        if reasons := why_left_alone(reading):
            return False, [f"{switcher.settings_path}: {reason}" for reason in reasons]
        outcome = switcher.switch(name, accepting=False, anew=anew)
        return outcome.written, change_notes(outcome)
    except PkccError as error:
        return False, [f"{switcher.settings_path} still carries the profile as it was before: {error.title}"]


def _put_in_force_here(app: App, name: str, *, anew: bool) -> tuple[dict[str, Any], tuple[str, ...]]:
    reading = app.switcher.read()
    active = reading.state.current.active == name
    reasons = why_left_alone(reading) if active else []
    if not active or reasons:
        written, notes = settle_pinned(app, name, always=anew)
        applied = {"applied": True, "written": True} if written else {"applied": False}
        return applied, (*reasons, *notes)
    try:
        outcome = app.switcher.switch(name, accepting=False, anew=anew)
    except PkccError as error:
        return {"applied": False}, (f"{error.title}: the settings still carry the profile as it was before",)
    return {"applied": True, "written": outcome.written}, tuple(change_notes(outcome))


def settle_pinned(app: App, name: str, *, always: bool = False) -> tuple[bool, list[str]]:
    """Write the projects again that stay with a profile which was changed: whether some were, and notes."""
    written, notes = False, []
    for switcher in app.all_switchers():
        try:
            projects = app.projects_of(switcher).registry().projects
            if any(project.pin == name for project in projects.values()):
                followed = switcher.settle(always=always)
                written |= any(each.written for each in followed)
                notes += project_notes(followed)
        except PkccError as error:
            notes.append(f"{error.title}: the projects still carry the profile as it was before")
    return written, notes


def find_project_again(app: App, directory: str) -> None:
    """Take a registered project whose directory was renamed to `directory` for that project again."""
    from profiles.claude_code.settings.project_root import project_root

    with suppress(PkccError):
        if app.projects.registry().projects:
            root = project_root(directory)
            with app.switcher.holding() as state:
                app.projects.known(root, state)


def change_notes(outcome: Outcome) -> list[str]:
    """A line for each thing that a change left otherwise than it should be."""
    return [
        *lost_notes(len(outcome.lost)),
        *_line_notes(outcome),
        *project_notes(outcome.followed),
        *_surroundings_notes(outcome),
    ]


def _line_notes(outcome: Outcome) -> list[str]:
    """What became of the user's header lines that carry a credential."""
    was = "was" if outcome.written else "would be"
    notes = [
        f"your header line {printable(name)!r} {was} taken out: {_why_out(address)}"
        for name, address in outcome.lines_out
    ]
    if outcome.name is not None:  # `off` puts back everything
        notes += [
            f"your header line {printable(name)!r} {was} put back: it belongs to {address}"
            for name, address in outcome.lines_back
        ]
    return notes


def _why_out(address: str) -> str:
    return (
        f"it belongs to {address}" if address else "it held the profile's own key"
    ) + "; `off` puts it back"


def _surroundings_notes(outcome: Outcome) -> list[str]:
    """What a change did with the proxies and certificates that the file names."""
    notes = [
        f"{change.slot.removeprefix('env.')} was {change.kind} since the last switch, and counts as right "
        f"from now on: {change.actual or '(nothing)'}"
        for change in outcome.accepted
    ]
    notes += [
        f"{name} had a login in it at the switch, which was not kept: put it back by hand, or "
        f"`pkcc-tray switch {outcome.name}` takes the file as it is"
        for name in outcome.by_hand
    ]
    if outcome.kept:
        names = " and ".join(outcome.kept)
        notes.append(f"sessions that run keep {names} until they are restarted: your shell sets it too")
    return notes


def project_notes(followed: Sequence[Followed]) -> list[str]:
    """A line for each project that is not as it should be; one for the rest where there are many."""
    wrong = [each for each in followed if each.problem]
    notes = []
    for each in wrong[:_TOLD]:
        where = f"{each.directory}: " if each.directory and each.directory not in each.problem else ""
        notes.append(f"{where}{each.problem}. {each.remedy}".rstrip())
    if len(wrong) > _TOLD:
        notes.append(f"and {len(wrong) - _TOLD} projects more: see `pkcc-tray project list`")
    notes += [
        f"{each.directory}: your header line {printable(name)!r} was taken out: {_why_out(address)}"
        for each in followed
        for name, address in each.lines_out
    ]
    return [*notes, *(note for each in followed for note in lost_notes(each.lost, each.directory))]


def lost_notes(count: int, directory: str = "") -> list[str]:
    """A line where secrets of the user's own were to be put back, and are gone."""
    if not count:
        return []
    where = f"{directory}: " if directory else ""
    what, left = ("a secret", "its place is") if count == 1 else (f"{count} secrets", "their places are")
    is_gone = "is" if count == 1 else "are"
    return [f"{where}{what} of before the first switch {is_gone} gone from the key store: {left} left empty"]


def why_left_alone(reading: Reading) -> list[str]:
    """A sentence where nothing is written unasked: over what cannot be read, or what somebody changed."""
    if reading.problem is not None:
        return [f"{reading.problem.title}: the settings were left as they are"]
    if reading.changes:
        return [
            "the settings were changed by something else, so they were left alone: see `pkcc-tray status`"
        ]
    return []


def key_users(app: App) -> tuple[dict[str, list[str]], list[str]]:
    """For each reference to a secret the profiles that use it; and the profiles that cannot be read."""
    users: dict[str, list[str]] = {}
    broken: list[str] = []
    for name in app.store.names():
        try:
            rendered = app.store.rendered(name)
        except PkccError:
            broken.append(name)
            continue
        for reference in dict.fromkeys([rendered.key_ref, *rendered.references()]):
            users.setdefault(reference, []).append(name)
    return users, broken


def is_present(app: App, reference: str) -> bool | None:
    """Whether a reference leads to a key, as far as can be told without reading one; None where it can't."""
    return app.secrets.present(reference)


def missing_key_notes(app: App, name: str, reference: str, *, left_out: bool = False) -> list[str]:
    """A sentence when a profile's key is not there yet, with what to do.

    `left_out` when the person just gave none: then that counts where no keyring can tell.
    """
    present = is_present(app, reference)
    if present or (present is None and not left_out):
        return []
    scheme, _, target = reference.partition(":")
    if scheme == "env":
        return [f"{target} is not set here: Claude Code gets no key unless it is set where that is started"]
    if scheme == "file":
        return [f"there is no key file {target} yet"]
    if scheme == "vault":
        return [f"the vault holds no key {target!r} yet"]
    return [f"no key is stored for it yet: `pkcc-tray key set {name}` asks for it"]


def ensure_place(app: App) -> None:
    """Where there is no keyring, make a vault on the word of the person at the terminal.

    Raises SecretUnavailableError when they do not want one; does nothing when nobody can be asked.
    """
    from profiles.base.errors import SecretUnavailableError
    from tray.terminal.prompts import confirm, say

    if not app.interactive:
        return
    try:
        app.secrets.backend_for_new()
    except SecretUnavailableError as error:
        if app.environ.get(SECRETS_VARIABLE) == "keyring":
            raise
        say(f"{error.title}.")
        if not confirm("Make an encrypted vault, and keep keys there?", default=False):
            raise
        app.secrets.vault_init("key-file")


def key_state(app: App, profile: Profile) -> dict[str, Any]:
    """Where the profile's key lies, and whether it is there (asked without reading it, where that can be)."""
    reference = profile.api_key
    scheme, _, target = reference.partition(":")
    where = app.secrets.where(target) if scheme in ("keyring", "vault") else None
    return {"reference": reference, "stored_in": where, "present": is_present(app, reference)}
