"""`policy claude-settings` prints no key, and no helper that a project could stand in for."""

from __future__ import annotations

import json

import pytest
from support.home.user_home import UserHome

KEY = "pk-CANARY-0123456789abcdef"


@pytest.fixture
def home(home: UserHome) -> UserHome:
    home.ok("add", "work", "--provider", "@a", "--metadata", "team=one", "--key-stdin", stdin=f"{KEY}\n")
    return home


def test_what_is_for_everybody_is_said_beside_it(home: UserHome) -> None:
    ran = home.ok("policy", "claude-settings", "work")
    assert json.loads(ran.out)["apiKeyHelper"] == "/usr/bin/pkcc-tray key print work"
    assert KEY not in ran.out
    assert "carry this profile's metadata: team" in ran.err
    assert "install /usr/bin/pkcc-tray first" in ran.err


@pytest.mark.parametrize("field", ["key_delivery=settings", "key_in=header"])
def test_a_profile_that_writes_its_key_is_refused(home: UserHome, field: str) -> None:
    """Laid down, every user of the machine could read it, and Claude Code would send it for all of them."""
    home.ok("set", "work", *field.split("="))
    ran = home.run("policy", "claude-settings", "work")
    assert (ran.code, ran.out, KEY in ran.err) == (4, "", False)
    assert "pkcc-tray set work key_delivery helper" in ran.err


@pytest.mark.parametrize("helper", ["pkcc-tray", "./pkcc-tray", r"C:pkcc-tray.exe", r"bin\pkcc-tray.exe"])
def test_a_helper_that_a_project_could_bring_is_refused(home: UserHome, helper: str) -> None:
    """A clone with a program of that name would be run, and get to hand out keys."""
    ran = home.run("policy", "claude-settings", "work", "--helper", helper)
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.parametrize("helper", ["/opt/other-program", "/opt/pkcc-tray/bin/hand-out"])
def test_a_helper_that_is_no_pkcc_tray_is_refused(home: UserHome, helper: str) -> None:
    ran = home.run("policy", "claude-settings", "work", "--helper", helper)
    assert (ran.code, ran.out) == (4, "")


def test_where_pkcc_tray_lies_on_windows_is_asked(home: UserHome) -> None:
    assert home.run("policy", "claude-settings", "work", "--format", "reg").code == 2
    program = r"C:\Program Files\pkcc-tray\pkcc-tray.exe"
    ran = home.ok("policy", "claude-settings", "work", "--format", "reg", "--helper", program, "--json")
    assert ran.json()["data"]["helper"] == f'"{program}" key print work'
