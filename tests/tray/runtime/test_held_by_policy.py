"""The running tray under an administrator's policy: clicks, requests and what it does by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.desktop.recorded_tray import Tray, running_tray
from support.home.forced import force, lay
from support.home.user_home import KEY, UserHome

from profiles.base.errors import ForbiddenError
from tray.ipc.server import DeclinedError
from tray.runtime.key_cache import KeyCache
from tray.runtime.requests import Answering
from tray.runtime.watch.health.reach import look

STRANGE = "https://gw.strange.example"
BY = {"name": "Acme IT", "url": "https://it.acme.example/ai"}
Force = Callable[..., None]


@pytest.fixture
def tray(home: UserHome) -> Iterator[Tray]:
    """`work` is in use, `strange` was before; `work` names `strange` for when its gateway is gone."""
    home.add("work", "--provider", "@a")
    home.add("strange", "--provider", "@b", "--gateway", STRANGE)
    home.ok("set", "work", "when_unreachable", "strange")
    home.ok("switch", "strange")
    home.ok("switch", "work")
    with running_tray(home) as its:
        yield its


@pytest.fixture
def forced(tray: Tray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Force:
    def forced(**policy: object) -> None:
        force(monkeypatch, tmp_path / "etc", managed_by=BY, **policy)
        tray.settle()

    return forced


def answering(tray: Tray) -> Answering:
    keys = KeyCache(tray.app.secrets, lambda: 5)
    return Answering(
        tray.app, keys, change=lambda change: change(), on_show=lambda: None, on_quit=lambda: None
    )


def test_a_policy_that_comes_greys_what_it_locks_at_the_next_look(tray: Tray, forced: Force) -> None:
    assert tray.entries["profile:strange"].enabled
    forced(allowed_gateway_hosts=["api.portkey.ai"], required_profile="work")
    for key in ("profile:strange", "off"):
        assert not tray.entries[key].enabled
        assert tray.entries[key].label.endswith(": Acme IT decides this")
    assert tray.entries["profile:work"].enabled
    tray.click("managed")
    assert tray.opened == ["https://it.acme.example/ai"]


@pytest.mark.parametrize(
    ("key", "policy", "says"),
    [
        ("profile:strange", {"allowed_gateway_hosts": ["api.portkey.ai"]}, "Acme IT allows no gateway but"),
        ("fallback:strange", {"allowed_profiles": ["work"]}, "Acme IT allows no profile but work"),
        ("undo", {"allowed_profiles": ["work"]}, "Acme IT allows no profile but work"),
        ("off", {"required_profile": "work"}, "Acme IT requires the profile work"),
        ("usage:on", {}, ""),
    ],
)
def test_a_click_of_before_the_policy_is_refused_in_words(
    tray: Tray, forced: Force, key: str, policy: dict[str, object], says: str
) -> None:
    """A panel may show an older menu, a notice an older button."""
    before = tray.home.settings.read_bytes()
    forced(**policy)
    tray.new_told()
    tray.runtime.choose(key)
    assert tray.home.settings.read_bytes() == before
    told = " ".join(f"{notice.title} {notice.body}" for notice in tray.new_told())
    assert says in told
    assert tray.face.condition == ("error" if says else "active")


def test_a_command_that_asks_the_tray_is_refused_as_it_would_be_alone(tray: Tray, forced: Force) -> None:
    forced(allowed_gateway_hosts=["api.portkey.ai"])
    request = {"do": "switch", "name": "strange", "as": tray.app.circumstances()}
    with pytest.raises(ForbiddenError, match="Acme IT allows no gateway but"):
        answering(tray)(request)


def test_what_must_be_asked_at_a_terminal_the_tray_leaves_to_the_command(tray: Tray, forced: Force) -> None:
    forced(required_metadata=["repo"])
    request = {"do": "switch", "name": "work", "as": tray.app.circumstances()}
    with pytest.raises(DeclinedError):
        answering(tray)(request)


def test_a_catalog_s_profile_that_is_not_there_yet_the_tray_leaves_to_the_command(tray: Tray) -> None:
    """The command fetches what an administrator gives; the tray has no time for it."""
    request = {"do": "switch", "name": "acme/work", "as": tray.app.circumstances()}
    with pytest.raises(DeclinedError, match="catalog"):
        answering(tray)(request)


def test_keys_through_the_tray_can_be_switched_off(tray: Tray, forced: Force) -> None:
    request = {"do": "key", "name": "work", "by_hand": "1"}
    forced(key_print_through_tray=False)
    with pytest.raises(DeclinedError, match="switched off"):
        answering(tray)(request)
    assert tray.home.ok("key", "print", "work").out == f"{KEY}\n"


def test_a_gateway_that_is_gone_is_not_left_for_one_that_is_not_allowed(tray: Tray, forced: Force) -> None:
    step = {"step": "gateway", "verdict": "failed", "text": "gone", "hint": ""}

    def answer(_app: object, _verb: str, name: str, _option: str) -> dict[str, object]:
        return {"profiles": [{"steps": [step] if name == "work" else []}]}

    asked = tray.app, answer, lambda _pause_s: None, "work", ""
    assert look(*asked).other == "strange"
    forced(allowed_gateway_hosts=["api.portkey.ai"])
    assert look(*asked).named == look(*asked).other == ""
    assert look(*asked[:4], "strange").first is None


def test_what_is_in_use_against_the_policy_is_said_first_with_the_way_out(tray: Tray, forced: Force) -> None:
    forced(required_profile="strange")
    labels = [entry.label for entry in tray.icon.shown[-1][1]]
    assert labels[:2] == ["Acme IT requires the profile strange", "Switch to strange"]
    tray.click("required:strange")
    assert tray.home.env()["ANTHROPIC_BASE_URL"] == STRANGE
    assert "required:strange" not in tray.entries


def test_a_profile_that_is_not_allowed_and_is_written_by_hand_is_a_change_that_can_be_put_back(
    tray: Tray, forced: Force
) -> None:
    """Recognised as the person's own choice it would stay."""
    written = tray.home.settings.read_text()
    forced(required_profile="work")
    by_hand = written.replace("key print work", "key print strange").replace("@a", "@b")
    tray.home.settings.write_text(by_hand.replace("https://api.portkey.ai", STRANGE))
    tray.settle()
    assert tray.face.condition == "drift"
    tray.click("restore")
    assert tray.home.settings.read_text() == written


