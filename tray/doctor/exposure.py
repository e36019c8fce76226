"""Keys in the clear: where they should not be, who else can read them, and where they travel to."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from profiles.errors import PkccError
from profiles.git_safety import ask_git, exclude_line
from profiles.owned import is_owned
from tray.doctor.finding import Finding
from tray.doctor.remedies import free_name, has_route
from tray.doctor.secret_places import Holding, find_holdings
from tray.doctor.synced import synced_by

if TYPE_CHECKING:
    from tray.doctor.context import Context

_GIT_LIMIT_S = 1.0


def exposed_secrets(context: Context) -> list[Finding]:
    """Of each file with a key in it: whether that should be, its mode, git, and synchronised folders."""
    found = []
    for holding in find_holdings(context):
        found += _left(context, holding) + _readable(context, holding) + _tracked(context, holding.path)
        found += _synced(context, holding.path)
    return found


def _left(context: Context, holding: Holding) -> list[Finding]:
    if holding.chosen:
        return []
    what = f"{holding.path} holds a key in the clear: {', '.join(holding.what)}"
    if holding.kind == "backup":
        why = "An old copy is read by backups, searches and other programs, and nobody thinks of it any more."
        return [Finding("key-in-backup", "warning", what, why, context.shell("rm", holding.path))]
    if holding.kind == "shell":
        why = "Every program that you start gets it, and may pass it on; a history keeps it for years."
        advice = "Take the line out, after storing the key with `pkcc-tray key set NAME`."
        return [Finding("key-in-shell", "warning", what, why, "", advice)]
    why = "Anyone who reads the file has the key. With a helper no file need hold it."
    if holding.kind == "project":
        return [Finding("key-in-project", "warning", what, why, "", "Take it out of that file.")]
    finding = Finding("key-in-settings", "warning", what, why)
    if not all(map(_is_written_over, holding.what)):
        return [finding._replace(advice="Take it out of that file.")]
    if context.active is not None:
        return [finding._replace(command=context.ours("restore"))]
    if not has_route(context):
        return [
            finding._replace(advice="Log in instead, or add a profile: with a helper no file holds a key.")
        ]
    name = free_name(context)
    importing = context.ours("import", "--name", name, "--helper")
    return [finding._replace(command=f"{importing} && {context.ours('switch', name)}")]


def _is_written_over(name: str) -> bool:
    """Whether a switch, and `restore`, write something else where a variable or header has a key."""
    return is_owned(f"env.{name}") or is_owned(f"header.{name.lower()}")


def _readable(context: Context, holding: Holding) -> list[Finding]:
    if not context.private_modes(holding.path):
        return []
    real = os.path.realpath(holding.path)
    mode = stat.S_IMODE(os.stat(real).st_mode)
    if not mode & 0o077 or holding.kind == "shell":
        return []
    return [
        Finding(
            "mode",
            "problem" if holding.kind == "settings" else "warning",
            f"{holding.path} holds a key, and other users may read it (mode {mode:04o})",
            "Every user of this machine can take the key.",
            context.shell("chmod", "600", real),
            fix=lambda: os.chmod(real, mode & 0o700),
        )
    ]


def _tracked(context: Context, path: str) -> list[Finding]:
    """Git is asked about the real file: a link may lead into a repository."""
    real = os.path.realpath(path)
    answer = ask_git(real, context.environ, _GIT_LIMIT_S)
    if answer.standing not in ("tracked", "open"):
        return []
    try:
        excludes, line = exclude_line(real, context.environ)
    except PkccError:
        return []
    exclude = f"{context.shell('echo', os.fsdecode(line))} >> {context.shell(excludes)}"
    if answer.standing == "tracked":
        what = f"{path} holds a key, and git tracks it"
        why = "The key goes wherever the repository goes, and stays in its history: replace it as well."
        directory, name = os.path.split(real)
        remove = context.shell("git", "-C", directory, "rm", "--cached", "--quiet", "--", name)
        advice = "It stays where it is. Then `pkcc-tray key rotate NAME`: the old key is in the history."
        return [Finding("tracked", "problem", what, why, f"{remove} && {exclude}", advice)]
    what = f"{path} holds a key, and lies in a git repository that does not ignore it"
    why = "The next `git add .` takes the key along."
    return [Finding("trackable", "warning", what, why, exclude)]


def _synced(context: Context, path: str) -> list[Finding]:
    service = synced_by(os.path.realpath(path), context.environ, context.home)
    if service is None:
        return []
    what = f"{path} holds a key, and {service} copies it"
    why = "The key is then on other machines, and with that service."
    return [Finding("synced", "warning", what, why, "", "Move the file out of that folder, or use a helper.")]


def synced_vault(context: Context) -> list[Finding]:
    """A vault that travels together with the key file that opens it, or that git tracks."""
    vault = os.path.join(context.locations.data_dir, "vault")
    identity = os.path.join(vault, "identity.txt")
    if not os.path.isfile(identity):
        return []
    service = synced_by(os.path.realpath(vault), context.environ, context.home)
    found = _tracked(context, identity)
    if service is not None:
        what = f"{service} copies the vault and the key file that opens it: {vault}"
        why = "Together they are as good as the keys in the clear."
        advice = "Keep it elsewhere (XDG_DATA_HOME, --config-dir), or make one with a passphrase."
        found.append(Finding("synced", "warning", what, why, "", advice))
    return found
