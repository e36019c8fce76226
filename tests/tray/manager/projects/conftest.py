"""Two profiles that projects can be pinned to."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def work(home: Any) -> None:
    home.add("work", "--provider", "@anthropic-prod", "--sonnet", "claude-sonnet-4-6", "--label", "Work")
    home.add("fallback", "--config", "pc-fallback-1a2b3c", "--label", "Fallback")
    home.ok("switch", "work")