def test_a_policy_that_cannot_be_read_is_said_in_the_menu_and_off_goes_on(
    tray: Tray, forced: Force, tmp_path: Path
) -> None:
    forced()
    lay(tmp_path / "etc", "no json")
    tray.settle()
    assert tray.icon.shown[-1][1][0].label.startswith("…/policy.json is not valid JSON")
    assert not tray.entries["profile:work"].enabled
    tray.click("off")
    assert "ANTHROPIC_BASE_URL" not in tray.home.env()


def test_metadata_that_is_forced_is_sent_though_nobody_switches(tray: Tray, forced: Force) -> None:
    """Whoever never switches would else go on without it for months."""
    tray.new_told()
    forced(forced_metadata={"cost_center": "4711"})
    assert '"cost_center": "4711"' in tray.home.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert tray.home.ok("status", "--short").out == "work\n"
    (told,) = tray.new_told()
    assert told.title == "Your administrator adds metadata"
    assert told.body == "work sends cost_center now, as Acme IT wants it."
    tray.settle()
    assert tray.new_told() == []


def test_forced_metadata_is_not_written_over_what_something_else_changed(tray: Tray, forced: Force) -> None:
    tray.edit("@a", "@mine")
    before = tray.home.settings.read_bytes()
    forced(forced_metadata={"cost_center": "4711"})
    tray.settle()
    assert tray.home.settings.read_bytes() == before
    tray.click("restore")
    assert '"cost_center": "4711"' in tray.home.env()["ANTHROPIC_CUSTOM_HEADERS"]


def test_forced_metadata_brings_no_profile_back_that_is_not_allowed(tray: Tray, forced: Force) -> None:
    before = tray.home.settings.read_bytes()
    forced(forced_metadata={"cost_center": "4711"}, required_profile="strange")
    assert tray.home.settings.read_bytes() == before
