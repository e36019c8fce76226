"""A write under way is waited for: its middle is neither an alarm nor what a switch builds on."""

from __future__ import annotations

from pathlib import Path

import pytest

from profiles.claude_code.settings.finished_read import finished_read, may_be_unfinished
from profiles.claude_code.settings.parse import parse_settings

WHOLE = '{"env": {"ANTHROPIC_BASE_URL": "https://api.portkey.ai"}}'
HALF = WHOLE[:30]


class Writer:
    """A file, what its writer does in each pause of a reader, and when it was read (ms after the first)."""

    def __init__(self, path: Path, *texts: str) -> None:
        self.path = path
        self.texts = list(texts)
        self.now = 0.0
        self.looks: list[int] = []

    def read(self) -> str:
        self.looks.append(round(self.now * 1000))
        return self.path.read_text() if self.path.exists() else ""

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.texts:
            self.path.write_text(self.texts.pop(0))

    def finished(self) -> str:
        return finished_read(str(self.path), self.read, lambda text: text != WHOLE, self.sleep)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_what_is_finished_is_believed_at_once(path: Path) -> None:
    path.write_text(WHOLE)
    writer = Writer(path)
    assert (writer.finished(), writer.looks) == (WHOLE, [0])


@pytest.mark.parametrize("begin", [None, "", HALF])
def test_what_is_unfinished_is_read_again_until_it_is_finished(path: Path, begin: str | None) -> None:
    if begin is not None:
        path.write_text(begin)
    writer = Writer(path, WHOLE)
    assert (writer.finished(), writer.looks) == (WHOLE, [0, 50])


@pytest.mark.parametrize("broken", [None, "", HALF])
def test_what_stays_so_is_believed_after_200_ms(path: Path, broken: str | None) -> None:
    if broken is not None:
        path.write_text(broken)
    writer = Writer(path)
    assert (writer.finished(), writer.looks) == (broken or "", [0, 50, 100, 200])


def test_what_is_written_meanwhile_has_its_own_200_ms(path: Path) -> None:
    """Somebody types: each look met another save's middle, and the fourth was taken for the end."""
    path.write_text(HALF)
    writer = Writer(path, "", HALF, "", HALF, "", WHOLE)
    assert writer.finished() == WHOLE


def test_a_file_that_never_comes_to_rest_is_not_waited_for_without_end(path: Path) -> None:
    writer = Writer(path, *["x" * size for size in range(1000)])
    assert writer.finished().startswith("x")
    assert writer.now < 2.5


@pytest.mark.parametrize(
    ("text", "active", "unfinished"),
    [
        (None, None, False),
        (None, "work", True),
        ("", None, True),
        ("", "work", True),
        (" \n", None, True),
        ("{}", None, False),
        ("{}", "work", True),
        ('{"model": "opus"}', "work", True),
        ('{"env": {"EDITOR": "vim"}}', "work", False),
        (WHOLE, "work", False),
        (WHOLE, None, False),
    ],
)
def test_empty_or_gone_may_be_the_middle_of_a_write(
    text: str | None, active: str | None, *, unfinished: bool
) -> None:
    settings = parse_settings(None if text is None else text.encode(), "settings.json")
    assert may_be_unfinished(settings, active) is unfinished
