"""A profile to edit, with a model and metadata of its own."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def work(home: Any) -> None:
    models = ("--opus", "claude-opus-4-6", "--sonnet", "claude-sonnet-4-6")
    home.add(
        "work", "--provider", "@anthropic-prod", *models, "--label", "Work", "--metadata", "team=platform"
    )
    home.ok("switch", "work")
