"""A profile of an account, and a config of it that is open in the builder."""

from __future__ import annotations

from typing import Any

import pytest
from support.editing import FALLBACK
from support.gateway.account import HostedAccount


@pytest.fixture
def work(home: Any, hosted: HostedAccount) -> HostedAccount:
    """A profile of an account that has read its configs before."""
    home.add("work", "--label", "Work", "--provider", "@anthropic-prod", "--gateway", hosted.url)
    home.ok("config", "list", "--profile", "work")
    return hosted


@pytest.fixture
def opened(visitor: Any, work: HostedAccount) -> str:
    """The builder's address for a config that is saved at Portkey."""
    slug = work.shelf.save("Main", FALLBACK)
    sent = {"kind": "saved", "which": slug, "profile": "work", "name": "Main"}
    return str(visitor.carry_out("/configs/open", **sent).headers["location"])
