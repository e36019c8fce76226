"""A Portkey account, as one gateway key sees it: what it offers, what it has spent, the configs saved in it.

Every question stands by itself, so that a right which the key has not takes nothing else away. Answers are
kept: `max_age_s` is the age from which one is asked for again.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, TypeVar

from profiles.gateway.account import calls
from profiles.gateway.account.calls import Question
from profiles.gateway.account.known import Known, Problem
from profiles.gateway.account.records.offered import providers_among
from profiles.gateway.asking.at_once import AtOnce

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.gateway.account.calls import Call
    from profiles.gateway.account.lookups import Lookups
    from profiles.gateway.account.records.budgets import Policy, PolicyUse
    from profiles.gateway.account.records.offered import (
        ConfigVersion,
        CreatedConfig,
        Model,
        Provider,
        SavedConfig,
    )
    from profiles.gateway.account.records.spent import Graph, Price, Share

    Heard = Callable[[str, Known[Any] | Problem], None]

T = TypeVar("T")

# Portkey's document wants a workspace of everybody, and looks at it only where the key is an organisation's.
_ANY_WORKSPACE = ("workspace_slug", "default")


class Span(NamedTuple):
    """From when until now; what went through the provider of that slug, "" for all."""

    since: datetime
    provider: str = ""


class Offer(NamedTuple):
    """All that a profile's route may name, each list or why there is none."""

    models: Known[tuple[Model, ...]] | Problem
    providers: Known[tuple[Provider, ...]] | Problem
    configs: Known[tuple[SavedConfig, ...]] | Problem


