"""The models that a profile's key may use, with their prices, and what the profile uses them for."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import named
from profiles.claude_code.owned_slots import MODEL_KEYS
from profiles.gateway.account.account import Account
from profiles.gateway.account.known import Known, Problem, rows_in
from profiles.gateway.asking.at_once import AtOnce
from profiles.portkey.header_names import PROVIDER
from profiles.portkey.model_names import is_claude
from tray.actions.account.ask import AccountError, account_of, asked_at, notes_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from profiles.gateway.account.account import Offer
    from profiles.gateway.account.records.offered import Model, Provider
    from profiles.profile.rendering import Rendered
    from tray.app import App

_PRICED = 32  # models at most whose price is asked for, eight at a time
_AT_ONCE = 8
_PRICES_LAST_S = 7 * 24 * 3600.0
_DATED = re.compile(r"-20\d{6}\b")
_CENTS_TO_MILLION = 10_000  # cents a token, dollars a million tokens


class ModelPrice(NamedTuple):
    """US dollars for a million tokens; null where not told."""

    input: float | None
    output: float | None
    cache_read: float | None
    cache_write: float | None


class ListedModel(NamedTuple):
    """A model's row. `used_as` are the profile's own names for it, such as `sonnet`."""

    id: str
    provider: str
    name: str
    claude: bool
    used_as: tuple[str, ...]
    price: ModelPrice | None


class Models(NamedTuple):
    """The models that a profile's key may use, and when that was known."""

    profile: str
    asked_at: str
    whole: bool
    models: tuple[ListedModel, ...]


def list_models(
    app: App, name: str, provider: str | None, *, claude_only: bool
) -> tuple[Models, tuple[str, ...]]:
    """The models, those of one provider only where one is named; and notes on what is missing.

    Raises AccountError where they cannot be listed, and PkccError where the key is not to be had.
    """
    rendered = app.store.rendered(name)
    with account_of(app, rendered) as account:
        offer = account.offer()
        if isinstance(offer.models, Problem):
            raise AccountError(offer.models)
        slug = provider.removeprefix("@") if provider is not None else None
        shown = [
            model
            for model in offer.models.value
            if (slug is None or model.provider == slug) and (not claude_only or is_claude(model.name))
        ]
        uses = _uses(rendered)
        priced = [model for model in shown if model.id in uses or is_claude(model.name)]
        prices = prices_of(account, priced, rows_in(offer.providers))
    rows = tuple(
        ListedModel(
            model.id, model.provider, model.name, is_claude(model.name), uses.get(model.id, ()),
            prices.get(model.id),
        )
        for model in sorted(shown, key=order)
    )  # fmt: skip
    notes = notes_on([offer.models])
    if slug is not None and not any(model.provider == slug for model in offer.models.value):
        notes = (*notes, _without_models(slug, offer))
    return Models(name, asked_at(offer.models), offer.models.whole, rows), notes


def _without_models(slug: str, offer: Offer) -> str:
    """Why a provider has no models here, with the one that may be meant."""
    known = [each.slug for each in rows_in(offer.providers)]
    if slug in known:
        return f"Provider @{slug} is there, but this key may use no model of it."
    near = get_close_matches(slug, known, n=1)
    meant = f"did you mean @{near[0]}?" if near else f"it has {', '.join(f'@{each}' for each in known[:5])}."
    return f"This key's workspace has no {named('provider', slug)}" + (f": {meant}" if known else ".")


def order(model: Model) -> tuple[str, bool, bool, str]:
    """Provider by provider, Claude's first, and what names no date before what does."""
    return model.provider, not is_claude(model.name), is_dated(model.name), model.name


def is_dated(model: str) -> bool:
    """Whether a model's name holds the day of its release: it never means a newer one."""
    return _DATED.search(model) is not None


def _uses(rendered: Rendered) -> dict[str, tuple[str, ...]]:
    """The profile's own names for a model, by the model's id."""
    route = dict(rendered.headers).get(PROVIDER, "")
    found: dict[str, tuple[str, ...]] = {}
    for alias, variable in MODEL_KEYS.items():
        model = str(rendered.env.get(variable, "")).removesuffix("[1m]")
        if model:
            whole = model if model.startswith("@") or not route.startswith("@") else f"{route}/{model}"
            found[whole] = (*found.get(whole, ()), alias)
    return found


def prices_of(
    account: Account, models: Iterable[Model], providers: Iterable[Provider]
) -> dict[str, ModelPrice]:
    """Prices by the models' ids, of so many of them as may be asked for; `providers` tell whose they are."""
    kinds = {each.slug: each.kind for each in providers}
    asked = [(model, vendor) for model in models if (vendor := _vendor(model, kinds))][:_PRICED]
    with AtOnce(_AT_ONCE) as pool:
        prices = pool.map(
            lambda each: account.price(each[1], each[0].canonical or each[0].name, _PRICES_LAST_S), asked
        )
        return {
            model.id: ModelPrice(
                *(None if cents is None else round(cents * _CENTS_TO_MILLION, 6) for cents in price.value[:4])
            )
            for (model, _), price in zip(asked, prices, strict=True)
            if isinstance(price, Known)
        }


def _vendor(model: Model, kinds: Mapping[str, str]) -> str:
    """Whose price list a model is in, such as "bedrock"; "" where nothing tells."""
    return kinds.get(model.provider) or ("anthropic" if model.name.startswith("claude") else "")
