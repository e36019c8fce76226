"""What was entered for a new profile in words, and the names that are suggested. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from profiles.portkey.editions import EDITIONS, PORTKEY, edition_of
from tray.actions.profiles.adding.entered import (
    BY_MODEL,
    CONFIG,
    ELSEWHERE,
    LATER,
    NEW,
    OWN,
    PROVIDER,
)
from tray.manager.views.words import host_of
from tray.terminal.words.setting_names import model_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tray.actions.account.offer import AccountOffer
    from tray.actions.keys.stored import KeyRow
    from tray.actions.profiles.adding.entered import Entered, KeyAnswer, RouteAnswer

PLACES = {"keyring": "the system keyring", "vault": "the vault"}
_ELSEWHERE = {"env": "an environment variable", "file": "a file", "op": "1Password", "cmd": "a command"}


class Place(NamedTuple):
    """Where a new key goes, such as `the system keyring`; or why there is no place for one."""

    name: str
    problem: str = ""


class Line(NamedTuple):
    """A line of the review; `path` leads to the page that changes it."""

    name: str
    text: str
    codes: Sequence[str]
    path: str


def stored_keys(rows: Iterable[KeyRow]) -> list[tuple[str, str]]:
    """The stored keys to choose among: the name, and a line that says where each lies and who uses it."""
    found = []
    for row in rows:
        users = f"used by {', '.join(row.used_by)}" if row.used_by else "no profile uses it yet"
        found.append((row.name, f"{row.name}, in {PLACES.get(row.stored_in or '', 'the store')}: {users}"))
    return found


def key_page(key: KeyAnswer) -> str:
    """Where keys are made, at the gateway that was chosen."""
    edition = next((each for each in EDITIONS if each.name == key.gateway), PORTKEY)
    return next((page.url for page in edition.pages if page.name in ("api-keys", "console")), "")


def route_words(route: RouteAnswer) -> str:
    """Such as `@anthropic-prod`: where requests go, in a word."""
    return {PROVIDER: route.provider, CONFIG: route.config or route.path, BY_MODEL: ""}.get(
        route.kind, route.virtual_key
    )


def suggested_label(route: RouteAnswer, offer: AccountOffer | None) -> str:
    """A name for the profile: what its provider or config is called."""
    slug = route.provider.removeprefix("@")
    names: dict[str, str] = {}
    if offer is not None:
        names |= {each.slug: each.name for each in offer.configs}
        names |= {each.slug: each.name for each in offer.providers}
    name = names.get(slug or route.config, "")
    if name and name.lower() != slug.lower():
        return name
    return re.sub(r"[-_.]+", " ", slug or route.virtual_key).strip().capitalize()


def short_name(label: str, taken: Iterable[str]) -> str:
    """A name for the command line that is free, such as `anthropic-production`; "" for no letters."""
    base = re.sub(r"[^a-z0-9._-]+", "-", label.lower()).strip("-._")[:60]
    used = {name.lower() for name in taken}
    names = (base, *(f"{base}-{number}" for number in range(2, 1000)))
    return next((name for name in names if name not in used), "") if base else ""


def key_words(key: KeyAnswer, name: str, place: str) -> str:
    """Where the key lies, or will."""
    if key.source == LATER:
        return "None yet: it is entered later"
    if key.source == ELSEWHERE:
        return f"From {_ELSEWHERE[key.kind]}"
    where = PLACES.get(place, "the store")
    return f"A new key, into {where} as {name}" if key.source == NEW else f"The stored key {name}, in {where}"


def entered(all_of_it: Entered, url: str, key: str) -> list[Line]:
    """The review's lines: what was entered, each with the way back to it."""
    route, details = all_of_it.route, all_of_it.details
    codes = [all_of_it.key.typed.get(all_of_it.key.kind, "")] if all_of_it.key.source == ELSEWHERE else []
    if all_of_it.key.kind == "cmd":
        codes = []  # a command's arguments may hold anything
    models = [f"{model_name(field)}: {model}" for field, model in all_of_it.models.items() if model]
    edition = edition_of(url)
    lines = [
        Line("Key", key, codes, "/add"),
        Line("Gateway", "" if all_of_it.key.gateway == OWN else edition.title, [host_of(url)], "/add"),
        _route_line(route),
        Line("Models", "" if models else "Claude Code’s own choice", models, "/add/models"),
        Line("Short name", "", [details.name], "/add/details"),
    ]
    optional = (
        ("Metadata", [f"{name}={value}" for name, value in details.metadata]),
        ("API format", [details.dialect] if details.dialect != "messages" else []),
        ("Trace id", [details.trace_id] if details.trace_id else []),
        ("More headers", [name for name, _ in details.headers]),
        ("More variables", [name for name, _ in details.env]),
    )
    return lines + [Line(name, "", codes, "/add/details") for name, codes in optional if codes]


def _route_line(route: RouteAnswer) -> Line:
    words = {
        PROVIDER: ("Provider", [route.provider]),
        CONFIG: ("Config", [route.config or route.path, *([route.beside] if route.beside else [])]),
        BY_MODEL: ("By model name", []),
    }
    text, codes = words.get(route.kind, ("Virtual key", [route.virtual_key]))
    return Line("Route", text, codes, "/add/route")
