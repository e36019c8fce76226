"""Claude Code's own offer of a newer model, told apart from what somebody else changed."""

from __future__ import annotations

import pytest

from profiles.switching.reading.drift import Change
from profiles.switching.reading.model_dialog import dialog_words, offered_kind

SONNET = "env.ANTHROPIC_DEFAULT_SONNET_MODEL"


def change(before: str, now: str, slot: str = SONNET) -> Change:
    return Change(slot, "changed", before, now, alarming=False)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("claude-sonnet-5", "claude-sonnet-5-5"),
        ("@slug/claude-sonnet-5", "claude-sonnet-5-5"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-5-5"),
        ("claude-3-5-sonnet@20241022", "claude-sonnet-4-5@20250929"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ],
)
def test_a_newer_model_of_the_same_kind_is_the_dialog_s(before: str, now: str) -> None:
    """A user who clicked Yes in Claude Code would look for an intruder."""
    assert offered_kind("vertex", change(before, now)) == "Sonnet"
    assert offered_kind("messages", change(before, now)) == ""


@pytest.mark.parametrize(
    "other",
    [
        change("claude-sonnet-5-5", "claude-sonnet-5"),
        change("claude-sonnet-5", "claude-opus-5-5"),
        change("claude-sonnet-5", "@theirs/claude-sonnet-5-5"),
        change("claude-sonnet-5", "gpt-4o"),
        change("my-sonnet", "claude-sonnet-5-5"),
        change("claude-sonnet-5", "claude-sonnet-5-5", "env.ANTHROPIC_MODEL"),
        Change(SONNET, "added", "", "claude-sonnet-5-5", alarming=False),
        Change(SONNET, "removed", "claude-sonnet-5", "", alarming=False),
    ],
)
def test_any_other_change_is_not(other: Change) -> None:
    """What somebody else wrote would be passed off as the client's own doing."""
    assert offered_kind("vertex", other) == ""


def test_it_is_said_only_where_nothing_else_was_changed() -> None:
    opus = change("@a/claude-opus-5", "claude-opus-5-5", "env.ANTHROPIC_DEFAULT_OPUS_MODEL")
    sonnet = change("@a/claude-sonnet-5", "claude-sonnet-5-5")
    assert dialog_words("vertex", [sonnet, opus]) == (
        "Claude Code's own dialog changed the Sonnet and Opus models, and dropped the provider"
    )
    assert dialog_words("vertex", [change("claude-sonnet-5", "claude-sonnet-5-5")]) == (
        "Claude Code's own dialog changed the Sonnet model"
    )
    url = Change("env.ANTHROPIC_VERTEX_BASE_URL", "changed", "https://a", "https://b", alarming=True)
    assert dialog_words("vertex", [sonnet, url]) == ""
    assert dialog_words("vertex", []) == ""
