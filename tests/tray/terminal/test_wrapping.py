"""On a terminal of 80 columns no word is cut in two, and a command can still be copied."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from collections.abc import Iterator
from io import StringIO
from typing import TextIO

import pytest
from support.gateway.account import HostedAccount
from support.home.pseudo_terminal import CONTROL_C, terminal
from support.home.user_home import KEY, UserHome

from tray.terminal.wrapping import fitted, with_tilde


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        yield running


@pytest.fixture
def narrow() -> Iterator[TextIO]:
    """The screen of a terminal of 40 columns."""
    screen, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 40, 0, 0))
    with open(slave, "w", encoding="utf-8") as shown:
        yield shown
    os.close(screen)


URL = "https://gateway.example/a/path/that/is/long/enough"
JSON = '  "json": "is no prose, and is left to the terminal"'


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("short", "short"),
        (
            "Note: " + "it is more than can stand in one line",
            "Note: it is more than can stand in one\n  line",
        ),
        (
            "error: profiles[0].models must name a model of the catalog",
            "error: profiles[0].models must name a\n  model of the catalog",
        ),
        (
            "acme: it waits, and what is said of it has a name before it",
            "acme: it waits, and what is said of it\n  has a name before it",
        ),
        (
            "  It is indented, and so is what goes on below it.",
            "  It is indented, and so is what goes on\n  below it.",
        ),
        (
            "ok  gate  it is a column that goes on under itself",
            "ok  gate  it is a column that goes on\n          under itself",
        ),
        (
            "something  wide before it  a last column without room",
            "something  wide before it  a last column\n  without room",
        ),
        (
            "Run `pkcc-tray set other config pc-main-1` then.",
            "Run\n`pkcc-tray set other config pc-main-1`\nthen.",
        ),
        (f"{URL} it", f"{URL}\nit"),
        ("Ein Wort: " + "文" * 12 + " und noch zwei", "Ein Wort: " + "文" * 12 + " und\nnoch zwei"),
        (JSON, JSON),
        ("one\n" + "two " * 11, "one\ntwo two two two two two two two two two\ntwo "),
    ],
)
def test_a_line_is_broken_between_words(narrow: TextIO, line: str, shown: str) -> None:
    assert fitted(line, narrow) == shown


HOME = "/home/jane"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("work is in use: /home/jane/.claude/settings.json", "work is in use: ~/.claude/settings.json"),
        ("/home/jane/repo: it is not there", "~/repo: it is not there"),
        ("in /home/jane, and (/home/jane/a)", "in ~, and (~/a)"),
        ("`pkcc-tray off --settings /home/jane/a/b.json`", "`pkcc-tray off --settings ~/a/b.json`"),
        ("  /home/jane/repo  as it should be", "  ~/repo           as it should be"),
        # What a shell would not take for the home directory, or is no part of it.
        ("`pkcc-tray off --settings '/home/jane/a b.json'`", None),
        ("`pkcc-tray project add 'a /home/jane/b'`", None),
        ('`pkcc-tray set work api_key "cmd:cat /home/jane/key"`', None),
        ("Jane's 'a b' in /home/jane/b", "Jane's 'a b' in ~/b"),
        ("--settings=/home/jane/a.json", None),
        ("PATH=/home/jane/bin:/home/jane/b", None),
        ("/home/janet/repo and /srv/home/jane/repo", None),
        ("file:/home/jane/key", None),
        # What a file holds.
        ("+ apiKeyHelper = /home/jane/bin/pkcc-tray key print work", None),
        ("  apiKeyHelper  /home/jane/bin/mine", None),
        ('  "directory": "/home/jane"', None),
    ],
)
def test_a_path_in_the_home_directory_is_short_and_still_one_to_a_shell(
    monkeypatch: pytest.MonkeyPatch, line: str, shown: str | None
) -> None:
    """Two of three lines of `status` were broken for a path that everybody knows."""
    monkeypatch.setenv("HOME", HOME)
    assert with_tilde(line) == (line if shown is None else shown)


def test_paths_are_short_on_a_terminal_alone_and_can_be_pasted(home: UserHome) -> None:
    (home.root / "repo").mkdir()
    home.add()
    home.ok("switch", "work")
    assert str(home.settings) in home.ok("status").out
    with terminal(["status"], home.environ, home.root, columns=80) as term:
        term.finish()
        assert "~/.claude/settings.json" in term.screen
        assert f"A new session in {home.root}" not in term.screen
    with terminal(["project", "add", "repo"], home.environ, home.root, columns=80) as term:
        term.finish()
        assert "~/repo\n" in term.screen
    assert home.ok("project", "show", "~/repo").code == 0
    with terminal(["project", "list", "--json"], home.environ, home.root, columns=80) as term:
        term.finish()
        assert f'"{home.root}/repo"' in term.screen


def test_what_is_piped_stays_on_its_line() -> None:
    assert fitted("word " * 100, StringIO()) == "word " * 100


def test_questions_errors_and_notes_are_broken_between_words(home: UserHome, hosted: HostedAccount) -> None:
    hosted.lacks = {"models.list", "providers.list", "configs.list"}
    with terminal(["add", "work", "--gateway", hosted.url], home.environ, home.root, columns=80) as term:
        term.answer("later): ", KEY)
        shown = term.expect("Where do requests go?")
        term.type(CONTROL_C, enter="")
    assert "  This key may not list models, providers, configs, so names are typed. Anyone\n  who" in shown
    home.add("work", "--provider", "anthropic")
    for argv in (["show"], ["add", "work"], ["set", "work", "provider", "a b"], ["preference"]):
        with terminal([*argv], home.environ, home.root, columns=80) as term:
            term.finish()
            assert [line for line in term.screen.splitlines() if len(line) > 80] == []
