"""Where keys lie: the keyring by a real round trip, the vault, and the keys that profiles need."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from profiles.errors import NotUnlockedError, PkccError, SecretUnavailableError
from profiles.locations import PASSPHRASE_VARIABLE, SECRETS_VARIABLE
from profiles.names import is_kept_name
from tray.doctor.finding import Finding

if TYPE_CHECKING:
    from tray.doctor.context import Context
    from tray.doctor.finding import Severity


def keyring(context: Context) -> list[Finding]:
    """A keyring that does not keep what it is given, where something is kept there or would be."""
    if context.environ.get(SECRETS_VARIABLE) == "vault":
        return []
    secrets = context.secrets()
    names = [name for name in secrets.names() if secrets.where(name) == "keyring"]
    try:
        secrets.check_keyring()
    except SecretUnavailableError as error:
        if names and isinstance(error, NotUnlockedError):
            why = "It asks you the next time a key is needed: when Claude Code starts, or at a switch."
            return [Finding("keyring", "warning", error.title, why, "", error.hint)]
        if names:
            shown = ", ".join(name for name in names if not is_kept_name(name)) or "values kept for `off`"
            why = f"It holds what is needed: {shown}."
            return [Finding("keyring", "problem", error.title, why, "", error.hint)]
        if context.environ.get(SECRETS_VARIABLE) == "keyring":
            why = "PKCC_SECRETS=keyring insists on it, so no key can be stored."
            return [Finding("keyring", "problem", error.title, why, "", error.hint)]
        if os.path.exists(os.path.join(context.locations.data_dir, "vault", "vault.json")):
            return []  # which takes its place
        if isinstance(error, NotUnlockedError):
            why = "It asks you when a key is to be stored. Where no window can open, keep keys in a vault."
            return [Finding("keyring", "note", error.title, why, context.ours("key", "vault", "init"))]
        why = "There is no safe place for keys, so none can be stored."
        return [Finding("keyring", "problem", error.title, why, context.ours("key", "vault", "init"))]
    return []


def profile_keys(context: Context) -> list[Finding]:
    """Keys that profiles name and that are not there."""
    from profiles.model import Profile
    from profiles.rendering import render
    from profiles.store import config_of

    found = []
    secrets = context.secrets()
    for name, profile in context.profiles.items():
        if not isinstance(profile, Profile):
            continue
        try:
            needed = render(profile, config_of(profile)).references()
        except PkccError:
            needed = []  # its config cannot be read: that is another finding
        found += [
            _missing(context, name, reference)
            for reference in dict.fromkeys([profile.api_key, *needed])
            if secrets.present(reference) is False or _lost(context, reference)
        ]
    return found


def _lost(context: Context, reference: str) -> bool:
    scheme, _, target = reference.partition(":")
    return scheme == "keyring" and target in context.stored.lost


def _missing(context: Context, name: str, reference: str) -> Finding:
    scheme, _, target = reference.partition(":")
    severity: Severity = "problem" if name == context.active else "warning"
    why = f"Claude Code gets no key with the profile {name}."
    if scheme == "env":
        advice = f"Set {target} where Claude Code is started."
        return Finding("key-missing", severity, f"{target} is not set, which {name} needs", why, "", advice)
    if scheme == "file":
        advice = "Put the key there, on its first line."
        return Finding(
            "key-missing", severity, f"There is no key file {target}, which {name} needs", why, "", advice
        )
    command = context.ours("key", "set", target)
    if scheme == "vault":
        command = f"PKCC_SECRETS=vault {command}"
    return Finding("key-missing", severity, f"No key {target!r} is stored, which {name} needs", why, command)


def vault(context: Context) -> list[Finding]:
    """A vault that does not open, or that others may look into."""
    directory = os.path.join(context.locations.data_dir, "vault")
    if not os.path.lexists(os.path.join(directory, "vault.json")):
        return []
    return _vault_modes(context, directory) + _vault_opens(context, directory)


def _vault_opens(context: Context, directory: str) -> list[Finding]:
    error = context.stored.closed
    if error is None:
        return []
    passphrase = os.path.exists(os.path.join(directory, "identity.age"))
    if passphrase and not context.environ.get(PASSPHRASE_VARIABLE):
        why = "Claude Code runs the key helper where nobody can be asked: it then gets no key."
        advice = "Set PKCC_VAULT_PASSPHRASE where Claude Code is started."
        return [Finding("vault-closed", "warning", error.title, why, "", advice)]
    return [Finding("vault-closed", "problem", error.title, "No key in it can be read.", "", error.hint)]


def _vault_modes(context: Context, directory: str) -> list[Finding]:
    keys = os.path.join(directory, "keys")
    paths = [directory, keys, *(os.path.join(directory, name) for name in ("identity.txt", "identity.age"))]
    why = "Other users may take the key file and the vault, and so every key in it."
    return open_to_others(context, "vault-mode", "problem", paths, why)


def open_to_others(
    context: Context, check: str, severity: Severity, paths: list[str], why: str, mask: int = 0o077
) -> list[Finding]:
    """A finding that names those of our own files and directories that others have rights to."""
    modes = {}
    for path in paths:
        if os.path.exists(path) and context.private_modes(path):
            mode = stat.S_IMODE(os.stat(path).st_mode)
            if mode & mask:
                modes[path] = mode
    if not modes:
        return []

    def close() -> None:
        for path, mode in modes.items():
            os.chmod(path, mode & ~0o077)

    return [
        Finding(
            check,
            severity,
            f"Other users have rights to {', '.join(modes)}",
            why,
            context.shell("chmod", "go-rwx", *modes),
            fix=close,
        )
    ]
