"""If this fails, a table at a terminal is askew, or a line wraps and its words are cut in two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len as rich_cell_len

from profiles.base.text import printable
from tray.terminal.looks.table import fitted, table_lines
from tray.terminal.widths import cell_len, set_cell_size, spans

TEXTS = (
    "work",
    "Büro",
    "Bu\u0308ro",
    "名前 価格",
    "☂",
    "❤️ 1",
    "👍🏽 ok",
    "한국어",
    "→ … ● ✖ ▲",
    "ไทย",
    "שלום",
    "नमस्ते",
)
WORDS = st.text(st.sampled_from("ab `名ü\u0308-/"), max_size=60)


@pytest.mark.parametrize("text", TEXTS)
def test_signs_are_as_wide_as_rich_has_them(text: str) -> None:
    """Rich's tables of Unicode are what we do without: they are five megabytes with what it needs."""
    assert cell_len(text) == rich_cell_len(text)


def test_the_signs_of_all_widths_are_as_wide_as_rich_has_them() -> None:
    """All that a European or an Asian is likely to name something with."""
    likely = (*range(0x20, 0x7F), *range(0xA1, 0x250), *range(0x370, 0x530), *range(0x3041, 0x3097),
              *range(0x4E00, 0xA000), *range(0xAC00, 0xD7A4), *range(0xFF01, 0xFFA0),
              *range(0x1F300, 0x1F3FB), *range(0x1F400, 0x1F650))  # fmt: skip
    shown = [char for code in likely if (char := chr(code)).isprintable()]
    assert [char for char in shown if cell_len(char) != rich_cell_len(char)] == []


@given(WORDS, st.integers(0, 30))
def test_what_is_cut_or_filled_up_has_that_width(text: str, cells: int) -> None:
    assert cell_len(set_cell_size(text, cells)) == cells


@given(WORDS, st.integers(2, 30), st.integers(0, 6))
def test_no_line_is_too_wide_and_nothing_but_blanks_is_lost(text: str, width: int, hang: int) -> None:
    lines = spans(text, width, hang)
    for at, (start, end) in enumerate(lines):
        assert cell_len(text[start:end].rstrip()) <= max(width - (hang if at else 0), 2)
    kept = "".join(text[start:end] for start, end in lines)
    assert kept.replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("  one two", 6, ["  one", "two"]),
        ("/a/very/long/path is", 10, ["/a/very/lo", "ng/path is"]),
        ("use `pkcc-tray key set` now", 22, ["use", "`pkcc-tray key set`", "now"]),
        ("", 5, [""]),
    ],
)
def test_a_line_is_broken_between_words_and_no_command_in_two(
    text: str, width: int, lines: list[str]
) -> None:
    assert [text[start:end] for start, end in spans(text, width)] == lines


def test_a_table_that_is_too_wide_has_its_widest_columns_made_narrower() -> None:
    rows = [["aaaa", "b" * 30, "c" * 10]]
    assert fitted(rows, 80) == [4, 30, 10]
    assert fitted(rows, 30) == [4, 12, 10]
    shown = [
        "".join(text for text, _ in line).rstrip()
        for line in table_lines(("A", "B", "C"), [(rows[0], "")], 24)
    ]
    assert shown == [
        "A     B         C",
        "aaaa  bbbbbbbb  cccccccc",
        "      bbbbbbbb  cc",
        "      bbbbbbbb",
        "      bbbbbb",
    ]


def test_a_name_in_a_table_moves_no_cursor() -> None:
    ((cell, _), *_), *_ = table_lines(("",), [(["\x1b[2Jx"], "")], 80)
    assert cell == printable("\x1b[2Jx")
