"""Sessions that nobody sees: if these fail, a new key goes to the old gateway, or blanks stay for ever."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from faults.world import HOME, ORIGINAL, World

from profiles.base.errors import ConflictError
from profiles.claude_code.process.sessions import BELIEVED_S, own_domain, running_sessions
from profiles.switching.edit.blanks import UNSEEN_S

VERTEX = "CLAUDE_CODE_USE_VERTEX"
ROUTE_OF_WORK = {"ANTHROPIC_VERTEX_BASE_URL", "ANTHROPIC_VERTEX_PROJECT_ID", VERTEX, "ANTHROPIC_MODEL"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path).furnish()


def blank(world: World) -> set[str]:
    return {name for name, value in world.env().items() if value == ""}


def session(world: World, pid: int, **fields: Any) -> Path:
    """A session file as Claude Code keeps it while it runs."""
    directory = world.claude / "sessions"
    directory.mkdir(exist_ok=True)
    path = directory / f"{pid}.json"
    path.write_text(json.dumps({"pid": pid, "cwd": "/workspace", "version": "2.1.332", **fields}))
    return path


def elsewhere(world: World, pid: int = 7, age_s: float = 0.0) -> Path:
    """The file of a session in a container that shares the directory."""
    domain = "linux:0123456789abcdef0123456789abcdef:pid:[4026532999]"
    updated = int((world.clock() - age_s) * 1000)
    return session(world, pid, procStart="1", pidDomain=domain, updatedAt=updated)


def test_another_format_blanks_what_the_old_one_set_though_no_session_is_seen(world: World) -> None:
    """A client that started a moment ago keeps what disappears: it would send the new key to the old URL."""
    world.switch("work")
    outcome = world.switch("home")
    assert blank(world) >= ROUTE_OF_WORK
    assert (outcome.sessions, outcome.passing > 0) == ([], True)


def test_another_gateway_blanks_too(world: World) -> None:
    world.add({**HOME, "name": "other", "gateway": "https://gw.example", "extra_env": {"EXTRA": "1"}})
    world.switch("other")
    world.switch("home")
    assert world.env()["EXTRA"] == ""


def test_the_same_gateway_and_format_needs_no_blanks(world: World) -> None:
    world.add({**HOME, "name": "other", "extra_env": {"EXTRA": "1"}})
    world.switch("other")
    world.switch("home")
    assert "EXTRA" not in world.env()


def test_blanks_go_when_their_time_is_over(world: World) -> None:
    world.switch("work")
    world.switch("home")
    held = world.bytes()
    assert world.later(UNSEEN_S - 60)
    assert world.bytes() == held
    assert not world.later(61)
    assert not ROUTE_OF_WORK & set(world.env())
    assert world.active() == "home"
    assert world.switcher().read().changes == []


def test_off_gives_the_very_bytes_back_before_and_after_the_blanks_went(world: World) -> None:
    for wait in (False, True):
        world.switch("work")
        world.switch("home")
        if wait:
            world.later()
        world.switcher().off()
        assert world.bytes() == ORIGINAL


def test_a_blank_waits_for_the_last_change_of_gateway_not_for_the_first(world: World) -> None:
    world.switch("work")
    world.switch("home")
    world.later(UNSEEN_S - 60)
    world.switch("work")
    assert world.later(120)
    assert "ANTHROPIC_BASE_URL" in blank(world)


def test_undo_is_a_change_of_gateway_too_for_the_blanks_that_come_back(world: World) -> None:
    """With the time of the first switch a session of the last minute would keep the old gateway."""
    world.switch("work")
    world.switch("home")
    world.later(UNSEEN_S - 60)
    world.switch("work")
    world.switcher().undo()
    assert world.active() == "home"
    assert world.later(120)
    assert blank(world) >= ROUTE_OF_WORK
    assert not world.later()


def test_switching_on_again_soon_after_off_blanks_what_the_profile_before_had_set(world: World) -> None:
    """`off` leaves no blanks, so a session that started before it still holds the old gateway."""
    world.switch("work")
    world.switcher().off()
    assert world.bytes() == ORIGINAL
    world.switch("home")
    assert blank(world) >= ROUTE_OF_WORK - {"ANTHROPIC_MODEL"}
    world.switcher().off()
    assert world.bytes() == ORIGINAL


def test_switching_on_again_long_after_off_needs_no_blanks(world: World) -> None:
    world.switch("home")
    fresh = world.bytes()
    world.switcher().off()
    world.switch("work")
    world.switcher().off()
    assert not world.later()
    world.switch("home")
    assert world.bytes() == fresh


def test_undo_to_another_gateway_blanks_as_a_switch_does(world: World) -> None:
    world.switch("home")
    before = world.bytes()
    world.switch("work")
    world.switcher().undo()
    assert VERTEX in blank(world)
    assert not world.later()
    assert world.bytes() == before


def test_a_seen_session_keeps_the_blanks_beyond_their_time(world: World) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        session(world, process.pid)
        world.switch("work")
        world.switch("home")
        assert world.later()
        assert VERTEX in blank(world)
        process.kill()
    assert not world.later(0)
    assert VERTEX not in world.env()


def test_blanks_stay_where_the_settings_were_changed_by_something_else(world: World) -> None:
    world.switch("work")
    world.switch("home")
    changed = (world.bytes() or b"").replace(b"@anthropic", b"@other")
    world.settings.write_bytes(changed)
    assert world.later()
    assert world.bytes() == changed


def test_taking_blanks_out_is_no_step_of_the_history(world: World) -> None:
    world.switch("work")
    world.switch("home")
    steps = len(world.switcher().read().state.history)
    world.later()
    assert len(world.switcher().read().state.history) == steps


def test_blanks_against_the_shell_stay(world: World) -> None:
    """They shield the route from what the shell exports, for as long as the profile is active."""
    world.environ["CLAUDE_CODE_USE_BEDROCK"] = "1"
    world.switch("work")
    world.switch("home")
    assert not world.later()
    assert world.env()["CLAUDE_CODE_USE_BEDROCK"] == ""


def test_a_clock_that_was_set_back_takes_nothing_out_too_early(world: World) -> None:
    world.switch("work")
    world.switch("home")
    assert world.later(-60)
    assert VERTEX in blank(world)


def test_a_hand_switched_route_leaves_what_went_with_it_to_be_blanked(world: World) -> None:
    """Who pastes another profile's settings removes the old route from the file, not from the sessions."""
    world.switch("home")
    by_hand = world.bytes() or b""
    world.switch("work")
    world.settings.write_bytes(by_hand)
    assert world.switcher().recognise() == "home"
    world.add({**HOME, "name": "third", "route": {"kind": "provider", "provider": "@third"}})
    world.switch("third")
    assert blank(world) >= ROUTE_OF_WORK - {"ANTHROPIC_MODEL"}


