"""The edit form and the account: what it offers is suggested then, and what was typed is there again."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.home.user_home import KEY


@pytest.fixture
def work(home: Any, hosted: HostedAccount) -> None:
    home.add("work", "--provider", "@anthropic-prod", "--gateway", hosted.url, "--label", "Work")


def look_up(visitor: Any, **typed: Any) -> str:
    """Where the job leads in the end."""
    shown = {"label": "Work", "name": "work", "kind": "provider", "provider": "@anthropic-prod"}
    return str(visitor.end_of(visitor.fill("/edit/work", do="look-up", **{**shown, **typed})))


def test_what_the_account_offers_is_suggested_and_what_was_typed_is_kept(visitor: Any, work: None) -> None:
    assert "claude-sonnet-5-5" not in visitor.get("/edit/work").text
    assert look_up(visitor, label="Typed before") == "/edit/work"
    page = visitor.get("/edit/work").text
    assert 'data-value="claude-sonnet-5-5"' in page  # along this route by their plain names
    assert 'data-value="@bedrock-eu"' in page
    assert "Main" in page  # a saved config, by what people call it
    assert 'value="Typed before"' in page
    assert "Not saved yet" in page
    assert KEY not in page
    assert 'value="Typed before"' not in visitor.get("/edit/work").text  # that was once


def test_an_account_that_tells_nothing_says_so_and_loses_nothing(
    visitor: Any, work: None, hosted: HostedAccount
) -> None:
    hosted.refuses = (503, {})
    assert look_up(visitor, label="Typed before") == "/edit/work"
    page = unescape(visitor.get("/edit/work").text)
    assert 'class="notice notice-bad"' in page
    assert 'value="Typed before"' in page
