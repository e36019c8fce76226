"""Fixtures of the end-to-end tests: a recording server, the real gateway, a home for the real client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.client.command import Command
from support.client.real_client import throwaway_home
from support.desktop.tray_user import PROFILES, Desk, TrayUser, copied, desk
from support.gateway.real_gateway import FakeAnthropic, Gateway, require_gateway, running_gateway
from support.gateway.recorder import Recorder

# The longest. Started last, as xdist does with files of few tests, they would be waited for alone.
_FIRST = ("test_equivalence", "test_catalog_story", "test_without_a_terminal", "test_check", "test_new_user")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole files, the longest first."""
    items.sort(key=lambda item: item.path.stem not in _FIRST)


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


@pytest.fixture(scope="session")
def furnished_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with settings, profiles and keys, to be copied."""
    user = TrayUser(tmp_path_factory.mktemp("furnished") / "home")
    user.furnish(*PROFILES)
    return user.home


@pytest.fixture
def user(tmp_path: Path, furnished_home: Path) -> Iterator[TrayUser]:
    """A user of the whole tray; whatever happens in a test, the tray's log holds no secret."""
    its = copied(furnished_home, tmp_path / "home")
    yield its
    its.check_log()


@pytest.fixture
def session(user: TrayUser) -> Iterator[Desk]:
    """Their session, with dunst and a stand-in for the panel."""
    with desk(user) as its:
        yield its
