"""Fixtures of the end-to-end tests: a recording server, and a throw-away home for the real client."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.real_client import prepare_home, require_client
from e2e.recorder import Recorder


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


@pytest.fixture
def claude_home() -> Iterator[Path]:
    """A prepared home with a short path (pytest's own are too long for the client's socket)."""
    require_client()
    with tempfile.TemporaryDirectory(prefix="pkcc-") as home:
        prepare_home(Path(home))
        yield Path(home)
