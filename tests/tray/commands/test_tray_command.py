"""Starting the tray from a terminal: it is free again, and says what happened."""

from __future__ import annotations

import pytest
from support.home.pseudo_terminal import terminal
from support.home.user_home import UserHome


@pytest.fixture
def ended(home: UserHome) -> UserHome:
    """A home whose tray is found by its own directory."""
    home.environ |= {"PKCC_CONFIG_DIR": str(home.own), "CLAUDE_CONFIG_DIR": str(home.claude)}
    return home


def test_it_returns_when_the_tray_runs_and_a_second_one_says_so(ended: UserHome) -> None:
    try:
        ran = ended.spawn("tray", "--headless", "--background")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith("The tray runs, without an icon.")
        again = ended.spawn("tray", "--headless", "--background")
        assert again.out == "pkcc-tray runs already: look for its icon.\n"
    finally:
        quit_ = ended.spawn("quit", "--json")
    assert quit_.json()["data"]["was_running"] is True


def test_what_keeps_it_from_starting_is_an_error(ended: UserHome) -> None:
    """A terminal that is free again with nothing in the panel leaves people waiting."""
    run = ended.own / "state" / "run"
    run.parent.mkdir(parents=True, exist_ok=True)
    run.write_text("in the way")
    ran = ended.spawn("tray", "--headless", "--background")
    assert ran.code == 1
    assert ran.err.splitlines() == ["Error: The tray did not start", "  `pkcc-tray --foreground` shows why."]


def test_nothing_typed_at_a_terminal_of_a_desktop_starts_it_so(ended: UserHome) -> None:
    ended.environ["DISPLAY"] = ":99"
    try:
        with terminal([], ended.environ, ended.root) as screen:
            screen.expect("look for its icon in your panel")
            screen.expect("`pkcc-tray desktop install`")
            assert screen.finish() == 0
        ended.spawn("quit")
        assert "desktop install" not in ended.spawn("tray", "--background").out  # it is offered once
    finally:
        ended.spawn("quit")
