"""Exactly these words, however a shell reads them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.base.errors import PkccError
from profiles.base.programs.command_line import for_cmd, for_powershell, for_sh, words_in

HELPER = ("key", "print", "work")


def read_by_cmd(line: str) -> tuple[list[str], str]:
    """How cmd.exe and then the program read a line: its words, and what of it stood outside of quotes."""
    words: list[str] = []
    word: str | None = None
    outside, quoted, position = "", False, 0
    while position < len(line):
        backslashes = len(line) - position - len(line[position:].lstrip("\\"))
        position += backslashes
        char = line[position : position + 1]
        if char == '"':
            word = (word or "") + "\\" * (backslashes // 2)
            assert backslashes % 2 == 0, (
                "a quote within the word, which cmd.exe takes for the end of the quotes"
            )
            quoted = not quoted
        else:
            if backslashes or (char and (quoted or char != " ")):
                word = (word or "") + "\\" * backslashes + (char if quoted or char != " " else "")
            if not quoted:
                outside += "\\" * backslashes + char
                if char == " " and word is not None:
                    words.append(word)
                    word = None
        position += 1
    assert not quoted
    return [*words, *([word] if word is not None else [])], outside


@pytest.mark.parametrize(
    "folder",
    ["R&D", "a,b", "a;b", "a^b", "a(b)", "a=b", "a!b", "a b", "Jörg 鍵", "a|b", "a<b>", "a@b", "plain"],
)
def test_a_folder_of_any_name_can_hold_the_program(folder: str) -> None:
    """In `C:\\R&D` the helper failed, and cmd.exe ran a `D` of the project instead."""
    program = rf"C:\{folder}\pkcc-tray.exe"
    line = for_cmd([program, "--config-dir", rf"D:\{folder}", *HELPER])
    words, outside = read_by_cmd(line)
    assert words == [program, "--config-dir", rf"D:\{folder}", *HELPER]
    assert not set("&|<>^,;=()!").intersection(outside)


@given(
    st.lists(
        st.text(st.characters(exclude_characters='%"', exclude_categories=("Cc", "Cs")), min_size=0),
        min_size=1,
    )
)
def test_any_words_that_are_not_refused_arrive(words: list[str]) -> None:
    read, outside = read_by_cmd(for_cmd(words))
    assert read == words
    assert not set("&|<>^,;=()!").intersection(outside)


@pytest.mark.parametrize("folder", ["100%", "%TEMP%", 'a"b', "a\nb"])
def test_what_no_quotes_keep_is_refused(folder: str) -> None:
    with pytest.raises(PkccError, match="cannot be named"):
        for_cmd([rf"C:\{folder}\pkcc-tray.exe", *HELPER])


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_a_posix_shell_reads_the_same_words() -> None:
    words = ["printf", r"%s\n", "a b", "R&D", "'", '"', "$HOME", "`id`", ""]
    assert subprocess.run(
        ["sh", "-c", for_sh(words)], capture_output=True, text=True, check=True
    ).stdout == "".join(f"{word}\n" for word in words[2:])


def test_powershell_starts_a_program_in_quotes_by_its_mark() -> None:
    assert for_powershell(["pkcc-tray", "restore"]) == "pkcc-tray restore"
    assert (
        for_powershell(["pkcc-tray", "--settings", r"C:\R&D's\s.json"])
        == r"pkcc-tray --settings 'C:\R&D''s\s.json'"
    )
    assert for_powershell([r"C:\a b\x.exe", "off"]) == r"& 'C:\a b\x.exe' off"


@given(st.lists(st.text(st.sampled_from("ab é\t\\\"'&%^")), min_size=1))
def test_a_line_of_windows_is_split_into_the_words_that_made_it(words: list[str]) -> None:
    """An editor or a helper below `Program Files` is else started with a quote in its path, and not found."""
    assert words_in(subprocess.list2cmdline(words), windows=True) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r"C:\bin\vim.exe -f", [r"C:\bin\vim.exe", "-f"]),
        (r'"C:\Program Files\x.exe"  --wait', [r"C:\Program Files\x.exe", "--wait"]),
        (r'x --in="C:\a b"\c', ["x", r"--in=C:\a b\c"]),
        ("  ", []),
    ],
)
def test_a_line_that_a_person_of_windows_wrote(line: str, words: list[str]) -> None:
    assert words_in(line, windows=True) == words


@pytest.mark.parametrize("windows", [True, False])
def test_a_quote_that_is_not_closed_is_no_line(windows: bool) -> None:
    with pytest.raises(ValueError, match="No closing quotation"):
        words_in('x "a b', windows=windows)
