"""History: what each step changed, masked; and that going back brings all of it back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.home.user_home import KEY


@pytest.fixture
def work(home: Any) -> None:
    home.add("work", "--provider", "@anthropic-prod", "--sonnet", "claude-sonnet-4-6", "--label", "Work")
    home.add("spare", "--provider", "@spare", "--sonnet", "claude-sonnet-4-5", "--label", "Spare")
    home.ok("switch", "work")


def test_a_switch_unfolds_what_it_changed_in_the_settings(visitor: Any, home: Any, work: None) -> None:
    home.ok("switch", "spare")
    text = visitor.words("/history")
    assert re.search(
        r"Switched to Spare from Work, on the command line Now See \d+ changes .*?"
        r"Provider x-portkey-provider Before @anthropic-prod After @spare",
        text,
    )
    assert (
        "Sonnet model ANTHROPIC_DEFAULT_SONNET_MODEL Before claude-sonnet-4-6 After claude-sonnet-4-5" in text
    )


def test_an_edit_unfolds_the_fields_and_names_them(visitor: Any, home: Any, work: None) -> None:
    home.ok("set", "spare", "models.sonnet", "claude-sonnet-4-9")
    text = visitor.words("/history")
    assert "Edited Spare Sonnet model, on the command line" in text
    assert "Sonnet model Before claude-sonnet-4-5 After claude-sonnet-4-9" in text


def test_a_restore_unfolds_what_something_else_had_changed(visitor: Any, home: Any, work: None) -> None:
    home.edit_settings("claude-sonnet-4-6", "claude-sonnet-4-0")
    visitor.fill("/restore")
    text = visitor.words("/history")
    assert re.search(
        r"Restored Work after a change by something else, in this window .*? Before claude-sonnet-4-0", text
    )


def test_undo_of_a_kept_change_brings_the_profile_back_as_well(visitor: Any, home: Any, work: None) -> None:
    before = (home.profiles / "work.json").read_bytes()
    home.edit_settings("claude-sonnet-4-6", "claude-sonnet-4-0")
    settings = home.settings.read_bytes()
    visitor.fill("/keep")
    text = visitor.words("/history")
    assert "Kept a change in Work" in text
    assert "Sonnet model Before claude-sonnet-4-6 After claude-sonnet-4-0" in text
    visitor.undo("/history")
    assert (home.profiles / "work.json").read_bytes() == before
    assert home.settings.read_bytes() == settings  # as something else had left it


def test_no_key_is_in_the_history(visitor: Any, home: Any, work: None) -> None:
    home.ok("set", "work", "key_delivery", "settings")
    assert KEY in home.settings.read_text()
    home.ok("switch", "spare")
    home.ok("switch", "work")
    home.ok("off")
    assert KEY not in visitor.get("/history").text
    assert "••••" in visitor.words("/history")


def test_settings_that_are_broken_do_not_hide_what_was_done(visitor: Any, home: Any, work: None) -> None:
    home.edit_settings('"env": {', '"env": {,')
    assert "First switch, to Work" in visitor.words("/history")


def test_what_something_else_changed_since_stands_first(visitor: Any, home: Any, work: None) -> None:
    home.edit_settings("claude-sonnet-4-6", "claude-sonnet-4-0")
    text = visitor.words("/history")
    assert re.search(r"Today \d\d:\d\d Changed by something else 1 value Restore or keep it…", text)
    assert "Before claude-sonnet-4-6 After claude-sonnet-4-0" in text
    assert " Now " not in text


def test_the_first_switch_leads_back_to_the_users_own_settings(visitor: Any, home: Any, work: None) -> None:
    home.ok("switch", "spare")
    first = "First switch, to Work your own settings before it are kept, on the command line"
    assert f"{first} Turn off: as before this" in visitor.words("/history")
    visitor.fill("/off")
    assert home.ok("status", "--short").out == "off\n"
    assert "Turn off: as before this" not in visitor.words("/history")


def test_undo_takes_back_what_the_page_said_and_nothing_else(visitor: Any, home: Any, work: None) -> None:
    visitor.fill("/switch", name="spare")
    step = re.findall(r'name="step" value="([^"]+)"', visitor.get("/").text)
    assert len(step) == 1
    home.ok("set", "work", "label", "Otherwise")  # meanwhile
    visitor.carry_out("/undo", step=step)
    assert "Something else was done meanwhile, so nothing was undone" in visitor.words()
    assert home.stored()["label"] == "Otherwise"
    assert re.findall(r'name="step" value="([^"]+)"', visitor.get("/history").text) != step
    assert home.ok("status", "--short").out == "spare\n"


def test_undo_of_no_step_in_particular_undoes_nothing(visitor: Any, home: Any, work: None) -> None:
    """It would take back whatever was done last, which the person may never have seen."""
    visitor.fill("/undo")
    assert "Nothing was chosen" in visitor.words()
    assert home.ok("status", "--short").out == "work\n"


def test_what_was_done_to_projects_and_rules_is_said_without_a_path_of_this_computer(
    visitor: Any, home: Any, work: None
) -> None:
    """It fills the page, and is in the words of a command line that its reader never uses."""
    shop = home.root / "src" / "shop"
    shop.mkdir(parents=True)
    home.ok("project", "add", str(shop))
    home.ok("project", "rule", "add", "~/work/**", "--metadata", "client=acme")
    home.ok("project", "remove", str(shop))
    text = visitor.words("/history")
    for said in ("Added the project shop", "Added the rule ~/work/**", "Removed the project shop"):
        assert said in text
    assert str(home.root) not in text


def test_a_folder_s_name_turns_no_text_round(visitor: Any, home: Any, work: None) -> None:
    """A person would read another name than the one that stands there."""
    folder = home.root / "e\x1b[31mr\u202eevil"
    folder.mkdir()
    home.ok("project", "add", str(folder))
    text = visitor.words("/history")
    assert "Added the project e�[31mr�evil" in text
    visitor.undo("/history")
    assert "\x1b" not in visitor.get("/history").text
