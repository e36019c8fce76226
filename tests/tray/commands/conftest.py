"""A home with a profile of an account that answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.gateway.account import HostedAccount
from support.home.user_home import KEY, UserHome


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        yield running


@pytest.fixture
def work(home: UserHome, hosted: HostedAccount) -> UserHome:
    """A home with an active profile of that account."""
    model = ("--model", "claude-sonnet-5-5", "--sonnet", "claude-sonnet-5-5")
    home.add("work", "--provider", "@anthropic-prod", "--gateway", hosted.url, *model)
    home.ok("switch", "work")
    return home
