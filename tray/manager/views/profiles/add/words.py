"""What was entered for a new profile in words, and the names that are suggested. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.secret_references.managers import manager_of
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
from tray.manager.views.words import STORES, host_of, within
from tray.terminal.words.setting_names import model_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from profiles.gateway.check.kept_checks import CheckedStep
    from tray.actions.account.offer import AccountOffer
    from tray.actions.keys.stored import KeyRow
    from tray.actions.profiles.adding.entered import Details, Entered, KeyAnswer, RouteAnswer

_ELSEWHERE = {"env": "an environment variable", "file": "a file", "cmd": "a command"}


class Line(NamedTuple):
    """A line of the review; `path` leads to the page that changes it."""

    name: str
    text: str
    codes: Sequence[tuple[str, str]]  # what is said before each, and the code itself
    path: str


def stored_keys(rows: Iterable[KeyRow]) -> list[tuple[str, str]]:
    """The stored keys to choose among: the name, and a line that says where each lies and who uses it."""
    found = []
    for row in rows:
        users = f"used by {', '.join(row.used_by)}" if row.used_by else "no profile uses it yet"
        found.append((row.name, f"{row.name}, in {STORES.get(row.stored_in or '', 'the store')}: {users}"))
    return found


def gateway_choice(urls: Sequence[str]) -> tuple[str, str]:
    """Which gateway is chosen for a key that is used at those, and the address of one of its own."""
    edition = edition_of(urls[0])
    return (edition.name, "") if edition.gateway else (OWN, urls[0])


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
        manager = manager_of(key.reference(name))
        return f"From {_ELSEWHERE[key.kind] if manager is None else manager.title}"
    where = STORES.get(place, "the store")
    return f"A new key, into {where} as {name}" if key.source == NEW else f"The stored key {name}, in {where}"


def entered(all_of_it: Entered, url: str, key: str) -> list[Line]:
    """The review's lines: what was entered, each with the way back to it."""
    answer, details = all_of_it.key, all_of_it.details
    # A command's arguments may hold anything.
    shown = answer.source == ELSEWHERE and answer.kind != "cmd"
    models = [(model_name(field), model) for field, model in all_of_it.models.items() if model]
    return [
        Line("Key", key, _codes(answer.typed.get(answer.kind, "") if shown else ""), "/add"),
        Line("Gateway", "" if answer.gateway == OWN else edition_of(url).title, _codes(host_of(url)), "/add"),
        _route_line(all_of_it.route),
        Line("Models", "" if models else "Claude Code’s own choice", models, "/add/models"),
        Line("Short name", "", _codes(details.name), "/add/details"),
        *(Line(name, "", codes, "/add/details") for name, codes in _further(details) if codes),
    ]


def _further(details: Details) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        ("Metadata", _codes(*(f"{name}={value}" for name, value in details.metadata))),
        ("API format", _codes(details.dialect if details.dialect != "messages" else "")),
        ("Trace id", _codes(details.trace_id)),
        ("More headers", _codes(*(name for name, _ in details.headers))),
        ("More variables", _codes(*(name for name, _ in details.env))),
    ]


def _codes(*texts: str) -> list[tuple[str, str]]:
    return [("", text) for text in texts if text]


def _route_line(route: RouteAnswer) -> Line:
    words = {
        PROVIDER: ("Provider", _codes(route.provider)),
        CONFIG: ("Config", _codes(route.config or route.path, route.beside)),
        BY_MODEL: ("By model name", []),
    }
    text, codes = words.get(route.kind, ("Virtual key", _codes(route.virtual_key)))
    return Line("Route", text, codes, "/add/route")


def tested(steps: Sequence[CheckedStep], reference: str, key: str) -> list[CheckedStep]:
    """The steps of a test in a person's words: which key, and no reference that leads to it."""
    shown = within(key)
    return [
        step._replace(
            step=step.step[:1].upper() + step.step[1:], text=shown if step.text == reference else step.text
        )
        for step in steps
    ]
