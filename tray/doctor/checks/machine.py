"""The machine: places that cannot be written, clocks, two installations, two systems in one, a policy."""

from __future__ import annotations

import errno
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles import __version__
from profiles.base.errors import PkccError
from profiles.base.programs.paths import which
from profiles.base.text import printable
from profiles.claude_code.settings.project_root import project_root
from profiles.files.in_the_way.obstacles import Obstacle, obstacle_of
from profiles.files.refusals import cannot_be_written
from profiles.policy.in_force import policy_in_force, reading_in_force
from profiles.policy.reading.merge import is_unknown
from profiles.policy.refusals import missing_metadata
from profiles.policy.values import NOTHING_FORCED
from profiles.profile.rendering import metadata_of
from profiles.profile.under_policy import required, why_refused
from profiles.switching.find_memory import files_for
from tray.doctor.checks.client import installing
from tray.doctor.context import Context, is_windows_disk
from tray.doctor.finding import note, problem, warning
from tray.updates.signed_release import page
from tray.updates.update_watch import newer_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.profile.rendering import Rendered
    from tray.doctor.finding import Finding

_WSL_WHY = "Each side has settings, keys and programs of its own; a helper of one does not run in the other."
_NO_CHANGES = "Changes are refused until that is put right; `off`, `key print` and sessions go on."
_UNTIL_NEXT = "Sessions go on with it; once you leave it, no switch leads back."
_NOT_WRITTEN = "Its sessions go on as they are, and its file is not written any more."
_NO_SWITCH = "A switch asked for here is refused until it is there, and the gateway may refuse requests."
_STRICTEST = "Until that is put right the strictest holds for it; all else is as the policy says."
_CLOCK_SLACK_S = 3600.0


def writable_places(context: Context) -> Iterator[Finding]:
    """What a switch or a new profile would fail at: rights, mounts, flags, full disks, other users' files."""
    places = context.locations
    no_switch = "nothing can be switched"
    consequences = {
        places.settings_path: no_switch,
        files_for(places).state_path: no_switch,
        os.path.join(places.profiles_dir, "NAME.json"): "no profile can be stored",
        os.path.join(places.data_dir, "keys.json"): "no key can be stored",
    }
    found: dict[Obstacle, Finding] = {}
    for path, then in consequences.items():
        obstacle = obstacle_of(path)
        if obstacle is not None:
            found.setdefault(obstacle, _unfit(path, obstacle, then))
    yield from found.values()
    yield from _others_files(context)


def _unfit(path: str, obstacle: Obstacle, then: str) -> Finding:
    check = "disk-full" if obstacle.number == errno.ENOSPC else "not-writable"
    what = cannot_be_written(path, os.strerror(obstacle.number).lower())
    advice = f"{obstacle.advice}." if obstacle.advice else ""
    return problem(check, what, f"{obstacle.why}. So {then}.", obstacle.command, advice)


def _others_files(context: Context) -> Iterator[Finding]:
    """What an earlier `sudo pkcc-tray` or `sudo claude` left as root's."""
    if context.platform == "win32" or os.getuid() == 0:
        return
    places = [context.locations.profiles_dir, context.locations.data_dir]
    if not os.path.islink(context.locations.settings_path):  # else it is the target that matters
        places.insert(0, context.locations.settings_path)
    others = []
    for path in places:
        with suppress(OSError):
            if os.stat(path).st_uid != os.getuid():
                others.append(path)
    if others:
        what = f"Not yours but another user's: {', '.join(others)}"
        why = "Programs that run as you cannot change them, or give them to that user. `sudo` does that."
        chown = context.shell("sudo", "chown", "-R", str(os.getuid()), *others)
        yield problem("anothers-files", what, why, chown)


def policy(_: Context) -> Iterator[Finding]:
    """What is wrong with what an administrator laid down, and what in it is not known here."""
    reading = reading_in_force()
    if reading is None:
        return
    by = reading.policy.managed_by
    ask = f"Ask {printable(by.name) or 'your administrator'}" + (
        f": {printable(by.url, 200)}" if by.url else "."
    )
    for trouble in reading.troubles:
        yield problem(trouble.check, trouble.what, _NO_CHANGES, advice=ask)
    for entry in reading.entries:
        what = f"{entry.origin}: {'; '.join(entry.problems)}"
        if entry.problems and is_unknown(entry.key):
            yield problem("policy-broken", what, "What was meant by it does not hold here.", advice=ask)
        elif entry.problems:
            yield warning("policy-broken", what, _STRICTEST, advice=ask)
    for unknown in reading.notes:
        yield note(
            "policy-broken", unknown, "A newer pkcc-tray may know it; this one ignores it.", advice=ask
        )


