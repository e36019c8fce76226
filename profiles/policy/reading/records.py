"""The values of a policy that have parts: who manages, metadata, catalogs. Read strictly. Pure."""

from __future__ import annotations

import re

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import is_name
from profiles.base.secret_names import may_be_key
from profiles.policy.reading.slips import LEFT_OUT, Slip, is_text, spelled, wrong
from profiles.policy.values import ManagedBy, ManagedCatalog
from profiles.portkey.header_names import METADATA_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from profiles.policy import kinds

_ADDRESSES = ("https://", "http://", "mailto:")


def read_pairs(_: kinds.Pairs, raw: object) -> tuple[Any, list[Slip]]:
    """Texts by name."""
    if not isinstance(raw, dict):
        return wrong({}, "must hold texts by name")
    good = {key: text for key, text in raw.items() if is_text(key) and _is_metadata(text)}
    form = f"must be text on one line, of at most {METADATA_LIMIT} characters, and no key"
    return good, [Slip((str(key),), form, LEFT_OUT) for key in raw if key not in good]


def read_fields(_: kinds.Fields, raw: object) -> tuple[Any, list[Slip]]:
    """Who manages this."""
    if not isinstance(raw, dict):
        return wrong(ManagedBy(), 'must be an object, such as {"name": "Acme IT"}')
    good = {key: raw[key] for key in ManagedBy._fields if is_text(raw.get(key))}
    slips = [
        Slip((key,), "must be text on one line", LEFT_OUT)
        for key in ManagedBy._fields
        if key in raw and key not in good
    ]
    if "url" in good and not good["url"].startswith(_ADDRESSES):
        del good["url"]
        slips.append(Slip(("url",), f"must begin with {' or '.join(_ADDRESSES)}", LEFT_OUT))
    return ManagedBy(**good), slips + _unknown(raw, ManagedBy._fields)


def read_catalogs(kind: kinds.Catalogs, raw: object) -> tuple[Any, list[Slip]]:
    """Catalogs, each name once."""
    if not isinstance(raw, list):
        return wrong((), "must be a list of catalogs")
    found: dict[str, ManagedCatalog] = {}
    slips: list[Slip] = []
    for at, item in enumerate(raw):
        wrongs = _catalog_slips(kind, item)
        if isinstance(item, dict) and not any(slip.holds for slip in wrongs):
            name = item["name"]
            if name in found:
                wrongs = [Slip(("name",), "is there twice", LEFT_OUT)]
            else:
                keys = tuple(item.get("keys", ()))
                found[name] = ManagedCatalog(name, item["source"], keys, item.get("ref", ""))
        slips += [slip._replace(path=(at, *slip.path)) for slip in wrongs]
    return tuple(found.values()), slips


def _catalog_slips(kind: kinds.Catalogs, item: object) -> list[Slip]:
    if not isinstance(item, dict):
        return [Slip((), "must hold a name and a source", LEFT_OUT)]
    keys = item.get("keys", [])
    good = {
        "name": isinstance(item.get("name"), str) and is_name(item["name"]),
        "source": is_text(item.get("source")) and _is_source(item["source"]),
        "keys": isinstance(keys, list) and all(_fits(kind.key, key) for key in keys),
        "ref": item.get("ref", "") == "" or _fits(kind.ref, item["ref"]),
    }
    slips = [
        Slip((name,), kind.forms[name] if name in item else f"is missing: {kind.forms[name]}", LEFT_OUT)
        for name, fits in good.items()
        if not fits
    ]
    return slips + _unknown(item, ManagedCatalog._fields)


def _is_metadata(text: object) -> bool:
    return is_text(text, METADATA_LIMIT) and not may_be_key(str(text))


def _is_source(text: str) -> bool:
    """No option of git's, and no password, which everyone on the machine could read."""
    login, at, _ = text.partition("://")[2].partition("/")[0].rpartition("@")
    return text[0] not in "- " and not (at and ":" in login)


def _fits(pattern: str, value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _unknown(raw: Mapping[Any, object], known: tuple[str, ...]) -> list[Slip]:
    return [
        Slip((str(key),), f"is not known here: it is spelled {right}", LEFT_OUT)
        if (right := spelled(str(key), known))
        else Slip((str(key),), "is not known here")
        for key in raw
        if key not in known
    ]
