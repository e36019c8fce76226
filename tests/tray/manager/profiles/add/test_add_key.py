"""Step 1: which key, whose gateway, and what the account tells of it."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from support.adding import Person
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error
from support.home.passphrase_vault import PASSPHRASE, lay_identity
from support.home.user_home import KEY
from support.pages import words_of

PLAIN_KEY = "x7Bv2QmT9s+w4ZrK1cNd8HfY3gJp"  # as Portkey's own are: nothing tells them at the beginning


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"key": ""}, "Paste your Portkey API key"),
        ({"key": "two words"}, "has a space, a line break or a control character in it"),
        ({"source": ""}, "Choose a key"),
        ({"source": "found"}, "Choose a key"),
        ({"gateway": "other"}, "Choose a gateway"),
        ({"source": "stored", "stored": "none"}, "Choose a key that is stored"),
        ({"source": "elsewhere", "elsewhere": "env"}, "Name the variable"),
        ({"source": "elsewhere", "elsewhere": "env", "env": "1 2"}, "must be followed by a variable's name"),
        ({"source": "elsewhere", "elsewhere": "file", "file": "key.txt"}, "an absolute path"),
        (
            {"source": "elsewhere", "elsewhere": "manager", "manager": "op://vault"},
            "needs vault, item and field",
        ),
        (
            {"source": "elsewhere", "elsewhere": "cmd", "cmd": "pass 'x"},
            "A quote in the command is not closed",
        ),
        ({"url": ""}, "Give the gateway's address"),
        ({"url": "http://gateway.example.com"}, "must begin with https://, or name this computer"),
        ({"url": "gateway"}, "must be a URL such as https://"),
    ],
)
def test_what_is_wrong_with_key_or_gateway_is_said_there(person: Person, answers: Any, wrong: str) -> None:
    text = person.key(**answers)
    assert "There is a problem" in text
    assert wrong in text


def test_a_key_that_is_refused_is_said_at_once_and_another_is_taken(
    person: Person, home: Any, hosted: HostedAccount
) -> None:
    hosted.refuses = auth_error(401, "Portkey API Key Expired", "01")
    assert person.key() == "/add"
    text = person.see("/add")
    assert "There is a problem The key has expired" in text
    hosted.refuses = None
    assert person.key(key="pk-of-another-workspace") == "/add"
    assert "does not accept this key" in person.see("/add")
    assert person.key() == "/add/route"


def test_a_key_that_may_not_list_providers_reads_them_off_its_models(
    person: Person, hosted: HostedAccount
) -> None:
    hosted.lacks = {"providers.list", "configs.list"}
    assert person.key() == "/add/route"
    text = person.see("/add/route")
    assert "This key may not list providers, configs It was accepted" in text
    assert "The providers below were read off the models that it may use." in text
    assert "@anthropic-prod 2 models" in text


def test_a_key_that_may_list_nothing_has_its_names_typed(
    person: Person, home: Any, hosted: HostedAccount
) -> None:
    hosted.lacks = {"models.list", "providers.list", "configs.list"}
    assert person.key() == "/add/route"
    assert "Model Catalog, with an @ in front" in person.see("/add/route")
    assert "Give the provider's name" in person.send("/add/route", kind="provider", provider=":other")
    typed = {"provider": ":other", "provider_other": "@mine"}
    assert person.route(**typed) == "/add/models"
    assert person.models() == "/add/details"
    assert person.details() == "/add/review"
    assert person.send("/add/save", switch="0") == "/"
    assert home.stored()["route"] == {"kind": "provider", "provider": "@mine"}
    assert "models" not in home.stored()


def test_without_a_network_names_are_typed_and_it_can_be_tried_again(
    person: Person, hosted: HostedAccount
) -> None:
    assert person.key(url="http://127.0.0.1:9") == "/add/route"
    text = person.see("/add/route")
    assert "The gateway could not be reached" in text
    assert "You can go on and type the names" in text
    assert person.send("/add/look-up") == "/add/route"
    assert "The gateway could not be reached" in person.see("/add/route")


def test_a_stored_key_is_used_and_not_stored_again(person: Person, home: Any, hosted: HostedAccount) -> None:
    home.ok("key", "set", "mine", "--stdin", stdin=f"{KEY}\n")
    page = person.html("/add")
    assert 'value="stored" checked' in page
    assert "mine, in the vault: no profile uses it yet" in page
    assert person.key(key="", source="stored", stored="mine") == "/add/route"
    person.route()
    person.models()
    assert person.details() == "/add/review"
    assert "The stored key mine, in the vault" in person.see("/add/review")
    person.send("/add/save", switch="0")
    assert home.stored()["api_key"] == "keyring:mine"


def test_a_key_elsewhere_is_read_where_it_lies(person: Person, home: Any) -> None:
    path = home.root / "key.txt"
    elsewhere = {"key": "", "source": "elsewhere", "elsewhere": "file", "file": str(path)}
    assert person.key(**elsewhere) == "/add"
    assert "There is a problem" in person.see("/add")
    path.write_text(KEY)
    assert person.key(**elsewhere) == "/add/route"
    person.route()
    person.models()
    person.details()
    person.send("/add/save", switch="0")
    assert home.stored()["api_key"] == f"file:{path}"


def test_a_command_is_written_as_in_a_terminal(person: Person, home: Any) -> None:
    command = {"key": "", "source": "elsewhere", "elsewhere": "cmd", "cmd": f"echo '{KEY}'", "look": "0"}
    assert person.send("/add", gateway="own", url=person.url, **command) == "/add/route"
    person.route(provider=":other", provider_other="@mine")
    person.models()
    person.details()
    assert "From a command" in person.see("/add/review")  # its arguments are not shown
    person.send("/add/save", switch="0")
    assert home.stored()["api_key"] == f'cmd:["echo", "{KEY}"]'


def test_a_profile_can_be_added_before_there_is_a_key(person: Person, home: Any) -> None:
    assert person.key(key="", source="later") == "/add/route"
    person.route(provider=":other", provider_other="@mine")
    person.models()
    assert person.details() == "/add/review"
    text = person.see("/add/review")
    assert "None yet: it is entered later" in text
    assert "There is no key to test yet." in text
    assert person.send("/add/save", switch="0") == "/"
    assert "No key yet" in person.see("/")


def test_an_edition_without_an_account_for_its_keys_says_so() -> None:
    """With an AIRS key step 2 is always typed, but for the providers that models name."""
    from support.gateway.account_client import place_of

    from profiles.gateway.account.calls import PROVIDERS
    from profiles.gateway.account.problems import not_in_edition
    from profiles.portkey.editions import AIRS
    from tray.actions.account.offer import AccountOffer
    from tray.manager.views.profiles.add.offered import account_notice

    problem = not_in_edition(PROVIDERS, AIRS)
    offer = AccountOffer(place_of(AIRS.gateway, edition=AIRS), (), (), (), {}, (problem,), None, problem)
    notice = account_notice(offer)
    assert notice is not None
    assert notice.kind == "info"
    assert notice.title == "Prisma AIRS AI Gateway does not let a gateway key list providers"
    assert "Names can be typed." in notice.text


def test_without_a_place_for_keys_the_way_on_is_a_vault(person: Person, home: Any, site: Any) -> None:
    home.environ["PKCC_SECRETS"] = "keyring"
    site.app.environ["PKCC_SECRETS"] = "keyring"
    assert "There is no safe place for keys yet." in person.see("/add")
    assert 'href="/keys/vault">Create a vault</a>' in person.html("/add")
    assert "There is no safe place for keys yet: create a vault first" in person.key()


def test_looking_at_the_first_step_makes_no_vault(person: Person, home: Any) -> None:
    person.see("/add")
    assert not (home.root / ".local/share/pkcc-tray/vault").exists()


def test_a_vault_under_a_passphrase_takes_the_key_with_it(person: Person, home: Any) -> None:
    lay_identity(home.root / ".local/share/pkcc-tray/vault")
    with mock.patch.dict(home.environ, PKCC_VAULT_PASSPHRASE=PASSPHRASE):
        home.ok("key", "vault", "init", "--unlock", "passphrase")
    person.to_review()
    assert "Passphrase of the vault" in person.see("/add/review")
    assert person.send("/add/save", switch="0", passphrase="wrong") == "/add/review"
    assert "There is a problem The vault's passphrase is wrong" in person.see("/add/review")
    assert not home.profiles.exists()
    assert person.send("/add/save", switch="0", passphrase=PASSPHRASE) == "/"
    home.environ["PKCC_VAULT_PASSPHRASE"] = PASSPHRASE
    assert home.ok("key", "print", "work").out == KEY + "\n"


def test_another_thing_that_is_wrong_does_not_cost_the_pasted_key(person: Person) -> None:
    text = person.key(url="http://gateway.example.com")
    assert "The key that you pasted is still here: leave this empty to use it." in text
    assert person.key(key="") == "/add/route"
    assert person.key(key="", source="later") == "/add/route"
    assert "Paste your Portkey API key" in person.key(key="")  # it is kept no longer than it is wanted


@pytest.mark.parametrize("typed", [KEY, PLAIN_KEY], ids=["known beginning", "long and mixed"])
@pytest.mark.parametrize("kind", ["env", "file", "op"])
def test_a_key_typed_for_the_place_where_it_lies_is_not_shown_again(
    visitor: Any, kind: str, typed: str
) -> None:
    answer = visitor.fill("/add", source="elsewhere", elsewhere=kind, **{kind: typed})
    assert answer.status_code == 422
    assert typed not in answer.text
    wrong = {"source": "elsewhere", "gateway": "own", "url": "gateway"}
    assert KEY not in visitor.fill("/add", elsewhere="cmd", cmd=f"echo {KEY}", **wrong).text


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("file", "/home/sk-live-of-the-portkey/key"),
        ("env", "PORTKEY_API_KEY"),
        ("manager", "op://a/sk-live-of-portkey/c"),
    ],
)
def test_a_place_stays_where_something_else_is_wrong(visitor: Any, kind: str, typed: str) -> None:
    wrong = {"source": "elsewhere", "gateway": "own", "url": "gateway"}
    assert f'value="{typed}"' in visitor.fill("/add", elsewhere=kind, **{kind: typed}, **wrong).text


def test_a_stored_key_is_asked_about_at_its_own_gateway_alone(
    person: Person, home: Any, hosted: HostedAccount
) -> None:
    """The key of an own gateway went to Portkey, which was preselected, by *Look up my account*."""
    home.add("work", "--provider", "@a", "--gateway", hosted.url)
    host = hosted.url.removeprefix("http://")
    assert f'{{"work": ["own", "{hosted.url}"]}}' in person.html("/add")
    asked = {"key": "", "source": "stored", "stored": "work"}
    answer = person.visitor.fill("/add", **{**asked, "gateway": "portkey", "url": "", "look": "1"})
    assert f"This key is used at {host} only" in words_of(answer.text, "main")
    assert 'value="own" checked' in answer.text
    assert f'value="{hosted.url}"' in answer.text
    assert person.key(**asked) == "/add/route"
