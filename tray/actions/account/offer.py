"""What an account offers a profile that is not stored yet: asked with a key that is not stored either."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.gateway.account.account import Account
from profiles.gateway.account.calls import CONFIGS, MODELS, PROVIDERS
from profiles.gateway.account.known import Known, Problem, rows_in
from profiles.gateway.account.lookups import LIMIT_S, Lookups
from profiles.gateway.account.problems import who_grants
from profiles.gateway.asking.at_once import AtOnce
from profiles.portkey.config.limits import bounded
from tray.actions.account.ask import place_of
from tray.actions.account.budgets import BudgetLeft, of_provider
from tray.actions.account.models import ModelPrice, order, prices_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from profiles.base.secret import Secret
    from profiles.gateway.account.account import Heard, Offer
    from profiles.gateway.account.calls import Call
    from profiles.gateway.account.place import Place
    from profiles.gateway.account.records.offered import Model, Provider, SavedConfig
    from profiles.portkey.editions import Edition
    from profiles.profile.rendering import Rendered
    from tray.app import App

_LISTS: tuple[Call[object], ...] = (MODELS, PROVIDERS, CONFIGS)  # as an `Offer` has them
_AT_ONCE = 8
_COUNTED = 16  # providers at most whose use is added up
_COUNTING_S = 2.0  # for all of that
_PRICING_S = 3.0
_USE_LASTS_S = 60.0


class AccountOffer(NamedTuple):
    """Models, providers and configs, those that are not seen left out; `problems` say why, each once.

    `refused` is why the key itself is not accepted, None where it is, or where nothing answered that knows.
    `budgets` are by the provider's slug; `configs_problem` is why the configs may not be all, or not as now.
    """

    place: Place
    models: tuple[Model, ...]
    providers: tuple[Provider, ...]
    configs: tuple[SavedConfig, ...]
    budgets: dict[str, tuple[BudgetLeft, ...]]
    problems: tuple[Problem, ...]
    refused: Problem | None
    configs_problem: Problem | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to choose among."""
        return not (self.models or self.providers or self.configs)


class ConfigLeads(NamedTuple):
    """The slugs of the providers that a config names; and whether it leads nowhere without one beside it."""

    providers: tuple[str, ...]
    nowhere: bool


def offer_for(
    app: App, draft: Rendered, key: Secret | None, heard: Heard = lambda _name, _found: None
) -> AccountOffer:
    """What the account at a profile's gateway offers that key: 6 seconds at most, and 2 for what is used.

    The key is the draft's own, where none is given; of the draft only that counts which leads there: gateway,
    header lines, variables. `heard` is told of models, providers and configs as each comes. Raises PkccError
    where the key is not to be had, or must not be sent there.
    """
    place = place_of(app, draft, key)
    budgets: dict[str, tuple[BudgetLeft, ...]] = {}

    def noted(name: str, found: Known[object] | Problem) -> None:
        heard(name, found)
        if name == "providers" and isinstance(found, Known):
            budgets.update(_budgets(app, place, found.value))

    with Account(Lookups(place, app.locations, total_s=LIMIT_S)) as account:
        found = account.offer(heard=noted)
    refused = next((each for each in found if isinstance(each, Problem) and each.kind == "key"), None)
    return AccountOffer(
        place,
        rows_in(found.models),
        rows_in(found.providers),
        rows_in(found.configs),
        budgets,
        _problems(found, place.edition),
        refused,
        found.configs if isinstance(found.configs, Problem) else found.configs.problem,
    )


def model_prices(app: App, offer: AccountOffer, models: Iterable[Model]) -> dict[str, ModelPrice]:
    """Prices by the models' ids, Claude's first, where Portkey's list tells them; 3 seconds at most."""
    with Account(Lookups(offer.place, app.locations, total_s=_PRICING_S)) as account:
        return prices_of(account, sorted(models, key=order), offer.providers)


def read_config(app: App, offer: AccountOffer, slug: str) -> ConfigLeads | None:
    """Where a saved config leads; None where this key may not read it."""
    with Account(Lookups(offer.place, app.locations, total_s=LIMIT_S)) as account:
        found = account.config(slug)
    return None if isinstance(found, Problem) else leads_of(found.value)


def leads_of(config: Mapping[str, object]) -> ConfigLeads | None:
    """Where a config leads; None where nobody can tell."""
    from profiles.gateway.check.route import names_no_provider, providers_in

    if not bounded(config):  # nested as nobody would: it leads where it leads
        return None
    return ConfigLeads(providers_in(config), names_no_provider(config))


def _problems(found: Offer, edition: Edition) -> tuple[Problem, ...]:
    """Why lists are missing or old; of several that the key may not have, one line."""
    why = [each if isinstance(each, Problem) else each.problem for each in found]
    lacking = [call for call, each in zip(_LISTS, why, strict=True) if each and each.kind == "right"]
    if len(lacking) > 1:
        what = ", ".join(call.may.removeprefix("list ") for call in lacking)
        hint = who_grants(edition, *(call.scope for call in lacking))
        all_in_one = Problem("right", f"This key may not list {what}", hint)
        why = [all_in_one if each and each.kind == "right" else each for each in why]
    return tuple(dict.fromkeys(each for each in why if each is not None))


def _budgets(app: App, place: Place, providers: tuple[Provider, ...]) -> dict[str, tuple[BudgetLeft, ...]]:
    limited = [each for each in providers if each.budgets][:_COUNTED]
    if not limited:
        return {}
    with (
        Account(Lookups(place, app.locations, total_s=_COUNTING_S)) as account,
        AtOnce(_AT_ONCE) as pool,
    ):
        found = pool.map(lambda each: tuple(of_provider(account, each, _USE_LASTS_S)[0]), limited)
        return {each.slug: budgets for each, budgets in zip(limited, found, strict=True)}
