"""A catalog made of a publisher's own profiles: what may travel of each, and what is left out. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.secret_names import is_secret_name
from profiles.catalogs.format.model import MARK
from profiles.catalogs.format.texts import check_suggestion
from profiles.importing.bundles import refuse_secrets, take_secrets_out
from profiles.importing.candidate import HARMLESS
from profiles.portkey.addresses import host_of
from profiles.profile.encode import encode_profile
from profiles.profile.together.fallback import FIELD as FALLBACK

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from profiles.profile.schema.model import Profile

PERSON = "_user"  # Portkey's own word for whose request it is
_OWN = ("trusted", "allow_plain_http")  # of a profile, what each machine has to say for itself


class About(NamedTuple):
    """What a catalog says of itself."""

    name: str
    title: str = ""
    contact: str = ""
    expires: str = ""
    key: str = ""  # the minisign public key that signs it


class Draft(NamedTuple):
    """A new catalog as its file will have it, and a note on each thing that stays at home."""

    content: dict[str, Any]
    notes: tuple[str, ...]


def drafted(about: About, profiles: Sequence[Profile], configs: Mapping[str, dict[str, Any]]) -> Draft:
    """The catalog of those profiles; `configs` are their Portkey configs, by profile, of files too.

    The first profile is its default. Raises PkccError for a config with a secret in it.
    """
    notes: list[str] = []
    entries = []
    names = {profile.name for profile in profiles}
    for profile in profiles:
        entry, left_out = _entry(profile, configs, names)
        entries.append(entry)
        notes += [f"{profile.name}: {sentence}" for sentence in left_out]
    for name, config in configs.items():
        refuse_secrets(name, config)
    hosts = dict.fromkeys(host_of(profile.base_url) for profile in profiles)
    told = {field: text for field, text in about._asdict().items() if text and field != "key"}
    content: dict[str, Any] = {MARK: 1, "name": about.name, "title": told.pop("title", about.name)}
    content |= {"serial": 1, **{field: text for field, text in told.items() if field != "name"}}
    content |= {"keys": [about.key]} if about.key else {}
    content |= {"gateway_hosts": list(hosts)} | ({"configs": dict(configs)} if configs else {})
    return Draft(content | {"profiles": entries, "default": profiles[0].name}, tuple(notes))


def _entry(
    profile: Profile, configs: Collection[str], names: Collection[str]
) -> tuple[dict[str, Any], list[str]]:
    """One profile as a catalog has it, and a sentence on each thing that is left out."""
    plain = json.loads(encode_profile(profile))
    del plain["schema_version"]
    left_out = list(take_secrets_out(plain))
    for header in [name for name in plain.get("extra_headers", {}) if is_secret_name(name)]:
        del plain["extra_headers"][header]
        left_out.append(f"{header} is left out: a secret is each person's own")
    for variable in [name for name in plain.get("extra_env", {}) if not HARMLESS.fullmatch(name)]:
        del plain["extra_env"][variable]
        left_out.append(f"{variable} is left out: it may change what runs or whom a machine trusts")
    left_out += [
        f"{field} is left out: that is for each machine to say" for field in _OWN if plain.pop(field, None)
    ]
    if plain.get(FALLBACK, profile.name) not in names:
        left_out.append(f"{FALLBACK} is left out: {plain.pop(FALLBACK)} is not in this catalog")
    if profile.name in configs:
        beside = {field: plain["route"].get(field) for field in ("provider", "virtual_key")}
        route = {"kind": "config", "catalog": profile.name}
        plain["route"] = route | {field: text for field, text in beside.items() if text}
    if who := plain.get("metadata", {}).get(PERSON):
        left_out.append(f"metadata.{PERSON} is {who!r} for everybody: ask each person, by `inputs`")
    key, sentence = _key(plain.pop("api_key"))
    return {field: value for field, value in plain.items() if value != {}} | key, [*left_out, sentence]


def _key(reference: str) -> tuple[dict[str, Any], str]:
    """What the catalog says of a profile's key, and that in words; a key itself never goes in."""
    try:
        return {
            "key": {"suggest": check_suggestion(reference)}
        }, f"no key goes in: {reference} is suggested for it"
    except ValueError:
        scheme = reference.partition(":")[0]
        return {}, f"no key goes in, and no suggestion: {scheme}: means something on this machine only"
