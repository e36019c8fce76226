"""All five steps: what is stored in the end, and nothing before; back, changes, what is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.adding import Person
from support.gateway.account import HostedAccount
from support.home.user_home import KEY, files_with

from profiles.base.secret import Secret
from tray.manager.pages.profiles.add.draft import KEPT_S, draft_in


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
    assert not files_with("CANARY", home.root)  # nor in a log
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
    person.visitor.undo()
    assert not (home.profiles / "work.json").exists()


def test_nothing_is_asked_where_nobody_wants_it(person: Person, home: Any, hosted: HostedAccount) -> None:
    assert person.key(look="0") == "/add/route"
    assert person.route(provider=":other", provider_other="@mine") == "/add/models"
    assert person.models() == "/add/details"
    assert person.details() == "/add/review"
    assert "Not tested yet." in person.see("/add/review")
    assert not hosted.asked
    assert person.send("/add/test") == "/add/review"
    assert "the key is accepted" in person.see("/add/review")


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


def _reached(one: object) -> Iterator[object]:
    """All that an object holds, however deep."""
    inner = one.values() if isinstance(one, dict) else one if isinstance(one, (list, tuple)) else ()
    for each in [*inner, *getattr(one, "__dict__", {}).values()]:
        yield each
        yield from _reached(each)


def test_the_key_is_kept_for_half_an_hour(person: Person, site: Any, clock: Any) -> None:
    person.to_review()
    draft = draft_in(site, site.sessions.find(person.visitor.cookies[site.cookie_name]))
    assert [each for each in _reached(draft) if isinstance(each, Secret)]
    clock.now += KEPT_S
    site.is_over()  # as the server asks all the time
    assert not [each for each in _reached(draft) if isinstance(each, Secret)]
    assert person.visitor.get("/add/review").headers["location"] == "/add"
    assert "The key was kept for 30 minutes, which are over: paste it again" in person.see("/add")
    assert person.send("/add/save", switch="1") == "/add/review"
    assert person.key() == "/add/route"


def test_cancel_forgets_all_of_it(person: Person, home: Any) -> None:
    person.to_review()
    assert person.send("/add/cancel") == "/"
    assert person.visitor.get("/add/review").headers["location"] == "/add"
    assert "still here" not in person.see("/add")
    assert person.key() == "/add/route"
    assert person.send("/add/cancel", again="1") == "/add"
    assert "still here" not in person.see("/add")
    assert not home.profiles.exists()


@pytest.mark.parametrize("path", ["/add/route", "/add/models", "/add/details", "/add/review"])
def test_no_step_is_shown_before_the_first(visitor: Any, path: str) -> None:
    assert visitor.get(path).headers["location"] == "/add"


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
