"""Step 2: providers, configs, virtual keys, and models that name their provider."""

from __future__ import annotations

from typing import Any

from support.adding import Person
from support.gateway.account import HostedAccount
from support.gateway.account_rows import provider
from support.home.user_home import files_with


def test_a_listed_provider_needs_no_at_sign_to_be_meant(person: Person) -> None:
    person.key()
    assert person.route(provider=":other", provider_other="anthropic-prod") == "/add/models"
    assert "Say what each means on @anthropic-prod ." in person.see("/add/models")


def test_a_provider_that_has_expired_is_not_taken(person: Person, hosted: HostedAccount) -> None:
    hosted.providers[0] = provider("anthropic-prod", status="expired")
    person.key()
    assert "Expired" in person.see("/add/route")
    assert "@anthropic-prod has expired" in person.route()


def test_budgets_are_shown_beside_their_providers(person: Person, hosted: HostedAccount) -> None:
    hosted.spend(61.5)
    person.key()
    assert "$62 of $500 used" in person.see("/add/route")
    hosted.spend(500, status="exhausted")
    person.key()
    assert "Budget used up" in person.see("/add/route")
    assert person.route() == "/add/models"  # it may be wanted all the same


def test_many_providers_can_be_searched(person: Person, hosted: HostedAccount) -> None:
    hosted.providers += [provider(f"team-{number}") for number in range(9)]
    person.key()
    page = person.html("/add/route")
    assert 'data-filter="provider-list"' in page
    assert 'data-text="@team-7 team-7' in page


def test_a_config_leads_to_the_models_of_its_providers(person: Person, home: Any) -> None:
    person.key()
    assert person.route(kind="config", config="pc-main-000000") == "/add/models"
    page = person.html("/add/models")
    assert 'data-value="claude-opus-5-5"' in page
    assert "eu.anthropic" not in page
    assert person.models() == "/add/details"
    assert 'value="Main"' in person.html("/add/details")
    assert person.details() == "/add/review"
    assert person.send("/add/save", switch="0") == "/"
    assert home.stored()["route"] == {"kind": "config", "id": "pc-main-000000"}


def test_a_config_is_known_by_its_name_too(person: Person) -> None:
    person.key()
    assert person.route(kind="config", config=":other", config_other="main") == "/add/models"
    text = person.route(kind="config", config=":other", config_other="Mian")
    assert "Did you mean 'Main'?" in text


def test_a_config_that_names_no_provider_is_given_one_or_none_knowingly(
    person: Person, hosted: HostedAccount
) -> None:
    slug = hosted.save("Retries", {"retry": {"attempts": 3}})
    person.key()
    assert person.route(kind="config", config=slug) == "/add/route"
    assert "This config names no provider: choose one, or go on without" in person.see("/add/route")
    assert person.route(kind="config", config=slug) == "/add/models"
    assert person.route(kind="config", config=slug, beside="bedrock-eu") == "/add/models"
    assert "eu.anthropic.claude-sonnet-5-5" in person.html("/add/models")


def test_a_config_in_a_file_is_named_or_copied_where_it_holds_secrets(person: Person, home: Any) -> None:
    path = home.root / "fallback.json"
    person.key()
    text = person.route(kind="config", config=":file", config_file=str(path))
    assert "fallback.json" in text
    path.write_text('{"provider": "openai", "api_key": "sk-live-0123456789abcdefghij"}')
    assert person.route(kind="config", config=":file", config_file=str(path)) == "/add/models"
    person.models()
    assert person.details() == "/add/review"
    assert "The config was copied into the profile" in person.see("/add/review")
    assert person.send("/add/save", switch="0") == "/"
    assert home.stored()["route"]["inline"]["api_key"].startswith("keyring:")
    assert not files_with("sk-live-0123456789", home.profiles)


def test_a_virtual_key_has_a_provider_of_its_own(person: Person, home: Any) -> None:
    person.key()
    assert "Give the virtual key's id" in person.route(kind="virtual_key")
    assert person.route(kind="virtual_key", virtual_key="vk-1") == "/add/models"
    person.models()
    person.details()
    person.send("/add/save", switch="0")
    assert home.stored()["route"] == {"kind": "virtual_key", "provider": "anthropic", "virtual_key": "vk-1"}


def test_by_model_name_each_model_names_its_provider(person: Person, home: Any) -> None:
    person.key()
    assert person.route(kind="none") == "/add/models"
    assert 'value="@anthropic-prod/claude-sonnet-5-5"' in person.html("/add/models")
    assert "Here a model names its provider, too" in person.models(model_sonnet="claude-sonnet-5-5")
    assert person.models(model_sonnet="@anthropic-prod/claude-sonnet-5-5") == "/add/details"
    person.details()
    assert person.send("/add/save", switch="0") == "/"
    assert home.stored()["route"] == {"kind": "none"}


def test_a_config_that_was_just_saved_leads_to_a_profile_with_it(person: Person) -> None:
    assert person.send("/add/with", config="pc-main-000000") == "/add"
    assert "A profile that uses pc-main-000000" in person.see("/add")
    person.key()
    page = person.html("/add/route")
    assert 'value="config" checked' in page
    assert 'value="pc-main-000000" checked' in page


def test_a_name_that_the_account_has_not_is_doubted_once(person: Person) -> None:
    person.key()
    typed = {"provider": ":other", "provider_other": "@antropic-prod"}
    text = person.route(**typed)
    assert "Your account has no provider @antropic-prod" in text
    assert "Did you mean @anthropic-prod? Use @anthropic-prod" in text
    assert person.route(**typed) == "/add/models"


def test_a_config_s_path_that_no_file_can_have_is_refused_in_words(person: Person) -> None:
    person.key()
    assert "Type the path anew" in person.route(kind="config", config=":file", config_file="/x\0y")
