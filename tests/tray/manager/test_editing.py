"""Edit, Remove, Duplicate: what the pages show, what their forms do, and what they never lose or show."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from support.home.user_home import KEY


@pytest.fixture
def work(home: Any) -> None:
    models = ("--opus", "claude-opus-4-6", "--sonnet", "claude-sonnet-4-6")
    home.add(
        "work", "--provider", "@anthropic-prod", *models, "--label", "Work", "--metadata", "team=platform"
    )
    home.ok("switch", "work")


def fields_of(html: str) -> dict[str, list[str]]:
    """The edit form as a browser would send it."""
    form = html[html.index('id="edit"') :]
    form = form[: form.index("</form>")]
    form = re.sub(r"<template>.*?</template>", "", form, flags=re.DOTALL)
    found: dict[str, list[str]] = {}
    for name, text in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, flags=re.DOTALL
    ):
        found[name] = [unescape(text)]
    for tag in re.findall(r"<input[^>]*>", form):
        known = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = known.get("type", "")
        if known.get("name") and (kind not in ("radio", "checkbox") or " checked" in tag):
            found.setdefault(known["name"], []).append(unescape(known.get("value", "")))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = [unescape(chosen[1])] if chosen else []
    return found


def edit(visitor: Any, profile: str = "work", /, **typed: Any) -> Any:
    """Send the edit form of that profile with some fields otherwise."""
    path = f"/edit/{profile}"
    fields = fields_of(visitor.get(path).text)
    return resend(visitor, path, fields, **typed)


def resend(visitor: Any, path: str, fields: dict[str, list[str]], /, **typed: Any) -> Any:
    fields = {**fields, **{key.replace("__", "."): value for key, value in typed.items()}}
    fields.pop("token", None)
    return visitor.fill(path, **fields)


def test_saving_what_is_shown_changes_not_a_byte(visitor: Any, home: Any, work: None) -> None:
    before = (home.profiles / "work.json").read_bytes()
    assert edit(visitor).headers["location"] == "/"
    assert "Work is as it was" in visitor.words()
    assert (home.profiles / "work.json").read_bytes() == before


def test_a_model_is_changed_and_in_force_at_once(visitor: Any, home: Any, work: None) -> None:
    edit(visitor, models__sonnet="claude-sonnet-4-5")
    text = visitor.words()
    assert "Work is saved Changed: Sonnet model. New sessions use it at once" in text
    assert "claude-sonnet-4-5" in home.settings.read_text()
    visitor.fill("/undo")
    assert "claude-sonnet-4-6" in home.settings.read_text()
    assert home.stored()["models"]["sonnet"] == "claude-sonnet-4-6"


def test_a_short_name_renames_everywhere(visitor: Any, home: Any, work: None) -> None:
    home.add("spare", "--provider", "@spare")
    home.ok("set", "spare", "when_unreachable", "work")
    edit(visitor, name="job")
    assert "Work is saved Changed: Short name." in visitor.words()
    assert home.ok("status", "--short").out == "job\n"
    assert home.stored("spare")["when_unreachable"] == "job"
    assert not (home.profiles / "work.json").exists()


def test_all_that_a_profile_has_can_be_edited(visitor: Any, home: Any, work: None) -> None:
    answer = edit(
        visitor,
        label="Job",
        kind="config",
        config="pc-main-1a2b3c",
        gateway="own",
        address="https://gateway.example",
        models__setting="claude-opus-4-6",
        model_names__opus="Big one",
        discovery="1",
        trace="t-1",
        delivery="settings",
        key_in="token",
        **{
            "metadata-key": ["team", "cost"],
            "metadata-value": ["eu", "7"],
            "headers-key": "X-Team",
            "headers-value": "eu",
            "variables-key": "DEBUG_LEVEL",
            "variables-value": "2",
        },
    )
    assert answer.status_code == 303, answer.text
    stored = home.stored()
    assert stored["label"] == "Job"
    assert stored["route"] == {"kind": "config", "id": "pc-main-1a2b3c"}
    assert stored["gateway"] == "https://gateway.example"
    assert stored["models"]["setting"] == "claude-opus-4-6"
    assert stored["model_names"] == {"opus": "Big one"}
    assert stored["model_discovery"] is True
    assert stored["metadata"] == {"team": "eu", "cost": "7"}
    assert stored["extra_headers"] == {"X-Team": "eu"}
    assert stored["extra_env"] == {"DEBUG_LEVEL": "2"}
    assert (stored["key_delivery"], stored["key_in"]) == ("settings", "token")
    edit(
        visitor, gateway="airs", kind="none", delivery="helper", **{"metadata-key": [], "metadata-value": []}
    )
    stored = home.stored()
    assert stored["gateway"] == "https://aigw.portkey.ai"
    assert stored["route"] == {"kind": "none"}
    assert "key_delivery" not in stored
    assert "metadata" not in stored


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    visitor: Any, home: Any, work: None
) -> None:
    before = (home.profiles / "work.json").read_bytes()
    answer = edit(
        visitor, name="no good", provider="", models__sonnet="a\tb", trace="é", gateway="own",
        address="nowhere",
        **{"headers-key": "X-Api-Key", "headers-value": "clear-text-key"},
    )  # fmt: skip
    assert answer.status_code == 422
    text = answer.text
    assert "<title>Error: Edit Work" in text
    for field in ("name", "provider", "models.sonnet", "trace", "headers"):
        assert f'href="#{field}"' in text, field
    assert "Choose a provider, or type its name" in text
    assert "Sonnet model must be printable ASCII text" in text
    assert "X-Api-Key looks like a secret" in text
    assert 'value="no good"' in text
    assert 'value="nowhere"' in text
    assert "clear-text-key" not in text
    assert (home.profiles / "work.json").read_bytes() == before
    answer = edit(visitor, kind="virtual_key", virtual_key="", virtual_key_provider="no good")
    assert 'href="#virtual_key_provider"' in answer.text
    assert "Type the virtual key" in answer.text
    answer = edit(visitor, gateway="own", address="http://gateway.example")
    assert 'href="#address"' in answer.text
    assert "Plain http would send the key unencrypted; use https, or allow it below" in answer.text


def test_a_new_name_and_other_fields_are_saved_at_once_and_each_can_be_taken_back(
    visitor: Any, home: Any, work: None
) -> None:
    edit(visitor, name="job", label="Job", models__sonnet="claude-sonnet-4-5")
    assert "Job is saved Changed: Short name, Name and Sonnet model" in visitor.words()
    assert home.stored("job")["models"]["sonnet"] == "claude-sonnet-4-5"
    assert home.ok("status", "--short").out == "job\n"
    assert "claude-sonnet-4-5" in home.settings.read_text()
    home.ok("undo")
    home.ok("undo")
    assert home.stored("work")["label"] == "Work"
    assert "claude-sonnet-4-6" in home.settings.read_text()


def test_another_profiles_name_is_not_taken(visitor: Any, home: Any, work: None) -> None:
    home.add("spare", "--provider", "@spare")
    answer = edit(visitor, name="Spare")
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert home.stored("spare")["route"]["provider"] == "@spare"


def test_a_preview_saves_nothing_and_keeps_what_was_typed(visitor: Any, home: Any, work: None) -> None:
    before = (home.profiles / "work.json").read_bytes()
    answer = edit(visitor, models__sonnet="claude-sonnet-4-5", label="Job", do="preview")
    assert "Saving would change 1 value that Work writes" in answer.text
    assert "2 changes not saved: Name, Sonnet model" in answer.text
    assert (home.profiles / "work.json").read_bytes() == before
    fields = fields_of(answer.text)
    assert resend(visitor, "/edit/work", fields).headers["location"] == "/"
    assert home.stored()["models"]["sonnet"] == "claude-sonnet-4-5"


def test_a_change_meanwhile_is_told_and_neither_is_lost(visitor: Any, home: Any, work: None) -> None:
    fields = fields_of(visitor.get("/edit/work").text)
    home.ok("set", "work", "models.sonnet", "claude-sonnet-4-9")
    answer = resend(visitor, "/edit/work", fields, models__opus="claude-opus-4-9")
    assert answer.status_code == 409
    text = answer.text
    assert "Work was changed elsewhere since you opened this page" in text
    assert "The command line changed Sonnet model, at" in text
    assert 'value="claude-opus-4-9"' in text
    assert home.stored()["models"]["sonnet"] == "claude-sonnet-4-9"
    again = fields_of(text)
    assert resend(visitor, "/edit/work", again).status_code == 409  # saving alone goes over nothing
    home.ok("set", "work", "trace_id", "t-2")
    assert resend(visitor, "/edit/work", again, do="over").status_code == 409  # nor over a third change
    again = fields_of(resend(visitor, "/edit/work", again).text)
    assert resend(visitor, "/edit/work", again, do="over").status_code == 303
    stored = home.stored()
    assert (stored["models"]["opus"], stored["models"]["sonnet"]) == ("claude-opus-4-9", "claude-sonnet-4-6")
    visitor.fill("/undo")
    assert home.stored()["models"]["sonnet"] == "claude-sonnet-4-9"


def test_a_change_by_hand_is_told_as_by_something_else(visitor: Any, home: Any, work: None) -> None:
    fields = fields_of(visitor.get("/edit/work").text)
    path = home.profiles / "work.json"
    path.write_text(path.read_text().replace("claude-opus-4-6", "claude-opus-4-8"))
    assert "Something else changed Opus model" in resend(visitor, "/edit/work", fields, label="Job").text


def test_no_key_is_on_the_page_and_a_masked_text_stays_what_it_was(
    visitor: Any, home: Any, work: None
) -> None:
    path = home.profiles / "work.json"
    plain = json.loads(path.read_text())
    plain["extra_headers"] = {"X-License-Key": "clear-text-of-old", "X-Team": "a"}
    plain["route"] = {"kind": "config", "inline": {"api_key": "keyring:work", "provider": "openai"}}
    path.write_text(json.dumps(plain))
    text = visitor.get("/edit/work").text
    assert "clear-text-of-old" not in text
    assert "This profile has a config of its own" in text
    assert edit(visitor, label="Job").status_code == 303
    stored = home.stored()
    assert stored["extra_headers"]["X-License-Key"] == "clear-text-of-old"
    assert stored["route"]["inline"]["api_key"] == "keyring:work"


def test_a_profile_can_take_another_stored_key(visitor: Any, home: Any, work: None) -> None:
    home.add("spare", "--provider", "@spare")
    text = visitor.words("/edit/work")
    assert "Stored as work , in the vault" in text
    assert "Also used by No other profile" in text
    edit(visitor, key="keyring:spare")
    assert home.stored()["api_key"] == "keyring:spare"
    assert "Also used by spare" in visitor.words("/edit/work")


def test_a_profile_that_is_not_there_says_so(visitor: Any, home: Any, work: None) -> None:
    assert "There is no profile 'nobody'" in visitor.words("/edit/nobody")
    assert "There is no profile 'nobody'" in visitor.words("/remove/nobody")


def test_a_duplicate_is_edited_next(visitor: Any, home: Any, work: None) -> None:
    assert visitor.fill("/duplicate", name="work").headers["location"] == "/edit/work-2"
    assert "Both use the same key" in visitor.words("/edit/work-2")
    assert home.stored("work-2")["label"] == "Work (2)"
    assert visitor.fill("/duplicate", name="work").headers["location"] == "/edit/work-3"


def test_a_favourite_is_ticked_here_too(visitor: Any, home: Any, work: None) -> None:
    edit(visitor, favourite="1")
    assert "Work is saved Changed: Favourite" in visitor.words()
    assert re.search(r'name="favourite" value="1" checked', visitor.get("/edit/work").text)
    fields = fields_of(visitor.get("/edit/work").text)
    del fields["favourite"]
    resend(visitor, "/edit/work", fields, name="job")
    assert "checked" not in re.findall(r'<input[^>]*name="favourite"[^>]*>', visitor.get("/edit/job").text)[0]


def test_what_cannot_be_saved_now_keeps_what_was_typed(visitor: Any, home: Any, work: None) -> None:
    """A new short name goes into the settings, and not over what something else wrote there."""
    home.edit_settings("claude-sonnet-4-6", "claude-sonnet-4-0")
    answer = edit(visitor, name="job", label="Typed")
    assert answer.status_code == 422
    assert "was changed by something else" in answer.text
    assert 'value="Typed"' in answer.text
    assert (home.profiles / "work.json").exists()


def test_a_profile_that_cannot_be_read_leads_to_its_file(
    visitor: Any, home: Any, work: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home.profiles / "bad.json").write_text('{"api_key": "clear-text-of-old"')
    page = visitor.get("/edit/bad")
    assert page.status_code == 200
    assert "clear-text-of-old" not in page.text
    assert "bad cannot be read" in visitor.words("/edit/bad")
    opened: list[str] = []
    monkeypatch.setattr(
        "tray.manager.pages.profiles.editing.open_target", lambda path, _: opened.append(path)
    )
    assert visitor.fill("/open-profile", name="bad").headers["location"] == "/edit/bad"
    visitor.fill("/open-profile", name="../../secrets")
    assert opened == [str(home.profiles / "bad.json")]


def test_the_profile_as_json_and_as_a_bundle_hold_no_secret(visitor: Any, home: Any, work: None) -> None:
    path = home.profiles / "work.json"
    plain = json.loads(path.read_text())
    path.write_text(json.dumps({**plain, "extra_headers": {"X-License-Key": "clear-text-of-old"}}))
    page = visitor.get("/json/work").text
    assert "&#34;provider&#34;: &#34;@anthropic-prod&#34;" in page
    answer = visitor.get("/export/work")
    assert answer.headers["content-disposition"] == 'attachment; filename="work.pkcc.json"'
    assert "pkcc_tray_bundle" in answer.text
    for text in (page, answer.text):
        assert "clear-text-of-old" not in text
        assert KEY not in text


def test_a_model_that_is_retired_is_said_with_what_takes_its_place(visitor: Any, home: Any) -> None:
    home.add("old", "--provider", "@a", "--sonnet", "claude-3-5-sonnet-20241022")
    page = visitor.get("/edit/old").text
    assert "Anthropic retired this model on" in page
    assert 'data-use="models.sonnet" data-value="claude-' in page


def test_what_else_may_see_the_key_is_edited_too(visitor: Any, home: Any, work: None) -> None:
    edit(visitor, trusted="proxy:http://proxy.example:3128/\n\n url:https://gateway.example/v1 ")
    assert home.stored()["trusted"] == ["proxy:http://proxy.example:3128", "url:https://gateway.example/v1"]
    assert "What else may see the key" in visitor.words("/history")
    assert edit(visitor).status_code == 303
    for wrong in ("gateway.example", "url:https://me:secret@gateway.example", "ca:"):
        answer = edit(visitor, trusted=wrong)
        assert answer.status_code == 422, wrong
        assert 'href="#trusted"' in answer.text
        assert "secret" not in answer.text.replace("is a secret", "")
    answer = edit(visitor, gateway="own", address="https://me:hunter2@gateway.example")
    assert answer.status_code == 422
    assert "hunter2" not in answer.text
    assert 'value="https://gateway.example"' in answer.text
    edit(visitor, trusted="")
    assert "trusted" not in home.stored()
