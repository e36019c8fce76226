"""Where keys lie: the keyring by a real round trip, the vault, and the keys that profiles need."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from profiles.base.errors import NotUnlockedError, PkccError, SecretUnavailableError
from profiles.base.locations import PASSPHRASE_VARIABLE, SECRETS_VARIABLE
from profiles.base.names import is_kept_name
from profiles.base.secret_references.managers import manager_of
from tray.doctor.finding import note, problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.base.secret_references.manager_row import Manager
    from tray.doctor.context import Context
    from tray.doctor.finding import Finding, Kind


def keyring(context: Context) -> Iterator[Finding]:
    """A keyring that does not keep what it is given, where something is kept there or would be."""
    if context.environ.get(SECRETS_VARIABLE) == "vault":
        return
    secrets = context.secrets()
    names = [name for name in secrets.names() if secrets.where(name) == "keyring"]
    try:
        secrets.backends.check_keyring()
    except SecretUnavailableError as error:
        yield from _unusable_keyring(context, names, error)


def _unusable_keyring(context: Context, names: list[str], error: SecretUnavailableError) -> Iterator[Finding]:
    init = context.ours("key", "vault", "init")
    asks = isinstance(error, NotUnlockedError)
    if names and asks:
        why = "It asks you the next time a key is needed: when Claude Code starts, or at a switch."
        yield warning("keyring", error.title, why, advice=error.hint)
    elif names:
        shown = ", ".join(name for name in names if not is_kept_name(name)) or "values kept for `off`"
        yield problem("keyring", error.title, f"Keys that are needed are in it: {shown}.", advice=error.hint)
    elif context.environ.get(SECRETS_VARIABLE) == "keyring":
        why = "PKCC_SECRETS=keyring insists on it, so no key can be stored."
        yield problem("keyring", error.title, why, advice=error.hint)
    elif os.path.exists(os.path.join(context.locations.data_dir, "vault", "vault.json")):
        return  # which takes its place
    elif asks:
        why = "It asks you when a key is to be stored. Where no window can open, keep keys in a vault."
        yield note("keyring", error.title, why, init)
    else:
        yield problem("keyring", error.title, "There is no safe place for keys, so none can be stored.", init)


def profile_keys(context: Context) -> Iterator[Finding]:
    """Keys that profiles name and that are not there."""
    from profiles.profile.config.file import config_of
    from profiles.profile.render import render
    from profiles.profile.schema.model import Profile
    from profiles.secrets.managers.ask import program_of

    secrets = context.secrets()
    for name, profile in context.profiles.items():
        if not isinstance(profile, Profile):
            continue
        try:
            needed = render(profile, config_of(profile)).references()
        except PkccError:
            needed = []  # its config cannot be read: that is another finding
        for reference in dict.fromkeys([profile.api_key, *needed]):
            if secrets.present(reference) is False or _lost(context, reference):
                yield _missing(context, name, reference)
            manager = manager_of(reference)
            if manager is not None and manager.programs and program_of(manager, context.environ) is None:
                yield _without_program(context, name, manager)


def _lost(context: Context, reference: str) -> bool:
    scheme, _, target = reference.partition(":")
    return scheme in ("keyring", "vault") and target in context.stored.lost


def _missing(context: Context, name: str, reference: str) -> Finding:
    scheme, _, target = reference.partition(":")
    if scheme == "env":
        what, advice = f"{target} is not set, which", f"Set {target} where Claude Code is started."
    elif scheme == "file":
        what, advice = f"There is no key file {target}, which", "Put the key there, on its first line."
    else:
        what, advice = f"No key {target!r} is stored, which", ""
    command = "" if advice else context.ours("key", "set", target)
    if scheme == "vault":
        vault = context.export(SECRETS_VARIABLE, "vault")
        command = f"{vault}; {command}" if context.platform == "win32" else f"{vault[7:]} {command}"
    why = f"Claude Code gets no key with the profile {name}."
    found = problem if name == context.active else warning
    return found("key-missing", f"{what} {name} needs", why, command, advice, profile=name)


def _without_program(context: Context, name: str, manager: Manager) -> Finding:
    from profiles.secrets.managers.ask import missing

    what, advice = missing(manager)
    found = problem if name == context.active else warning
    why = f"{name} has its key from there, so Claude Code gets none with it."
    return found("key-program", what, why, advice=advice, profile=name)


def vault(context: Context) -> Iterator[Finding]:
    """A vault that does not open, or that others may look into."""
    directory = os.path.join(context.locations.data_dir, "vault")
    if not os.path.lexists(os.path.join(directory, "vault.json")):
        return
    yield from _vault_modes(context, directory)
    yield from _vault_opens(context, directory)


def _vault_opens(context: Context, directory: str) -> Iterator[Finding]:
    error = context.stored.closed
    if error is None:
        return
    passphrase = os.path.exists(os.path.join(directory, "identity.age"))
    if passphrase and not context.environ.get(PASSPHRASE_VARIABLE):
        why = "Claude Code runs the key helper where nobody can be asked: it then gets no key."
        advice = "Set PKCC_VAULT_PASSPHRASE where Claude Code is started."
        yield warning("vault-closed", error.title, why, advice=advice)
    else:
        yield problem("vault-closed", error.title, "No key in it can be read.", advice=error.hint)


def _vault_modes(context: Context, directory: str) -> Iterator[Finding]:
    keys = os.path.join(directory, "keys")
    paths = [directory, keys, *(os.path.join(directory, name) for name in ("identity.txt", "identity.age"))]
    why = "Other users may take the key file and the vault, and so every key in it."
    yield from open_to_others(context, problem, "vault-mode", paths, why)


def open_to_others(
    context: Context, kind: Kind, check: str, paths: list[str], why: str, mask: int = 0o077
) -> Iterator[Finding]:
    """A finding that names those of our own files and directories that others have rights to."""
    modes = {}
    for path in paths:
        if os.path.exists(path) and context.private_modes(path):
            mode = stat.S_IMODE(os.stat(path).st_mode)
            if mode & mask:
                modes[path] = mode
    if not modes:
        return

    def close() -> None:
        for path, mode in modes.items():
            os.chmod(path, mode & ~0o077)

    what = f"Other users have rights to {', '.join(modes)}"
    yield kind(check, what, why, context.change_modes("go-rwx", *modes), fix=close)
