"""An account that answers, and our client of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_client import KEY, Clock, client

from profiles.gateway.account.account import Account


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def account(hosted: HostedAccount, tmp_path: Path, clock: Clock) -> Iterator[Account]:
    with client(hosted.url, tmp_path, clock=clock) as running:
        yield running
