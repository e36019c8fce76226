"""One profile of a catalog: a profile's fields without its key, harmless in all of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from profiles.base.secret_names import is_secret_name, may_be_key
from profiles.catalogs.format.fields import Fields
from profiles.catalogs.format.model import CatalogError, Entry
from profiles.catalogs.format.texts import (
    check_part_name,
    check_suggestion,
    check_web_page,
    inputs_in,
)
from profiles.importing.candidate import HARMLESS
from profiles.portkey.addresses import host_of
from profiles.portkey.header_names import CHOOSE_NO_HOST, PREFIX
from profiles.profile.render import render
from profiles.profile.schema.fields import LOADER_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from profiles.profile.schema.model import Profile

STAND_IN = "keyring:stand-in"  # in place of the key, where an entry is checked
# What a profile has and a catalog's has not: they are a person's own, or name what lies on a machine.
_OWN = ("api_key", "allow_plain_http", "trusted", "schema_version")
_LOCKABLE = re.compile(r"label|api_key|key_delivery|(models|metadata)(\.[^\s.]{1,64})?")


def read_entry(
    place: str, plain: object, configs: Mapping[str, dict[str, Any]], inputs: Collection[str]
) -> Entry:
    """The entry at that place. Raises CatalogError."""
    fields = Fields(place, plain)
    name = fields.text("name", check_part_name, needed=True)
    locked = fields.texts("locked", _check_locked)
    suggest = help_ = ""
    if of_key := fields.inner("key"):
        suggest = of_key.text("suggest", check_suggestion)
        help_ = of_key.text("help", check_web_page)
        of_key.done()
        _check_inputs(of_key.at("suggest"), suggest, inputs)
    own = fields.rest()
    for field in _OWN:
        if field in own:
            raise CatalogError(fields.at(field), "is for each person's own profiles alone")
    own["route"] = _resolved(fields.at("route"), own.get("route"), configs)
    profile = _profile(place, {**own, "name": name, "api_key": STAND_IN})
    for problem_place, problem in _never(profile):
        raise CatalogError(f"{place}.{problem_place}", problem)
    for key, text in profile.metadata.items():
        _check_inputs(fields.at(f"metadata.{key}"), text, inputs)
    return Entry(name, own, host_of(profile.base_url), suggest, help_, locked)


def _check_locked(text: str) -> str:
    from profiles.profile.schema.model_parts import Models

    group, _, name = text.partition(".")
    is_there = group != "models" or not name or name in Models.model_fields
    if not (is_there and _LOCKABLE.fullmatch(text)):
        raise ValueError(
            "must be label, api_key, key_delivery, models, metadata, or one of those, such as models.opus"
        )
    return text


def _check_inputs(place: str, text: str, inputs: Collection[str]) -> None:
    for name in checked_inputs(place, text):
        if name not in inputs:
            raise CatalogError(place, f"names the input {name!r}, which `inputs` does not have")


def checked_inputs(place: str, text: str) -> list[str]:
    """The inputs in a text. Raises CatalogError with its place."""
    try:
        return inputs_in(text)
    except ValueError as error:
        raise CatalogError(place, str(error)) from None


def _resolved(place: str, route: object, configs: Mapping[str, dict[str, Any]]) -> object:
    """The route with the catalog's config inline where it names one. A path is of one machine."""
    if not isinstance(route, dict):
        return route
    if "path" in route:
        raise CatalogError(f"{place}.path", "names a file: give the config in `configs`")
    if "catalog" not in route:
        return route
    config = configs.get(route["catalog"]) if isinstance(route["catalog"], str) else None
    if config is None:
        raise CatalogError(f"{place}.catalog", "names a config that `configs` does not have")
    return {**{key: value for key, value in route.items() if key != "catalog"}, "inline": config}


def _profile(place: str, plain: dict[str, Any]) -> Profile:
    from profiles.profile.schema.parse import FieldError, parse_profile

    try:
        return parse_profile(plain)
    except FieldError as error:
        path, message = error.problems[0]
        raise CatalogError(f"{place}.{path}".rstrip("."), message) from None


def _never(profile: Profile) -> Iterator[tuple[str, str]]:
    """What no catalog may have a profile do, each with its place."""
    for name in profile.extra_env:
        if LOADER_VARIABLES.fullmatch(name):
            yield f"extra_env.{name}", "makes programs load code"
        if not HARMLESS.fullmatch(name):
            yield f"extra_env.{name}", "may change what runs or whom it trusts"
    for name in profile.extra_headers:
        if is_secret_name(name):
            yield f"extra_headers.{name}", "is a header for a secret, which a catalog never gives"
        elif _chooses_host(name.lower()):
            yield f"extra_headers.{name}", "may have the gateway send the key on to another host"
    if render(profile).references() not in ([], [STAND_IN]):
        yield "route", "names a second secret: a catalog's profile has one key"
    for place, text in texts_in(profile.model_dump(mode="json", exclude={"api_key", "name"})):
        if may_be_key(text):
            yield place, "holds what looks like a key"


def _chooses_host(header: str) -> bool:
    return header == "host" or (header.startswith(PREFIX) and header not in CHOOSE_NO_HOST)


def hosts_beyond(entry: Entry) -> Iterator[tuple[str, str]]:
    """Each host that an inline config has the gateway send requests on to, with its place in the entry.

    "" for what is no address.
    """
    for place, text in texts_in(entry.fields["route"].get("inline"), "route.inline"):
        if place.rpartition(".")[2] == "custom_host":
            yield place, host_of(text)


def texts_in(plain: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in JSON data with its place; names of fields do not count."""
    if isinstance(plain, str):
        yield place, plain
    elif isinstance(plain, dict):
        for key, value in plain.items():
            yield from texts_in(value, f"{place}.{key}".lstrip("."))
    elif isinstance(plain, list):
        for at, value in enumerate(plain):
            yield from texts_in(value, f"{place}[{at}]")
