"""A catalog as it is shown, before anyone says yes too: where each profile sends which key. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.catalogs.format.entries import STAND_IN, hosts_beyond
from profiles.catalogs.kept.own_part import overrides_of, reference_of, withdrawn_words

if TYPE_CHECKING:
    from profiles.catalogs.format.model import Catalog, Entry
    from profiles.catalogs.subscriptions import Subscription


class DescribedProfile(NamedTuple):
    """One profile: its name as it is typed, where its key goes, and which key.

    `key` is the reference that leads to it, with {input} in it where that is not answered yet.
    `is_suggested`: the catalog names it, and the person no other.
    `headers` and `variables` are names of what goes along, with values where they are the catalog's own.
    """

    name: str
    label: str
    host: str
    key: str
    is_suggested: bool
    key_help: str
    route: str
    dialect: str
    headers: tuple[str, ...]
    variables: tuple[str, ...]
    locked: tuple[str, ...]
    sends_on: tuple[str, ...]  # hosts that its config has the gateway send on to, the key too
    withdrawn: str = ""  # why it is to be used no more, or what instead


class DescribedRule(NamedTuple):
    """What clones of a remote get."""

    remote: str
    profile: str
    metadata: dict[str, str]


class AskedInput(NamedTuple):
    """What each person is asked once, and what was answered; None where it was not yet."""

    name: str
    ask: str
    pattern: str
    answer: str | None


class Described(NamedTuple):
    """What a catalog says."""

    name: str  # as it is called here
    title: str
    serial: int
    contact: str
    expires: str
    default: str
    profiles: tuple[DescribedProfile, ...]
    rules: tuple[DescribedRule, ...]
    inputs: tuple[AskedInput, ...]
    required_metadata: tuple[str, ...]


def described(subscription: Subscription, catalog: Catalog) -> Described:
    """The catalog in words' parts, for someone who follows it, or may: with their answers and keys."""
    name = subscription.name
    gone = {each.name: withdrawn_words(name, each) for each in catalog.withdrawn}
    return Described(
        name,
        catalog.title or catalog.name,
        catalog.serial,
        catalog.contact,
        catalog.expires,
        f"{name}/{catalog.default}" if catalog.default else "",
        tuple(_profile(subscription, entry, gone.get(entry.name, "")) for entry in catalog.profiles),
        tuple(
            DescribedRule(rule.remote, f"{name}/{rule.profile}" if rule.profile else "", rule.metadata)
            for rule in catalog.rules
        ),
        tuple(
            AskedInput(each, asked.ask, asked.pattern, subscription.inputs.get(each))
            for each, asked in catalog.inputs.items()
        ),
        catalog.required_metadata,
    )


def _profile(subscription: Subscription, entry: Entry, withdrawn: str) -> DescribedProfile:
    from profiles.profile.render import render
    from profiles.profile.schema.parse import parse_profile

    profile = parse_profile({**entry.fields, "name": entry.name, "api_key": STAND_IN}, stored=True)
    rendered = render(profile)
    try:
        key = reference_of(subscription, entry)
    except KeyError:  # what stands in it is not answered yet
        key = entry.suggest
    return DescribedProfile(
        f"{subscription.name}/{entry.name}",
        profile.label,
        entry.host,
        key,
        bool(entry.suggest) and "api_key" not in overrides_of(subscription, entry),
        entry.help,
        rendered.hint,
        profile.dialect,
        tuple(f"{name}: {value}" for name, value in rendered.headers if STAND_IN not in value),
        tuple(f"{name}={value}" for name, value in profile.extra_env.items()),
        entry.locked,
        tuple(dict.fromkeys(host for _, host in hosts_beyond(entry))),
        withdrawn,
    )
