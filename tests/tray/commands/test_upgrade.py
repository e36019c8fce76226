"""A home that an earlier version made (tests/data/upgrade/make.sh) works on, with nothing asked for again.

Somebody who upgrades would lose the settings they had before the first switch, their keys, profiles and
projects, or what `undo` takes back.
"""

from __future__ import annotations

import json
import shutil
import sys
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from support.home.user_home import ROOT, UserHome

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these files lie where Linux has them")

DATA = ROOT / "tests" / "data" / "upgrade"
MADE_IN = "/home/someone"
QUESTIONS = sorted(path.stem for path in (DATA / "answers").iterdir())
FIRST = [(DATA / name).read_bytes() for name in ("settings-before.json", "second-before.json")]
KEYS = {"work": "pk-CANARY-of-work", "home": "pk-CANARY-of-home"}


@pytest.fixture
def upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UserHome:
    """The home, laid where this test's user lives; the program is installed where it was."""
    home = UserHome(tmp_path / "home")
    shutil.copytree(DATA / "home", home.root, dirs_exist_ok=True)
    for path in home.root.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(MADE_IN.encode(), str(home.root).encode()))
    # The state of a settings file lies in a directory named after the file's path.
    for state in home.root.rglob("targets/*/state.json"):
        name = blake2b(json.loads(state.read_bytes())["settings_path"].encode(), digest_size=8).hexdigest()
        state.parent.rename(state.parent.with_name(name))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/usr/bin/pkcc-tray")
    return home


def files(home: UserHome) -> list[Path]:
    """The settings of the client and of the second target."""
    return [home.settings, home.root / "second" / "settings.json"]


def holds(now: Any, then: Any) -> bool:
    """Whether an answer has all that it had; a field may have come to it."""
    if isinstance(then, dict):
        return isinstance(now, dict) and all(name in now and holds(now[name], then[name]) for name in then)
    if isinstance(then, list):
        return isinstance(now, list) and len(now) == len(then) and all(map(holds, now, then))
    return bool(now == then)


def test_every_question_is_answered_as_before(upgraded: UserHome) -> None:
    for question in QUESTIONS:
        ran = upgraded.ok(*question.split(), "--json")
        then = (DATA / "answers" / f"{question}.json").read_text().replace(MADE_IN, str(upgraded.root))
        assert holds(ran.json(), json.loads(then)), (question, ran)
        assert ran.err == ""


def test_keys_are_found(upgraded: UserHome) -> None:
    """The renamed profile's too, which lies under its first name."""
    assert {name: upgraded.ok("key", "print", name).out.strip() for name in KEYS} == KEYS


def test_off_gives_back_what_the_user_had(upgraded: UserHome) -> None:
    """Byte for byte, a login that the vault kept included; in the second file as well."""
    upgraded.ok("off")
    assert [path.read_bytes() for path in files(upgraded)] == FIRST
    assert upgraded.ok("status", "--json").json()["data"]["active"] is None


def test_a_switch_and_its_undo_lead_back(upgraded: UserHome) -> None:
    """In both files: to the profile of before the rename, with the model that was adopted."""
    before = [json.loads(path.read_bytes()) for path in files(upgraded)]
    upgraded.ok("switch", "home")
    assert upgraded.env()["ANTHROPIC_VERTEX_BASE_URL"] == "https://api.portkey.ai/v1"
    assert KEYS["home"] in upgraded.env()["ANTHROPIC_CUSTOM_HEADERS"]
    upgraded.ok("undo")
    assert [json.loads(path.read_bytes()) for path in files(upgraded)] == before


def test_what_was_done_before_the_upgrade_can_be_undone_after_it(upgraded: UserHome) -> None:
    """One step, then all: of profiles, switches, projects and rules nothing is left."""
    upgraded.ok("undo")
    assert upgraded.stored("home")["label"] == "At home"
    upgraded.ok("undo", "10", "--yes")
    assert [path.read_bytes() for path in files(upgraded)] == FIRST
    assert [*upgraded.profiles.glob("*.json")] == []
    assert upgraded.ok("project", "list", "--json").json()["data"]["projects"] == []
    assert [*upgraded.root.rglob("settings.local.json")] == []


def test_a_project_and_the_cache_follow_a_change(upgraded: UserHome) -> None:
    """A project that follows the active profile gets what is set now; the pinned one stays as it is."""
    pinned = upgraded.root / "work" / "bank" / ".claude" / "settings.local.json"
    before = pinned.read_bytes()
    upgraded.ok("set", "work", "metadata.team", "edge")
    shop = json.loads((upgraded.root / "work" / "shop" / ".claude" / "settings.local.json").read_bytes())
    assert '"team": "edge", "project": "shop"' in shop["env"]["ANTHROPIC_CUSTOM_HEADERS"]
    assert '"team": "edge"' in upgraded.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert pinned.read_bytes() == before
