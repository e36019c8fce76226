"""`statusline on` and `off`: a user's own status line, or their settings, must come through all of it."""

from __future__ import annotations

import json
import shutil

import pytest
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, UserHome, files_with

OWN = (
    '{"type": "command", "command": "~/x.sh", "padding": 2}',
    r'{ "padding":3,"type":"command" , "command":"bash \u007e/x.sh \"a b\" it'
    + "'"
    + r's \\n", "new": [1] }',
    '{\n    "type": "command",\n    "refreshInterval": 3,\n    "command": "echo $(cat)"\n  }',
    f'{{"type": "command", "command": "API_TOKEN={KEY}x ~/x.sh \\"$API_TOKEN\\""}}',
    '{"type": "command", "command": "curl https://x.example/?k=hunter2"}',
    "null",
    '{"padding": 6}',
)


@pytest.fixture
def home(home: UserHome) -> UserHome:
    for name in ("work", "home"):
        home.add(name, "--provider", f"@{name}")
    return home


def line_of(home: UserHome) -> dict[str, object]:
    line: dict[str, object] = json.loads(home.settings.read_bytes())["statusLine"]
    return line


def give(home: UserHome, own: str) -> bytes:
    """Settings as they are with that status line of the user's; their bytes."""
    home.edit_settings('{\n  "model"', f'{{\n  "statusLine": {own},\n  "model"')
    return home.settings.read_bytes()


@pytest.mark.parametrize("own", OWN)
def test_off_gives_back_the_very_bytes_of_the_user_s_own(home: UserHome, own: str) -> None:
    first = give(home, own)
    home.ok("switch", "work")
    before = home.settings.read_bytes()
    home.ok("statusline", "on")
    assert "statusline --says work" in str(line_of(home)["command"])
    home.ok("switch", "home")
    home.ok("switch", "work")
    home.ok("statusline", "off")
    assert home.settings.read_bytes() == before
    home.ok("statusline", "on")
    home.ok("undo")
    assert home.settings.read_bytes() == before
    home.ok("statusline", "on")
    home.ok("off")
    assert home.settings.read_bytes() == first


def test_a_user_without_one_gets_a_line_that_is_looked_at_again_and_loses_it_with_off(home: UserHome) -> None:
    first = home.settings.read_bytes()
    home.ok("switch", "work")
    home.ok("statusline", "on")
    line = line_of(home)
    assert (line["type"], line["padding"], line["refreshInterval"]) == ("command", 0, 10)
    assert home.ok("status", "--json").json()["data"]["status_line"] == "on"
    home.ok("off")
    assert home.settings.read_bytes() == first


def test_the_command_changes_with_each_switch_by_which_claude_code_runs_it_at_once(home: UserHome) -> None:
    give(home, OWN[2])
    home.ok("switch", "work")
    home.ok("statusline", "on")
    commands = [str(line_of(home)["command"])]
    for name in ("home", "work"):
        home.ok("switch", name)
        commands.append(str(line_of(home)["command"]))
    assert ["--says work" in each for each in commands] == [True, False, True]
    assert line_of(home)["refreshInterval"] == 3, "the user's own is run no more often than they said"


def test_one_that_was_put_there_meanwhile_is_never_written_over_and_is_named(home: UserHome) -> None:
    home.ok("switch", "work")
    home.ok("statusline", "on")
    theirs = {"type": "command", "command": "date"}
    settings = json.loads(home.settings.read_bytes())
    home.settings.write_text(json.dumps(settings | {"statusLine": theirs}))
    assert home.ok("status", "--json").json()["data"]["status_line"] == "replaced"
    assert "`statusLine` was changed by something else" in home.ok("switch", "home").text
    assert line_of(home) == theirs
    assert home.ok("statusline", "status", "--json").json()["data"]["status_line"] == "off"
    home.ok("switch", "work")
    home.ok("off")
    assert line_of(home) == theirs


def test_what_was_put_there_meanwhile_is_shown_beside_ours_once_the_user_asks_for_it(home: UserHome) -> None:
    give(home, OWN[0])
    home.ok("switch", "work")
    home.ok("statusline", "on")
    settings = json.loads(home.settings.read_bytes())
    home.settings.write_text(json.dumps(settings | {"statusLine": {"type": "command", "command": "date"}}))
    home.ok("statusline", "on")
    assert str(line_of(home)["command"]).endswith("--beside date")
    home.ok("statusline", "off")
    assert line_of(home) == {"type": "command", "command": "date"}


def test_it_waits_for_a_profile_where_none_is_active(home: UserHome) -> None:
    first = home.settings.read_bytes()
    assert "comes with the next profile" in home.ok("statusline", "on").out
    assert home.settings.read_bytes() == first
    home.ok("switch", "work")
    assert "--says work" in str(line_of(home)["command"])
    home.ok("off")
    assert home.settings.read_bytes() == first
    home.ok("switch", "home")
    assert "--says home" in str(line_of(home)["command"])


