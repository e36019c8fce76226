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
PATTERN = ";;"  # stands for a pattern of `case`
BRANCHES = {"if", "case", "else", "elif", "fi", "esac", PATTERN}


def body_in_braces(text: str, commands: Iterator[Command]) -> list[list[Word]] | None:
    """The commands of a function's body, up to the `}` that ends it; None where none does.

    zsh takes a `}` for the end wherever it stands as a word.
    """
    inside: list[list[Word]] = []
    depth = 0
    for command in commands:
        signs = [word for word in (*command.leads, *command.words) if word.plain and word.text in "{}"]
        depth += sum(1 if word.text == "{" else -1 for word in signs)
        inside += _with_branches(text, command)
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
    return [each for command in Commands(inside, [], POSIX) for each in _with_branches(inside, command)], end


def _with_branches(text: str, command: Command) -> Iterator[list[Word]]:
    """The command, parted at braces, and before it each word that begins or ends a branch."""
    yield from ([word] for word in command.leads if word.text in BRANCHES)
    if text.startswith(")", command.end - 1) and len(command.words) == 1:
        yield [Word(PATTERN, 1)]
    words: list[Word] = []
    for word in command.words:
        if word.plain and word.text in "{}":
            yield words
            words = []
        else:
            words.append(word)
    yield words
