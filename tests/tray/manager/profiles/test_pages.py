"""Overview and History: what they show of each state, and what their buttons do."""

from __future__ import annotations

import re
from typing import Any

import pytest

STATES = ["base URL", "helper", "model", "gone", "broken", "dropped"]


@pytest.fixture
def work(home: Any) -> None:
    home.add("work", "--provider", "@anthropic-prod", "--sonnet", "claude-sonnet-4-6", "--label", "Work")
    home.ok("switch", "work")


def test_the_first_run_is_a_welcome(visitor: Any) -> None:
    assert "Welcome to pkcc-tray" in visitor.words()
    assert "Get a key at Portkey" in visitor.words()


def test_settings_made_by_hand_are_recognised(visitor: Any, home: Any) -> None:
    home.settings.write_text(
        '{"env": {"ANTHROPIC_BASE_URL": "https://api.portkey.ai", '
        '"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @by-hand"}}'
    )
    text = visitor.words()
    assert "Set up by hand @by-hand, no profile" in text
    assert "Use what is in your settings already" in text


def test_what_is_in_use_is_said_first(visitor: Any, work: None) -> None:
    text = visitor.words()
    assert "Claude Code uses Work All right @anthropic-prod through api.portkey.ai" in text
    assert "Sonnet claude-sonnet-4-6" in text
    assert "In the vault, in no file" in text
    assert "Key Stored" in text


def test_switch_off_and_undo_work_and_say_what_is_so_now(visitor: Any, home: Any, work: None) -> None:
    before = home.settings.read_bytes()
    visitor.fill("/off")
    assert "Off: Claude Code uses its own settings" in visitor.words()
    assert "Switch to Work again" in visitor.words()
    visitor.fill("/switch", name="work")
    assert "Work is in use New sessions use it at once" in visitor.words()
    assert home.settings.read_bytes() == before
    visitor.undo()
    assert home.ok("status", "--short").out == "off\n"
    assert "Undone Switched to Work, from off" in visitor.words()
    assert "Undone" not in visitor.words()  # it stays until the next page


def test_only_what_was_in_use_and_can_be_again_is_offered_again(visitor: Any, home: Any) -> None:
    """A profile that was only added was never in use; one without a key would be a dead end."""
    home.add("work")
    assert "Switch to work again" not in visitor.words()
    home.ok("add", "acme", "--provider", "@acme", "--key-ref", "keyring:acme")
    for name in ("work", "acme"):
        home.ok("switch", name)
    home.ok("off")
    assert "Switch to work again" in visitor.words()


def test_an_alarm_offers_restoring_alone(visitor: Any, home: Any, work: None) -> None:
    before = home.settings.read_bytes()
    home.edit_settings("https://api.portkey.ai", "https://api.portkey-ai.example")
    text = visitor.words()
    assert "Settings changed Your key is at risk" in text
    assert "Your key would go to another address" in text
    assert "Restore api.portkey.ai" in text
    assert "Keep the change" not in text
    assert "Leave it" not in text
    for way in ("/keep", "/leave"):  # not by a form of one's own making either
        visitor.fill(way)
        assert "Your key would go to another address" in visitor.words()
    visitor.fill("/restore")
    assert "The settings are put back" in visitor.words()
    assert home.settings.read_bytes() == before


def test_a_changed_helper_is_named_as_that(visitor: Any, home: Any, work: None) -> None:
    home.edit_settings("key print work", "key print spare")
    assert "Claude Code would run another program for its key" in visitor.words()


def test_a_harmless_change_can_be_kept(visitor: Any, home: Any, work: None) -> None:
    home.edit_settings("claude-sonnet-4-6", "claude-sonnet-4-9")
    text = visitor.words()
    assert "Settings changed 1 value of Work" in text
    assert "Your key still goes to api.portkey.ai" in text
    visitor.fill("/keep")
    assert home.stored()["models"]["sonnet"] == "claude-sonnet-4-9"
    assert "The change is kept in the profile" in visitor.words()
    visitor.undo()
    assert home.stored()["models"]["sonnet"] == "claude-sonnet-4-6"


def test_a_harmless_change_can_be_left_until_another_comes(visitor: Any, home: Any, work: None) -> None:
    home.edit_settings("claude-sonnet-4-6", "claude-sonnet-4-9")
    visitor.fill("/leave")
    text = visitor.words()
    assert "Changed, and left as it is" in text
    assert "Keep the change" not in text
    home.edit_settings("claude-sonnet-4-9", "claude-sonnet-4-8")
    assert "The settings were changed by something else" in visitor.words()


def test_settings_that_are_gone_can_be_restored(visitor: Any, home: Any, work: None) -> None:
    home.settings.unlink()
    assert "The settings file is gone" in visitor.words()
    visitor.fill("/restore")
    assert "Work All right" in visitor.words()


def test_broken_settings_are_shown_where_they_are_broken(visitor: Any, home: Any, work: None) -> None:
    home.edit_settings('"env": {', '"env": {,')
    text = visitor.words()
    assert "Claude Code ignores its settings file Line 3 of ~/.claude/settings.json" in text
    assert '"EDITOR": "••••••••"' in text
    assert "vim" not in text
    assert 'form="switch-form"' not in visitor.get("/").text  # nothing can be written


