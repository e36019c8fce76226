"""Reading one secret from the Secret Service, for the hot path: an encrypted session over jeepney alone.

The `keyring` library takes 170 to 230 ms for the same item; this takes about 50 (a whole process, Debian 12).
The protocol is freedesktop's Secret Service; the session is its `dh-ietf1024-sha256-aes128-cbc-pkcs7`.
Nothing here opens a question: what is locked raises LockedError. Anything unexpected is raised, and the
caller goes to the library.
"""

from __future__ import annotations

import os

from jeepney import DBusAddress, new_method_call

from profiles.secrets.secret_service.bus import (
    BUS_NAME,
    DEFAULT,
    INTERFACE,
    NOTHING,
    SERVICE,
    Connection,
    UnexpectedReplyError,
)

_ALGORITHM = "dh-ietf1024-sha256-aes128-cbc-pkcs7"
_IS_LOCKED = f"{INTERFACE}Error.IsLocked"
# The 1,024-bit group of RFC 2409, section 6.2, which that algorithm names; generator 2.
_PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)


class LockedError(Exception):
    """The user must unlock the default collection, or make one, before its content is known."""


def read_password(bus: Connection, service: str, username: str) -> str | None:
    """The secret that `keyring` stored for a service and user name in the default collection, or None.

    Raises LockedError; TimeoutError as `Connection` does;
    UnexpectedReplyError or what jeepney and the socket raise for anything else.
    """
    with bus:
        private = int.from_bytes(os.urandom(32)) | 1 << 255  # twice the 128 bits the key needs
        public = pow(2, private, _PRIME).to_bytes(128)
        # One call at a time: sent together, GNOME Keyring 42 denied knowing a method once in 1,000 reads.
        opening = bus.send(new_method_call(SERVICE, "OpenSession", "sv", (_ALGORITHM, ("ay", public))))
        (_, peer_public), session = bus.receive(opening)
        items = _search(bus, {"service": service, "username": username})
        if not items:
            return None
        item = DBusAddress(items[0], BUS_NAME, f"{INTERFACE}Item")
        fetching = bus.send(new_method_call(item, "GetSecret", "o", (session,)))
        shared = pow(int.from_bytes(peer_public), private, _PRIME).to_bytes(128)
        try:
            ((_, iv, encrypted, _),) = bus.receive(fetching)
        except UnexpectedReplyError as error:
            if str(error) == _IS_LOCKED:
                raise LockedError from None
            raise
    return _decrypt(shared, bytes(iv), bytes(encrypted)).decode()


def usernames(bus: Connection, service: str, username: str | None = None) -> list[str]:
    """The user names that have an item of a service, sorted; `username`: that one alone.

    Raises as `read_password` does; LockedError only where nothing is found, for then it could be hidden.
    """
    query = {"service": service} | ({} if username is None else {"username": username})
    with bus:
        names = set()
        for path in _search(bus, query):
            item = DBusAddress(path, BUS_NAME, f"{INTERFACE}Item")
            names.add(bus.get(item, "Attributes").get("username", ""))
    return sorted(names - {""})


def is_open(bus: Connection) -> bool:
    """Whether there is a default collection, and it is unlocked. Raises as `read_password` does."""
    with bus:
        return bus.default_collection() != NOTHING and not bus.get(DEFAULT, "Locked")


def _search(bus: Connection, query: dict[str, str]) -> list[str]:
    try:
        (items,) = bus.call(DEFAULT, "SearchItems", "a{ss}", (query,))
    except UnexpectedReplyError:
        if bus.default_collection() != NOTHING:
            raise
        raise LockedError from None
    if not items and bus.get(DEFAULT, "Locked"):  # KeePassXC finds nothing in what is locked
        raise LockedError
    found: list[str] = items
    return found


def _decrypt(shared: bytes, iv: bytes, encrypted: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(algorithm=SHA256(), length=16, salt=None, info=b"").derive(shared)
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    padded = decryptor.update(encrypted) + decryptor.finalize()
    count = padded[-1] if padded else 0
    if not 1 <= count <= 16 or padded[-count:] != bytes([count]) * count:
        raise UnexpectedReplyError
    return padded[:-count]
