"""What an account offers as rows to choose among: routes, and models for each alias. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.portkey.model_names import is_claude
from profiles.portkey.retired_models import retirement
from profiles.profile.schema.fields import check_identifier
from tray.actions.account.amounts import amount, moment
from tray.actions.account.choice import Choice
from tray.actions.account.models import is_dated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from profiles.gateway.account.records.offered import Model, Provider, SavedConfig
    from tray.actions.account.budgets import BudgetLeft
    from tray.actions.account.models import ModelPrice
    from tray.actions.account.offer import AccountOffer

ALIASES = ("sonnet", "opus", "haiku")  # the rows of `/model` that each Claude profile has a use for
_PROVIDERS, _CONFIGS = "Providers", "Saved configs"


def route_choices(offer: AccountOffer) -> list[Choice]:
    """Providers with what is left of their budgets, then saved configs; the key is `@slug` or `pc-…`."""
    providers = sorted(offer.providers, key=lambda each: (each.status not in ("", "active"), each.slug))
    rows = [_provider_row(each, offer.budgets.get(each.slug, ())) for each in providers]
    configs = [_config_row(each) for each in sorted(offer.configs, key=lambda each: not each.is_default)]
    return [row for part in (rows, configs) for row in sorted(part, key=lambda each: each.disabled != "")]


def _provider_row(provider: Provider, budgets: tuple[BudgetLeft, ...]) -> Choice:
    same = provider.name.lower() in ("", provider.slug.lower())
    known = ["budget used up"] if provider.status == "exhausted" else []
    known += ["" if same else provider.name, provider.kind, *map(budget_words, budgets)]
    disabled = "has expired" if provider.status == "expired" else _unusable(provider.slug)
    return Choice(f"@{provider.slug}", f"@{provider.slug}", _joined(known), disabled, _PROVIDERS)


def _config_row(config: SavedConfig) -> Choice:
    known = [config.slug if config.name else "", "the workspace's default" if config.is_default else ""]
    disabled = _unusable(config.slug) if config.status in ("", "active") else f"is {config.status}"
    return Choice(config.slug, config.name or config.slug, _joined(known), disabled, _CONFIGS)


def budget_words(budget: BudgetLeft) -> str:
    """Such as `$ 61.00 of $ 500.00 used, reset 2026-12-01`."""
    limit = "" if budget.limit is None else amount(budget.kind, budget.limit)
    said = f"budget {limit}" if budget.used is None else f"{_used(budget, budget.used)} of {limit} used"
    day = moment(budget.next_reset or "").partition(" ")[0]
    return said + (f", reset {day or budget.resets}" if day or budget.resets else "")


def _used(budget: BudgetLeft, used: float) -> str:
    return amount(budget.kind, used) if budget.kind == "cost" else f"{used:,.0f}"


def models_along(offer: AccountOffer, slugs: Iterable[str] | None) -> tuple[Model, ...]:
    """The models of the providers with those slugs; of all of them for None."""
    if slugs is None:
        return offer.models
    wanted = frozenset(slugs)
    return tuple(model for model in offer.models if model.provider in wanted)


def model_choices(
    models: Iterable[Model], alias: str, prices: Mapping[str, ModelPrice], dialect: str, *, whole_id: bool
) -> list[Choice]:
    """The models for an alias, the one to suggest first: its own kind of Claude before others, newest first.

    What names a date comes after what names none, what is retired last. The key is the name as a profile
    has it: `@slug/model` with `whole_id`, else the model's alone.
    """
    return [*choices_for(alias, ranked(models, dialect), prices, dialect, whole_id=whole_id)]


def ranked(models: Iterable[Model], dialect: str) -> list[Model]:
    """The models as any alias has them, before its own kind comes first: sorted once for all aliases."""
    return sorted(models, key=lambda each: _fitness(each, dialect))


def choices_for(
    alias: str, models: Sequence[Model], prices: Mapping[str, ModelPrice], dialect: str, *, whole_id: bool
) -> Iterator[Choice]:
    """The choices for an alias one by one, of `ranked` models: each is made when it is asked for."""
    seen = set()
    for is_own in (True, False):
        for model in models:
            name = model.id if whole_id else model.name
            if name not in seen and _is_of(model, alias) == is_own:
                seen.add(name)
                words = _model_words(model, prices.get(model.id), dialect)
                yield Choice(name, name, words, _unusable(name))


def suggested(models: Iterable[Model], dialect: str, *, whole_id: bool) -> dict[str, str]:
    """For each alias the model to suggest, where there is one of its kind that does not retire."""
    known = tuple(models)
    found = {}
    for alias in ALIASES:
        fitting = [
            model
            for model in known
            if _is_of(model, alias) and not (retirement(model.name, dialect) or _unusable(model.id))
        ]
        if fitting:
            best = min(fitting, key=lambda each: _fitness(each, dialect))
            found[alias] = best.id if whole_id else best.name
    return found


def _unusable(name: str) -> str:
    """Why a profile cannot hold that name, "" where it can."""
    try:
        check_identifier(name)
    except ValueError:
        return "has a name that no header can carry"
    return ""


def _is_of(model: Model, alias: str) -> bool:
    return is_claude(model.name) and alias in model.name.lower()


def _fitness(model: Model, dialect: str) -> tuple[object, ...]:
    ends = retirement(model.name, dialect)
    return (
        not is_claude(model.name),
        ends is not None,
        [-number for number in _version(model.name)],
        is_dated(model.name),
        model.id,
    )


def _version(name: str) -> list[int]:
    """A model's version, such as [5, 5, 0] of `eu.anthropic.claude-sonnet-5-5-20260901-v1:0`."""
    found = re.search(r"claude\D*((?:\d{1,2}(?!\d)[-.]?)+)", name)
    numbers = re.findall(r"\d+", found[1]) if found else []
    return [int(number) for number in (*numbers, "0", "0", "0")][:3]


def _model_words(model: Model, price: ModelPrice | None, dialect: str) -> str:
    ends = retirement(model.name, dialect)
    return _joined(["" if price is None else _price_words(price), ends.text if ends else ""])


def _price_words(price: ModelPrice) -> str:
    if price.input is None or price.output is None:
        return ""
    return f"$ {price.input:.2f} in, $ {price.output:.2f} out"


def _joined(known: Iterable[str]) -> str:
    return " · ".join(each for each in known if each)
