"""Catalogs as a publisher would write them, and a key to sign them with."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from typing import Any

from nacl.pwhash import scrypt
from nacl.signing import SigningKey

from profiles.catalogs.signature import PublicKey, comment_for, parse_key

WORK = {
    "name": "work",
    "label": "Acme default",
    "route": {"kind": "provider", "provider": "@anthropic-prod"},
    "models": {"sonnet": "claude-sonnet-5-5"},
    "metadata": {"_user": "{user}", "cost_center": "4711"},
    "locked": ["models", "metadata.cost_center"],
    "key": {
        "suggest": "vault-kv://secret/portkey/{user}#api_key",
        "help": "https://wiki.acme.example/ai-key",
    },
}
SAFE = {"name": "safe", "route": {"kind": "config", "catalog": "safe"}}
ACME: dict[str, Any] = {
    "pkcc_catalog": 1,
    "name": "acme",
    "title": "Acme AI gateway",
    "contact": "ai@acme.example",
    "serial": 43,
    "expires": "2027-02-28",
    "gateway_hosts": ["api.portkey.ai"],
    "inputs": {"user": {"ask": "Your Acme login", "pattern": "[a-z]{2,20}"}},
    "configs": {
        "safe": {"strategy": {"mode": "fallback"}, "targets": [{"provider": "@a"}, {"provider": "@b"}]}
    },
    "profiles": [WORK, SAFE],
    "default": "work",
}


def acme(**changed: object) -> dict[str, Any]:
    """A catalog of two profiles with these fields changed; a copy that may be changed further."""
    return copy.deepcopy({**ACME, **changed})


def data_of(plain: object) -> bytes:
    """A catalog's bytes."""
    return json.dumps(plain, indent=1).encode()


class Signer:
    """A publisher's key, made of one byte; `called` is of whose id, where it is not its own."""

    def __init__(self, number: int = 1, *, called: int = 0) -> None:
        self._id = bytes([called or number]) * 8
        self._key = SigningKey(bytes([number]) * 32)

    @property
    def public(self) -> PublicKey:
        """The key that people pin."""
        return parse_key(_text(b"Ed" + self._id + self._key.verify_key.encode()))

    def sign(self, data: bytes, comment: str = "", *, hashed: bool = True) -> bytes:
        """The signature's file; the comment is that of the catalog where none is given."""
        if not comment:
            plain = json.loads(data)
            comment = comment_for(plain["name"], plain["serial"])
        by_data = self._key.sign(hashlib.blake2b(data).digest() if hashed else data).signature
        by_comment = self._key.sign(by_data + comment.encode()).signature
        first = _text((b"ED" if hashed else b"Ed") + self._id + by_data)
        return f"untrusted comment: x\n{first}\ntrusted comment: {comment}\n{_text(by_comment)}\n".encode()

    def secret_file(self, password: str) -> bytes:
        """A minisign secret key file, sealed less dearly than minisign does."""
        secret = self._key.encode() + self._key.verify_key.encode()
        check = hashlib.blake2b(b"Ed" + self._id + secret, digest_size=32).digest()
        operations, memory, salt = scrypt.OPSLIMIT_MIN, scrypt.MEMLIMIT_MIN, bytes(32)
        stream = scrypt.kdf(104, password.encode(), salt, operations, memory)
        sealed = bytes(one ^ other for one, other in zip(self._id + secret + check, stream, strict=True))
        limits = operations.to_bytes(8, "little") + memory.to_bytes(8, "little")
        return f"untrusted comment: x\n{_text(b'EdScB2' + salt + limits + sealed)}\n".encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
