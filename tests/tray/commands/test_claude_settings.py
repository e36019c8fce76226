"""`policy claude-settings` prints no key, and no helper that a project could stand in for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.catalog_homes import PLAIN, Publisher, join
from support.catalogs import ACME
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


def test_what_a_catalog_asked_of_this_person_is_in_nobody_else_s_requests(
    home: UserHome, tmp_path: Path
) -> None:
    """All requests of the company would be booked on the administrator."""
    publisher = Publisher(tmp_path / "share")
    metadata = {"_user": "{user}", "cost_center": "4711", "team": "all"}
    publisher.publish(inputs=ACME["inputs"], profiles=[{**PLAIN, "metadata": metadata}])
    join(home, publisher, "--input", "user=jane")
    home.ok("catalog", "override", "acme/work", "models.sonnet", "mine-sonnet")
    home.ok("catalog", "override", "acme/work", "metadata.team", "mine-team")
    ran = home.ok("policy", "claude-settings", "acme/work")
    laid = json.loads(ran.out)
    assert laid["apiKeyHelper"].endswith("key print acme/work")
    for own in ("jane", "_user", "mine-sonnet", "mine-team"):
        assert own not in ran.out
    assert '"cost_center":"4711","team":"all"' in laid["env"]["ANTHROPIC_CUSTOM_HEADERS"].replace(" ", "")
    assert "Left out, since they are each person's own: metadata _user" in ran.err
