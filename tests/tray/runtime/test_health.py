"""The gateway's health in the tray: said once when it is gone, and what to use meanwhile."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from support.desktop.recorded_tray import Tray, running_tray
from support.home.user_home import KEY, UserHome

from profiles.files.preferences import load_preferences
from tray.app import App
from tray.notices.notice import Notice
from tray.runtime.watch.health.watch import QUIET_S, STEADY_S

GONE = {
    "step": "connection",
    "verdict": "failed",
    "text": "it refuses the connection",
    "hint": "Is it running?",
}
NO_NETWORK = {"step": "network", "verdict": "failed", "text": "This machine has no network", "hint": ""}
FINE = {"step": "gateway", "verdict": "ok", "text": "it answers", "hint": ""}
MINUTE_S = 60.0


CHECK = ("check", "Check again")


class Gateways:
    """How each profile's gateway is, and which were asked."""

    def __init__(self, tray: Tray) -> None:
        self.tray = tray
        self.steps: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.environ: Mapping[str, str] = {}
        self.broken: Any = None  # answered in place of what `check` would say
        self.wall = 1_000_000.0
        tray.own_answer = self.answer
        tray.wall = lambda: self.wall

    def answer(self, app: App, *words: str) -> Any:
        assert words[0] in ("check", "budget")
        if words[0] == "budget":
            return None
        assert words[2:] == ("--no-key",)
        self.asked.append(words[1])
        self.environ = app.environ
        return self.broken or {"profiles": [{"name": words[1], "steps": [self.steps.get(words[1], FINE)]}]}

    def hear(self, event: Any) -> None:
        self.tray.runtime.hear(event)
        self.settle()

    def back(self) -> None:
        self.wall += 30
        self.tray.runtime.back()
        self.settle()

    def minutes(self, count: int) -> None:
        for _ in range(count):
            self.wall += MINUTE_S
            self.tray.now += MINUTE_S
            self.hear("beat")

    def settle(self) -> None:
        self.tray.answered()

    def new_asked(self) -> list[str]:
        found, self.asked[:] = list(self.asked), []
        return found


@pytest.fixture
def tray(home: UserHome) -> Iterator[Tray]:
    home.add("spare", "--provider", "@spare", "--label", "Spare")
    home.add("work", "--provider", "@work", "--label", "Work", "--when-unreachable", "spare")
    with running_tray(home) as its:
        its.click("profile:work")
        its.new_told()
        yield its


@pytest.fixture
def gateways(tray: Tray) -> Gateways:
    return Gateways(tray)


@contextmanager
def a_session(tray: Tray, **environ: str) -> Iterator[None]:
    """Claude Code runs, started in that environment."""
    sessions = tray.home.claude / "sessions"
    sessions.mkdir()
    with subprocess.Popen(["/bin/sleep", "60"], env=environ) as session:
        try:
            (sessions / f"{session.pid}.json").write_text(json.dumps({"pid": session.pid, "cwd": "/"}))
            yield
        finally:
            session.kill()


def told(tray: Tray) -> list[Notice]:
    """What was told of gateways since the last time this was asked."""
    return [notice for notice in tray.new_told() if notice.key == "health"]


def wish(tray: Tray, name: str, value: str) -> None:
    tray.home.ok("preference", name, value)


def active(tray: Tray) -> str | None:
    return tray.runtime.state.active


def gone(gateways: Gateways, name: str = "work") -> None:
    """That gateway is gone while a session runs, and it is noticed."""
    gateways.steps[name] = GONE
    gateways.hear("started")


def test_nothing_is_asked_before_a_session_runs_nor_after_the_last(tray: Tray, gateways: Gateways) -> None:
    gateways.back()
    tray.settle()
    assert gateways.asked == []
    gateways.hear("started")
    assert gateways.new_asked() == ["work"]
    gateways.hear("ended")
    gateways.back()
    assert gateways.asked == []


def test_it_is_asked_every_five_minutes_or_as_often_as_is_wished(tray: Tray, gateways: Gateways) -> None:
    gateways.hear("started")
    gateways.new_asked()
    gateways.minutes(4)
    assert gateways.asked == []
    gateways.minutes(1)
    assert gateways.new_asked() == ["work"]
    wish(tray, "health_minutes", "2")
    gateways.minutes(4)
    assert gateways.new_asked() == ["work"] * 2
    wish(tray, "health_minutes", "0")
    gateways.minutes(20)
    gateways.back()
    gateways.hear("started")
    assert gateways.asked == []


