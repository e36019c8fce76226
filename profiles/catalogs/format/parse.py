"""From a catalog's bytes to what it says, or to the first thing that is wrong with it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.base.secret_names import may_be_key
from profiles.base.text import others_words
from profiles.catalogs.format.entries import checked_inputs, hosts_beyond, read_entry, texts_in
from profiles.catalogs.format.fields import Fields, checked
from profiles.catalogs.format.model import (
    MARK,
    MOST_KEYS,
    MOST_PROFILES,
    VERSION,
    Catalog,
    CatalogError,
    CatalogRule,
    Entry,
    Input,
    Withdrawn,
)
from profiles.catalogs.format.patterns import check_pattern
from profiles.catalogs.format.strict_json import load
from profiles.catalogs.format.texts import (
    check_date,
    check_host,
    check_part_name,
    check_remote,
    check_required_key,
    check_version,
)
from profiles.profile.schema.fields import check_inline_config, check_new_metadata

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_LONGEST_WORDS = 200


def parse(data: bytes) -> Catalog:
    """The catalog that the bytes are. Raises CatalogError that names the place of what is wrong."""
    plain = load(data)
    fields = Fields("", plain)
    if MARK not in plain:
        raise CatalogError("", f"is no catalog: it has no {MARK}")
    version = fields.number(MARK)
    if version > VERSION:
        raise CatalogError(
            MARK, f"is {version}, of a newer pkcc-tray", "Update pkcc-tray; nothing was changed."
        )
    name = fields.text("name", check_part_name, needed=True)
    inputs = {key: _input(place, key, value) for place, key, value in fields.members("inputs")}
    configs = {key: _config(place, value) for place, key, value in fields.members("configs", MOST_PROFILES)}
    hosts = fields.texts("gateway_hosts", check_host)
    entries = tuple(
        read_entry(place, value, configs, inputs) for place, value in fields.items("profiles", MOST_PROFILES)
    )
    for place, problem in _between(entries, hosts):
        raise CatalogError(place, problem)
    names = {entry.name for entry in entries}
    catalog = Catalog(
        name,
        fields.number("serial"),
        entries,
        title=fields.text("title", _check_words),
        contact=fields.text("contact", _check_words),
        expires=fields.text("expires", check_date),
        min_version=fields.text("min_version", check_version),
        gateway_hosts=hosts,
        keys=fields.texts("keys", _check_key, MOST_KEYS),
        inputs=inputs,
        default=fields.text("default"),
        required_metadata=fields.texts("required_metadata", check_required_key),
        rules=tuple(_rule(place, value, names) for place, value in fields.items("rules", MOST_PROFILES)),
        withdrawn=tuple(
            _withdrawn(place, value, names) for place, value in fields.items("withdrawn", MOST_PROFILES)
        ),
    )
    fields.done()
    if catalog.default and catalog.default not in names:
        raise CatalogError("default", "names a profile that the catalog does not have")
    return catalog


def _between(entries: tuple[Entry, ...], hosts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What is wrong between the profiles, and with the hosts that their keys go to."""
    if not entries:
        yield "profiles", "is missing or empty"
    seen: set[str] = set()
    names = {entry.name for entry in entries}
    for number, entry in enumerate(entries):
        place = f"profiles[{number}]"
        if entry.name.lower() in seen:
            yield f"{place}.name", "is there twice"
        seen.add(entry.name.lower())
        if entry.host not in hosts:
            yield f"{place}.gateway", "is at a host that `gateway_hosts` does not have"
        for below, host in hosts_beyond(entry):  # the gateway sends the key that came along with the request
            if not host:
                yield f"{place}.{below}", "must be a plain address, such as https://llm.acme.example/v1"
            elif host not in hosts:
                yield f"{place}.{below}", "sends requests on to a host that `gateway_hosts` does not have"
        fallback = entry.fields.get("when_unreachable")
        if fallback is not None and fallback not in names:
            yield f"{place}.when_unreachable", "names a profile that the catalog does not have"


def _check_words(text: str) -> str:
    if len(text) > _LONGEST_WORDS:
        raise ValueError(f"is longer than {_LONGEST_WORDS} characters")
    if may_be_key(text):
        raise ValueError("holds what looks like a key")
    return others_words(text, _LONGEST_WORDS)


def _check_key(text: str) -> str:
    from profiles.catalogs.signature import SignatureError, parse_key

    try:
        return parse_key(text).text
    except SignatureError as error:
        raise ValueError(error.title) from None


def _input(place: str, name: str, plain: object) -> Input:
    if checked_inputs(place, f"{{{name}}}") != [name]:
        raise CatalogError(place, "must have a name of small letters, digits and _")
    fields = Fields(place, plain)
    found = Input(fields.text("ask", _check_words, needed=True), fields.text("pattern", check_pattern))
    fields.done()
    return found


def _config(place: str, plain: object) -> dict[str, Any]:
    checked(place, check_part_name, place.rpartition("configs.")[2])
    if not isinstance(plain, dict):
        raise CatalogError(place, "must be an object")
    try:
        config = check_inline_config(plain, from_file=True)
    except ValueError as error:
        raise CatalogError(place, str(error)) from None
    for below, text in texts_in(config):
        if may_be_key(text):
            raise CatalogError(f"{place}.{below}", "holds what looks like a key")
    return config


def _rule(place: str, plain: object, names: Collection[str]) -> CatalogRule:
    fields = Fields(place, plain)
    remote = fields.text("remote", check_remote, needed=True)
    profile = fields.text("profile")
    metadata = {key: value for _, key, value in fields.members("metadata")}
    fields.done()
    if profile and profile not in names:
        raise CatalogError(f"{place}.profile", "names a profile that the catalog does not have")
    try:
        check_new_metadata(metadata)
    except ValueError as error:
        raise CatalogError(f"{place}.metadata", str(error)) from None
    if not profile and not metadata:
        raise CatalogError(place, "does nothing: give it a profile or metadata")
    return CatalogRule(remote, profile, metadata)


def _withdrawn(place: str, plain: object, names: Collection[str]) -> Withdrawn:
    fields = Fields(place, plain)
    found = Withdrawn(
        fields.text("name", check_part_name, needed=True),
        fields.text("use"),
        fields.text("why", _check_words),
    )
    fields.done()
    if found.use and found.use not in names:
        raise CatalogError(f"{place}.use", "names a profile that the catalog does not have")
    return found
