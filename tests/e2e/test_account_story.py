"""The account at hand, as a new user meets it: a profile by choosing alone, the budget in the menu and at
its end, a config that is written and saved at Portkey, and another profile when the gateway is gone.

The commands are typed at a terminal, the tray asks by its own command in a process of its own. Only its clock
and its panel are ours: what takes a quarter of an hour need not take one here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.desktop.recorded_tray import Tray, running_tray
from support.gateway.account import HostedAccount
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, UserHome

from tray.notices.notice import Notice
from tray.runtime.watch.beat.own_answers import own_answer

ALL_SCOPES = {
    "models.list", "providers.list", "providers.read", "configs.list", "configs.create", "configs.read",
    "configs.update", "policies.list", "policies.read", "analytics.view",
}  # fmt: skip
MINUTE_S = 60.0


class Story:
    """One user: what they type, and the tray that stands beside the clock."""

    def __init__(self, home: UserHome, url: str) -> None:
        self.home = home
        self.url = url
        self.late_s = 0.0
        self.tray: Tray | None = None

    @contextmanager
    def in_the_tray(self) -> Iterator[Tray]:
        with running_tray(self.home) as tray:
            tray.wall = lambda: time.time() + self.late_s
            tray.own_answer = own_answer
            self.tray = tray
            self.hear("started")
            yield tray

    def hear(self, event: Any) -> None:
        """A session starts, or goes on; whatever is asked because of it is answered."""
        assert self.tray is not None
        self.tray.runtime.hear(event)
        self.tray.settle()
        self.tray.answered()

    def minutes(self, count: int) -> list[Notice]:
        """What is told within so many minutes of a session."""
        assert self.tray is not None
        for _ in range(count):
            self.late_s += MINUTE_S
            self.tray.now += MINUTE_S
            self.hear("beat")
        return self.tray.new_told()

    def adds(self, name: str, answers: list[tuple[str, str]]) -> str:
        """`pkcc-tray add` at a terminal; what was shown."""
        with terminal(["add"], self.home.environ, self.home.root) as term:
            term.answer("Name of the new profile", name)
            term.expect("Which gateway?")
            term.answer("Number [1]: ", "3")
            term.answer("Its base URL", self.url)
            term.answer("Portkey API key (hidden", KEY)
            term.answer_each(*answers)
            assert term.finish() == 0, term.screen
            assert KEY not in term.screen
            return term.screen


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        running.spend(61)
        yield running


@pytest.fixture
def story(tmp_path: Path, hosted: HostedAccount) -> Story:
    return Story(UserHome(tmp_path / "home"), hosted.url)


def settings(story: Story) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(story.home.settings.read_bytes())
    return found


def test_all_of_it_by_choosing_alone(story: Story, hosted: HostedAccount) -> None:
    shown = story.adds(
        "work",
        [("Number, or a name [1]: ", ""), ("Number [1]: ", ""), ("Number [1]: ", ""), ("(Y/n): ", "")],
    )
    assert "@anthropic-prod" in shown
    assert "work" in story.home.ok("status").out
    assert "x-portkey-provider: @anthropic-prod" in settings(story)["env"]["ANTHROPIC_CUSTOM_HEADERS"]

    # The budget, in the menu, at its threshold and at its end.
    with story.in_the_tray() as tray:
        assert tray.entries["budget"].label == "Budget: $ 61 of $ 500 this month"
        hosted.spend(401)
        assert [notice.title for notice in story.minutes(16)] == ["80 % of the budget is used"]
        hosted.spend(500)
        assert [notice.title for notice in story.minutes(16)] == ["The budget is used up"]
        assert story.minutes(16) == []

    # A config with a fallback: written, saved at Portkey, switched to.
    config = story.home.root / "fallback.json"
    story.home.ok(
        "config", "new", "--fallback", "@anthropic-prod", "@bedrock-eu", "--on", "429,503", "-o", str(config)
    )
    pushed = story.home.ok("config", "push", str(config), "--profile", "work", "--name", "Fallback", "--yes")
    slug = pushed.out.splitlines()[-1]
    assert hosted.shelf.now(slug)["strategy"] == {"mode": "fallback", "on_status_codes": [429, 503]}
    story.adds("fallback", [("Number, or a name [1]: ", "4"), ("Number", ""), ("Number [1]: ", "")])
    assert story.home.stored("fallback")["route"] == {"kind": "config", "id": slug}
    story.home.ok("switch", "fallback")
    assert slug in settings(story)["env"]["ANTHROPIC_CUSTOM_HEADERS"]
    assert "@bedrock-eu" in story.home.ok("explain").out


@pytest.mark.parametrize(
    "scopes", [set(), ALL_SCOPES], ids=["a key with all rights", "a key that may list nothing"]
)
def test_when_the_gateway_is_gone_the_other_profile_is_offered(
    story: Story, hosted: HostedAccount, scopes: set[str]
) -> None:
    hosted.lacks = scopes
    with ExitStack() as stack:
        main = stack.enter_context(HostedAccount(KEY))
        main.lacks = scopes
        story.home.add("spare", "--provider", "@spare", "--gateway", hosted.url, "--label", "Spare")
        story.home.add("work", "--provider", "@work", "--gateway", main.url, "--when-unreachable", "spare")
        story.home.ok("switch", "work")
        with story.in_the_tray() as tray:
            assert tray.new_told() == []
            stack.close()  # the gateway is killed
            told = story.minutes(7)
            assert [(notice.title, notice.actions) for notice in told] == [
                (
                    "The gateway does not answer",
                    (("fallback:spare", "Switch to Spare"), ("check", "Check again")),
                )
            ]
            tray.click("fallback:spare")
            tray.settle()
            assert f"{hosted.url}" == settings(story)["env"]["ANTHROPIC_BASE_URL"]


def test_each_step_with_a_key_that_may_list_nothing(story: Story, hosted: HostedAccount) -> None:
    hosted.lacks = ALL_SCOPES
    shown = story.adds(
        "work",
        [
            ("Number, or a name [1]: ", "@anthropic-prod"), ("Model for sonnet", ""), ("Model for opus", ""),
            ("Model for haiku", ""), ("Number [1]: ", ""),
        ],
    )  # fmt: skip
    assert "This key may not list" in shown
    assert "x-portkey-provider: @anthropic-prod" in settings(story)["env"]["ANTHROPIC_CUSTOM_HEADERS"]
    story.home.ok("preference", "usage", "on")
    with story.in_the_tray() as tray:
        assert "budget" not in tray.entries
        assert story.minutes(17) == []
    config = story.home.root / "fallback.json"
    story.home.ok("config", "new", "--fallback", "@anthropic-prod", "@bedrock-eu", "-o", str(config))
    refused = story.home.run(
        "config", "push", str(config), "--profile", "work", "--name", "Fallback", "--yes"
    )
    assert refused.code == 6
    assert "configs.create" in refused.err
    story.home.ok(
        "add", "fallback", "--gateway", hosted.url, "--config-file", str(config), "--key-stdin", stdin=KEY
    )
    story.home.ok("switch", "fallback")
    assert "fallback" in settings(story)["env"]["ANTHROPIC_CUSTOM_HEADERS"]
