"""A session's row: what it uses now and after a restart, and who decides. A wrong word here misleads."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.routes.route import Route
from tray.actions.switching.sessions import SessionRoute
from tray.manager.look_around import look_around
from tray.manager.views.profiles.sessions import session_rows, sessions_after, sessions_sentence

AFTER = Route("work", "messages", "https://api.portkey.ai", "@a", "user", "")


def running(**fields: Any) -> SessionRoute:
    base: dict[str, Any] = dict.fromkeys(SessionRoute._fields, "")
    base |= {"pid": 7, "directory": "/home/me/api", "started_at": 0, "elsewhere": False, "profile": "work"}
    return SessionRoute(**(base | {"model_pinned": None, "restarted": AFTER, "decided_by": "user"} | fields))


@pytest.fixture
def look(site: Any, home: Any) -> Any:
    home.add("work", "--provider", "@a", "--label", "Work")
    home.ok("switch", "work")
    return look_around(site)


@pytest.mark.parametrize(
    ("decided_by", "file", "words"),
    [
        ("user", "", ""),
        ("local", "/p/.claude/settings.local.json", "pinned by the project"),
        ("local", "/f/.claude/settings.local.json", ""),
        ("project", "/x/.claude/settings.json", "decided by /x/.claude/settings.json"),
        ("managed", "/etc/claude-code/managed-settings.json", "decided by managed settings"),
        ("exec", "", "started by pkcc-tray exec"),
        ("shell", "", "decided by the shell that started it"),
    ],
)
def test_who_decides_is_said(look: Any, decided_by: str, file: str, words: str) -> None:
    own = {"/p/.claude/settings.local.json": True, "/f/.claude/settings.local.json": False}
    (row,) = session_rows(look, [running(decided_by=decided_by, decided_by_file=file)], own_files=own)
    assert (row.uses, row.uses_more, row.after) == ("Work", words, "The same")


def test_one_with_an_older_model_says_what_it_keeps(look: Any) -> None:
    (row,) = session_rows(look, [running(model_pinned="claude-sonnet-4-5")])
    assert (row.tag, row.uses_more, row.after) == ("Older model", "keeps claude-sonnet-4-5", "Work")
    assert sessions_sentence(look, [row]) == ": 1 uses Work. 1 keeps an older model until restarted."


def test_one_beside_portkey_says_so(look: Any) -> None:
    (row,) = session_rows(look, [running(profile=None, route="")])
    assert (row.uses, row.after) == ("Not through Portkey", "Work")


def test_a_preview_says_which_sessions_follow_and_which_stay(look: Any) -> None:
    """Who is not told expects a pinned project's session to follow, and sends it by the old route."""
    own = {"/p/.claude/settings.local.json": True}
    pinned = running(directory="/p", decided_by="local", decided_by_file="/p/.claude/settings.local.json")
    assert sessions_after(look, [running(), running(), pinned], own) == (
        "3 running sessions",
        ["2 follow within about 2 seconds.", "/p stays with Work: pinned by the project."],
    )
    assert sessions_after(look, [running()], own)[1] == ["It follows within about 2 seconds."]
    assert sessions_after(look, [], own)[1] == []
