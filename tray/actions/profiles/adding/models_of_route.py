"""The models that a route leads to, of those that an account offers. Pure."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from tray.actions.account.choices import models_along

if TYPE_CHECKING:
    from profiles.gateway.account.records.offered import Model
    from tray.actions.account.offer import AccountOffer, ConfigLeads


class Along(NamedTuple):
    """The models that the route leads to, as far as they are known.

    `whole_id`: a model names its provider, too, as nothing else does.
    """

    models: tuple[Model, ...] = ()
    whole_id: bool = False


def along_provider(offer: AccountOffer | None, provider: str) -> Along:
    """Those of one provider, `@slug`."""
    return Along(() if offer is None else models_along(offer, [provider.removeprefix("@")]))


def probably_meant(offer: AccountOffer | None, provider: str) -> str:
    """The provider that is near one which the account has not; "" where it may have it, or none is near."""
    if offer is None or offer.problems or not provider.startswith("@"):
        return ""
    slugs = [f"@{each.slug}" for each in offer.providers]
    return "" if provider in slugs else next(iter(get_close_matches(provider, slugs, n=1)), "")


def along_models(offer: AccountOffer | None) -> Along:
    """All there are, where each model names its provider."""
    return Along(() if offer is None else offer.models, whole_id=True)


def along_config(offer: AccountOffer | None, leads: ConfigLeads | None, beside: str | None) -> Along:
    """Those of the providers in a config; of the one `beside` it where it names none, else of all."""
    if offer is None:
        return Along()
    if leads is not None and not leads.nowhere:
        return Along(models_along(offer, leads.providers or None))
    return along_provider(offer, beside) if beside else Along(offer.models)
