"""One Chromium for all, and a person whose manager is open in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from support.browser import AXE, Desk, chromium, managed
from support.client.administrator import with_managed
from support.gateway.account import HostedAccount
from support.home.user_home import KEY, ROOT, UserHome

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> UserHome:
    return UserHome(tmp_path / "home")


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        yield running


@pytest.fixture(params=["light", "dark"])
def themed_desk(request: pytest.FixtureRequest, home: UserHome, browser: Browser) -> Iterator[Desk]:
    """A page of the manager in each theme, for tests that keep pictures."""
    with open_desk(home, browser, request.param) as desk:
        yield desk


@pytest.fixture
def desk(home: UserHome, browser: Browser) -> Iterator[Desk]:
    """A page of the manager, for what looks the same in both."""
    with open_desk(home, browser, "light") as desk:
        yield desk


@pytest.fixture(params=["light", "dark"])
def locked_desk(
    request: pytest.FixtureRequest, home: UserHome, browser: Browser, tmp_path: Path
) -> Iterator[Desk]:
    """The same on a computer whose administrator decides much; `work` is in use, `acme` is to be."""
    for name in ("work", "acme"):
        home.add(name, "--label", name.title(), "--provider", f"@{name}")
    home.ok("switch", "work")
    policy = {
        "managed_by": {"name": "Acme IT", "text": "Questions: room 4.11", "url": "https://it.acme.example"},
        "required_profile": "acme",
        "allow_import": False,
        "allow_export": False,
        "key_cache_minutes": 5,
        "check_for_updates": False,
        "catalog_hours": 6,
    }
    prefix = with_managed(tmp_path / "etc", {"policy.json": json.dumps(policy)}, "pkcc-tray")
    home.environ["PYTHONPATH"] = str(ROOT)
    with open_desk(home, browser, request.param, prefix) as desk:
        yield desk


@contextmanager
def open_desk(
    home: UserHome, browser: Browser, theme: Literal["light", "dark"], prefix: Sequence[str] = ()
) -> Iterator[Desk]:
    """A page of the manager in that theme; whatever its console says is a failure."""
    with managed(home, prefix) as manager:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=theme)
        if AXE.exists():
            context.add_init_script(path=AXE)
        desk = Desk(home, manager, context.new_page(), theme)
        desk.page.goto(manager.link)
        yield desk
        said = desk.said
        context.close()
    assert said == []