def against_policy(context: Context) -> Iterator[Finding]:
    """The profile in use is not as an administrator wants it: by what it is, or by what it does not send."""
    policy, rendered = policy_in_force(), context.rendered
    if policy.broken:
        return
    if refused := why_refused(policy, rendered):
        name = policy.required_profile
        command = context.ours("switch", name) if name and _is_allowed(context, name) else ""
        advice = "" if command else "Switch to a profile that is allowed."
        yield warning("policy-refused", refused, _UNTIL_NEXT, command, advice)
    elif rendered is not None and (lacks := _lacking(context, rendered)):
        what = (
            f"{printable(policy.managed_by.who)} requires metadata that is not sent here: {', '.join(lacks)}"
        )
        command = context.ours("project", "add", *(f"--metadata={key}=NAME" for key in lacks))
        advice = f"In a project's directory `{command}` gives it, with what it is there."
        yield warning("metadata-missing", what, _NO_SWITCH, advice=advice)


def pins_against_policy(context: Context) -> Iterator[Finding]:
    """Projects whose pin, from before the policy, an administrator does not allow."""
    policy = policy_in_force()
    if policy.broken or policy is NOTHING_FORCED:
        return
    with suppress(PkccError):  # projects, or a profile, that cannot be read are another finding
        for project in context.app.projects.registry().projects.values():
            pin = required(project.pin) if project.pin else ""
            if pin and (refused := why_refused(policy, context.app.store.rendered(pin))):
                what = f"{project.directory} is pinned to {pin}: {refused}"
                command = context.ours("project", "remove", project.directory)
                advice = f"Pin it to a profile that is allowed, or forget the pin: {command}"
                yield warning("policy-refused", what, _NOT_WRITTEN, advice=advice, profile=pin)


def _is_allowed(context: Context, name: str) -> bool:
    try:
        return not why_refused(policy_in_force(), context.app.store.rendered(name))
    except PkccError:
        return False


def _lacking(context: Context, rendered: Rendered) -> list[str]:
    """The required metadata that is not sent here; registered projects are looked at by themselves."""
    try:
        projects = context.app.projects.registry().projects
    except PkccError:  # projects that cannot be read are another finding
        projects = {}
    if project_root(os.path.realpath(context.directory)) in projects:
        return []
    return [printable(key) for key in missing_metadata(policy_in_force(), metadata_of(rendered))]


def clock(context: Context) -> Iterator[Finding]:
    """A clock that is behind: certificates are then not valid yet."""
    newest = 0.0
    for path in (__file__, context.locations.settings_path):
        with suppress(OSError):
            newest = max(newest, os.stat(path).st_mtime)
    if newest - time.time() >= _CLOCK_SLACK_S:
        what = "The clock is behind: files here were written in its future"
        why = "With a wrong clock no certificate is valid, so no connection to a gateway works."
        command = "sudo timedatectl set-ntp true" if context.platform == "linux" else ""
        yield warning(
            "clock", what, why, command, "" if command else "Set the clock, in the system's settings."
        )


def installations(context: Context) -> Iterator[Finding]:
    """More than one pkcc-tray among the programs that the shell finds."""
    found = programs("pkcc-tray", context)
    if len(found) < 2:
        return
    own = os.path.realpath(context.helper_argv[0])
    others = [path for path in found if os.path.realpath(path) != own]
    what = f"There are {len(found)} installations of pkcc-tray on PATH: {', '.join(found)}"
    why = "Each names itself in the settings: `off` and `restore` of the one do not know the other."
    advice = f"Uninstall all but one; {others[0]} is not the one that runs now."
    yield warning("two-installations", what, why, advice=advice)


def new_version(context: Context) -> Iterator[Finding]:
    """A newer version, as far as it is known: `doctor` itself asks beforehand, and the tray does."""
    version = newer_known(context.locations)
    if version:
        what = f"pkcc-tray {version} is out; this is {__version__}"
        why = "Its release is signed with the key that this program knows."
        yield note("new-version", what, why, advice=f"Get it the way you got this one; what is new: {page()}")


def programs(name: str, context: Context) -> list[str]:
    """The programs of that name on PATH, one for each file that they lead to, in PATH's order."""
    found: dict[str, str] = {}
    for directory in context.environ.get("PATH", "").split(os.pathsep):
        if path := which(name, {**context.environ, "PATH": directory}):
            found.setdefault(os.path.realpath(path), path)
    return list(found.values())


def wsl_mixing(context: Context) -> Iterator[Finding]:
    """A Linux program about a Windows home, or the reverse."""
    settings = context.locations.settings_path
    if context.platform == "win32" and settings.lower().startswith(("\\\\wsl$", "\\\\wsl.localhost")):
        what = f"This is a Windows program, and {settings} belongs to a Linux distribution"
        yield warning("wsl", what, _WSL_WHY, advice="Install pkcc-tray inside that distribution.")
    if not context.wsl:
        return
    if is_windows_disk(settings):
        what = f"This is a Linux program, and {settings} belongs to Windows"
        yield warning("wsl", what, _WSL_WHY, advice="Install pkcc-tray on Windows for that file.")
        return
    client = next(iter(programs("claude", context)), "")
    if is_windows_disk(os.path.realpath(client)):
        what = f"`claude` here is the Windows program {client}, which reads other settings than {settings}"
        yield problem("wsl", what, _WSL_WHY, installing(context))
