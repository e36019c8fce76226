"""A person before the five steps, and the account that their key belongs to."""

from __future__ import annotations

from typing import Any

import pytest
from support.adding import Person
from support.gateway.account import HostedAccount


@pytest.fixture
def person(visitor: Any, hosted: HostedAccount) -> Person:
    return Person(visitor, hosted.url)
