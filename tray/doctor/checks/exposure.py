"""Keys in the clear: where they should not be, who else can read them, and where they travel to."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.claude_code.owned_slots import is_owned
from profiles.projects.git.could_commit import ask_git, untracking
from profiles.projects.git.exclusion import exclude_line
from tray.doctor.finding import problem, warning
from tray.doctor.remedies import carried_profile, has_route, imported, with_helper
from tray.doctor.secret_places import Holding, find_holdings
from tray.doctor.synced_folders import synced_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.context import Context
    from tray.doctor.finding import Finding

_GIT_LIMIT_S = 1.0


def exposed_secrets(context: Context) -> Iterator[Finding]:
    """Of each file with a key in it: whether that should be, its mode, git, and synchronised folders."""
    for holding in find_holdings(context):
        yield from _left(context, holding)
        yield from _readable(context, holding)
        yield from _tracked(context, holding.path)
        yield from _synced(context, holding.path)


def _left(context: Context, holding: Holding) -> Iterator[Finding]:
    if holding.chosen:
        return
    what = f"{holding.path} holds a key in the clear: {', '.join(holding.what)}"
    if holding.kind == "backup":
        why = "An old copy is read by backups, searches and other programs, and is easily forgotten."
        yield warning("key-in-backup", what, why, context.shell("rm", holding.path))
    elif holding.kind == "shell":
        why = "Every program that you start gets it, and may pass it on; a history keeps it for years."
        advice = "Take the line out, after storing the key with `pkcc-tray key set NAME`."
        yield warning("key-in-shell", what, why, advice=advice)
    else:
        why = "Anyone who reads the file has the key. With a helper no file need hold it."
        kind = "key-in-project" if holding.kind == "project" else "key-in-settings"
        yield warning(kind, what, why, *_way_out(context, holding))


def _way_out(context: Context, holding: Holding) -> tuple[str, str]:
    """The command or the advice by which a key goes out of a settings file."""
    if holding.kind == "project" or not all(map(is_written_over, holding.what)):
        return "", "Take it out of that file."
    if context.active is not None:
        return context.ours("restore"), ""
    if (known := carried_profile(context)) is not None:
        return with_helper(context, known)
    if not has_route(context):
        return "", "Log in instead, or add a profile: with a helper no file holds a key."
    return imported(context, "--helper"), ""


def is_written_over(name: str) -> bool:
    """Whether a switch, and `restore`, write something else where a variable or header has a key."""
    return is_owned(f"env.{name}") or is_owned(f"header.{name.lower()}")


def mode_for_others(context: Context, holding: Holding) -> int:
    """The file's mode, such as 0o644, where other users may read it; 0 where none may, or all expect it."""
    if holding.kind == "shell" or not context.private_modes(holding.path):
        return 0
    mode = stat.S_IMODE(os.stat(os.path.realpath(holding.path)).st_mode)
    return mode if mode & 0o077 else 0


def _readable(context: Context, holding: Holding) -> Iterator[Finding]:
    real, mode = os.path.realpath(holding.path), mode_for_others(context, holding)
    if mode:
        yield (problem if holding.kind == "settings" else warning)(
            "mode",
            f"{holding.path} holds a key, and other users may read it (mode {mode:04o})",
            "Every user of this machine can take the key.",
            context.change_modes("600", real),
            fix=lambda: os.chmod(real, mode & 0o700),
        )


def _tracked(context: Context, path: str) -> Iterator[Finding]:
    """Git is asked about the real file: a link may lead into a repository."""
    real = os.path.realpath(path)
    answer = ask_git(real, context.environ, _GIT_LIMIT_S)
    if answer.standing not in ("tracked", "open"):
        return
    exclude = ""
    if not answer.apart:  # what lies apart takes up no file that it does not know of
        try:
            excludes, line = exclude_line(real, context.environ)
        except PkccError:
            return
        exclude = _appended(context, os.fsdecode(line), excludes)
    if answer.standing == "tracked":
        where = answer.apart[0].partition("=")[2] if answer.apart else ""
        what = f"{path} holds a key, and git tracks it" + (f" (in {where})" if where else "")
        why = "The key goes wherever the repository goes, and stays in its history: replace it as well."
        remove = untracking(real, answer)
        advice = "It stays where it is. Then `pkcc-tray key rotate NAME`: the old key is in the history."
        command = context.in_turn(remove, exclude) if exclude else remove
        yield problem("tracked", what, why, command, advice)
    else:
        what = f"{path} holds a key, and lies in a git repository that does not ignore it"
        yield warning("trackable", what, "The next `git add .` takes the key along.", exclude)


def _appended(context: Context, line: str, path: str) -> str:
    """The command that adds a line to a file, whose directory may be missing, in UTF-8."""
    if context.platform == "win32":
        return context.shell("Add-Content", "-Encoding", "utf8", path, line)
    directory = context.shell("mkdir", "-p", os.path.dirname(path))
    return context.in_turn(directory, f"{context.shell('echo', line)} >> {context.shell(path)}")


def _synced(context: Context, path: str) -> Iterator[Finding]:
    service = synced_by(os.path.realpath(path), context.environ, context.home)
    if service is not None:
        what = f"{path} holds a key, and {service} copies it"
        why = "The key is then on other machines, and with that service."
        yield warning("synced", what, why, advice="Move the file out of that folder, or use a helper.")


def synced_vault(context: Context) -> Iterator[Finding]:
    """A vault that travels together with the key file that opens it, or that git tracks."""
    vault = os.path.join(context.locations.data_dir, "vault")
    identity = os.path.join(vault, "identity.txt")
    if not os.path.isfile(identity):
        return
    yield from _tracked(context, identity)
    service = synced_by(os.path.realpath(vault), context.environ, context.home)
    if service is not None:
        what = f"{service} copies the vault and the key file that opens it: {vault}"
        why = "Together they are as good as the keys in the clear."
        advice = "Keep it elsewhere (XDG_DATA_HOME, --config-dir), or make one with a passphrase."
        yield warning("synced", what, why, advice=advice)
