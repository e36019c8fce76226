"""Doctor's page: what is shown of each finding, what is fixed, and only what a person saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.home.doctor_home import DoctorHome
from support.home.user_home import KEY

from tray.actions.more.doctor import Examined
from tray.doctor import CHECKS
from tray.doctor.finding import warning
from tray.manager.pages.computer.doctor import FRESH_S
from tray.manager.pages.routes import ROUTES
from tray.manager.pages.shell import NAVIGATION
from tray.manager.views.computer.doctor import AREAS, BY_KIND, sections
from tray.manager.views.ways import BY_COMMAND
from tray.manager.views.words import in_home, tilde

if TYPE_CHECKING:
    from pathlib import Path

    from tray.manager.site import Site


@pytest.fixture
def home(tmp_path: Path) -> DoctorHome:
    return DoctorHome(tmp_path / "home")


def after(visitor: Any, answer: Any) -> str:
    """The page that a job leads to, with what is said first on it."""
    assert answer.status_code == 303
    text = str(visitor.get(visitor.end_of(answer)).text)
    assert KEY not in text
    return text


def looked(visitor: Any) -> str:
    return after(visitor, visitor.get("/doctor"))


def open_to_all(home: DoctorHome) -> None:
    """A key in the settings that other users can read."""
    home.ok("set", "work", "key_delivery", "settings")
    home.ok("switch", "work")
    home.settings.chmod(0o644)


def test_nothing_wrong_is_one_sentence_and_what_was_looked_at(visitor: Any, home: DoctorHome) -> None:
    text = looked(visitor)
    assert "<b>Nothing is wrong.</b>" in text
    assert "<b>Key helper</b>: 2 checks" in text
    assert "count-bad" not in text


def test_each_finding_has_its_way_to_be_fixed(visitor: Any, home: DoctorHome) -> None:
    open_to_all(home)
    home.ok("add", "acme", "--provider", "@acme", "--key-ref", "keyring:acme")
    text = looked(visitor)
    assert "1 problem" in text
    assert "<h3>~/.claude/settings.json" in text
    assert 'class="btn btn-secondary btn-s" data-busy="Fixing…">Fix' in text
    assert "No key &#39;acme&#39; is stored, which acme needs" in text
    assert 'href="/doctor" aria-current="page"' in text
    assert "problem</span>" in text  # in the navigation
    assert "count-bad" in visitor.get("/").text


def test_a_finding_leads_to_the_page_that_fixes_it_or_names_a_command() -> None:
    missing = warning(
        "key-missing", "No key 'acme' is stored", "Why.", "pkcc-tray key set acme", profile="acme"
    )
    retired = warning("retired-model", "acme: a model", "Why.", "pkcc-tray set …", profile="acme")
    theirs = warning("profile-advice", "team/work: a word", "Why.", "", "Ask.", profile="team/work")
    edited = warning("profile-edited", "acme was edited", "Why.", "pkcc-tray switch acme", profile="acme")
    clock = warning("clock", "The clock is behind", "Why.", "", "Set the clock.")
    examined = Examined({CHECKS[0]: [missing, retired, edited, clock, theirs]}, 0.0, 0.0)
    rows = sections(examined, "")[0].rows
    assert [row.page for row in rows] == [
        ("Enter key", "/keys/acme/enter"),
        ("Choose another", "/edit/acme"),
        None,
        None,
        ("See its catalog", "/catalogs/team"),
    ]
    assert [row.switch for row in rows] == ["", "", "acme", "", ""]
    assert [row.is_yours for row in rows] == [False, False, False, True, False]


def test_no_button_and_no_link_of_the_navigation_is_a_dead_end() -> None:
    pages = {address for _, address in [*BY_KIND.values(), *BY_COMMAND.values()]}
    pages |= {link[0] for _, links in NAVIGATION for link in links}
    known = {getattr(each, "path", "").replace(":path}", "}") for each in ROUTES}
    assert {page.replace("{}", "{name}") for page in pages} <= known


@pytest.mark.parametrize(
    ("command", "page", "switch"),
    [
        ("pkcc-tray restore", ("See the change", "/"), ""),
        (
            "pkcc-tray --settings '/a' import --name x && pkcc-tray switch x",
            ("Make a profile of it", "/import"),
            "",
        ),
        ("pkcc-tray set work key_delivery helper && pkcc-tray switch work", ("Edit", "/edit/work"), ""),
        ("pkcc-tray preference key_guard on", ("Open Preferences", "/preferences"), ""),
        ("pkcc-tray project remove /a", ("Open Projects", "/projects"), ""),
        ("pkcc-tray key rotate work", ("Enter key", "/keys/work/enter"), ""),
        ("pkcc-tray key list", ("Open Keys", "/keys"), ""),
        ("pkcc-tray switch work", None, "work"),
        ("pkcc-tray switch acme/work", None, "acme/work"),
        ("pkcc-tray set acme/work key_in token", ("See its catalog", "/catalogs/acme"), ""),
        ("unset ANTHROPIC_MODEL", None, ""),
        ("", None, ""),
    ],
)
def test_a_command_of_ours_is_a_button(command: str, page: tuple[str, str] | None, switch: str) -> None:
    """A person who opens no terminal could do nothing about it."""
    examined = Examined({CHECKS[0]: [warning("any", "What", "Why.", command)]}, 0.0, 0.0)
    row = sections(examined, "")[0].rows[0]
    assert (row.page, row.switch) == (page, switch)


def test_a_fix_is_done_and_told(visitor: Any, home: DoctorHome) -> None:
    open_to_all(home)
    text = looked(visitor)
    what = text.split('name="what" value="')[1].split('"')[0]
    text = after(visitor, visitor.fill("/doctor/fix", what=what))
    assert "1 thing fixed" in text
    assert "Fixed: ~/.claude/settings.json holds a key" in text
    assert home.settings.stat().st_mode & 0o077 == 0
    assert "count-bad" not in text


def test_only_what_was_seen_is_fixed(visitor: Any, home: DoctorHome) -> None:
    """Something that came up since is not what the person agreed to."""
    looked(visitor)
    open_to_all(home)
    text = after(visitor, visitor.fill("/doctor/fix", what="something else"))
    assert "Nothing was left to fix" in text
    assert home.settings.stat().st_mode & 0o044
    visitor.fill("/doctor/fix")
    assert "Nothing was chosen" in visitor.get("/doctor").text


def test_the_safe_ones_are_listed_before_they_are_fixed(visitor: Any, home: DoctorHome) -> None:
    open_to_all(home)
    (home.profiles).chmod(0o777)
    text = looked(visitor)
    assert "Fix the 2 safe ones…" in text
    before = home.settings.stat().st_mode
    page = visitor.get("/doctor/fix").text
    assert "Fix these 2?" in page
    assert home.settings.stat().st_mode == before
    whats = [part.split('"')[0] for part in page.split('name="what" value="')[1:]]
    text = after(visitor, visitor.fill("/doctor/fix", what=whats))
    assert "2 things fixed" in text
    assert visitor.get("/doctor/fix").headers["location"] == "/doctor"


def test_what_cannot_be_fixed_is_said(
    visitor: Any, home: DoctorHome, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_to_all(home)
    what = looked(visitor).split('name="what" value="')[1].split('"')[0]

    def refuse(*args: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.chmod", refuse)
    text = after(visitor, visitor.fill("/doctor/fix", what=what))
    assert "Nothing could be fixed" in text
    assert "operation not permitted" in text.lower()


def test_a_late_visit_looks_again_and_a_script_does_not(visitor: Any, home: DoctorHome, site: Site) -> None:
    looked(visitor)
    assert visitor.get("/doctor").status_code == 200
    assert site.examined is not None
    site.examined = site.examined._replace(at=site.examined.at - FRESH_S - 1)
    script = {"sec-fetch-dest": "empty", "sec-fetch-site": "same-origin"}
    assert visitor.get("/doctor", headers=script).status_code == 200
    assert visitor.get("/doctor").status_code == 303
    assert "Nothing is wrong" in after(visitor, visitor.fill("/doctor"))


def test_what_was_done_in_this_window_is_looked_at_again(visitor: Any, home: DoctorHome) -> None:
    """A key that was entered would still be missing here."""
    looked(visitor)
    assert visitor.get("/doctor").status_code == 200
    visitor.fill("/off")
    assert "Off: Claude Code" in visitor.get("/doctor").text  # what is to be said first is said
    assert visitor.get("/doctor").status_code == 303


def test_every_check_belongs_to_an_area_that_has_a_name() -> None:
    assert {check.__module__.rpartition(".")[2] for check in CHECKS} == {*AREAS}


def test_a_path_is_shown_from_the_home_directory() -> None:
    assert tilde("/home/al/.claude holds a key", "/home/al") == "~/.claude holds a key"
    assert tilde("/home/alice/x and /mnt/home/al/x", "/home/al") == "/home/alice/x and /mnt/home/al/x"
    assert tilde("in /home/al, too", "/home/al") == "in ~, too"
    assert tilde("/x", "") == "/x"
    assert in_home("chmod 600 /home/al/x '/home/al/a b'", "/home/al") == "chmod 600 ~/x '/home/al/a b'"


@pytest.mark.parametrize("damaged", ["state.json", "journal.json"])
def test_a_damaged_record_is_named_and_doctor_and_the_other_pages_are_at_hand(
    visitor: Any, home: DoctorHome, damaged: str
) -> None:
    """The page that helps would be as closed as the one that does not."""
    home.ok("switch", "work")
    home.ok("set", "work", "label", "Work")
    (path,) = home.root.rglob(damaged)
    path.write_text("{")
    answer = visitor.get("/history")
    assert answer.status_code == 500
    assert f"{damaged} is damaged" in answer.text
    assert 'href="/doctor">Look for problems' in answer.text
    assert 'href="/preferences"' in answer.text
    assert str(home.root) not in answer.text
    assert damaged in looked(visitor)
