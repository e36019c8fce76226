"""Preferences: what is saved, what is refused, what takes effect in the manager itself."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from profiles.files.preferences import NAMES
from tray.manager.views.computer.preferences import AT_LOGIN, LABELS

if TYPE_CHECKING:
    from pathlib import Path

    from tray.manager.site import Site


def preferences_file(home: Any) -> Path:
    path: Path = home.root / ".config" / "pkcc-tray" / "preferences.json"
    return path


def sent(visitor: Any, **changed: str | None) -> dict[str, Any]:
    """What a browser sends of the page with those fields changed; None unticks a box."""
    page = visitor.get("/preferences").text
    main = page[page.index('<form class="form"') : page.index("savebar")]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main))
    fields |= dict(re.findall(r'<input class="input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', main))
    boxes = r'<input type="(?:radio|checkbox)" name="([^"]+)"[^>]*value="([^"]*)" checked'
    chosen = r'<select[^>]* name="([^"]+)".*?<option value="([^"]*)" selected'
    fields |= dict(re.findall(boxes, main)) | dict(re.findall(chosen, main, re.DOTALL))
    fields |= {name: value for name, value in changed.items() if value is not None}
    return {name: value for name, value in fields.items() if name not in changed or changed[name] is not None}


def save(visitor: Any, **changed: str | None) -> Any:
    return visitor.post(
        "/preferences",
        data=sent(visitor, **changed),
        headers={"origin": str(visitor.base_url).rstrip("/"), "sec-fetch-site": "same-origin"},
    )


def test_only_what_was_changed_is_saved(visitor: Any, home: Any) -> None:
    """What nobody chose here can still be asked for elsewhere, such as the budget by `add`."""
    assert save(visitor, on_drift="restore", key_guard=None, key_cache_minutes="0").status_code == 303
    assert json.loads(preferences_file(home).read_text()) == {
        "on_drift": "restore",
        "key_guard": False,
        "key_cache_minutes": 0,
    }
    text = visitor.get("/preferences").text
    assert "The preferences are saved" in text
    assert 'value="restore" checked' in text


def test_a_save_of_nothing_says_so(visitor: Any, home: Any) -> None:
    save(visitor)
    assert not preferences_file(home).exists()
    assert "Nothing was changed" in visitor.get("/preferences").text


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(visitor: Any, home: Any) -> None:
    answer = save(visitor, key_cache_minutes="ten", health_minutes="-1", on_drift="restore")
    assert answer.status_code == 422
    assert "<title>Error: Preferences" in answer.text
    wrong = "“Keep a key in memory for” must be a whole number from 0 (never) to 1440"
    assert answer.text.count(wrong) == 2  # above the form, and beside the field
    assert 'value="ten"' in answer.text
    assert 'value="restore" checked' in answer.text  # what was typed stays
    assert not preferences_file(home).exists()


def test_what_a_command_changed_meanwhile_stays(visitor: Any, home: Any) -> None:
    fields = sent(visitor, usage="on")
    home.ok("preference", "on_drift", "ignore")
    fields["on_drift"] = "notify"  # as the page still has it
    headers = {"origin": str(visitor.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    assert visitor.post("/preferences", data=fields, headers=headers).status_code == 303
    assert json.loads(preferences_file(home).read_text()) == {"on_drift": "ignore", "usage": True}


def test_start_at_login_is_really_set(visitor: Any, home: Any) -> None:
    entry = home.root / ".config" / "autostart" / "pkcc-tray.desktop"
    save(visitor, start_at_login="on")
    assert "Exec=" in entry.read_text()
    assert "~/.config/autostart/pkcc-tray.desktop" in visitor.get("/preferences").text
    save(visitor, start_at_login=None)
    assert not entry.exists()


def test_an_entry_that_cannot_be_written_is_said_beside_the_tick(visitor: Any, home: Any) -> None:
    (home.root / ".config").mkdir(exist_ok=True)
    (home.root / ".config" / "autostart").write_text("in the way")
    answer = save(visitor, start_at_login="on", usage="on")
    assert answer.status_code == 422
    assert 'href="#start_at_login"' in answer.text
    assert not preferences_file(home).exists()


def test_an_entry_that_was_switched_off_by_the_desktop_is_said_so(visitor: Any, home: Any) -> None:
    save(visitor, start_at_login="on")
    entry = home.root / ".config" / "autostart" / "pkcc-tray.desktop"
    entry.write_text(entry.read_text() + "Hidden=true\n")
    assert "A tick here switches it on again" in visitor.get("/preferences").text


def test_a_broken_file_is_named_and_not_written_over(visitor: Any, home: Any) -> None:
    preferences_file(home).parent.mkdir(parents=True, exist_ok=True)
    preferences_file(home).write_text("{broken")
    text = visitor.get("/preferences").text
    assert "The preferences cannot be read" in text
    visitor.fill("/preferences", usage="on")
    assert preferences_file(home).read_text() == "{broken"
    assert "is not valid JSON" in visitor.get("/preferences").text


def test_what_a_variable_decides_is_said(visitor: Any, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice that has no effect would be a riddle."""
    assert "PKCC_SECRETS=vault</code> is set" in visitor.get("/preferences").text
    assert "PKCC_CONFIG_DIR" not in visitor.get("/preferences").text
    elsewhere = {**site.app.environ, "PKCC_CONFIG_DIR": "/somewhere", "PKCC_SECRETS": "auto"}
    monkeypatch.setattr(site.app, "environ", elsewhere)
    text = visitor.get("/preferences").text
    assert "PKCC_CONFIG_DIR" in text
    assert "PKCC_SECRETS" not in text


def test_every_preference_there_is_can_be_set_here(visitor: Any) -> None:
    page = visitor.get("/preferences").text
    assert [name for name in NAMES if f' name="{name}"' not in page] == []
    assert {*LABELS} == {*NAMES, AT_LOGIN}


def test_the_idle_time_takes_effect_at_once(visitor: Any, site: Site, clock: Any) -> None:
    site.lifetime.page_opened()
    save(visitor, manager_idle_minutes="10")
    clock.now += 599
    assert not site.is_over()
    clock.now += 2
    assert site.is_over()


def test_another_idle_time_of_the_file_is_among_the_choices(visitor: Any, home: Any) -> None:
    home.ok("preference", "manager_idle_minutes", "45")
    assert '<option value="45" selected>45 minutes</option>' in visitor.get("/preferences").text


def test_pages_have_single_key_shortcuts_only_where_wanted(visitor: Any) -> None:
    assert "<body data-live data-shortcuts>" in visitor.get("/").text
    save(visitor, manager_shortcuts=None)
    assert "<body data-live>" in visitor.get("/").text
