"""Add a profile in five steps: what the account offers, what it does not; the key is nowhere to be seen."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error, model, provider
from support.home.user_home import KEY, files_with

from profiles.base.secret import Secret
from tray.manager.pages.profiles.add.draft import KEPT_S, draft_in


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        yield running


def words(text: str) -> str:
    """A page's words, its markup taken out."""
    body = text[text.index("<main") :]
    body = re.sub(r"<svg.*?</svg>|<dialog.*?</dialog>|<[^>]*>", " ", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(body))


class Person:
    """A person before the five steps: what was ever answered is looked through for the key."""

    def __init__(self, visitor: Any, url: str) -> None:
        self.visitor = visitor
        self.url = url

    def see(self, path: str) -> str:
        answer = self.visitor.get(path)
        assert KEY not in answer.text
        return words(answer.text)

    def html(self, path: str) -> str:
        text: str = self.visitor.get(path).text
        return text

    def send(self, path: str, **fields: Any) -> str:
        """Send a form as a browser does: where it leads in the end, or the words of the page that it is."""
        answer = self.visitor.fill(path, **{name.replace("_", "-"): text for name, text in fields.items()})
        where = ""
        for _ in range(4000):
            assert KEY not in answer.text
            assert KEY not in str(answer.headers)
            if answer.status_code != 303:
                if "data-job" not in answer.text:
                    return words(answer.text)
                threading.Event().wait(0.005)
                answer = self.visitor.get(where)
                continue
            where = answer.headers["location"]
            if not where.startswith("/jobs/"):
                return str(where)
            answer = self.visitor.get(where)
        raise AssertionError(path)

    def key(self, key: str = KEY, look: str = "1", **fields: Any) -> str:
        given = {"source": "new", "key": key, "gateway": "own", "url": self.url, "look": look, **fields}
        return self.send("/add", **given)

    def route(self, **fields: Any) -> str:
        return self.send("/add/route", **{"kind": "provider", "provider": "@anthropic-prod", **fields})

    def models(self, **fields: Any) -> str:
        return self.send("/add/models", **fields)

    def details(self, **fields: Any) -> str:
        given = {"label": "Work", "name": "work", "dialect": "messages", "delivery": "helper"}
        return self.send("/add/details", **given | fields)

    def to_review(self) -> None:
        assert self.key() == "/add/route"
        assert self.route() == "/add/models"
        assert self.models(model_sonnet="claude-sonnet-5-5") == "/add/details"
        assert self.details() == "/add/review"


@pytest.fixture
def person(visitor: Any, hosted: HostedAccount) -> Person:
    return Person(visitor, hosted.url)


def test_a_profile_is_added_and_switched_to(person: Person, home: Any) -> None:
    assert person.key() == "/add/route"
    text = person.see("/add/route")
    assert "Your key is accepted. It can use 2 providers, 1 config and 3 models." in text
    assert "@anthropic-prod anthropic" in text.lower()
    assert person.route() == "/add/models"
    page = person.html("/add/models")
    assert 'value="claude-sonnet-5-5"' in page  # suggested
    assert "$ 3.00 in, $ 15.00 out" in page
    assert person.models(model_sonnet="claude-sonnet-5-5", model_opus="claude-opus-5-5") == "/add/details"
    assert 'value="Anthropic prod"' in person.html("/add/details")
    assert person.details(**{"metadata-key": ["team"], "metadata-value": ["platform"]}) == "/add/review"
    text = person.see("/add/review")
    assert "A new key, into the vault as work" in text
    assert "Sonnet claude-sonnet-5-5" in text
    assert "Key: a new key, into the vault as work" in text
    assert "the key is accepted; 3 models listed" in text
    assert "Provider x-portkey-provider Now nothing After @anthropic-prod" in text
    assert not home.profiles.exists()
    assert not files_with("CANARY", home.root)
    assert person.send("/add/save", switch="1") == "/"
    assert "Work is saved and in use" in person.see("/")
    stored = home.stored()
    assert stored["route"] == {"kind": "provider", "provider": "@anthropic-prod"}
    assert stored["models"] == {"sonnet": "claude-sonnet-5-5", "opus": "claude-opus-5-5"}
    assert stored["metadata"] == {"team": "platform"}
    assert "key_delivery" not in stored
    assert home.ok("key", "print", "work").out == KEY + "\n"
    assert home.ok("status", "--short").out == "work\n"
    assert "Gateway Answers in" in person.see("/")  # as it was tested just now
    assert 'value="work"' not in person.html("/add/details")  # the draft is gone


