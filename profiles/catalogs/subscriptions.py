"""`catalogs.json` in the configuration directory: what one is subscribed to, and what is one's own of it.

It names no secret and nothing of this machine, so it may lie among one's dotfiles.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import NotFoundError
from profiles.base.names import check_name
from profiles.base.text import named
from profiles.files.hand_edited import write_hand_edited
from profiles.files.json_documents import as_text, as_texts, read_document, readable
from profiles.files.locks import OURS_LIMIT_S, locked
from profiles.profile.under_policy import check_changing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from profiles.base.locations import Locations

_VERSION = 1
AUTO, ASK = "auto", "ask"


class Subscription(NamedTuple):
    """One catalog that a person takes part in.

    `name` is what it is called here, `published` what its publisher calls it. `keys` are pinned, `dropped`
    are keys that were once and never count again. `pairs` are (reference, host): a key goes where that was
    accepted. `overrides` are by profile, then field, such as `{"work": {"models.opus": "x"}}`.
    """

    name: str
    source: str
    published: str
    ref: str = ""
    file: str = ""
    keys: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    updates: str = ASK
    inputs: dict[str, str] = {}  # noqa: RUF012 - never changed in place
    overrides: dict[str, dict[str, str]] = {}  # noqa: RUF012 - never changed in place
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> tuple[str, ...]:
        """What makes two subscriptions one: where it lies, and what its publisher calls it."""
        return self.source, self.published, self.ref, self.file


def subscriptions_path(locations: Locations) -> str:
    """Where they lie."""
    return os.path.join(locations.config_dir, "catalogs.json")


def load_subscriptions(locations: Locations) -> dict[str, Subscription]:
    """All of them by their names here. Raises PkccError for a damaged file."""
    path = subscriptions_path(locations)
    return read_document(path, _VERSION, _decode, "Correct it, or move it away and subscribe again.") or {}


def subscription_of(locations: Locations, name: str) -> Subscription:
    """That one. Raises NotFoundError."""
    found = load_subscriptions(locations)
    if name not in found:
        none = "You follow none: `pkcc-tray join SOURCE` follows one; your team has the source."
        hint = f"You have: {', '.join(found)}." if found else none
        raise NotFoundError(f"There is no {named('catalog', name)}", hint)
    return found[name]


def taken_by(locations: Locations, name: str) -> str:
    """The catalog that is followed by that name in any case, since files may have none; "" for no such."""
    return next((each for each in load_subscriptions(locations) if each.lower() == name.lower()), "")


def save_subscription(locations: Locations, name: str, subscription: Subscription | None) -> None:
    """Keep it in place of the one of that name; None: it is gone. The caller holds `catalogs_locked`."""
    all_ = load_subscriptions(locations)
    before = all_.get(name)
    if subscription is None:
        all_.pop(name, None)
    else:
        all_[name] = subscription
    if before != subscription:
        write_hand_edited(subscriptions_path(locations), _encode(all_))


@contextmanager
def catalogs_locked(locations: Locations, limit_s: float = OURS_LIMIT_S) -> Iterator[None]:
    """Hold the lock of all that changes catalogs here, and nothing more.

    Raises ConflictError where another does not finish, ForbiddenError while no change may be made: what an
    administrator decides cannot be read.
    """
    check_changing()
    with locked(os.path.join(locations.state_dir, "catalogs.lock"), limit_s):
        yield


def _encode(all_: Mapping[str, Subscription]) -> bytes:
    plain = {name: to_plain(each) for name, each in all_.items()}
    return readable({"version": _VERSION, "catalogs": plain})


def to_plain(subscription: Subscription) -> dict[str, Any]:
    """One of them as JSON data, without its name and what is as usual."""
    usual = Subscription._field_defaults
    fields = subscription._asdict().items()
    return {key: value for key, value in fields if key != "name" and value != usual.get(key)}


def _decode(plain: dict[str, Any]) -> dict[str, Subscription]:
    return {name: from_plain(check_name(name), fields) for name, fields in plain["catalogs"].items()}


def from_plain(name: str, plain: dict[str, Any]) -> Subscription:
    """The subscription that `to_plain` gave. Raises TypeError, KeyError or ValueError for anything else."""
    overrides = {as_text(key): as_texts(fields) for key, fields in plain.get("overrides", {}).items()}
    return Subscription(
        name,
        as_text(plain["source"]),
        as_text(plain.get("published", name)),
        as_text(plain.get("ref", "")),
        as_text(plain.get("file", "")),
        tuple(map(as_text, plain.get("keys", []))),
        tuple(map(as_text, plain.get("dropped", []))),
        AUTO if plain.get("updates") == AUTO else ASK,
        as_texts(plain.get("inputs", {})),
        overrides,
        tuple((as_text(reference), as_text(host)) for reference, host in plain.get("pairs", [])),
    )
