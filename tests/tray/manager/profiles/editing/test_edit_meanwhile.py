"""Edit: a preview saves nothing, and where something else changed the profile meanwhile neither is lost."""

from __future__ import annotations

from typing import Any

from support.editing import edit, fields_of, resend


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
    visitor.undo()
    assert home.stored()["models"]["sonnet"] == "claude-sonnet-4-9"


def test_a_profile_that_was_removed_meanwhile_is_not_made_again(visitor: Any, home: Any, work: None) -> None:
    fields = fields_of(visitor.get("/edit/work").text)
    home.ok("remove", "work", "--yes")
    assert resend(visitor, "/edit/work", fields, label="Job").headers["location"] == "/"
    assert "It was removed or renamed meanwhile" in visitor.words()
    assert not (home.profiles / "work.json").exists()


def test_a_change_by_hand_is_told_as_by_something_else(visitor: Any, home: Any, work: None) -> None:
    fields = fields_of(visitor.get("/edit/work").text)
    path = home.profiles / "work.json"
    path.write_text(path.read_text().replace("claude-opus-4-6", "claude-opus-4-8"))
    assert "Something else changed Opus model" in resend(visitor, "/edit/work", fields, label="Job").text


def test_what_cannot_be_saved_now_keeps_what_was_typed(visitor: Any, home: Any, work: None) -> None:
    """A new short name goes into the settings, and not over what something else wrote there."""
    home.edit_settings("claude-sonnet-4-6", "claude-sonnet-4-0")
    answer = edit(visitor, name="job", label="Typed")
    assert answer.status_code == 422
    assert "was changed by something else" in answer.text
    assert 'value="Typed"' in answer.text
    assert (home.profiles / "work.json").exists()
