"""Choosing one of many at a terminal: found by typing, or by number, and the terminal is whole after it."""

from __future__ import annotations

import runpy
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.home.pseudo_terminal import CONTROL_C, CONTROL_D, Terminal, terminal, without_styles

from tray.actions.account.choice import Choice
from tray.terminal.choosing.drawing import PLAIN, lines_of
from tray.terminal.choosing.searched_list import TYPED, SearchedList, found_in, found_roughly, moved
from tray.terminal.keyboard.keys import split_keys
from tray.terminal.widths import cell_len

ROOT = Path(__file__).parents[3]
UP, DOWN, PAGE_DOWN, END = "\x1b[A", "\x1b[B", "\x1b[6~", "\x1b[F"
FANCY = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
PROGRAM = """
import os, sys
from profiles.base.errors import UsageError
from tray.actions.account.choice import Choice
from tray.terminal.choosing.choose import choose
def check(text):
    if not text.startswith("@"):
        raise UsageError("It begins with @", "Put one before it.")
    return text
rows = [Choice("@old", "@old", "a", "has expired"), Choice("@new", "@new", "budget")]
rows += [Choice("@more", "@more")]
rows += [Choice(f"m{at}", f"model-{at}") for at in range(int(sys.argv[1]))]
print("chosen:", choose(os.environ, "Which?", rows, check=check))
"""


@contextmanager
def asked(environ: dict[str, str], more: int = 0, columns: int = 80) -> Iterator[Terminal]:
    argv = [sys.executable, "-c", PROGRAM, str(more)]
    with terminal(argv, {"PATH": "/usr/bin:/bin", **environ}, ROOT, columns=columns) as term:
        term.expect("Which?")
        yield term


def test_a_row_is_found_by_typing_a_part_of_its_name() -> None:
    with asked(FANCY, more=10_000) as term:
        term.expect("10,003")
        term.type("del 7777", enter="")
        term.expect("model-7777")
        term.type("")
        term.expect("chosen: m7777")
        assert term.finish() == 0


def test_arrows_move_over_the_end_and_what_cannot_be_chosen_says_why() -> None:
    with asked(FANCY) as term:
        term.expect("> ")
        term.type(UP)  # from @new, the first that can be chosen
        term.expect("@old has expired.")
        term.type(UP)
        term.expect("chosen: @more")
        assert term.finish() == 0
        assert without_styles(term.screen).endswith("Which? @more\nchosen: @more\n")


def test_what_is_not_in_the_list_can_be_typed_and_is_checked() -> None:
    with asked(FANCY) as term:
        term.type("other", enter="")
        term.expect("as typed")
        term.type("")
        term.expect("It begins with @. Put one before it.")
        term.type("\x15@other")
        term.expect("chosen: @other")
        assert term.finish() == 0


@pytest.mark.parametrize(("end", "code"), [(CONTROL_C, None), (CONTROL_D, 1)])
def test_stopping_leaves_a_terminal_that_shows_what_is_typed(end: str, code: int | None) -> None:
    with asked(FANCY) as term:
        term.expect("Return chooses")
        assert not term.echoes()
        term.type(end, enter="")
        assert term.finish() == (code if code is not None else -2)
        assert term.echoes()
        assert "\x1b[?25h" in term.screen  # the cursor is seen again


@pytest.mark.parametrize(
    "environ",
    [{}, {"TERM": "dumb"}, {**FANCY, "ACCESSIBLE": "1"}, {**FANCY, "LANG": "C", "PYTHONIOENCODING": "ascii"}],
)
def test_where_no_list_can_change_in_place_there_are_numbers(environ: dict[str, str]) -> None:
    """A screen reader would read the whole list out again at each key."""
    with asked({"LANG": "C.UTF-8", **environ}, more=30) as term:
        term.expect("  1) @old: has expired; a\n  2) @new: budget\n")
        term.expect("13 more: type a part of a name to see which have it.\nNumber, or a name [2]: ")
        term.type("1")
        term.expect("@old has expired.")
        term.type("el-29")
        term.expect("  33) model-29\n")
        term.type("99")
        term.expect("a number from 1 to 33.")
        term.type("@ne")
        term.expect("  2) @new: budget\n  Type it once more to take it as it is.\n")
        term.type("@ne")
        term.expect("chosen: @ne")
        assert term.finish() == 0
        assert "\x1b" not in term.screen


def test_keys_are_understood_however_the_terminal_spells_them() -> None:
    assert split_keys("a\x1bOA\x1b[1~ä\x7f\x1b") == ["a", "up", "home", "ä", "erase", "escape"]
    assert split_keys("\x1b[200~@a\x1b[201~\r") == ["", "@", "a", "", "enter"]  # what is pasted
    assert split_keys("\x00\x1b[1;5C\x9b") == ["", "", ""]


