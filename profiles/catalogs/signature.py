"""Signatures in minisign's format: who signed these bytes, and signing with a key file.

Ed25519 is PyNaCl's, and on Linux, where keyring brings cryptography anyway, that one's: either is asked the
same three things.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.names import PUBLIC_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMENT, _TRUSTED = "untrusted comment: ", "trusted comment: "
_PLAIN, _HASHED = b"Ed", b"ED"
_KEY_FILE = b"EdScB2"
_KEY_FILE_OPEN = b"Ed\0\0B2"
_MOST = 8_192  # bytes of a signature or key file


class SignatureError(PkccError):
    """What is no key, no signature, or not by that key."""


class OtherKeyError(SignatureError):
    """A signature by a key that is none of those asked for."""


class PublicKey(NamedTuple):
    """A minisign public key: its id as minisign shows it, and its one line `RW…`."""

    id: str
    text: str

    @property
    def _raw(self) -> bytes:
        return base64.b64decode(self.text)[10:]


class Signed(NamedTuple):
    """By which key some bytes are signed, and what the signer said of them in the trusted comment."""

    key: PublicKey
    comment: str


def comment_for(name: str, serial: int) -> str:
    """The trusted comment of a catalog's signature, such as `pkcc-catalog acme 43`."""
    return f"pkcc-catalog {name} {serial}"


def parse_key(text: str) -> PublicKey:
    """The key of one line, or of a minisign `.pub` file. Raises SignatureError."""
    lines = text.strip().splitlines()
    line = lines[-1].strip() if lines and (len(lines) == 1 or lines[0].startswith(_COMMENT)) else ""
    if not re.fullmatch(PUBLIC_KEY, line):
        raise SignatureError(
            "is no minisign public key",
            "It is one line of 56 characters that begins with RW, as minisign prints it.",
        )
    return PublicKey(_id_of(base64.b64decode(line)[2:10]), line)


def verify(data: bytes, signature: bytes, keys: Sequence[str]) -> Signed:
    """By which of the keys the bytes are signed. Raises SignatureError that names the key ids.

    Both kinds of signatures count, and the signature over the trusted comment must hold as well.
    """
    kind, key_id, by_data, comment, by_comment = _parts(signature)
    known = [parse_key(text) for text in keys]
    called_so = [key for key in known if key.id == key_id]
    if not called_so:
        pinned = ", ".join(key.id for key in known) or "none"
        raise OtherKeyError(f"is signed by another key (id {key_id}; pinned: {pinned})")
    signed = hashlib.blake2b(data).digest() if kind == _HASHED else data
    for key in called_so:  # an id is eight bytes that anybody may give their key
        if is_by(key._raw, by_data, signed) and is_by(key._raw, by_comment, by_data + comment.encode()):
            return Signed(key, comment)
    raise SignatureError(f"does not fit its signature (by key {key_id})")


def sign(data: bytes, key_file: bytes, password: str, comment: str) -> tuple[bytes, PublicKey]:
    """A `.minisig` file's bytes for these, and the public key, by a minisign secret key file.

    Raises SignatureError. The file is opened once: minisign seals it so that this takes seconds.
    """
    key_id, seed = _secret(key_file, password)
    by_data = _signed(seed, hashlib.blake2b(data).digest())
    by_comment = _signed(seed, by_data + comment.encode())
    lines = (
        f"{_COMMENT}signature from pkcc-tray",
        _encoded(_HASHED + key_id + by_data),
        _TRUSTED + comment,
        _encoded(by_comment),
    )
    public = parse_key(_encoded(_PLAIN + key_id + _public(seed)))
    return "".join(f"{line}\n" for line in lines).encode(), public


def needs_password(key_file: bytes) -> bool:
    """Whether a secret key file is encrypted. Raises SignatureError for what is none."""
    return _key_file(key_file)[:6] == _KEY_FILE