def test_a_project_that_is_pinned_elsewhere_gets_blanks_and_loses_them(world: World) -> None:
    world.switch("home")
    directory = world.register("repo", profile="work")
    file = directory / ".claude" / "settings.local.json"
    world.register("repo", profile="home", metadata={"a": "b"})
    assert json.loads(file.read_bytes())["env"][VERTEX] == ""
    assert not world.later()
    assert VERTEX not in json.loads(file.read_bytes())["env"]


# Sessions of other systems ---------------------------------------------------------------------------------


def test_a_session_in_a_container_is_believed(world: World) -> None:
    """Its process number says nothing here: its requests would go to the old gateway with the new key."""
    elsewhere(world)
    (found,) = running_sessions(str(world.claude))
    assert (found.pid, found.elsewhere, found.environment()) == (7, True, {})
    world.switch("work")
    world.switcher().off()
    assert VERTEX in blank(world), "it would go on with the profile's gateway"


def test_a_process_here_with_the_same_number_is_not_taken_for_it(world: World) -> None:
    path = session(world, os.getpid(), pidDomain="linux:another:pid:[1]", updatedAt=time.time() * 1000)
    (found,) = running_sessions(str(world.claude))
    assert found.elsewhere
    path.unlink()


def test_it_is_believed_for_a_day_after_it_last_wrote(world: World) -> None:
    elsewhere(world, age_s=BELIEVED_S - 60)
    assert len(running_sessions(str(world.claude))) == 1
    elsewhere(world, age_s=BELIEVED_S + 60)
    assert running_sessions(str(world.claude)) == []


def test_blanks_for_it_go_when_it_is_believed_no_more(world: World) -> None:
    elsewhere(world)
    world.switch("work")
    world.switch("home")
    assert world.later()
    assert not world.later(BELIEVED_S)
    assert VERTEX not in world.env()


@pytest.mark.skipif(sys.platform == "win32", reason="a process number there has no start time beside it")
def test_a_dead_session_of_this_system_is_not_believed(world: World) -> None:
    """A client that was killed leaves its file: `off` would leave blanks for nobody."""
    session(world, 99999999, procStart="1", pidDomain=own_domain(), updatedAt=int(time.time() * 1000))
    assert running_sessions(str(world.claude)) == []


def test_an_older_client_that_says_nothing_of_its_system_is_believed_by_its_own_time(world: World) -> None:
    session(world, 99999999, procStart="1", updatedAt=int(time.time() * 1000))
    (found,) = running_sessions(str(world.claude))
    assert found.elsewhere
    session(world, 99999999, procStart="1", updatedAt=int((time.time() - BELIEVED_S - 60) * 1000))
    assert running_sessions(str(world.claude)) == []


def test_tidy_is_refused_while_one_may_run_elsewhere(world: World) -> None:
    elsewhere(world)
    world.switch("work")
    with pytest.raises(ConflictError):
        world.switcher().tidy()
