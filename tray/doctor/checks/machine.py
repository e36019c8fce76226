"""The machine: places that cannot be written, clocks, two installations, two systems in one."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles import __version__
from profiles.base.programs.paths import which
from tray.doctor.context import Context, is_windows_disk
from tray.doctor.finding import note, problem, warning
from tray.updates.signed_release import page
from tray.updates.update_watch import newer_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.finding import Finding

_WSL_WHY = "Each side has settings, keys and programs of its own; a helper of one does not run in the other."
_CLOCK_SLACK_S = 3600.0
_LITTLE_SPACE = 1_000_000  # bytes; settings, state and a copy of each are far less


def writable_places(context: Context) -> Iterator[Finding]:
    """Directories that cannot be written, disks that are full, files that are another user's."""
    places = {
        context.locations.claude_dir: "nothing can be switched",
        context.locations.config_dir: "no profile can be stored",
        context.locations.data_dir: "no key can be stored",
        context.locations.state_dir: "nothing can be switched",
    }
    found = [finding for path, then in places.items() if (finding := _unfit(context, path, then))]
    yield from {finding.what: finding for finding in found}.values()
    yield from _others_files(context)


def _unfit(context: Context, path: str, then: str) -> Finding | None:
    """What keeps a directory from being made or written, if anything does."""
    there = path
    while not os.path.lexists(there) and os.path.dirname(there) != there:
        there = os.path.dirname(there)
    why = f"So {then}."
    if not os.path.isdir(there):
        what = f"{there} is no directory"
        return problem("not-writable", what, why, advice="Move it away, or choose another place.")
    if not os.access(there, os.W_OK | os.X_OK):
        mine = context.platform == "win32" or os.stat(there).st_uid == os.getuid()
        command = context.shell("chmod", "u+rwx", there) if mine and not _read_only(there) else ""
        advice = "" if command else "Make it writable, or choose another place."
        return problem("not-writable", f"{there} cannot be written", why, command, advice)
    if _free(there) < _LITTLE_SPACE:
        return problem("disk-full", f"The disk of {there} is full", why, advice="Free some space on it.")
    return None


def _read_only(path: str) -> bool:
    flags = getattr(os, "statvfs", None)
    return bool(flags and flags(path).f_flag & os.ST_RDONLY)


def _free(path: str) -> int:
    try:
        return shutil.disk_usage(path).free
    except OSError:
        return _LITTLE_SPACE


def _others_files(context: Context) -> Iterator[Finding]:
    """What an earlier `sudo pkcc-tray` or `sudo claude` left as root's."""
    if context.platform == "win32" or os.getuid() == 0:
        return
    places = (context.locations.settings_path, context.locations.profiles_dir, context.locations.data_dir)
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
        yield problem("wsl", what, _WSL_WHY, "npm install -g @anthropic-ai/claude-code")