def test_keys_of_windows_console_are_the_same_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code for it, on a console that is made up: nothing else of it runs on another system."""
    pressed_there = iter("a\xe0P\x00I\xe0z\r\x08\x03\x1a")
    console = SimpleNamespace(getwch=lambda: next(pressed_there), get_osfhandle=lambda _: 7)
    modes: list[int] = []
    kernel = SimpleNamespace(
        GetConsoleMode=lambda *_: 1,
        SetConsoleMode=lambda _, mode: modes.append(mode) or 1,
    )
    user = SimpleNamespace(SystemParametersInfoW=lambda *_: 1)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    monkeypatch.setattr("ctypes.windll", SimpleNamespace(kernel32=kernel, user32=user), raising=False)
    windows: Any = runpy.run_path(str(ROOT / "tray/terminal/keyboard/keys_windows.py"))
    assert windows["sequences_taken"](SimpleNamespace(fileno=lambda: 2))
    assert modes == [4]
    assert not windows["has_screen_reader"]()
    with windows["pressed"]() as keys:
        found = [next(keys) for _ in range(8)]
    assert found == ["a", "down", "page up", "", "enter", "erase", "stop", "end of input"]


def test_no_key_leads_out_of_the_list() -> None:
    rows = [Choice(str(number), str(number)) for number in range(3)]
    looking = SearchedList()
    for key in ("page down", "page down", "up", "end", "down", "home", "page up", "", "\t"):
        looking = moved(looking, key, rows, 2)
        assert 0 <= looking.at < 3
    assert moved(SearchedList(), "down", [], 5) == SearchedList()
    assert moved(SearchedList("a b"), "erase word", rows, 5).typed == "a"
    assert moved(SearchedList("a b"), "escape", rows, 5).typed == ""


def test_letters_in_their_order_find_what_no_word_does() -> None:
    """`sonnet-5-5` or `sonnet5.5`? But what is in no list, and was typed for that, is what Return takes."""
    rows = [Choice(each, each) for each in ("claude-sonnet-5-5", "claude-opus-5-5", "gpt-5")]

    def found(typed: str, *, free: bool = False) -> list[str]:
        return [each.key for each in found_roughly(rows, typed, free=free)]

    assert found("clsonnet55") == ["claude-sonnet-5-5"]
    assert found("gpt") == ["gpt-5"], "a word that is there finds its own rows alone"
    assert found("zzz") == []
    assert found("cs5", free=True) == [TYPED, "claude-sonnet-5-5", "claude-opus-5-5"]


def test_escape_takes_back_what_was_typed_and_then_stops() -> None:
    """Most lists are left so; a person who does not know Ctrl-C is not held in it."""
    with asked(FANCY) as term:
        term.expect("Esc stops")
        term.type("more", enter="")
        term.expect("1 of 3")
        term.type("\x1b", enter="")
        term.expect("Esc stops")
        term.press("\x1b")
        assert term.finish() != 0


def test_a_typed_name_that_is_there_is_no_second_row() -> None:
    rows = [Choice("k", "@a", "Anthropic"), Choice("l", "@ab")]
    assert [each.key for each in found_in(rows, "@a", free=True)] == ["k", "l"]
    assert [each.key for each in found_in(rows, "ANTHROPIC @a", free=True)] == ["k", TYPED]
    assert found_in(rows, "(", free=False) == []


@pytest.mark.parametrize("width", [20, 40, 80, 300])
def test_no_line_is_wider_than_the_terminal_whatever_a_name_is_made_of(width: int) -> None:
    """A line that wraps would leave pieces of the list behind at each key."""
    rows = [Choice(f"k{at}", "名" * at * 3, "価格 " * at, group=f"G{at % 2}") for at in range(30)]
    for at in (0, 15, 29):
        drawn = lines_of("問" * 40, rows, 30, SearchedList("文" * 50, at, "誤" * 90), (width, 24), PLAIN)
        assert max(cell_len(without_styles(line)) for line in drawn) < max(width, 21)
        assert len(lines_of("?", rows, 30, SearchedList("", at), (width, 12), PLAIN)) <= 30


def test_ten_thousand_rows_are_searched_between_two_keys() -> None:
    """A person who types fast would wait for the letters."""
    rows = [Choice(f"@p/{at}", f"@p/model-{at}", "$ 3.00 in, $ 15.00 out") for at in range(10_000)]
    best = min(_took(rows) for _ in range(5))
    assert best < 0.2


def _took(rows: list[Choice]) -> float:
    began = time.perf_counter()
    assert len(found_in(rows, "99 p 1", free=True)) > 1
    return time.perf_counter() - began