def test_a_machine_that_slept_asks_at_the_next_beat(gateways: Gateways) -> None:
    gateways.hear("started")
    gateways.new_asked()
    gateways.wall += 3600
    gateways.hear("beat")
    assert gateways.asked == ["work"]


def test_when_it_is_gone_that_is_shown_and_told_once_with_what_to_use_meanwhile(
    tray: Tray, gateways: Gateways
) -> None:
    gone(gateways)
    assert gateways.new_asked() == ["work", "work", "spare"]
    assert tray.face.condition == "unreachable"
    assert tray.face.title == "Claude Code: Work, gateway unreachable"
    assert "it refuses the connection" in tray.face.tooltip
    assert tray.entries["first:/"].label == "Work: the gateway does not answer"
    assert tray.entries["fallback:spare"].label == "Switch to Spare"
    (notice,) = told(tray)
    assert notice.title == "The gateway does not answer"
    assert "it refuses the connection" in notice.body
    assert notice.actions == (("fallback:spare", "Switch to Spare"), CHECK)
    assert KEY not in repr(notice)
    tray.settle()
    assert tray.face.condition == "unreachable", "every look at the settings keeps it"
    gateways.minutes(3)
    assert told(tray) == []
    gateways.steps.clear()
    gateways.minutes(1)
    assert tray.face.condition == "active"
    assert "fallback:spare" not in tray.entries
    assert tray.notifier.withdrawn[-1] == "health"


def test_one_failure_is_none(tray: Tray, gateways: Gateways) -> None:
    answers = iter([GONE, FINE])
    tray.own_answer = lambda *_: {"profiles": [{"name": "work", "steps": [next(answers)]}]}
    gateways.hear("started")
    assert tray.face.condition == "active"
    assert told(tray) == []


def test_one_that_comes_and_goes_is_told_of_once_in_ten_minutes(tray: Tray, gateways: Gateways) -> None:
    gone(gateways)
    for _ in range(3):
        gateways.steps.clear()
        gateways.minutes(1)
        gateways.steps["work"] = GONE
        gateways.wall += 3600
        gateways.minutes(1)
        assert tray.face.condition == "unreachable"
    assert len(told(tray)) == 1
    gateways.steps.clear()
    gateways.minutes(int(QUIET_S / MINUTE_S))
    gateways.steps["work"] = GONE
    gateways.minutes(5)
    assert len(told(tray)) == 1


def test_without_a_network_no_gateway_is_blamed(tray: Tray, gateways: Gateways) -> None:
    gone(gateways)
    told(tray)
    gateways.steps["work"] = NO_NETWORK
    gateways.minutes(1)
    assert tray.face.condition == "active"
    assert tray.entries["first:/"].label == "This machine has no network: the gateway cannot be asked"
    assert "fallback:spare" not in tray.entries
    assert told(tray) == []
    gateways.steps.clear()
    gateways.back()
    assert "first:/" not in tray.entries


def test_a_profile_whose_gateway_does_not_answer_either_is_not_offered(
    tray: Tray, gateways: Gateways
) -> None:
    gateways.steps["spare"] = GONE
    wish(tray, "auto_fallback", "on")
    gone(gateways)
    (notice,) = told(tray)
    assert notice.actions == (CHECK,)
    assert "Spare does not answer either." in notice.body
    assert active(tray) == "work"
    wish(tray, "auto_fallback", "ask")
    del gateways.steps["spare"]
    gateways.minutes(1)
    (notice,) = told(tray)
    assert notice.actions == (("fallback:spare", "Switch to Spare"), CHECK)


@pytest.mark.parametrize("answer", [{"profiles": []}, {"profiles": [{"steps": [{}]}]}, {"profiles": 7}])
def test_an_answer_that_is_none_says_nothing(tray: Tray, gateways: Gateways, answer: Any) -> None:
    gateways.broken = answer
    gateways.hear("started")
    assert tray.face.condition == "active"


def test_what_happened_while_a_question_broke_is_asked_about(tray: Tray, gateways: Gateways) -> None:
    """Else a network that comes back just then is believed gone for five more minutes."""

    def broken(*_: object) -> None:
        tray.own_answer = gateways.answer
        gateways.wall += 30
        tray.runtime.back()
        tray.runtime.choose("")
        raise ValueError(KEY)

    tray.own_answer = broken
    gateways.hear("started")
    assert gateways.asked == ["work"]