def is_by(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether that Ed25519 key signed the message."""
    try:
        from nacl.exceptions import CryptoError
        from nacl.signing import VerifyKey
    except ImportError:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True
    try:
        VerifyKey(key).verify(message, signature)
    except (CryptoError, ValueError):
        return False
    return True


def _signed(seed: bytes, message: bytes) -> bytes:
    try:
        from nacl.signing import SigningKey
    except ImportError:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(seed).sign(message)
    return SigningKey(seed).sign(message).signature


def _public(seed: bytes) -> bytes:
    try:
        from nacl.signing import SigningKey
    except ImportError:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return SigningKey(seed).verify_key.encode()


def _parts(signature: bytes) -> tuple[bytes, str, bytes, str, bytes]:
    """Kind, key id, signature of the data, trusted comment, signature of that with it."""
    try:
        lines = signature.decode().splitlines() if len(signature) <= _MOST else []
    except UnicodeDecodeError:
        lines = []
    wrong = SignatureError(
        "has a signature file that is none of minisign's", "It has four lines; sign it again."
    )
    if len(lines) != 4 or not lines[0].startswith(_COMMENT) or not lines[2].startswith(_TRUSTED):
        raise wrong
    first, last = _decoded(lines[1].strip(), 74), _decoded(lines[3].strip(), 64)
    comment = lines[2].removeprefix(_TRUSTED)
    if first is None or last is None or first[:2] not in (_PLAIN, _HASHED) or not comment.isprintable():
        raise wrong
    return first[:2], _id_of(first[2:10]), first[10:], comment, last


def _key_file(key_file: bytes) -> bytes:
    lines = key_file.decode("utf-8", "replace").strip().splitlines() if len(key_file) <= _MOST else []
    raw = _decoded(lines[-1].strip(), 158) if len(lines) == 2 and lines[0].startswith(_COMMENT) else None
    if raw is None or raw[:6] not in (_KEY_FILE, _KEY_FILE_OPEN):
        raise SignatureError("That is no minisign secret key file", "`minisign -G` makes one.")
    return raw


def _secret(key_file: bytes, password: str) -> tuple[bytes, bytes]:
    """Key id and seed of a secret key file."""
    raw = _key_file(key_file)
    salt, operations, memory, sealed = raw[6:38], raw[38:46], raw[46:54], raw[54:]
    if raw[:6] == _KEY_FILE:
        try:
            stream = _stream(len(sealed), password, salt, _number(operations), _number(memory))
        except (ValueError, MemoryError, OverflowError):
            raise SignatureError(
                "The secret key file cannot be opened here", "Sign with minisign itself: minisign -S -s KEY."
            ) from None
        sealed = bytes(one ^ other for one, other in zip(sealed, stream, strict=True))
    key_id, secret, check = sealed[:8], sealed[8:72], sealed[72:]
    right = hashlib.blake2b(_PLAIN + key_id + secret, digest_size=32).digest()
    if raw[:6] == _KEY_FILE and right != check:  # minisign writes none into a file without a password
        raise SignatureError("The password does not open the secret key file", "Type it again.")
    return key_id, secret[:32]


def _stream(length: int, password: str, salt: bytes, operations: int, memory: int) -> bytes:
    """What seals a key file: scrypt, with its costs chosen of these two limits as libsodium does."""
    operations = max(operations, 32_768)
    blocks = 8
    by_time = operations < memory // 32
    most = operations // (blocks * 4) if by_time else memory // (blocks * 128)
    rounds = 1 << max(1, (most // 2).bit_length())
    lanes = 1 if by_time else min(operations // 4 // rounds, 0x3FFFFFFF) // blocks
    most_bytes = min(128 * blocks * (rounds + lanes + 2), 2**31 - 1)
    return hashlib.scrypt(
        password.encode(), salt=salt, n=rounds, r=blocks, p=lanes, maxmem=most_bytes, dklen=length
    )


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


def _id_of(raw: bytes) -> str:
    return raw[::-1].hex().upper()


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(text: str, size: int) -> bytes | None:
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    return raw if len(raw) == size and _encoded(raw) == text else None
