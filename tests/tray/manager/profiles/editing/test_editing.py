"""Edit: what is saved, what is wrong beside its field, and what no answer holds."""

from __future__ import annotations

from typing import Any

import pytest
from support.editing import edit

from profiles.base.errors import PkccError
from profiles.profile.store import ProfileStore


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
    visitor.undo()
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
    assert "What looks like a secret has no place here" in text
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


def test_a_key_typed_where_a_reference_may_stand_is_not_shown_again(
    visitor: Any, home: Any, work: None
) -> None:
    key = "sk-live-CANARY-0123456789abcdef"
    rows = {"headers-key": ["X-Team", "X-Other"], "headers-value": [key, "env:PORTKEY_API_KEY"]}
    answer = edit(visitor, name="no good", **rows)
    assert answer.status_code == 422
    assert key not in answer.text
    assert 'value="env:PORTKEY_API_KEY"' in answer.text


LOOKS = "uK3VbXq9aZ0pLm2RtYs7WcEfGh1J"
WRONG_PLACES = [
    {"gateway": "own", "address": f"https://h/v1?api_key={LOOKS}"},
    {"gateway": "own", "address": "https:/x:hunter2@h"},
    {"kind": "config", "config": f'[{{"api_key": "{LOOKS}"}}]'},
    {"headers-key": f"x-api-key: {LOOKS}", "headers-value": ""},
    {"headers-key": "X-Foo", "headers-value": "Bearer hunter2"},
    {"headers-key": "X-Api-Key", "headers-value": "hunter2"},
    {"variables-key": "FOO", "variables-value": LOOKS},
    {"variables-key": "FOO", "variables-value": f'cmd:["echo", "{LOOKS}"]'},
    {"metadata-key": "api_key", "metadata-value": "hunter2"},
    {"trace": LOOKS},
]


@pytest.mark.parametrize("typed", WRONG_PLACES)
@pytest.mark.parametrize("do", ["preview", "look-up", "save"])
def test_a_key_or_login_in_a_wrong_place_is_refused_and_not_kept(
    visitor: Any, home: Any, work: None, typed: dict[str, str], do: str
) -> None:
    """It would stand on the page, in the session, or in the profile's file and each backup of it."""
    before = (home.profiles / "work.json").read_bytes()
    answer = edit(visitor, do=do, **typed)
    assert answer.status_code == 422
    assert "What looks like a secret has no place here" in answer.text
    assert LOOKS not in answer.text
    assert "hunter2" not in answer.text
    assert (home.profiles / "work.json").read_bytes() == before


def test_a_new_name_and_other_fields_are_saved_as_one_step_that_is_taken_back_whole(
    visitor: Any, home: Any, work: None
) -> None:
    edit(visitor, name="job", label="Job", models__sonnet="claude-sonnet-4-5")
    assert "Job is saved Changed: Short name, Name and Sonnet model" in visitor.words()
    assert home.stored("job")["models"]["sonnet"] == "claude-sonnet-4-5"
    assert home.ok("status", "--short").out == "job\n"
    assert "claude-sonnet-4-5" in home.settings.read_text()
    visitor.undo()
    assert home.stored("work")["label"] == "Work"
    assert home.ok("status", "--short").out == "work\n"
    assert "claude-sonnet-4-6" in home.settings.read_text()
    assert not (home.profiles / "job.json").exists()


def test_a_new_name_and_other_fields_reach_a_pinned_project_that_is_not_in_use(
    visitor: Any, home: Any, work: None
) -> None:
    home.add("spare", "--provider", "@spare")
    (home.root / "one").mkdir()
    home.ok("project", "add", str(home.root / "one"), "--exclude", "--profile", "spare")
    written = home.root / "one" / ".claude" / "settings.local.json"
    edit(visitor, "spare", name="other", models__sonnet="claude-sonnet-4-5")
    assert "key print other" in written.read_text()
    assert "claude-sonnet-4-5" in written.read_text()
    visitor.undo()
    assert "key print spare" in written.read_text()
    assert "claude-sonnet-4-5" not in written.read_text()


def test_saving_that_fails_leaves_all_as_it_was_says_why_and_keeps_what_was_typed(
    visitor: Any, home: Any, work: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, before, settings = ProfileStore.put, home.stored(), home.settings.read_text()

    def full(store: ProfileStore, name: str, data: bytes, **more: Any) -> None:
        if b"Something else" in data:
            raise PkccError("The disk is full", "Make room.")
        put(store, name, data, **more)

    monkeypatch.setattr(ProfileStore, "put", full)
    answer = edit(visitor, name="job", label="Something else")
    assert answer.status_code == 422
    assert "The disk is full. Make room" in answer.text
    assert 'value="job"' in answer.text
    assert 'value="Something else"' in answer.text
    assert home.stored("work") == before
    assert not (home.profiles / "job.json").exists()
    assert home.settings.read_text() == settings


def test_a_favourite_that_cannot_be_kept_is_said_beside_what_is_saved(
    visitor: Any, home: Any, work: None
) -> None:
    (home.profiles.parent / "order.json").write_text("{")
    assert edit(visitor, name="job", favourite="1").headers["location"] == "/"
    text = visitor.words()
    assert "Work is saved Changed: Short name" in text
    assert "The favourite was not kept" in text


def test_another_profiles_name_is_not_taken(visitor: Any, home: Any, work: None) -> None:
    home.add("spare", "--provider", "@spare")
    answer = edit(visitor, name="Spare")
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert home.stored("spare")["route"]["provider"] == "@spare"
