"""Where the key would go elsewhere: was it given, by the guard's record; keeping the address; restoring."""

from __future__ import annotations

import os
import re
import time
from typing import Any

import pytest
from support.home.user_home import KEY

from profiles.base.locations import find_locations
from profiles.routes.guard.record import GIVEN, REFUSED, Handouts
from tray.actions.keys import key_fate

EVIL = "https://api.portkey-ai.example"


@pytest.fixture
def work(home: Any) -> None:
    home.add("work", "--provider", "@anthropic-prod", "--label", "Work")
    home.ok("switch", "work")


@pytest.fixture
def changed(home: Any, work: None) -> None:
    home.edit_settings("https://api.portkey.ai", EVIL)


def record(home: Any, what: str, reason: str = "address", profile: str = "work") -> None:
    """A session that asked for the key a moment after the change."""
    Handouts(find_locations(home.environ)).add(
        {"profile": profile, "session": "1:2", "what": what, "home": "", "reason": reason, "host": EVIL},
        earlier=False,
    )


def test_a_helpers_key_that_nobody_asked_for_was_not_given(visitor: Any, changed: None) -> None:
    text = visitor.words()
    assert re.search(r"Since \d\d:\d\d, something other than pkcc-tray changed where", text)
    assert "The key was not given to it. No session has asked for it since." in text


def test_a_refusal_is_told_with_its_time(visitor: Any, home: Any, changed: None) -> None:
    record(home, REFUSED)
    assert re.search(
        r"The key was not given to it\. Claude Code asked for it at \d\d:\d\d, and was refused",
        visitor.words(),
    )


def test_a_key_that_went_out_all_the_same_is_to_be_replaced(visitor: Any, home: Any, changed: None) -> None:
    record(home, REFUSED)
    record(home, GIVEN)
    text = visitor.words()
    assert f"The key may have been sent to {EVIL} at" in text
    visitor.fill("/restore")
    page = visitor.get("/").text
    assert 'href="/keys/work/replace">Replace the key' in page
    assert "The settings are put back" in page


def test_a_key_that_went_out_is_not_forgotten_when_the_file_is_saved_again(
    visitor: Any, home: Any, changed: None
) -> None:
    """Claude Code saves settings of its own there: the user would keep a key that a stranger has."""
    record(home, GIVEN)
    settings = home.settings.read_text().replace("{", '{"theme": "dark",', 1)
    home.settings.write_text(settings)
    later = time.time() + 3600
    os.utime(home.settings, (later, later))
    assert f"The key may have been sent to {EVIL} at" in visitor.words()


def test_what_is_on_record_no_more_is_not_denied(visitor: Any, home: Any, changed: None) -> None:
    record(home, GIVEN)
    for _ in range(1500):
        record(home, REFUSED, reason="no_profile")
    text = visitor.words()
    assert re.search(r"Since \d\d:\d\d the key was not given to it\. What was handed out before", text)
    visitor.fill("/restore")
    assert "What was handed out before" in visitor.words()


@pytest.mark.parametrize("name", ["work", "spare"])
def test_a_proxy_was_not_named_later_than_a_step_that_lets_it_be(
    visitor: Any, home: Any, work: None, site: Any, name: str
) -> None:
    """The key went out before that step: the user would not be told."""
    home.add("spare", "--provider", "@anthropic-spare")
    home.ok("switch", name)
    home.edit_settings('"env": {', '"env": {"HTTPS_PROXY": "http://proxy.example:3128",')
    record(home, GIVEN, reason="proxy", profile=name)
    home.ok("set", name, "provider", "@anthropic-new")
    site.app.switcher.switch(name, accepting=False)
    assert "The key may have been sent" in visitor.words()


def test_what_another_helper_took_is_not_denied(visitor: Any, home: Any, work: None) -> None:
    """It runs as the user: it may read the key past the guard."""
    home.edit_settings("key print work", "key print spare")
    text = visitor.words()
    assert "The key was not given" not in text
    assert "The key may have been sent" in text