def test_a_value_that_makes_the_client_ignore_the_file_is_named(visitor: Any, home: Any, work: None) -> None:
    home.edit_settings('"model": "sonnet"', '"model": "sonnet", "permissions": 3')
    assert "Claude Code leaves its settings file out" in visitor.words()


def test_a_profile_without_a_key_never_looks_healthy(visitor: Any, home: Any) -> None:
    home.ok("add", "acme", "--provider", "@acme", "--key-ref", "keyring:acme", "--label", "Acme")
    home.ok("switch", "acme")
    text = visitor.words()
    assert "Acme No key yet" in text
    assert "Without a key Claude Code says" in text
    assert "All right" not in text


def test_a_broken_profile_says_what_is_wrong(visitor: Any, home: Any, work: None) -> None:
    (home.profiles / "bad.json").write_text("{")
    text = visitor.words()
    assert re.search(r"bad .*bad\.json.* Cannot be read", text)


def test_what_is_wrong_with_a_form_is_said_without_a_traceback(visitor: Any, home: Any, work: None) -> None:
    visitor.fill("/switch", name="nobody")
    assert "There is no profile 'nobody'" in visitor.words()
    visitor.fill("/restore")
    visitor.fill("/keep")
    assert "Nothing was changed since the profile was written" in visitor.words()


def test_names_are_text_and_never_markup(visitor: Any, home: Any) -> None:
    home.add("work", "--provider", "@a", "--label", "<script>alert(1)</script>", "--metadata", 'a="><b>')
    text = visitor.get("/").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "a=&#34;&gt;&lt;b&gt;" in text


def test_from_thirteen_profiles_on_rows_are_short_and_found_by_any_word(visitor: Any, home: Any) -> None:
    for number in range(13):
        home.add(f"p{number}", "--provider", f"@slug-{number}", "--metadata", f"team=t{number}")
    text = visitor.get("/").text
    assert 'class="card compact"' in text
    assert re.search(r'data-text="p7 p7 @slug-7[^"]*team=t7"', text)


def test_a_preview_shows_each_value_and_writes_none(visitor: Any, home: Any, work: None) -> None:
    home.add("spare", "--provider", "@spare")
    before = home.settings.read_bytes()
    text = visitor.words("/preview/spare")
    assert "What a switch to spare would change" in text
    assert "Provider x-portkey-provider Now @anthropic-prod After @spare" in text
    assert "Switch to spare" in text
    assert "The settings say exactly this" in visitor.words("/preview/work")
    assert home.settings.read_bytes() == before
    assert "There is no profile 'nobody'" in visitor.words("/preview/nobody")


def test_the_history_says_what_was_done_and_by_whom(visitor: Any, home: Any, work: None) -> None:
    visitor.fill("/off")
    text = visitor.words("/history")
    assert "Turned off from Work, in this window" in text
    assert "First switch, to Work your own settings before it are kept, on the command line" in text
    assert "Added Work on the command line" in text


def test_going_back_shows_first_what_is_taken_back_and_takes_back_no_more(
    visitor: Any, home: Any, work: None
) -> None:
    home.add("spare", "--provider", "@spare")
    visitor.fill("/off")
    page = visitor.get("/history/2").text
    assert "Take back 2 steps?" in page
    assert home.ok("status", "--short").out == "off\n"
    agreed = re.findall(r'name="agreed" value="([^"]+)"', page)
    home.ok("switch", "spare")  # meanwhile
    visitor.carry_out("/history/back", agreed=agreed)
    assert "Something else was done meanwhile" in visitor.words("/history")
    assert home.ok("status", "--short").out == "spare\n"
    home.ok("undo")
    visitor.carry_out("/history/back", agreed=agreed)
    assert home.ok("status", "--short").out == "work\n"
    assert not (home.profiles / "spare.json").exists()


def test_a_check_is_a_page_that_says_each_step(visitor: Any, home: Any, site: Any) -> None:
    home.add("work", "--gateway", "http://127.0.0.1:9", "--provider", "@a")
    home.ok("switch", "work")
    answer = visitor.fill("/check", name="work")
    assert answer.headers["location"] == "/check/work"
    site.checks["work"].job.wait(20)
    text = visitor.words("/check/work")
    assert "The check of work failed" in text
    assert "nothing listens there. Free: no model was asked" in text  # what is wrong comes before the steps
    assert "Key: " in text
    assert "work Gateway does not answer" in visitor.words()


def test_a_check_on_the_command_line_is_shown_and_no_longer_once_the_route_is_another(
    visitor: Any, home: Any
) -> None:
    home.add("work", "--gateway", "http://127.0.0.1:9", "--provider", "@a")
    home.ok("switch", "work")
    home.run("check", "work")
    assert "work Gateway does not answer" in visitor.words()
    assert "The check of work failed" in visitor.words("/check/work")
    home.ok("set", "work", "route.provider", "@b")
    assert "Gateway does not answer" not in visitor.words()


@pytest.mark.parametrize("path", ["/preview/two", "/remove/two", "/json/two", "/edit/two"])
def test_a_page_of_what_was_removed_elsewhere_says_so(visitor: Any, home: Any, work: None, path: str) -> None:
    """As an error of ours it would be reported; as a closed manager it would be opened again for nothing."""
    home.add("two", "--provider", "@two")
    assert visitor.get(path).status_code == 200
    home.ok("remove", "two", "--yes")
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert "two" in answer.text
