"""The models that a profile or a config asks for, with price and end, as far as they are known here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from profiles.claude_code.dialects import DIALECTS
from profiles.gateway.account.known import rows_in
from profiles.gateway.account.records.offered import Model
from profiles.portkey.retired_models import last_day, retirement
from profiles.profile.rendering import models_of
from tray.actions.account.ask import known_account
from tray.actions.account.models import ModelPrice, prices_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.base.locations import Locations
    from profiles.portkey.config.explaining.tree import Explained
    from profiles.profile.rendering import Rendered


class UsedModel(NamedTuple):
    """A model. `used_as` is the profile's own name for it, such as `sonnet`; `path` the config's target.

    One of the two is null. `price` is US dollars for a million tokens, as last asked for; `ends` is such as
    `will be retired on November 30, 2026`.
    """

    model: str
    provider: str | None
    used_as: str | None
    path: str | None
    price: ModelPrice | None
    ends: str | None


class _Use(NamedTuple):
    model: str
    provider: str
    used_as: str | None
    path: str | None


def models_used(
    locations: Locations, rendered: Rendered | None, tree: Explained | None, *, of_profile: bool
) -> tuple[UsedModel, ...]:
    """Those that the profile names, where they are wanted, then those of the config's targets.

    Nothing is asked: prices are what the profile's account told before.
    """
    single = tree.provider or "" if tree is not None and not tree.targets else ""
    uses = [*_of_profile(rendered, single)] if of_profile and rendered is not None else []
    uses += [] if tree is None else [*_of_targets(tree)]
    kinds, prices = _kept(locations, rendered, uses)
    dialect = "messages" if rendered is None else rendered.dialect
    return tuple(
        UsedModel(
            use.model, use.provider or None, use.used_as, use.path, prices.get(_id(use)),
            _end(use, kinds.get(use.provider.removeprefix("@"), ""), dialect),
        )
        for use in uses
    )  # fmt: skip


def _of_profile(rendered: Rendered, provider: str) -> Iterator[_Use]:
    for used_as, model in models_of(rendered).items():
        bare = model.removesuffix("[1m]")
        slug, slash, name = bare.partition("/")
        if slash and slug.startswith("@"):
            yield _Use(name, slug, used_as, None)
        else:
            yield _Use(bare, provider, used_as, None)


def _of_targets(level: Explained) -> Iterator[_Use]:
    if not level.targets:
        for model in dict.fromkeys((level.model, level.model_unless_asked)):
            if model:
                yield _Use(model, level.provider or "", None, level.path)
    for target in level.targets:
        yield from _of_targets(target)


def _id(use: _Use) -> str:
    return f"{use.provider}/{use.model}" if use.provider else use.model


def _kept(
    locations: Locations, rendered: Rendered | None, uses: list[_Use]
) -> tuple[dict[str, str], dict[str, ModelPrice]]:
    """Whose models a provider serves, and what they cost, as the account last told; without the key."""
    known = None if rendered is None else known_account(locations, rendered)
    if known is None:
        return {}, {}
    with known as account:
        providers, models = rows_in(account.providers(math.inf)), account.models(math.inf)
        canonical = {each.id: each.canonical for each in rows_in(models)}
        asked = {
            _id(use): Model(_id(use), use.provider.removeprefix("@"), use.model, canonical.get(_id(use), ""))
            for use in uses
        }
        return {each.slug: each.kind for each in providers}, prices_of(account, asked.values(), providers)


def _end(use: _Use, kind: str, dialect: str) -> str | None:
    """When a model ends, by the platform that it is reached through."""
    named = (kind or use.provider).lower()
    reached = next((each for each, its in DIALECTS.items() if its.pins_models and each in named), dialect)
    soon = retirement(use.model, reached)
    if soon is not None:
        return soon.text
    day = last_day(use.model, reached)
    return f"will be retired on {day}" if day else None
