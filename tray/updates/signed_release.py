"""Where releases are, and whether one is ours: the signed list of checksums, in minisign's format.

The public key is part of the program, so what the network says is believed only as far as it verifies.
`packaging/release/new_key.py` fills in both constants; until then nothing is ever asked.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode
from typing import NamedTuple

from profiles.catalogs.signature import is_by

REPOSITORY = ""  # owner/name
PUBLIC_KEY = ""  # as `minisign` writes it

_COMMENT = re.compile(r"pkcc-tray (\d{1,6}\.\d{1,6}\.\d{1,6})", re.ASCII)
_UNTRUSTED, _TRUSTED = b"untrusted comment: ", b"trusted comment: "
_PREHASHED = b"ED"  # the file's BLAKE2b-512 is what is signed: the only form that minisign writes today


class UntrustedError(ValueError):
    """What was fetched is not a release of ours; says why, in a few words without anything of it."""


class Source(NamedTuple):
    """A place that has `SHA256SUMS` and `SHA256SUMS.minisig`, and the key that must have signed them."""

    url: str
    public_key: str


def official() -> Source | None:
    """Where this program's releases are; None for a build that has no key to believe one by."""
    if not (REPOSITORY and PUBLIC_KEY):
        return None
    return Source(f"{page()}/download", PUBLIC_KEY)


def page() -> str:
    """The page of the latest release, for a person."""
    return f"https://github.com/{REPOSITORY}/releases/latest"


def help_page() -> str:
    """The page that says how everything is used."""
    return f"https://github.com/{REPOSITORY}#readme"


def signed_version(sums: bytes, signature: bytes, public_key: str) -> str:
    """The version whose checksums these are, as "1.2.3". UntrustedError unless the key signed both.

    The version stands in minisign's trusted comment, which is signed together with the file's signature: an
    old list cannot be given a new version, nor another file's comment.
    """
    lines = signature.splitlines()
    if len(lines) != 4 or not lines[0].startswith(_UNTRUSTED) or not lines[2].startswith(_TRUSTED):
        raise UntrustedError("the signature is not in minisign's form")
    key = _decoded(public_key.encode(), 42, "the public key")
    signed = _decoded(lines[1], 74, "the signature")
    of_all = _decoded(lines[3], 64, "the signature")
    if signed[:2] != _PREHASHED or signed[2:10] != key[2:10]:
        raise UntrustedError("signed by another key, or in another way")
    comment = lines[2].removeprefix(_TRUSTED)
    of_sums, digest = signed[10:], hashlib.blake2b(sums).digest()
    if not (is_by(key[10:], of_sums, digest) and is_by(key[10:], of_all, of_sums + comment)):
        raise UntrustedError("the signature does not fit")
    found = _COMMENT.fullmatch(comment.decode("utf-8", "replace"))
    if found is None:
        raise UntrustedError("the signature is for something else")
    return found[1]


def is_newer(version: str, than: str) -> bool:
    """Whether the version is a later one. A text that is no version is never newer, and older than any."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6}){2}", version, re.ASCII):
        return ()
    return tuple(map(int, version.split(".")))


def _decoded(text: bytes, length: int, what: str) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != length:
        raise UntrustedError(f"{what} is not in minisign's form")
    return data
