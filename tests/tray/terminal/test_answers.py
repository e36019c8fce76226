"""Good to look at on a terminal, plain in a pipe, and right in both."""

from __future__ import annotations

import pytest
from support.home.pseudo_terminal import terminal, without_styles
from support.home.user_home import UserHome

LOOKS = (["list"], ["status"], ["diff"], ["diff", "cloud"], ["history"], ["key", "list"], ["sessions"])


@pytest.fixture
def home(home: UserHome) -> UserHome:
    """Drifted, with a broken profile, a label that looks like markup, and a missing key."""
    home.add("work", "--provider", "@a", "--label", "[bold]Büro[/bold] ☂")
    home.add("cloud", "--dialect", "vertex", "--virtual-key", "vk", "--model", "claude-sonnet-4-5@20250929")
    home.ok("add", "later", "--provider", "@b", "--key-ref", "keyring:later")
    home.ok("switch", "work")
    home.edit_settings("https://api.portkey.ai", "https://evil.example")
    (home.profiles / "bad.json").write_text("{")
    home.environ["TERM"] = "xterm-256color"
    return home


def show(home: UserHome, argv: list[str], *, columns: int = 120, **environ: str) -> str:
    with terminal(argv, {**home.environ, **environ}, home.root, columns=columns) as term:
        assert term.finish() == 0, term.screen
        return term.screen


@pytest.mark.parametrize("argv", LOOKS, ids=" ".join)
def test_a_pipe_gets_plain_lines(home: UserHome, argv: list[str]) -> None:
    ran = home.ok(*argv)
    assert "\x1b" not in ran.text
    assert all(line.isprintable() for line in ran.text.splitlines())
    assert "●" not in ran.text  # a table is for eyes; a line is for grep
    assert "▲" not in ran.text


@pytest.mark.parametrize("argv", [["list"], ["status"], ["diff"], ["key", "list"]], ids=" ".join)
def test_a_terminal_gets_colours_unless_they_are_not_wanted(home: UserHome, argv: list[str]) -> None:
    coloured = show(home, argv)
    assert "\x1b[3" in coloured
    plain = show(home, argv, NO_COLOR="1")
    assert "\x1b[3" not in plain  # bold and dim are no colours
    assert without_styles(plain) == without_styles(coloured)
    assert "\x1b" not in show(home, argv, TERM="dumb")


def test_the_terminal_says_what_the_pipe_says(home: UserHome) -> None:
    seen = without_styles(show(home, ["list"]))
    for part in ("PROFILE", "● work", "[bold]Büro[/bold] ☂", "vertex · vk", "✖ bad", "clear text"):
        assert " ".join(part.split()) in " ".join(seen.split())
    seen = without_styles(show(home, ["status"], columns=200))
    for line in home.ok("status").out.replace(str(home.root), "~").splitlines():
        for word in line.split():
            assert word in seen or word in (
                "profile",
                "state",
                "settings",
                "sessions",
                "work:",
                "running",
                "use:",
            )
    assert "▲ work" in seen
    seen = without_styles(show(home, ["diff"])).replace(" ", "")
    for line in home.ok("diff").out.splitlines():
        assert line[2:].partition(" = ")[2].replace(" ", "") in seen
    seen = without_styles(show(home, ["key", "list"]))
    assert ["later", "MISSING", "later"] in [line.split() for line in seen.splitlines()]


def test_the_old_value_stands_beside_the_new_one_or_above_it(home: UserHome) -> None:
    """Two lists to be compared by eye hide the one value that matters."""
    old, new = "https://api.portkey.ai", "https://evil.example"
    wide = [line.strip() for line in without_styles(show(home, ["diff"])).splitlines()]
    at = wide.index("env.ANTHROPIC_BASE_URL")
    assert wide[at + 1] == f"{old} → {new}"
    narrow = [line.strip() for line in without_styles(show(home, ["diff"], columns=40)).splitlines()]
    assert narrow[narrow.index(old) + 1] == new


@pytest.mark.parametrize("argv", [["list"], ["status"], ["history"]], ids=" ".join)
def test_a_narrow_terminal_loses_no_word(home: UserHome, argv: list[str]) -> None:
    seen = without_styles(show(home, argv, columns=40))
    lines = [line for line in seen.splitlines() if line]
    assert all(len(line.rstrip()) <= 40 for line in lines), seen
    for word in {"list": ["work", "cloud", "later"], "status": ["▲ work"], "history": ["switch"]}[argv[0]]:
        assert word in seen


def test_a_narrow_list_drops_a_column_and_breaks_no_word(home: UserHome) -> None:
    (home.profiles / "bad.json").unlink()
    for columns, headings in ((80, ["PROFILE", "ROUTE", "KEY", "LABEL"]), (40, ["PROFILE", "ROUTE", "KEY"])):
        lines = without_styles(show(home, ["list"], columns=columns)).splitlines()
        assert lines[0].split() == headings
        assert len(lines) == 4
    lines = without_styles(show(home, ["list"], columns=28)).splitlines()
    assert lines[0].split() == ["PROFILE", "ROUTE"]
    assert len(lines) == 4


@pytest.mark.parametrize("argv", [["list"], ["status"]], ids=" ".join)
def test_another_locale_crashes_nothing(home: UserHome, argv: list[str]) -> None:
    for environ in ({"LANG": "C", "LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}):
        assert "Traceback" not in show(home, argv, **environ)
    ascii_only = {**home.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    ran = home.spawn(*argv, env=ascii_only)
    assert (ran.code, ran.out.isascii(), ran.err) == (0, True, "")
