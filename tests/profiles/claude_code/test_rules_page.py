"""The page about Claude Code's own rules says what the tables say: a user repairs a file by it."""

from __future__ import annotations

import re
from pathlib import Path

from profiles.claude_code.settings.client_reading import as_text, loads
from profiles.claude_code.settings.dropped_files import (
    GUARDING,
    KINDS_OF,
    NEEDED,
    NULL_TOO,
    ONE_OF,
    PARTS,
    TEXTS_IN,
    in_words,
)

PAGE = (Path(__file__).parents[3] / "docs" / "claude-code.md").read_text("utf-8")
_ANYTHING = "nsiblo"


def table(heading: str) -> dict[str, str]:
    """The rows below the heading row that begins so: first cell → second."""
    lines = PAGE[PAGE.index(f"| {heading}") :].split("\n\n")[0].splitlines()[2:]
    return {first: second for _, first, second, _ in (re.split(r" *(?<!\\)\| *", line) for line in lines)}


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def paragraph(start: str) -> str:
    """What stands on the page from there to the end of its paragraph, or its point of a list."""
    return re.split(r"\n\n|\n- ", PAGE[PAGE.index(start) :])[0]


def test_every_key_and_its_kinds() -> None:
    stated = {name: words for words, names in table("the value must be").items() for name in quoted(names)}
    assert stated == {key: in_words(kinds) for key, kinds in KINDS_OF.items() if kinds != _ANYTHING}
    anything = {key for key, kinds in KINDS_OF.items() if kinds == _ANYTHING}
    assert {*quoted(paragraph("Keys that Claude Code does not know"))} == anything


def test_every_part_and_every_choice() -> None:
    assert {quoted(name)[0]: words for name, words in table("part").items()} == {
        path: in_words(kinds) for path, kinds in PARTS.items()
    }
    choices = {quoted(name)[0]: words for name, words in table("key").items()}
    assert {name: " ".join(quoted(words)) for name, words in choices.items()} == ONE_OF
    assert {name for name, words in choices.items() if "null" in words} == {*NULL_TOO}


def test_what_is_needed_and_what_is_inside() -> None:
    needed = paragraph("- `statusLine` and")
    assert {*quoted(needed)} == {*NEEDED, *(part for parts in NEEDED.values() for part in parts)}
    assert quoted(paragraph("All that is in")) == [*TEXTS_IN]
    assert quoted(paragraph("A hook of"))[: len(GUARDING)] == [*GUARDING]


def test_what_becomes_of_variables() -> None:
    rows = {quoted(first)[0]: quoted(second)[0] for first, second in table("in the file").items()}
    assert rows == {spelled: as_text(loads(spelled)) for spelled in rows}
