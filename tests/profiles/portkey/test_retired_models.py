"""The end of a model is told before, with what follows it: nobody learns of it from a failed request."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from profiles.portkey.retired_models import LAST_DAYS, SUCCESSORS, last_day, retirement

ROOT = Path(__file__).parents[3]


def at(day: str) -> float:
    """Noon of that day."""
    return time.mktime(time.strptime(f"{day} 12", "%Y-%m-%d %H"))


@pytest.mark.parametrize(
    ("today", "text"),
    [
        ("2026-10-30", None),
        ("2026-10-31", "will be retired on November 30, 2026"),
        ("2026-11-30", "will be retired on November 30, 2026"),
        ("2026-12-01", "was retired on November 30, 2026"),
        ("2030-01-01", "was retired on November 30, 2026"),
    ],
)
def test_the_end_of_a_model_is_told_from_30_days_before(today: str, text: str | None) -> None:
    found = retirement("claude-sonnet-4-5", "messages", at(today))
    assert (found and found.text) == text
    assert found is None or found.is_past == text.startswith("was")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("model", "dialect", "day", "successor"),
    [
        ("@work/claude-sonnet-4-5", "messages", "2026-11-30", "@work/claude-sonnet-5-5"),
        ("claude-sonnet-4-5@20250929", "vertex", "2026-11-30", "claude-sonnet-5-5"),
        ("claude-sonnet-4-5[1m]", "messages", "2026-11-30", "claude-sonnet-5-5[1m]"),
        ("claude-opus-4-20250514", "messages", "2026-06-15", "claude-opus-5-5"),
        ("claude-opus-4-0", "vertex", "2026-09-14", "claude-opus-5-5"),
        ("@aws/eu.anthropic.claude-sonnet-4-20250514-v1:0", "messages", "2026-10-14",
         "@aws/eu.anthropic.claude-sonnet-5-5"),
        ("@google/claude-3-7-sonnet@20250219", "messages", "2026-05-11", "@google/claude-sonnet-5-5"),
        ("claude-3-5-haiku-latest", "messages", "2026-02-19", "claude-haiku-5-5"),
    ],
)  # fmt: skip
def test_every_spelling_is_known_and_its_successor_is_spelled_alike(
    model: str, dialect: str, day: str, successor: str
) -> None:
    assert last_day(model, dialect) == day
    found = retirement(model, dialect, at("2027-01-01"))
    assert found is not None
    assert found.successor == successor


@pytest.mark.parametrize(
    ("model", "dialect"),
    [
        ("claude-sonnet-4-5", "bedrock"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "messages"),
        ("claude-opus-4-1", "messages"),
        ("claude-opus-4-8", "messages"),
        ("claude-sonnet-4-6", "vertex"),
        ("my-claude-sonnet-4-5-copy", "messages"),
        ("gpt-5", "messages"),
        ("", "messages"),
    ],
)
def test_a_model_that_goes_on_is_not_talked_about(model: str, dialect: str) -> None:
    assert retirement(model, dialect, at("2030-01-01")) is None


def test_no_example_and_no_successor_is_of_a_model_that_ends() -> None:
    """What a user copies from here works for longer than a month."""
    places = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    places += [path for folder in ("profiles", "tray") for path in (ROOT / folder).rglob("*.py")]
    # What reads a name, or tells of a retired one, says so there; none of it is to be copied.
    places.remove(ROOT / "profiles/portkey/retired_models.py")
    places.remove(ROOT / "profiles/switching/reading/model_dialog.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in places)
    named = set(re.findall(r"(?:\w+\.)*claude-(?:\w+-)*\d[\w@:-]*", text)) | {*SUCCESSORS.values()}
    assert len(named) > 2
    assert [
        name for name in sorted(named) if any(last_day(name, each) for each in ("messages", "vertex"))
    ] == []
    assert {name for name in named for each in LAST_DAYS if name.startswith(f"{each}-20")} == set()