def test_off_says_it_and_offers_nothing(tray: Tray, gateways: Gateways) -> None:
    wish(tray, "auto_fallback", "off")
    gone(gateways)
    assert tray.face.condition == "unreachable"
    assert "fallback:spare" not in tray.entries
    assert told(tray)[0].actions == (CHECK,)


def test_proxies_are_those_that_the_session_s_own_shell_names(tray: Tray, gateways: Gateways) -> None:
    # The desktop knows nothing of it: a gateway that every prompt reaches would be called unreachable.
    with a_session(tray, HTTPS_PROXY="http://proxy.example:3128"):
        gateways.hear("started")
    assert gateways.environ["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert gateways.environ["HOME"] == str(tray.home.root)


def test_what_a_switch_has_to_say_is_said_here_too(tray: Tray, gateways: Gateways) -> None:
    tray.home.ok("set", "spare", "models.default", "claude-sonnet-4-5")
    pinned = "Running sessions keep the model"
    with a_session(tray):
        gone(gateways)
        tray.click("fallback:spare")
        assert any(pinned in notice.body for notice in tray.new_told())
        tray.click("profile:work")
        wish(tray, "auto_fallback", "on")
        tray.new_told()
        tray.now += STEADY_S
        gateways.minutes(1)
        assert active(tray) == "spare"
        assert any(pinned in notice.body for notice in told(tray))


def test_a_click_on_the_offer_switches_and_the_way_back_is_offered_after_five_minutes(
    tray: Tray, gateways: Gateways
) -> None:
    gone(gateways)
    tray.click("fallback:spare")
    gateways.settle()
    assert active(tray) == "spare"
    assert tray.face.condition == "active"
    told(tray)
    gateways.minutes(3)
    assert told(tray) == []
    gateways.steps.clear()
    gateways.minutes(5)
    assert told(tray) == []
    gateways.minutes(2)
    (notice,) = told(tray)
    assert notice.title == "The gateway answers again"
    assert notice.actions == (("profile:work", "Back to Work"),)
    assert active(tray) == "spare"


def test_by_itself_it_switches_says_so_and_goes_back(tray: Tray, gateways: Gateways) -> None:
    wish(tray, "auto_fallback", "on")
    gone(gateways)
    assert active(tray) == "spare"
    (notice,) = told(tray)
    assert notice.title == "Switched: gateway did not answer"
    assert notice.body.startswith("Spare is in use. Work: ")
    assert notice.actions == (("profile:work", "Back to Work"),)
    gateways.minutes(2)
    gateways.steps.clear()
    gateways.minutes(3)
    gateways.steps["work"] = GONE  # not for good yet
    gateways.minutes(1)
    gateways.steps.clear()
    gateways.minutes(int(STEADY_S / MINUTE_S))
    assert active(tray) == "spare"
    assert told(tray) == []
    gateways.minutes(1)
    assert active(tray) == "work"
    assert [each.title for each in told(tray)] == ["The gateway answers again"]
    gateways.minutes(10)
    assert told(tray) == []


@pytest.mark.parametrize("between", ["no session", "no network"])
def test_minutes_in_which_nobody_asked_do_not_count(tray: Tray, gateways: Gateways, between: str) -> None:
    wish(tray, "auto_fallback", "on")
    gone(gateways)
    gateways.steps.clear()
    gateways.minutes(3)
    if between == "no session":
        gateways.hear("ended")
        tray.now += 3600
        gateways.wall += 3600
        gateways.hear("started")
    else:
        gateways.steps["spare"] = NO_NETWORK
        gateways.minutes(5)
        gateways.steps.clear()
        gateways.minutes(1)
    assert active(tray) == "spare"
    gateways.minutes(int(STEADY_S / MINUTE_S))
    assert active(tray) == "work"


@pytest.mark.parametrize(
    "damage", ["", "{", '{"first": 1, "other": "spare"}', '{"first": "../x", "other": "y"}']
)
def test_a_tray_that_starts_again_goes_back_too(tray: Tray, gateways: Gateways, damage: str) -> None:
    wish(tray, "auto_fallback", "on")
    gone(gateways)
    kept = tray.home.root / ".local" / "state" / "pkcc-tray" / "left.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    if damage:
        kept.write_text(damage)
    with running_tray(tray.home) as again:
        its = Gateways(again)
        its.hear("started")
        its.minutes(int(STEADY_S / MINUTE_S) + 1)
        assert active(again) == ("spare" if damage else "work")
        assert not kept.exists() or damage


def test_whoever_switched_meanwhile_is_left_alone(tray: Tray, gateways: Gateways) -> None:
    tray.home.add("third", "--provider", "@third")
    tray.settle()
    wish(tray, "auto_fallback", "on")
    gone(gateways)
    tray.click("profile:third")
    tray.click("profile:spare")
    told(tray)
    gateways.steps.clear()
    gateways.minutes(10)
    assert active(tray) == "spare"
    assert told(tray) == []


def test_the_last_session_s_end_clears_it(tray: Tray, gateways: Gateways) -> None:
    # Nobody would notice when it is back: an alarm would stand there all night.
    gone(gateways)
    gateways.hear("ended")
    assert tray.face.condition == "active"
    assert tray.notifier.withdrawn[-1] == "health"


@pytest.mark.parametrize("meanwhile", [["off"], ["switch", "third"]], ids=["off", "another"])
@pytest.mark.parametrize("back", [False, True], ids=["over", "back"])
def test_what_the_user_chose_while_gateways_were_asked_stays(
    tray: Tray, gateways: Gateways, meanwhile: list[str], back: bool
) -> None:
    tray.home.add("third", "--provider", "@third")
    wish(tray, "auto_fallback", "on")
    asked_last = "work" if back else "spare"
    chosen: list[bytes] = []
    answer = gateways.answer

    def chooses_meanwhile(app: App, *words: str) -> Any:
        if words[:2] == ("check", asked_last) and tray.now >= 1_000 + STEADY_S and not chosen:
            tray.home.ok(*meanwhile)
            chosen.append(tray.home.settings.read_bytes())
        return answer(app, *words)

    if back:
        gone(gateways)
        assert active(tray) == "spare"
        gateways.steps.clear()
        gateways.minutes(4)
    tray.now = max(tray.now, 1_000 + STEADY_S)
    tray.own_answer = chooses_meanwhile
    if back:
        gateways.minutes(3)
    else:
        gone(gateways)
    assert tray.home.settings.read_bytes() == chosen[0]


def test_a_switch_by_hand_clears_it(tray: Tray, gateways: Gateways) -> None:
    gone(gateways)
    tray.click("off")
    assert tray.face.condition == "off"
    assert "health" not in tray.entries
    assert tray.notifier.withdrawn[-1] == "health"


def test_two_that_name_each_other_do_no_more_than_one_switch_in_five_minutes(
    tray: Tray, gateways: Gateways
) -> None:
    tray.home.ok("set", "spare", "when_unreachable", "work")
    wish(tray, "auto_fallback", "on")
    gone(gateways)
    assert active(tray) == "spare"
    gateways.steps = {"spare": GONE}
    gateways.minutes(4)
    assert active(tray) == "spare"
    gateways.minutes(1)
    assert active(tray) == "work"
    told(tray)
    gateways.steps.clear()
    gateways.minutes(20)
    assert active(tray) == "work", "it is home again, and nothing draws it away"
    assert told(tray) == []


def test_while_settings_are_changed_by_something_else_nothing_is_switched_by_itself(
    tray: Tray, gateways: Gateways
) -> None:
    wish(tray, "auto_fallback", "on")
    tray.edit("https://api.portkey.ai", "https://thief.example")
    told(tray)
    gone(gateways)
    assert active(tray) == "work"
    assert tray.face.condition == "drift"
    assert told(tray)[0].actions == (("fallback:spare", "Switch to Spare"), CHECK)


def test_preferences_that_cannot_be_read_ask_nothing(tray: Tray, gateways: Gateways) -> None:
    path = tray.home.own / "preferences.json"
    path.write_text("{")
    gateways.hear("started")
    assert gateways.asked == []
    path.unlink()
    assert load_preferences(str(path)).auto_fallback == "ask"


def test_a_catalogs_profile_that_was_left_is_gone_back_to_after_a_restart(home: UserHome) -> None:
    from tray.runtime.watch.health.left_profile import Left, load_left, save_left

    app = App.start(home.environ, None, None, wants_json=True)
    save_left(app.locations, Left("acme/work", "mine"))
    assert load_left(app.locations) == Left("acme/work", "mine")
