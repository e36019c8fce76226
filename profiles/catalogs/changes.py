"""What a newer catalog changes: quietly, or so that a person must look at it first. Pure.

Quiet is what the table below names, and nothing else: a field that a later version adds is loud until it is
put there. A profile is quiet as a whole where all that is loud in it was accepted before, in any profile of
the catalog: so the same key goes to the same host in the same way.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.catalogs.format.model import HIGH_SERIAL
from profiles.catalogs.format.texts import inputs_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.catalogs.format.model import Catalog, Entry

# Of a profile: what it is called, which models it asks for, and what the gateway's logs say.
QUIET_FIELDS = (
    "label", "models", "model_names", "model_descriptions", "model_capabilities", "metadata",
)  # fmt: skip
# Of a route: which of the company's own providers, or saved configs, behind the same gateway.
QUIET_ROUTE_FIELDS = ("provider", "virtual_key", "id")
# Of the catalog: what makes nobody's requests go another way.
QUIET_OF_ALL = ("serial", "expires", "min_version", "withdrawn")


class Change(NamedTuple):
    """One change: `profile` "" is for the catalog itself. Values are as JSON has them; "" for none."""

    profile: str
    field: str
    before: str
    after: str


class Changes(NamedTuple):
    """All that differs, each part in the order of the catalog."""

    quiet: tuple[Change, ...] = ()
    loud: tuple[Change, ...] = ()


def catalog_changes(old: Catalog, new: Catalog) -> Changes:
    """What the new content changes, the loud changes apart from those that may apply by themselves."""
    quiet: list[Change] = []
    loud: list[Change] = []
    for field in new._fields:
        before, after = getattr(old, field), getattr(new, field)
        if field != "profiles" and before != after:
            change = Change("", field, _shown(before), _shown(after))
            (quiet if field in QUIET_OF_ALL and not serial_words(change) else loud).append(change)
    accepted = [loud_part(entry) for entry in old.profiles]
    before_of = {entry.name: entry for entry in old.profiles}
    after_of = {entry.name: entry for entry in new.profiles}
    for name in {**before_of, **after_of}:
        was, is_ = before_of.get(name), after_of.get(name)
        for change in _of_profile(name, was, is_):
            (quiet if _is_quiet(change, was, is_, accepted) else loud).append(change)
    return Changes(tuple(quiet), tuple(loud))


def serial_words(change: Change) -> str:
    """What is out of order in a new serial, such as `older than what you have`; "" for all else."""
    if change.profile or change.field != "serial":
        return ""
    before, after = int(change.before), int(change.after)
    if after < before:
        return "older than what you have"
    return "leaves no room for higher ones" if after >= HIGH_SERIAL > before else ""


def loud_part(entry: Entry) -> dict[str, Any]:
    """All of a profile that only a person may change: whatever no table of quiet things names."""
    fields = {name: value for name, value in entry.fields.items() if name not in QUIET_FIELDS}
    route = {name: value for name, value in entry.fields["route"].items() if name not in QUIET_ROUTE_FIELDS}
    # A new answer of the person's that is sent along is more than a metadata value.
    asked = sorted({name for text in entry.fields.get("metadata", {}).values() for name in inputs_in(text)})
    return {
        **fields,
        "route": route,
        "host": entry.host,
        "suggest": entry.suggest,
        "help": entry.help,
        "locked": sorted(entry.locked),
        "inputs": asked,
    }


def _is_quiet(change: Change, was: Entry | None, is_: Entry | None, accepted: list[dict[str, Any]]) -> bool:
    if is_ is None:
        return True
    if was is None:
        return loud_part(is_) in accepted
    before, after = loud_part(was), loud_part(is_)
    return before == after or change.field.partition(".")[0] not in _loud_fields(before, after)


def _loud_fields(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The fields under which a changed profile shows what is loud: new inputs are in its metadata."""
    names = {name for name in (*before, *after) if before.get(name) != after.get(name)}
    return {"metadata" if name == "inputs" else name for name in names}


def _of_profile(name: str, was: Entry | None, is_: Entry | None) -> Iterator[Change]:
    if was is None or is_ is None:
        yield Change(name, "", _of_all(was), _of_all(is_))
        return
    before, after = _fields_of(was), _fields_of(is_)
    if was.host != is_.host:
        _say_host_once(before, after)
    for field in dict.fromkeys((*before, *after)):
        if before.get(field) != after.get(field):
            yield Change(name, field, _shown(before.get(field)), _shown(after.get(field)))


def _say_host_once(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Leave out of both the gateway, or the host, where the other one says the same."""
    addresses = [fields.get("gateway") or f"https://{fields['host']}" for fields in (before, after)]
    is_plain = addresses == [f"https://{fields['host']}" for fields in (before, after)]
    for fields, address in zip((before, after), addresses, strict=True):
        fields.pop("gateway", None)
        if not is_plain:
            fields |= {"host": None, "gateway": address}


def _of_all(entry: Entry | None) -> str:
    return "" if entry is None else _shown(_fields_of(entry))


def _fields_of(entry: Entry) -> dict[str, Any]:
    """A profile's fields by their paths, such as `models.sonnet`, one level deep."""
    beside = {
        "host": entry.host,
        "suggest": entry.suggest,
        "help": entry.help,
        "locked": sorted(entry.locked),
    }
    found: dict[str, Any] = {}
    for name, value in {**entry.fields, **beside}.items():
        if isinstance(value, dict):
            found |= {f"{name}.{key}": item for key, item in value.items()}
        else:
            found[name] = value
    return found


def _shown(value: object) -> str:
    if value is None or value in ("", (), {}, []):
        return ""
    return value if isinstance(value, str) else json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: object) -> object:
    if hasattr(value, "_asdict"):
        return {name: _plain(item) for name, item in value._asdict().items() if item not in ("", (), {})}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
