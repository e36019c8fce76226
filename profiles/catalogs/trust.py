"""Whether fetched bytes may take the place of what one has: by whom, for what, and no older. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.catalogs.format.model import FILE, HIGH_SERIAL, MOST_KEYS, SIGNATURE, Catalog, CatalogError
from profiles.catalogs.format.parse import parse
from profiles.catalogs.record import Seen
from profiles.catalogs.signature import (
    OtherKeyError,
    PublicKey,
    SignatureError,
    Signed,
    comment_for,
    parse_key,
    verify,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from profiles.catalogs.subscriptions import Subscription


ASK_AGAIN = "Ask for news: `pkcc-tray catalog update {}`."


class UntrustedError(PkccError):
    """Fetched bytes that are not taken: what was accepted before goes on."""


class Content(NamedTuple):
    """A catalog's bytes as they were verified, with their signature, and the key's line ("": unsigned)."""

    data: bytes
    signature: bytes
    key: str

    @property
    def sha256(self) -> str:
        """The bytes' hash, as `sha256sum` prints it."""
        return hashlib.sha256(self.data).hexdigest()


class Verified(NamedTuple):
    """Content that is what it says it is, read."""

    content: Content
    catalog: Catalog


def first_seen(data: bytes, signature: bytes | None, key: str = "") -> Verified:
    """What is offered by a source that is new here; `key` is what its user was told by another way.

    Without one, the key that signed it must be listed in it. Raises CatalogError and UntrustedError.
    """
    catalog = parse(data)
    if signature is None:
        if key:
            raise UntrustedError(
                f"The catalog {catalog.name} is not signed", f"There is no {FILE}{SIGNATURE} beside it."
            )
        return Verified(Content(data, b"", ""), catalog)
    by = _signed(catalog, data, signature, [key] if key else catalog.keys)
    return Verified(Content(data, signature, by.text), catalog)


def newer(
    subscription: Subscription,
    seen: Mapping[str, Seen],
    data: bytes,
    signature: bytes | None,
    keys: Sequence[str] | None = None,
) -> Verified:
    """What a source has now, for someone who is subscribed; `keys`: those of an administrator's policy alone.

    Raises CatalogError for what cannot be read, UntrustedError for what is by another or older.
    """
    pinned = tuple(subscription.keys if keys is None else keys)
    # The signature comes first: nothing of a stranger's bytes is read.
    if pinned and signature is None:
        raise UntrustedError(
            f"The catalog {subscription.name} is no longer signed",
            f"Nothing was changed. Its publisher must put {FILE}{SIGNATURE} beside it.",
        )
    by = _verified(subscription.name, data, signature, pinned) if pinned and signature else None
    catalog = parse(data)
    if catalog.name != subscription.published:
        raise UntrustedError(
            f"The catalog {subscription.name} is now called {catalog.name!r} by its publisher",
            "Nothing was changed. If it is another one, add it by its own name.",
        )
    if by is not None:
        _check_comment(catalog, by.comment)
    content = Content(data, signature or b"", by.key.text if by else "")
    # Only keys that go on counting are compared with: else a stolen key, with a serial beyond all others,
    # would lock out the successor that drops it. A policy says by itself which these are.
    drops = bool(catalog.keys) and keys is None
    goes_on = [key for key in pinned if not drops or key in catalog.keys or key == content.key]
    _check_serial(subscription, seen, content, catalog, goes_on)
    return Verified(content, catalog)


