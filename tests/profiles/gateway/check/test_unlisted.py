"""A model that the key may not use, or that is misspelled, is found by `check`, before a session fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from profiles.base.secret import Secret
from profiles.gateway.asking.http import Answer
from profiles.gateway.asking.steps import Step, Veil
from profiles.gateway.check.unlisted import unlisted_models
from profiles.profile.render import render
from profiles.profile.schema.parse import parse_profile

LISTED = ["@anthropic-prod/claude-opus-5-5", "@anthropic-prod/claude-sonnet-5-5", "@eu/eu.anthropic.claude-x"]


def found(
    models: dict[str, str], ids: list[str] = LISTED, total: int | None = None, **route: Any
) -> list[Step]:
    route = route or {"kind": "provider", "provider": "@anthropic-prod"}
    rendered = render(
        parse_profile({"name": "work", "route": route, "models": models, "api_key": "keyring:work"})
    )
    body: dict[str, Any] = {"data": [{"id": each} for each in ids]}
    body |= {} if total is None else {"total": total}
    answer = Answer(200, {}, json.dumps(body).encode(), 1, 1, "")
    return list(unlisted_models(rendered, answer, Veil([Secret("pk-of-no-model")])))


def test_a_model_that_is_not_listed_is_named_with_the_nearest_that_is() -> None:
    (step,) = found({"opus": "claude-opus-5-5", "sonnet": "claude-sonnet-5"})
    assert step.verdict == "warn"
    assert step.text.startswith("claude-sonnet-5 (models.sonnet) is not among the models")
    assert "`pkcc-tray set work models.sonnet claude-sonnet-5-5`" in step.hint
    assert "`pkcc-tray models work`" in step.hint


def test_a_model_that_resembles_none_is_answered_by_the_list() -> None:
    (step,) = found({"haiku": "zzz"})
    assert "`pkcc-tray models work`" in step.hint


def test_a_model_that_names_its_provider_is_held_to_that_one() -> None:
    models = {"opus": "@eu/eu.anthropic.claude-y", "sonnet": "@anthropic-prod/claude-sonnet-5-5"}
    (step,) = found(models, kind="none")
    assert "@eu lists" in step.text
    assert "models.opus @eu/eu.anthropic.claude-x`" in step.hint


def test_one_model_in_two_places_is_said_once() -> None:
    assert len(found({"sonnet": "claude-z", "default": "claude-z"})) == 1


@pytest.mark.parametrize(
    "model",
    [
        "claude-sonnet-5-5[1m]",
        "claude-sonnet-5-5-20260901",
        "CLAUDE-OPUS-5-5",
        "anthropic.claude-opus-5-5",
        "opus",
    ],
)
def test_another_spelling_of_a_listed_one_is_no_warning(model: str) -> None:
    """A false alarm would send a person to change what works."""
    assert found({"default": model}) == []


@pytest.mark.parametrize(
    ("ids", "total", "route"),
    [
        (LISTED, 400, {}),
        (["claude-other"], None, {}),
        (["@eu/claude-other"], None, {}),
        ([], None, {}),
        (LISTED, None, {"kind": "config", "id": "pc-main-1"}),
    ],
    ids=["not whole", "no providers", "another provider", "empty", "a config decides"],
)
def test_where_the_list_cannot_tell_nothing_is_said(
    ids: list[str], total: int | None, route: dict[str, Any]
) -> None:
    assert found({"sonnet": "claude-sonnet-9"}, ids, total, **route) == []
