"""Catalogs' rows, those that want something first, and what a newer version changes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.catalogs.changes import serial_words
from profiles.catalogs.kept.decision import YOUR_KEY
from profiles.catalogs.standing import STATES
from profiles.files.json_documents import json_or_none
from tray.manager.views.times import roughly
from tray.terminal.words.catalogs.changes import place_words, whole_words
from tray.terminal.words.catalogs.states import look_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from profiles.catalogs.changes import Change
    from tray.actions.catalogs.overview import CatalogRow


class Row(NamedTuple):
    """A catalog's row. `kind` is ok, warn or bad; `looks`: whether there is something to look at."""

    name: str
    title: str
    kind: str
    state: str
    more: str
    version: str
    profiles: str
    source: str
    signed: str
    looks: bool
    managed: bool
    is_here: bool  # whether it has a page: something of it is here as it was fetched


class Compared(NamedTuple):
    """A change as two values side by side, as `compared_rows` draws them."""

    name: str
    spelled: str
    before: str
    after: str
    blank: bool = False
    strange: tuple[str, str, str] | None = None


def catalog_rows(found: Sequence[CatalogRow]) -> list[Row]:
    """All of them, trouble first."""
    ordered = sorted(found, key=lambda row: (STATES.index(row.state), row.name))
    return [catalog_row(row) for row in ordered]


def catalog_row(row: CatalogRow) -> Row:
    """One of them."""
    look, is_here = look_of(row), row.state not in _UNSIGNED
    accepted = f", {roughly(row.accepted_at)}" if row.accepted_at and look.kind == "ok" else ""
    return Row(
        row.name,
        row.title or row.name,
        look.kind,
        f"{look.page}{accepted}",
        row.problem,
        "" if row.serial is None else f"Version {row.serial}",
        ", ".join(row.profiles[:3]) + (" …" if len(row.profiles) > 3 else ""),
        row.source,
        f"Signed by {row.signed_by}" if row.signed_by else _UNSIGNED.get(row.state, "Not signed"),
        look.asks,
        row.managed,
        is_here,
    )


_UNSIGNED = {"unfetched": "Not fetched yet", "replaced": "To be fetched again"}


def compared(changes: Iterable[Change]) -> list[Compared]:
    """Changes as values side by side; `spelled` is "" for what the file has no name for."""
    return [
        Compared(
            _title(each),
            "" if each.field == YOUR_KEY else place_words(each),
            _plain(each, each.before),
            _plain(each, each.after),
        )
        for each in changes
    ]


def _title(change: Change) -> str:
    """Such as `work: sends to`."""
    group = change.field.partition(".")[0]
    if change.profile and not change.field:
        return f"{change.profile}: the whole profile"
    words = _FIELDS.get(group, group.replace("_", " "))
    if out_of_order := serial_words(change):
        words = f"{words}, {out_of_order}"
    return f"{change.profile}: {words}" if change.profile else words[:1].upper() + words[1:]


def _plain(change: Change, value: str) -> str:
    """A list of texts without its brackets; a whole profile as where it sends which key."""
    if change.profile and not change.field:
        return whole_words(value)
    found = json_or_none(value) if value.startswith("[") else None
    if isinstance(found, list) and all(isinstance(each, str) for each in found):
        return ", ".join(found)
    return value


_FIELDS = {
    "gateway_hosts": "hosts that profiles may name",
    YOUR_KEY: "your key goes",
    "host": "sends to",
    "gateway": "gateway’s address",
    "suggest": "suggested key",
    "help": "where to get a key",
    "route": "route",
    "extra_headers": "header line",
    "extra_env": "variable",
    "dialect": "API format",
    "key_delivery": "how the key is handed over",
    "models": "model",
    "metadata": "metadata",
    "serial": "version",
    "keys": "signing keys",
    "inputs": "what you are asked",
    "locked": "fields that nobody changes",
}