def pinned_after(subscription: Subscription, catalog: Catalog) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys that count once that content is accepted, and all that count no more. Signed content only.

    A catalog that lists no keys, or only dropped ones, leaves them as they are.
    """
    listed = tuple(key for key in catalog.keys if key not in subscription.dropped)
    if not subscription.keys or not listed:
        return subscription.keys, subscription.dropped
    gone = tuple(key for key in subscription.keys if key not in listed)
    return listed[:MOST_KEYS], (*subscription.dropped, *gone)


def still_counts(subscription: Subscription, content: Content, keys: Sequence[str] | None) -> bool:
    """Whether the key that signed it is one that counts by now; `keys` as for `newer`."""
    if keys is not None:
        return content.key in (keys or [""])
    if content.key in subscription.dropped:
        return False
    return not subscription.keys or content.key in subscription.keys


def is_as_fetched(content: Content, fetched: Collection[str] | None) -> bool:
    """Whether content of ours is as it came: as its key signed it, or by the hash that was remembered.

    `fetched`: the hashes of what was fetched; None where that is not known, of an older version.
    """
    if not content.key:
        return fetched is None or content.sha256 in fetched
    try:
        return bool(verify(content.data, content.signature, [content.key]))
    except SignatureError:
        return False


def with_seen(seen: Mapping[str, Seen], verified: Verified) -> dict[str, Seen]:
    """What was seen, with this content."""
    key, serial = verified.content.key, verified.catalog.serial
    before = seen.get(key)
    if serial >= HIGH_SERIAL:  # a slip of the publisher's, which no higher one could put right
        return dict(seen)
    if before is not None and before.serial > serial:
        return dict(seen)
    return {**seen, key: Seen(serial, verified.content.sha256)}


def _check_serial(
    subscription: Subscription,
    seen: Mapping[str, Seen],
    content: Content,
    catalog: Catalog,
    keys: Sequence[str],
) -> None:
    known = [seen[key] for key in (keys or [""]) if key in seen]
    highest = max(known, key=lambda each: each.serial, default=None)
    if highest is None or catalog.serial > highest.serial:
        return
    if catalog.serial == highest.serial:
        if highest.sha256 == content.sha256:
            return
        raise UntrustedError(
            f"The catalog {subscription.name} was changed, but its serial is still {catalog.serial}",
            "Nothing was changed. Its publisher must give it a higher serial.",
        )
    raise UntrustedError(
        f"The catalog {subscription.name} is older than the one you have"
        f" ({catalog.serial} < {highest.serial})",
        "Nothing was changed. Its publisher must give it a higher serial.",
    )


def _verified(name: str, data: bytes, signature: bytes, pinned: tuple[str, ...]) -> Signed:
    try:
        return verify(data, signature, pinned)
    except OtherKeyError as error:
        how = f"If it is right: pkcc-tray catalog trust {name} --key RW…"
        raise UntrustedError(
            f"The catalog {name} {error.title}", f"Ask its publisher by another way. {how}"
        ) from None
    except SignatureError as error:
        raise UntrustedError(
            f"The catalog {name} {error.title}",
            "Nothing was changed. Its publisher must sign it again, or look at who changed it on the way.",
        ) from None


def _signed(catalog: Catalog, data: bytes, signature: bytes, keys: Sequence[str]) -> PublicKey:
    try:
        if not keys:
            raise UntrustedError(
                f"The catalog {catalog.name} is signed, but does not say by which key",
                "Ask its publisher for the key, and give it with --key RW…",
            )
        signed = verify(data, signature, [parse_key(key).text for key in keys])
    except SignatureError as error:
        raise UntrustedError(
            f"The catalog {catalog.name} {error.title}",
            "Ask its publisher which key is right. Nothing was added.",
        ) from None
    _check_comment(catalog, signed.comment)
    return signed.key


def _check_comment(catalog: Catalog, comment: str) -> None:
    right = comment_for(catalog.name, catalog.serial)
    if comment != right:
        raise UntrustedError(
            f"The signature of the catalog {catalog.name} is not for serial {catalog.serial}",
            f"Nothing was changed. Its trusted comment must be: {right}",
        )


def check_version(catalog: Catalog, running: str) -> None:
    """Raises CatalogError where the catalog needs a newer pkcc-tray than the one that runs."""
    if _numbers(catalog.min_version) > _numbers(running):
        raise CatalogError(
            "min_version",
            f"asks for pkcc-tray {catalog.min_version}; this is {running}",
            "Update pkcc-tray. What you have of the catalog goes on.",
        )


def _numbers(version: str) -> tuple[int, ...]:
    import re

    found = [int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3]]
    return tuple(found + [0] * (3 - len(found)))