def test_a_secret_in_the_user_s_own_command_is_remembered_nowhere_in_clear_text(home: UserHome) -> None:
    give(home, OWN[3])
    home.ok("switch", "work")
    home.ok("statusline", "on")
    home.ok("switch", "home")
    assert files_with(f"{KEY}x", home.root / ".local", home.own) == []
    for argv in (("statusline", "status"), ("status",), ("diff",), ("history",)):
        assert KEY not in home.run(*argv).text


def test_what_is_lost_of_the_memory_is_found_again_in_the_command_itself(home: UserHome) -> None:
    give(home, OWN[0])
    home.ok("switch", "work")
    home.ok("statusline", "on")
    state = next((home.root / ".local/state/pkcc-tray/targets").glob("*/state.json"))
    kept = json.loads(state.read_text())
    del kept["current"]["memory"]["displaced"]["statusLine"]
    state.write_text(json.dumps(kept))
    home.ok("statusline", "off")
    assert line_of(home) == json.loads(OWN[0])


def test_when_all_memory_is_lost_off_still_takes_it_out_and_puts_the_user_s_own_back(home: UserHome) -> None:
    give(home, OWN[0])
    home.ok("switch", "work")
    home.ok("statusline", "on")
    shutil.rmtree(home.root / ".local/state/pkcc-tray")
    home.ok("switch", "home")
    assert "--says home" in str(line_of(home)["command"])
    home.ok("off")
    assert line_of(home) == json.loads(OWN[0])


def test_changes_by_something_else_are_not_written_over_unasked(home: UserHome) -> None:
    home.ok("switch", "work")
    home.edit_settings("@work", "@another")
    ran = home.run("statusline", "on")
    assert (ran.code, "changed by something else" in ran.err) == (4, True)
    assert b"@another" in home.settings.read_bytes()


def test_a_dry_run_shows_that_it_comes_and_nothing_of_the_user_s_own_but_its_program(home: UserHome) -> None:
    give(home, OWN[3])
    home.ok("statusline", "on")
    ran = home.ok("switch", "work", "--dry-run", "--json")
    rows = {row["slot"]: row for row in ran.json()["data"]["changes"]}
    row = rows["statusLine"]
    assert (row["before"], row["after"], row["blank"]) == (
        "API_TOKEN=•••••••• ••••••••",
        "pkcc-tray statusline",
        False,
    )
    assert KEY not in ran.text


def test_one_that_the_user_wrote_by_hand_is_theirs_until_they_say_off(home: UserHome) -> None:
    first = give(home, '{"type": "command", "command": "pkcc-tray statusline"}')
    home.ok("switch", "work")
    home.ok("switch", "home")
    assert line_of(home)["command"] == "pkcc-tray statusline"
    home.ok("statusline", "on")
    home.ok("off")
    assert home.settings.read_bytes() == first
    home.ok("statusline", "off")
    assert b"statusLine" not in home.settings.read_bytes()


def test_what_an_uninstalled_one_left_goes_with_off_and_the_user_s_own_comes_back(home: UserHome) -> None:
    give(home, r'{"type": "command", "command": "/gone/pkcc-tray statusline --says x --beside \"date +%H\""}')
    home.ok("statusline", "off")
    assert line_of(home) == {"type": "command", "command": "date +%H"}


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("settings", {"statusLine": {"type": "command", "command": "date"}}, "has a `statusLine` of its own"),
        ("settings.local", {"disableAllHooks": True}, "sets `disableAllHooks`"),
    ],
)
def test_a_project_whose_own_file_wins_is_named(
    home: UserHome, name: str, settings: object, said: str
) -> None:
    home.ok("switch", "work")
    file = home.root / "src" / ".claude" / f"{name}.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(settings))
    ran = home.run("statusline", "on", cwd=home.root / "src")
    assert ran.code == 0
    assert f"{file} {said}" in ran.text.replace("\n", " ")
    found = home.run("doctor", "--json", cwd=home.root / "src").json()["data"]["findings"]
    assert [each["check"] for each in found if each["check"].startswith("status-line")] == [
        "status-line-hidden"
    ]


def test_a_person_who_types_it_is_told_whether_it_is_shown(home: UserHome) -> None:
    """It printed nothing at a terminal, and ended well."""
    home.ok("statusline", "on")
    with terminal(["statusline"], home.environ, home.root) as screen:
        assert screen.finish() == 0
        assert screen.screen.startswith("The status line comes with the next profile")


def test_a_slip_in_the_word_behind_it_is_met_with_the_word(home: UserHome) -> None:
    """It said that a key is never an argument."""
    ran = home.run("statusline", "of")
    assert (ran.code, "Did you mean `pkcc-tray statusline off`?" in ran.err) == (2, True), ran
    assert "A key is never an argument" in home.run("switch", "work", "extra").err
