"""Command lines: exactly these words, as a shell of each system reads them, and back. Pure."""

from __future__ import annotations

import sys

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# What no shell reads as anything but itself. Of the others `,`, `;` and `=` separate words for cmd.exe.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:\\/+")


def helper_line(argv: Sequence[str]) -> str:
    """The command line of our helper, as Claude Code hands it to this system's shell.

    Raises PkccError for words that cannot be spelled there.
    """
    return for_cmd(argv) if sys.platform == "win32" else for_sh(argv)


def hook_line(argv: Sequence[str], *, windows: bool = sys.platform == "win32") -> str:
    """The command line of a hook or a status line: on Windows for Git Bash, which Claude Code has run those.

    `C:/x.exe --a` is read alike by cmd.exe, PowerShell and Git Bash; in quotes not by PowerShell.
    """
    if not windows:
        return for_sh(argv)
    words = (word.replace("\\", "/") for word in argv)
    return " ".join(word if _is_plain(word) else _in_quotes(word) for word in words)


def shown_line(argv: Sequence[str]) -> str:
    """The command line that a user can type: on Windows in PowerShell."""
    return for_powershell(argv) if sys.platform == "win32" else for_sh(argv)


def for_sh(argv: Sequence[str]) -> str:
    """The words as one line for a POSIX shell."""
    if all(_is_plain(word) and "\\" not in word for word in argv):
        return " ".join(argv)
    from shlex import join

    return join(argv)


def for_cmd(argv: Sequence[str]) -> str:
    r"""A line for cmd.exe, as `"C:\R&D\x.exe" key print`: the program in quotes, which keep `& , ; ^` plain.

    Nothing keeps a `%`, or a quote of its own. Raises PkccError for a word with one.
    """
    for word in argv:
        if any(char in '%"' or char < " " for char in word):
            raise PkccError(
                f'{word} cannot be named in a command line of Windows: it has one of % and " in it',
                "Install pkcc-tray, and keep its files, in folders whose names have none of these.",
            )
    first, *rest = argv
    return " ".join([_in_quotes(first), *(word if _is_plain(word) else _in_quotes(word) for word in rest)])


def for_powershell(argv: Sequence[str]) -> str:
    """One line for PowerShell, where a program in quotes needs `&` before it."""
    words = [word if _is_plain(word) else "'" + word.replace("'", "''") + "'" for word in argv]
    return " ".join(words if _is_plain(argv[0]) else ["&", *words])


def words_in(line: str, *, windows: bool = sys.platform == "win32") -> list[str]:
    """The words of a line as a shell of Linux and macOS, or a program of Windows, reads them.

    Raises ValueError where a quote is not closed.
    """
    if windows:
        return _words_on_windows(line)
    from shlex import split

    return split(line)


def _words_on_windows(line: str) -> list[str]:
    r"""A backslash is a sign of a path, but before a quote: `\\"` ends the quotes, `\"` is one in a word."""
    words: list[str] = []
    word: str | None = None
    backslashes, is_quoted = 0, False
    for sign in f"{line} ":
        if sign == "\\":
            backslashes += 1
            continue
        if sign == '"':
            is_own = backslashes % 2 == 1
            word = (word or "") + "\\" * (backslashes // 2) + ('"' if is_own else "")
            is_quoted ^= not is_own
        else:
            if backslashes:
                word = (word or "") + "\\" * backslashes
            if is_quoted or sign not in " \t":
                word = (word or "") + sign
            elif word is not None:
                words.append(word)
                word = None
        backslashes = 0
    if is_quoted:
        raise ValueError("No closing quotation")
    return words


def _is_plain(word: str) -> bool:
    return bool(word) and _PLAIN.issuperset(word)


def _in_quotes(word: str) -> str:
    """The word in double quotes; a program reads backslashes before the closing one in pairs."""
    backslashes = len(word) - len(word.rstrip("\\"))
    return '"' + word + "\\" * backslashes + '"'
