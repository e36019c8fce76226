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

from tray.terminal.wrapping import fitted


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
        (JSON, JSON),
        ("one\n" + "two " * 11, "one\ntwo two two two two two two two two two\ntwo "),
    ],
)
def test_a_line_is_broken_between_words(narrow: TextIO, line: str, shown: str) -> None:
    assert fitted(line, narrow) == shown


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
