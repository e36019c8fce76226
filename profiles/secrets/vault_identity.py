"""The vault's age identity, from a key file, from a file under a passphrase, or from the environment."""

from __future__ import annotations

import os

import pyrage

from profiles.base.errors import SecretUnavailableError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import IDENTITY_VARIABLE, PASSPHRASE_VARIABLE
from profiles.base.secret import Secret
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Ask = Callable[[str], Secret]

KINDS = ("key-file", "passphrase", "environment")
INIT = "Make one: `pkcc-tray key vault init`."
_FILES = {"key-file": "identity.txt", "passphrase": "identity.age"}


def make_identity(kind: str, directory: str, environ: Mapping[str, str], ask: Ask | None) -> Any:
    """A new identity, written to `directory` as its kind says; one that is already there is read instead."""
    from profiles.files.atomic_replace import write_private

    if kind == "environment" or os.path.lexists(os.path.join(directory, _FILES[kind])):
        return read_identity(kind, directory, environ, ask)
    path = os.path.join(directory, _FILES[kind])
    identity = pyrage.x25519.Identity.generate()
    text = f"# public key: {identity.to_public()}\n{identity}\n"
    if kind == "key-file":
        write_private(path, text.encode())
    else:
        passphrase = _passphrase("New passphrase for the vault", environ, ask)
        if PASSPHRASE_VARIABLE not in environ and passphrase != _passphrase("Once more", environ, ask):
            raise SecretUnavailableError(
                "The two passphrases differ", "Run `pkcc-tray key vault init` again; nothing was made."
            )
        write_private(path, pyrage.passphrase.encrypt(text.encode(), passphrase.reveal()))
    return identity


def read_identity(kind: str, directory: str, environ: Mapping[str, str], ask: Ask | None) -> Any:
    """The age identity that opens the vault. Raises SecretUnavailableError, with a remedy."""
    if kind == "environment":
        text = environ.get(IDENTITY_VARIABLE)
        if not text:
            raise SecretUnavailableError(
                f"The vault opens with {IDENTITY_VARIABLE}, which is not set",
                f"Set {IDENTITY_VARIABLE} to the AGE-SECRET-KEY-1… line where Claude Code is started.",
            )
        return _parse(text, IDENTITY_VARIABLE)
    path = os.path.join(directory, _FILES[kind])
    data = read_bytes(path)
    if data is None:
        raise SecretUnavailableError(
            f"The vault's identity {path} is missing",
            "Put it back from a backup. Without it the keys are lost: move the vault directory away, "
            "run `pkcc-tray key vault init` and store the keys again.",
        )
    if kind == "passphrase":
        data = _decrypted(data, path, _passphrase("Passphrase of the vault", environ, ask))
    return _parse(data.decode("utf-8", "replace"), path)


def _decrypted(data: bytes, path: str, passphrase: Secret) -> bytes:
    try:
        plain: bytes = pyrage.passphrase.decrypt(data, passphrase.reveal())
    except pyrage.DecryptError:
        raise SecretUnavailableError(
            f"The vault's passphrase is wrong (or {path} is damaged)",
            f"Try again, check {PASSPHRASE_VARIABLE}, or put the file back from a backup.",
        ) from None
    return plain


def _parse(text: str, where: str) -> Any:
    """The first identity in age's file format: comments, then an AGE-SECRET-KEY-1… line."""
    lines = (line.strip() for line in text.splitlines())
    found = next((line for line in lines if line.startswith("AGE-SECRET-KEY-1")), "")
    try:
        return pyrage.x25519.Identity.from_str(found)
    except pyrage.IdentityError:
        raise SecretUnavailableError(
            f"{where} holds no age identity",
            "It must be an AGE-SECRET-KEY-1… line, as `age-keygen` makes it.",
        ) from None


def _passphrase(prompt: str, environ: Mapping[str, str], ask: Ask | None) -> Secret:
    text = environ.get(PASSPHRASE_VARIABLE)
    if text:
        return Secret(text)
    if ask is None:
        raise SecretUnavailableError(
            "The vault's passphrase is needed, and nothing here can ask for it",
            f"Set {PASSPHRASE_VARIABLE}, or run the command in a terminal.",
        )
    answer = ask(prompt)
    if not answer.reveal():
        raise SecretUnavailableError("The vault's passphrase is empty", "Give a passphrase.")
    return answer
