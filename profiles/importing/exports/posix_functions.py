"""What stands in a function of sh, bash, zsh and their like, its branches marked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.importing.exports.commands import Command, Commands, Word
from profiles.importing.exports.posix_words import POSIX
from profiles.importing.exports.scanning import UnclosedError, nested_end

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENED = re.compile(r"\([ \t]*\)\s*(?:\{(?=\s)|(?P<subshell>\())")
# What begins or ends a branch, a subshell or a group, and the sign that began what it is a part of.
BRANCHES = {
    "if": "", "else": "if", "elif": "if", "fi": "if",
    "case": "", ";;": "case", "esac": "case",
    "(": "", ")": "(",
    "{": "", "}": "{",
}  # fmt: skip
PIPED = ("|", "&")  # what stands before one of them, and behind the first, runs in a shell of its own
_DIVIDING = re.compile(r"[()]|;[;&|]|(?<![;&|])(?:[&|](?![&|])|\|&)")


def body_in_braces(commands: Iterator[Command]) -> list[list[Word]] | None:
    """The commands of a function's body, up to the `}` that ends it; None where none does.

    zsh takes a `}` for the end wherever it stands as a word.
    """
    inside: list[list[Word]] = []
    depth = 0
    for command in commands:
        signs = [word for word in (*command.leads, *command.words) if word.plain and word.text in "{}"]
        depth += sum(1 if word.text == "{" else -1 for word in signs)
        inside += with_branches(command)
        if depth <= 0:
            return inside
    return None


def body_in_brackets(text: str, at: int) -> tuple[list[list[Word]] | None, int]:
    """The commands of a body in round brackets, None where they never close, and where it ends."""
    try:
        end = nested_end(text, at)
    except UnclosedError:
        return None, len(text)
    inside = text[at + 1 : end - 1]
    return [each for command in Commands(inside, [], POSIX) for each in with_branches(command)], end


def brackets(between: str) -> Iterator[list[Word]]:
    """The round brackets among what stands between two commands, each a command: they are a subshell's."""
    yield from ([Word(sign, 1)] for sign in between if sign in "()")


def with_branches(command: Command) -> Iterator[list[Word]]:
    """The command, parted at braces, and each sign among it that `BRANCHES` knows, or `PIPED`."""
    ends_case = [word.text for word in command.words[:1]] == ["esac"]  # a `;;` before it begins nothing
    for sign in _DIVIDING.findall(command.between):
        if sign[0] in PIPED:
            yield [Word(sign[0], 1)]
        elif sign in "()" or not ends_case:
            yield [Word(sign if sign in BRANCHES else ";;", 1)]
    yield from ([word] for word in command.leads if word.text in BRANCHES)
    words: list[Word] = []
    for word in command.words:
        if word.plain and word.text in "{}":
            yield words
            yield [word]
            words = []
        else:
            words.append(word)
    yield words
