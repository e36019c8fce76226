"""The record of hand-outs: what a refusal must know of a session."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from support.client.guarded_session import session_born

from profiles.base.locations import find_locations
from profiles.routes.guard.record import GIVEN, REFUSED, Handouts, handouts_path


def record(tmp_path: Path) -> Handouts:
    return Handouts(find_locations({}, str(tmp_path)))


def hand_out(handouts: Handouts, session: str, times: int, what: str = GIVEN) -> None:
    home = "https://api.portkey.ai/" + "x" * 900
    about: dict[str, str | bool] = {"profile": "work", "session": session, "what": what, "home": home}
    for _ in range(times):
        handouts.add(about, earlier=False)


def test_only_a_session_that_got_a_key_has_one(tmp_path: Path) -> None:
    handouts = record(tmp_path)
    mine, other = session_born(time.time() - 60, 1), session_born(time.time() - 60, 2)
    hand_out(handouts, mine, 1)
    hand_out(handouts, other, 1, REFUSED)
    assert not handouts.was_given(session_born(time.time() - 60, 3))
    assert handouts.was_given(mine)
    assert not handouts.was_given(other)


def test_a_session_that_is_older_than_the_record_may_still_have_its_key(tmp_path: Path) -> None:
    """A plain failure would leave the old key in force in it, on its way to the stranger."""
    handouts = record(tmp_path)
    idle, fresh = session_born(time.time() - 60, 1), session_born(time.time() + 60, 2)
    hand_out(handouts, idle, 1)
    hand_out(handouts, session_born(time.time() - 60, 3), 200)
    assert not any(handout.session == idle for handout in handouts.recent())
    assert handouts.was_given(idle)
    assert not handouts.was_given(fresh)


@pytest.mark.parametrize("line", ["[]", '"at"', "17", "{", '{"at": 9e9}', '{"at": "x", "colour": "red"}'])
def test_a_line_that_is_not_understood_hides_no_other(tmp_path: Path, line: str) -> None:
    """Else one torn write, or a newer version's line, would keep all later alarms back."""
    handouts = record(tmp_path)
    hand_out(handouts, "one", 1)
    with open(handouts_path(find_locations({}, str(tmp_path))), "a", encoding="utf-8") as file:
        file.write(line + "\n")
    hand_out(handouts, "two", 1)
    assert [handout.session for handout in handouts.recent()] == ["one", "two"]
