"""Fixtures of the end-to-end tests: a recording server, and a throw-away home for the real client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.command import Command
from e2e.real_client import throwaway_home
from e2e.recorder import Recorder


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


@pytest.fixture
def claude_home() -> Iterator[Path]:
    with throwaway_home() as home:
        yield home


@pytest.fixture
def command(claude_home: Path) -> Command:
    return Command(claude_home)