def test_saved_only_leaves_the_settings_as_they_are(person: Person, home: Any) -> None:
    before = home.settings.read_bytes()
    person.to_review()
    assert person.send("/add/save", switch="0") == "/"
    assert home.settings.read_bytes() == before
    assert home.stored()["label"] == "Work"
    person.send("/undo")
    assert not (home.profiles / "work.json").exists()


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"key": ""}, "Paste your Portkey API key"),
        ({"key": "two words"}, "has a space, a line break or a control character in it"),
        ({"source": ""}, "Choose a key"),
        ({"source": "stored", "stored": "none"}, "Choose a key that is stored"),
        ({"source": "elsewhere", "elsewhere": "env"}, "Name the variable"),
        ({"source": "elsewhere", "elsewhere": "env", "env": "1 2"}, "must be followed by a variable's name"),
        ({"source": "elsewhere", "elsewhere": "file", "file": "key.txt"}, "an absolute path"),
        ({"source": "elsewhere", "elsewhere": "op", "op": "op://vault"}, "needs vault, item and field"),
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


def test_nothing_is_asked_where_nobody_wants_it(person: Person, home: Any, hosted: HostedAccount) -> None:
    assert person.key(look="0") == "/add/route"
    assert person.route(provider=":other", provider_other="@mine") == "/add/models"
    assert person.models() == "/add/details"
    assert person.details() == "/add/review"
    assert "Not tested yet." in person.see("/add/review")
    assert not hosted.asked
    assert person.send("/add/test") == "/add/review"
    assert "the key is accepted" in person.see("/add/review")


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


def test_a_model_that_retires_is_said_with_the_one_to_take(person: Person, hosted: HostedAccount) -> None:
    hosted.models.append(model("anthropic-prod", "claude-3-opus-20240229"))
    person.key()
    person.route()
    person.models(model_opus="claude-3-opus-20240229")
    page = person.html("/add/models")
    assert "This model was retired on January 5, 2026." in page
    assert 'data-use="model-opus" data-value="claude-opus-5-5"' in page


@pytest.mark.parametrize("dialect", ["vertex", "bedrock"])
def test_formats_with_names_of_their_own_need_a_model(person: Person, home: Any, dialect: str) -> None:
    person.key()
    person.route()
    assert person.models() == "/add/details"
    assert person.details(dialect=dialect, delivery="settings") == "/add/models"
    text = person.see("/add/models")
    assert f"The {dialect} format needs at least one model, because model names differ there" in text
    assert person.models(model_sonnet="claude-sonnet-5-5") == "/add/details"
    assert person.details(dialect=dialect, delivery="settings") == "/add/review"
    person.send("/add/save", switch="0")
    assert home.stored()["gateway"].endswith("/v1")
    assert "key_delivery" not in home.stored()  # it is this format's own


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"label": ""}, "Give it a name, such as Work"),
        ({"name": "spare"}, "There is a profile 'spare' already"),
        ({"name": "no/slash"}, "cannot be the name of a profile"),
        ({"trace": "two words\u00e9"}, "Trace id must be printable ASCII text on one line"),
        ({"metadata-key": ["team"], "metadata-value": ["x" * 200]}, "is longer than 128 characters"),
        (
            {"headers-key": ["x-portkey-config"], "headers-value": ["a"]},
            "has a field of its own in a profile",
        ),
        ({"headers-key": ["X-Session-Token"], "headers-value": ["abc"]}, "looks like a secret"),
        ({"env-key": ["ANTHROPIC_BASE_URL"], "env-value": ["a"]}, "is written by pkcc-tray"),
        ({"dialect": "soap"}, "Choose an API format"),
        ({"delivery": "post"}, "Choose how Claude Code gets the key"),
    ],
)
def test_what_is_wrong_with_the_details_is_said_there(
    person: Person, home: Any, answers: Any, wrong: str
) -> None:
    home.add("spare", "--provider", "@spare")
    person.key()
    person.route()
    person.models()
    text = person.details(**answers)
    assert "There is a problem" in text
    assert wrong in text


