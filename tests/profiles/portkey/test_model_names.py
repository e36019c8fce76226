"""What a model's name tells of who answers: requests for others' models fail in ways of their own."""

from __future__ import annotations

import pytest

from profiles.portkey.model_names import is_claude, is_on_bedrock


@pytest.mark.parametrize(
    "model", ["", "sonnet", "opus[1m]", "Default", "claude-sonnet-5-5", "@a/us.anthropic.claude-opus-5"]
)
def test_a_claude_model_is_one_in_every_spelling(model: str) -> None:
    assert is_claude(model)


@pytest.mark.parametrize("model", ["gpt-5", "@openai/o3", "amazon.nova-pro-v1:0", "gemini-3-pro", "sonnets"])
def test_a_model_of_others_is_none(model: str) -> None:
    assert not is_claude(model)


@pytest.mark.parametrize(
    ("model", "dialect", "provider", "on_bedrock"),
    [
        ("nova", "bedrock", "", True),
        ("@bedrock-prod/nova", "messages", "", True),
        ("nova", "messages", "@my-bedrock", True),
        ("us.amazon.nova-pro-v1:0", "messages", "@aws", True),
        ("@aws/meta.llama4-scout", "messages", "", True),
        ("@openai/gpt-5", "messages", "@my-bedrock", False),
        ("gpt-5", "messages", "@openai", False),
        ("gemini-3", "vertex", "", False),
    ],
)
def test_bedrock_is_known_by_format_provider_or_spelling(
    model: str, dialect: str, provider: str, on_bedrock: bool
) -> None:
    assert is_on_bedrock(model, dialect, provider) is on_bedrock