def test_what_was_handed_out_before_the_change_or_by_rights_is_no_alarm(
    visitor: Any, home: Any, changed: None
) -> None:
    record(home, GIVEN)
    home.ok("restore")
    home.edit_settings("https://api.portkey.ai", EVIL)
    record(home, GIVEN, reason="")
    text = visitor.words()
    assert "The key was not given to it" in text
    visitor.fill("/restore")
    text = visitor.words()
    assert "The key was not given to it" in text
    assert "Replace the key" not in text


def test_a_key_in_the_settings_themselves_may_have_been_sent_by_whoever_runs(
    visitor: Any, home: Any, work: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.ok("set", "work", "key_delivery", "settings")
    home.edit_settings("https://api.portkey.ai", EVIL)
    assert "The key may have been sent. Who had it" in visitor.words()  # nothing runs any more
    running = [type("Running", (), {"pid": 4711})()]
    monkeypatch.setattr(key_fate, "running_sessions", lambda *_directories: running)
    text = visitor.words()
    assert "The key may have been sent: 1 running session had it, and read the settings" in text
    assert KEY not in visitor.get("/").text


def test_an_address_is_kept_only_with_its_host_typed(visitor: Any, home: Any, changed: None) -> None:
    assert "I changed the address myself" in visitor.words()
    text = visitor.words("/keep-address")
    assert "Send your key to api.portkey-ai.example?" in text
    assert "Address so far https://api.portkey.ai (Portkey)" in text
    assert "It is none of Portkey" in text
    for typed in ("", "api.portkey.ai", "portkey-ai.example"):
        answer = visitor.fill("/keep-address", host=typed)
        assert answer.status_code == 422, typed
        assert "The new address is at api.portkey-ai.example" in answer.text
    assert "gateway" not in home.stored()
    assert visitor.fill("/keep-address", host=" API.portkey-ai.example ").headers["location"] == "/"
    assert home.stored()["gateway"] == EVIL
    text = visitor.words()
    assert "Work says the new address from now on" in text
    assert "Your key is at risk" not in text
    visitor.undo()
    assert "gateway" not in home.stored()


def test_a_changed_helper_is_never_kept(visitor: Any, home: Any, work: None) -> None:
    home.edit_settings("key print work", "key print spare")
    assert "I changed the address myself" not in visitor.words()
    home.edit_settings("https://api.portkey.ai", EVIL)
    assert "I changed the address myself" not in visitor.words()
    for answer in (
        visitor.get("/keep-address"),
        visitor.fill("/keep-address", host="api.portkey-ai.example"),
    ):
        assert answer.headers["location"] in ("/", "/keep-address")
    assert "gateway" not in home.stored()


def test_where_nothing_was_changed_there_is_nothing_to_keep(visitor: Any, work: None) -> None:
    assert visitor.get("/keep-address").headers["location"] == "/"
    assert "There is no new address that could be kept" in visitor.words()


def test_after_restoring_no_click_leads_the_key_back_there(visitor: Any, home: Any, changed: None) -> None:
    """The notice of *Restore* had a plain *Undo*: one click, and each request went to the stranger again."""
    visitor.fill("/restore")
    page = visitor.get("/").text
    assert "The settings are put back" in page
    assert 'action="/undo"' not in page
    assert 'action="/undo"' not in visitor.get("/history").text
    page = visitor.get("/history/1").text
    assert "our key would go to api.portkey-ai.example" in page
    agreed = re.findall(r'name="agreed" value="([^"]+)"', page)
    visitor.carry_out("/undo", step=agreed)
    assert EVIL not in home.settings.read_text()
    visitor.carry_out("/history/back", agreed=agreed)
    assert EVIL not in home.settings.read_text()
    visitor.carry_out("/history/back", agreed=agreed, elsewhere="yes")
    assert EVIL in home.settings.read_text()