def test_a_short_name_is_made_of_the_name_and_is_free(person: Person, home: Any) -> None:
    home.add("acme-client", "--provider", "@acme")
    person.key()
    person.route()
    person.models()
    assert person.details(label="Acme (client)", name="") == "/add/review"
    assert "acme-client-2" in person.see("/add/review")


def test_back_shows_what_was_entered_but_never_the_key(person: Person) -> None:
    person.to_review()
    page = person.html("/add")
    assert KEY not in page
    assert "The key that you pasted is still here: leave this empty to use it." in page
    assert f'value="{person.url}"' in page
    assert 'value="@anthropic-prod" checked' in person.html("/add/route")
    assert 'value="claude-sonnet-5-5"' in person.html("/add/models")
    assert 'value="Work"' in person.html("/add/details")
    assert person.key(key="") == "/add/route"


def test_a_change_from_the_review_leads_back_to_it(person: Person) -> None:
    person.to_review()
    person.see("/add/review")
    assert person.models(model_sonnet="claude-sonnet-5-5", model_haiku="claude-haiku-5-5") == "/add/review"
    text = person.see("/add/review")
    assert "Haiku claude-haiku-5-5" in text


def test_the_key_is_kept_for_half_an_hour(person: Person, site: Any, clock: Any) -> None:
    person.to_review()
    draft = draft_in(site, site.sessions.find(person.visitor.cookies[site.cookie_name]))
    assert draft.secret is not None
    clock.now += KEPT_S
    site.is_over()  # as the server asks all the time
    assert KEY not in repr([each.reveal() for each in vars(draft).values() if isinstance(each, Secret)])
    assert person.visitor.get("/add/review").headers["location"] == "/add"
    assert "The key was kept for 30 minutes, which are over: paste it again" in person.see("/add")
    assert person.send("/add/save", switch="1") == "/add/review"
    assert person.key() == "/add/route"


def test_cancel_forgets_all_of_it(person: Person, home: Any) -> None:
    person.to_review()
    assert person.send("/add/cancel") == "/"
    assert person.visitor.get("/add/review").headers["location"] == "/add"
    assert "still here" not in person.see("/add")
    assert not home.profiles.exists()


@pytest.mark.parametrize("path", ["/add/route", "/add/models", "/add/details", "/add/review"])
def test_no_step_is_shown_before_the_first(visitor: Any, path: str) -> None:
    assert visitor.get(path).headers["location"] == "/add"


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


def test_a_name_that_is_taken_meanwhile_is_said_and_nothing_is_lost(person: Person, home: Any) -> None:
    person.to_review()
    home.add("work", "--provider", "@other")
    assert person.send("/add/save", switch="1") == "/add/review"
    assert "There is a profile 'work' already" in person.see("/add/review")
    assert home.stored()["route"]["provider"] == "@other"


def test_settings_that_cannot_be_written_leave_saving(person: Person, home: Any) -> None:
    home.settings.write_text("{,")
    person.to_review()
    text = person.see("/add/review")
    assert "Nothing can be written now" in text
    assert "Save and switch" not in text
    assert person.send("/add/save", switch="0") == "/"
    assert home.stored()["label"] == "Work"


def test_the_budget_line_is_offered_once(person: Person, home: Any, hosted: HostedAccount) -> None:
    hosted.spend(61.5)
    person.to_review()
    assert "Show in the tray what is spent" in person.see("/add/review")
    person.send("/add/save", switch="0", usage="1")
    assert home.ok("preference", "usage", "--json").json()["data"]["preferences"] == {"usage": True}
    home.ok("undo")
    person.to_review()
    assert "Show in the tray what is spent" not in person.see("/add/review")
