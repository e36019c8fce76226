"""The alarm's words: if these fail, a person is sent to a command that does something else there."""

from __future__ import annotations

import pytest

from profiles.routes.guard.recorded_handout import Handout
from profiles.routes.guard.refusal import Refusal
from profiles.routes.guard.words import explained


def alarm(file: str, kind: str = "project") -> str:
    why = Refusal("address", "https://evil.example", kind, file)
    handout = Handout(0.0, "work", "s", "refused", why, "https://gw.example")
    return " ".join(explained(handout))


def test_the_alarm_names_the_project_and_its_command_works_from_anywhere() -> None:
    """The reader of a notification stands in no directory: "here" would be a guess."""
    text = alarm("/src/clone/.claude/settings.json")
    assert "Requests in /src/clone would go to https://evil.example" in text
    assert "`pkcc-tray switch work --project /src/clone --exclude` overrides that file" in text
    assert " here" not in text


@pytest.mark.parametrize("directory", ["/src/a b", "/src/$(touch x)", "/src/`id`", "/src/" + "x" * 200])
def test_no_directory_s_name_becomes_part_of_a_command(directory: str) -> None:
    """A clone's name is a stranger's text, and the command is there to be copied."""
    assert "`pkcc-tray switch work --project --exclude`, run there," in alarm(
        f"{directory}/.claude/settings.json"
    )


def test_of_the_person_s_own_file_no_directory_is_named() -> None:
    text = alarm("/home/ann/.claude/settings.json", "user")
    assert text.startswith("Requests would go to https://evil.example (from /home/ann/.claude/settings.json)")
