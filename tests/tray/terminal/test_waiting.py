"""Signs of life: who waits sees what for, step by step, and nothing of it is in a pipe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.gateway.account import HostedAccount
from support.home.pseudo_terminal import terminal, without_styles
from support.home.user_home import KEY, UserHome


@pytest.fixture
def slow(home: UserHome) -> Iterator[UserHome]:
    """A profile whose gateway takes its time."""
    with HostedAccount(KEY) as hosted:
        hosted.delays["/v1/models"] = 1.5
        home.add("work", "--provider", "@anthropic-prod", "--gateway", hosted.url)
        yield home


def test_a_check_shows_each_step_as_it_ends(slow: UserHome) -> None:
    with terminal(["check", "work"], {**slow.environ, "TERM": "xterm"}, slow.root, columns=100) as screen:
        screen.expect("Checking work …")
        screen.expect("key")
        assert "gateway  " not in without_styles(screen.screen)  # that one is still under way
        screen.expect("gateway")
        screen.finish()
        assert "\x1b[2K" in screen.screen or "\x1b[1A" in screen.screen  # the sign is gone again


def test_a_terminal_that_moves_no_cursor_gets_a_line_for_each(slow: UserHome) -> None:
    with terminal(["check", "work"], {**slow.environ, "PKCC_PLAIN": "1"}, slow.root) as screen:
        screen.expect("Checking work …\n  ok      key")
        screen.finish()
        assert "\x1b[1A" not in screen.screen


def test_a_pipe_gets_no_sign(slow: UserHome) -> None:
    assert "Checking" not in slow.spawn("check", "work").err
    assert "Asking" not in slow.spawn("models", "work").err