class Account:
    """A context manager: its connections are kept as long as it is entered. `place` is where it is asked."""

    def __init__(self, lookups: Lookups) -> None:
        self.place = lookups.place
        self._lookups = lookups

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lookups.close()

    def offer(self, max_age_s: float = 0.0, heard: Heard = lambda _name, _found: None) -> Offer:
        """Models, providers and configs at the same time; `heard` is called with each name as it comes.

        Where the key may not list providers, they are those that its models name.
        """

        def listing(name: str, ask: Callable[[float], Known[T] | Problem]) -> Known[T] | Problem:
            found = ask(max_age_s)
            heard(name, found)
            return found

        with AtOnce(3) as pool:
            models = pool.submit(listing, "models", self.models)
            if self._lookups.models_first:
                models.result()
            providers = pool.submit(listing, "providers", self.providers)
            configs = pool.submit(listing, "configs", self.configs)
        known, listed = models.result(), providers.result()
        if isinstance(listed, Problem) and isinstance(known, Known):
            named = providers_among(known.value)
            listed = Known(named, known.asked_at, known.whole, listed) if named else listed
        return Offer(known, listed, configs.result())

    # What it offers ---------------------------------------------------------------------------------------

    def models(self, max_age_s: float = 0.0) -> Known[tuple[Model, ...]] | Problem:
        """All models that the key may use."""
        return self._lookups.rows(Question(calls.MODELS), max_age_s)

    def refusal(self) -> Problem | None:
        """Why the gateway takes no question with this key, such as a used-up budget; None where it does.

        Learnt from one model of its list: the other lists may be answered beside the gateway itself.
        """
        found = self._lookups.rows(Question(calls.ONE_MODEL, query=(("limit", "1"),)))
        return found if isinstance(found, Problem) else found.problem

    def providers(self, max_age_s: float = 0.0) -> Known[tuple[Provider, ...]] | Problem:
        """The workspace's providers."""
        return self._lookups.rows(Question(calls.PROVIDERS), max_age_s)

    def provider(self, slug: str, max_age_s: float = 0.0) -> Known[Provider] | Problem:
        """One provider."""
        asked = Question(calls.PROVIDER, (slug,), about=f"provider @{slug}")
        return self._lookups.one(asked, max_age_s)

    def price(self, vendor: str, model: str, max_age_s: float = 0.0) -> Known[Price] | Problem:
        """What a vendor's model costs, such as ("anthropic", "claude-sonnet-5-5"). Asked without the key."""
        asked = Question(calls.PRICE, (vendor, model), about=f"price for {model} of {vendor}")
        return self._lookups.one(asked, max_age_s)

    # Configs ----------------------------------------------------------------------------------------------

    def configs(self, max_age_s: float = 0.0) -> Known[tuple[SavedConfig, ...]] | Problem:
        """The configs saved in the workspace."""
        return self._lookups.rows(Question(calls.CONFIGS), max_age_s)

    def config(self, slug: str) -> Known[Mapping[str, object]] | Problem:
        """One config itself. It may hold a provider's key, so it is never kept."""
        return self._lookups.one(Question(calls.CONFIG, (slug,), about=f"config {slug}"))

    def versions(self, slug: str) -> Known[tuple[ConfigVersion, ...]] | Problem:
        """A config's versions as Portkey lists them. Never kept."""
        return self._lookups.rows(Question(calls.VERSIONS, (slug,), about=f"config {slug}"))

    def create_config(self, name: str, config: Mapping[str, object]) -> Known[CreatedConfig] | Problem:
        """Save a new config. Its slug is in the list of configs alone: see `slug_of`."""
        body = _json({"name": name, "config": config})
        created = self._lookups.one(Question(calls.CREATE_CONFIG, body=body))
        self._lookups.forget(calls.CONFIGS.name)
        return created

    def slug_of(self, created: CreatedConfig) -> str | Problem:
        """The slug, such as `pc-main-ca7a87`, of a config just created."""
        listed = self.configs()
        if isinstance(listed, Problem):
            return listed
        return next((config.slug for config in listed.value if config.id == created.id), "")

    def update_config(
        self, slug: str, *, config: Mapping[str, object] | None = None, name: str | None = None
    ) -> Known[str] | Problem:
        """Change a saved config; the new version's id."""
        fields = {"name": name, "config": config}
        body = _json({field: value for field, value in fields.items() if value is not None})
        asked = Question(calls.UPDATE_CONFIG, (slug,), body=body, about=f"config {slug}")
        updated = self._lookups.one(asked)
        self._lookups.forget(calls.CONFIGS.name)
        return updated

    # What it has spent ------------------------------------------------------------------------------------

    def policies(self, max_age_s: float = 0.0) -> Known[tuple[Policy, ...]] | Problem:
        """The usage policies that hold for the workspace."""
        return self._lookups.rows(Question(calls.POLICIES), max_age_s)

    def policy_use(self, policy: str, max_age_s: float = 0.0) -> Known[tuple[PolicyUse, ...]] | Problem:
        """What each group of a policy, given by its id, has used."""
        return self._lookups.rows(Question(calls.POLICY_USE, (policy,), about="such policy"), max_age_s)

    def graph(
        self, of: Literal["cost", "requests", "tokens"], span: Span, max_age_s: float = 0.0
    ) -> Known[Graph] | Problem:
        """Costs (US cents), requests or tokens over time."""
        return self._lookups.one(self._spent(calls.GRAPHS[of], (), span), max_age_s)

    def shares(
        self, by: Literal["model", "user"], span: Span, max_age_s: float = 0.0
    ) -> Known[tuple[Share, ...]] | Problem:
        """What each model or user has had."""
        return self._lookups.rows(self._spent(calls.GROUPS[by], (), span), max_age_s)

    def shares_by_metadata(
        self, key: str, span: Span, max_age_s: float = 0.0
    ) -> Known[tuple[Share, ...]] | Problem:
        """What each value of a metadata key, such as `team`, has had."""
        return self._lookups.rows(self._spent(calls.GROUPS["metadata"], (key,), span), max_age_s)

    def _spent(self, call: Call[T], names: tuple[str, ...], span: Span) -> Question[T]:
        query = [_ANY_WORKSPACE, ("time_of_generation_min", _moment(span.since))]
        if span.provider:
            query.append(("virtual_keys", span.provider))
        now = datetime.fromtimestamp(self._lookups.clock(), UTC)
        return Question(call, names, tuple(query), (("time_of_generation_max", _moment(now)),))


def _json(plain: Mapping[str, Any]) -> bytes:
    return json.dumps(plain, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _moment(at: datetime) -> str:
    """Such as `2026-11-29T00:00:00+00:00`."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
