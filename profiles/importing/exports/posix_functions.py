"""The commands and functions of a text of sh, bash, zsh and their like, branches marked."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from profiles.importing.exports.commands import Command, Commands, Word
from profiles.importing.exports.posix_words import POSIX
from profiles.importing.exports.scanning import UnclosedError, nested_end

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENED = re.compile(r"\([ \t]*\)\s*(?:\{(?=\s)|(?P<subshell>\())")
# What begins or ends a branch, a subshell or a group, and the sign that began what it is a part of.
BRANCHES = {
    "if": "", "else": "if", "elif": "if", "fi": "if",
    "case": "", ";;": "case", "esac": "case",
    "(": "", ")": "(",
    "{": "", "}": "{",
    "loop": "", "done": "loop",
}  # fmt: skip
_LOOPS = ("while", "until", "for", "select")
PIPED = ("|", "&")  # what stands before one of them, and behind the first, runs in a shell of its own
_DIVIDING = re.compile(r"[()]|;[;&|]|(?<![;&|])(?:[&|](?![&|])|\|&)")


class Function(NamedTuple):
    """A function; `body` is None where it never ends, and `apart` is one that runs in a subshell."""

    name: str
    body: list[list[Word]] | None
    apart: bool = False


def parts(text: str, notes: list[str]) -> Iterator[tuple[Command, Function | None]]:
    """The commands of a text, and with that which begins a function the whole of it."""
    source = Commands(text, notes, POSIX)
    commands = iter(source)
    for command in commands:
        opened = _OPENED.match(text, command.end - 1) if len(command.words) in (1, 2) else None
        function = None
        if opened and opened["subshell"]:
            body, end = _body_in_brackets(text, opened.end() - 1)
            source.skip_to(end)
            function = Function(command.words[-1].text, body, apart=True)
        elif opened:
            function = Function(command.words[-1].text, _body_in_braces(commands))
        elif command.words[1:] and command.words[0].text == "function":
            first = Command(command.words[2:3], command.words[3:], command.end)
            function = Function(command.words[1].text, _body_in_braces(chain([first], commands)))
        yield command, function
    yield Command([], [], len(text), source.between()), None


def _body_in_braces(commands: Iterator[Command]) -> list[list[Word]] | None:
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


def _body_in_brackets(text: str, at: int) -> tuple[list[list[Word]] | None, int]:
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
    words: list[Word] = []
    for number, word in enumerate((*command.leads, *command.words)):
        if number <= len(command.leads) and word.plain and word.text in _LOOPS:
            yield [Word("loop", 1)]
        elif number < len(command.leads):
            yield from [[word]] if word.text in BRANCHES else []
        elif word.plain and word.text in "{}":
            yield words
            yield [word]
            words = []
        else:
            words.append(word)
    yield words
