"""A secret that is typed: seen to arrive, never seen itself, and the terminal is whole after it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.home.pseudo_terminal import CONTROL_C, CONTROL_D, terminal

from tray.terminal.keyboard.hidden_line import dots

ROOT = Path(__file__).parents[3]
ENVIRON = {"PATH": "/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8"}
PROGRAM = """
from tray.terminal.keyboard.hidden_line import hidden_line
print("length:", len(hidden_line("The key: ")))
"""
ARGV = [sys.executable, "-c", PROGRAM]
KEY = "pk-live-0123456789abcdefghijklmnopqrstuv"


def test_a_paste_is_seen_to_have_arrived_and_is_not_seen() -> None:
    with terminal(ARGV, ENVIRON, ROOT, columns=80) as screen:
        screen.expect("The key: ")
        screen.type(KEY, enter="")
        screen.expect("40 characters")
        assert not screen.echoes()
        screen.type("")
        screen.expect("length: 40")
        assert screen.finish() == 0
    assert KEY[:4] not in screen.screen


def test_what_was_mistyped_is_erased() -> None:
    with terminal(ARGV, ENVIRON, ROOT, columns=80) as screen:
        screen.expect("The key: ")
        screen.type("wrong\x15abcd\x7f", enter="")
        screen.expect("•••• 4 characters")
        screen.expect("••• 3 characters")
        screen.type("")
        screen.expect("length: 3")


@pytest.mark.parametrize(("key", "error"), [(CONTROL_C, "KeyboardInterrupt"), (CONTROL_D, "EOFError")])
def test_who_stops_gets_the_terminal_back_as_it_was(key: str, error: str) -> None:
    with terminal(ARGV, ENVIRON, ROOT, columns=80) as screen:
        screen.expect("The key: ")
        screen.type(key, enter="")
        screen.expect(error)
        assert screen.finish() != 0
        assert screen.echoes()


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"PKCC_PLAIN": "1"}])
def test_nothing_is_read_aloud(environ: dict[str, str]) -> None:
    with terminal(ARGV, {**ENVIRON, **environ}, ROOT, columns=80) as screen:
        screen.expect("The key: ")
        screen.type(KEY)
        screen.expect("length: 40")
    assert "characters" not in screen.screen


def test_a_narrow_terminal_has_the_dots_on_a_line_of_their_own() -> None:
    with terminal(ARGV, ENVIRON, ROOT, columns=38) as screen:
        screen.expect("The key: \n")
        screen.type(KEY)
        screen.expect("length: 40")
    assert "•••••••••••• 40 characters" in screen.screen


def test_no_dot_for_nothing() -> None:
    assert dots(0) == ""
    assert dots(1) == "• 1 character"
