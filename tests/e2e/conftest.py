"""Fixtures of the end-to-end tests: a recording server, the real gateway, a home for the real client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.command import Command
from e2e.gateway import FakeAnthropic, Gateway, require_gateway, running_gateway
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


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    require_gateway()
    with running_gateway(tmp_path_factory.mktemp("gateway-home")) as running:
        yield running


@pytest.fixture
def upstream() -> Iterator[FakeAnthropic]:
    with FakeAnthropic() as fake:
        yield fake
