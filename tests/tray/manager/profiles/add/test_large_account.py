"""An account with thousands of rows: all pages wait meanwhile, so the work grows as they do and no faster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from support.gateway.account_rows import provider

from profiles.base.secret import Secret
from profiles.gateway.account.place import Place
from profiles.gateway.account.records.offered import Model, Provider, SavedConfig
from profiles.portkey.editions import edition_of
from tray.actions.account import choices
from tray.actions.account.offer import AccountOffer
from tray.manager.views.profiles.add.offered import MODEL_FIELDS, config_cards, model_rows, provider_cards

if TYPE_CHECKING:
    from support.adding import Person
    from support.gateway.account import HostedAccount

MANY = 2000


class Counted(tuple[Any, ...]):
    """Rows that know how often they were gone through."""

    times = 0

    def __iter__(self) -> Iterator[Any]:
        self.times += 1
        return super().__iter__()


def models(name: str) -> list[Model]:
    return [Model(f"@p{each}/{name}-{each}", f"p{each}", f"{name}-{each}", "") for each in range(MANY)]


def test_providers_and_configs_are_counted_in_one_go_and_the_first_are_drawn() -> None:
    rows = Counted(models("gpt"))
    providers = tuple(Provider(f"p{each}", "", "", "active", ()) for each in range(MANY))
    configs = tuple(SavedConfig(f"pc-{each}", "", f"c{each}", "active", False, "") for each in range(MANY))
    place = Place("https://api.portkey.ai", Secret("k"), edition_of("https://api.portkey.ai"))
    offer = AccountOffer(place, rows, providers, configs, {}, (), None, None)
    for found in (provider_cards(offer), config_cards(offer)):
        assert 0 < len(found.rows) <= 200
        assert len(found.rows) + found.more == MANY
    assert provider_cards(offer).rows[0].more == "1 model"
    assert rows.times <= 3


def test_models_are_sorted_once_and_those_shown_are_described(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(choices, "retirement", lambda *args: asked.append(args))
    rows = model_rows({}, models("claude-sonnet-9"), {}, "messages", whole_id=True)
    assert [len(row.options) for row in rows] == [80] * len(MODEL_FIELDS)
    assert len(asked) <= MANY + 80 * len(MODEL_FIELDS)


def test_what_is_not_listed_is_counted_and_can_be_typed(person: Person, hosted: HostedAccount) -> None:
    """A person whose provider is none of those would take it for gone."""
    hosted.providers += [provider(f"team-{number:03}") for number in range(300)]
    person.key()
    page = person.see("/add/route")
    assert " more are not listed here: type the name of one." in page
    assert "team-299" not in page
    assert person.route(provider=":other", provider_other="team-299") == "/add/models"
    assert 'value="@team-299"' in person.html("/add/route")
