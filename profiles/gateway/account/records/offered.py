"""What an account offers: providers, their models, saved configs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.files.json_documents import json_or_none
from profiles.gateway.account.records.budgets import Budget, read_budgets
from profiles.gateway.account.records.row import Row, UnusableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Provider(NamedTuple):
    """An AI provider of the workspace, which a profile names as `@slug`.

    `kind` is whose models it serves, such as "bedrock"; "" where the account does not tell. `status` is
    active, exhausted or expired.
    """

    slug: str
    name: str
    kind: str
    status: str
    budgets: tuple[Budget, ...]


class Model(NamedTuple):
    """A model that the key may use: `id` is such as `@anthropic-prod/claude-sonnet-5-5`.

    `provider` is the slug in it, "" for a name without one, and `name` what is left.
    """

    id: str
    provider: str
    name: str
    canonical: str


class SavedConfig(NamedTuple):
    """A config saved at Portkey; a profile names its `slug`, such as `pc-main-ca7a87`."""

    slug: str
    id: str
    name: str
    status: str
    is_default: bool
    updated_at: str


class ConfigVersion(NamedTuple):
    """One version of a saved config; `config` is None where it is no JSON object."""

    id: str
    config: Mapping[str, object] | None
    status: str
    updated_at: str
    updated_by: str


class CreatedConfig(NamedTuple):
    """What creating a config gives back: no slug, which only the list of configs has."""

    id: str
    version: str


def read_provider(row: Row) -> Provider:
    """One row of `GET /providers`; budgets without a limit are none."""
    budgets = read_budgets(row.value("usage_limits"))
    return Provider(
        slug=row.name("slug"),
        name=row.text("name"),
        kind=row.text("provider"),
        status=row.text("status"),
        budgets=tuple(each for each in budgets if each.limit is not None),
    )


def read_model(row: Row) -> Model:
    """One row of `GET /models`."""
    name = row.name("id")
    slug, slash, bare = name[1:].partition("/") if name.startswith("@") else ("", "", "")
    split = bool(slug and slash and bare)
    return Model(
        id=name,
        provider=slug if split else "",
        name=bare if split else name,
        canonical=row.text("canonical_slug"),
    )


def read_config(row: Row) -> SavedConfig:
    """One row of `GET /configs`."""
    return SavedConfig(
        slug=row.name("slug"),
        id=row.text("id"),
        name=row.text("name"),
        status=row.text("status"),
        is_default=row.flag("is_default"),
        updated_at=row.text("last_updated_at"),
    )


def read_config_body(row: Row) -> Mapping[str, object]:
    """The config itself, from `GET /configs/{slug}`."""
    config = _config(row.inner("data"))
    if config is None:
        raise UnusableError
    return config


def read_version(row: Row) -> ConfigVersion:
    """One row of `GET /configs/{slug}/versions`."""
    return ConfigVersion(
        id=row.name("version_id"),
        config=_config(row),
        status=row.text("status"),
        updated_at=row.text("last_updated_at"),
        updated_by=row.text("updated_by"),
    )


def read_created(row: Row) -> CreatedConfig:
    """The answer to `POST /configs`."""
    data = row.inner("data")
    return CreatedConfig(data.name("id"), data.text("version_id"))


def read_updated(row: Row) -> str:
    """The new version's id, from the answer to `PUT /configs/{slug}`."""
    return row.inner("data").name("version_id")


def providers_among(models: Iterable[Model]) -> tuple[Provider, ...]:
    """The providers that models name: all that an account without a list of providers says of them."""
    slugs = dict.fromkeys(model.provider for model in models if model.provider)
    return tuple(Provider(slug, "", "", "", ()) for slug in slugs)


def _config(row: Row) -> Mapping[str, object] | None:
    """A config, which the list of versions has as text; None where it is no JSON object."""
    found = row.value("config")
    config = json_or_none(found) if isinstance(found, str) else found
    return config if isinstance(config, dict) else None
