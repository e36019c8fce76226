"""A person before the five steps, and the account that their key belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.adding import Person
from support.gateway.account import HostedAccount
from support.home.user_home import KEY


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        yield running


@pytest.fixture
def person(visitor: Any, hosted: HostedAccount) -> Person:
    return Person(visitor, hosted.url)
