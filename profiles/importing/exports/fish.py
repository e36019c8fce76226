"""fish: `set -gx A …`, `set --export A …`, and `export A=…`, which fish has as a function."""

from __future__ import annotations

import re
from itertools import dropwhile, pairwise
from string import ascii_letters
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.secret_markers import fill
from profiles.importing.exports.commands import VARIABLE, Command, Commands, Shell, Word
from profiles.importing.exports.gathering import Collector, Effort, Exported, Exports
from profiles.importing.exports.scanning import (
    UnclosedError,
    code_point,
    letters,
    nested_end,
    quoting,
    reference,
    unexpanded,
)
from profiles.importing.exports.starts import fullest, started_by, starts_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_OPENING = {"begin", "if", "while", "for", "switch", "function"}
_LEADING = {"and", "or", "not", "begin", "if", "else", "while", "builtin", "command", "time", "!"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}
_FIRST_BYTE = 0x80  # below, a byte is a character
_NUMBERED = re.compile(r"[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})")
_QUOTINGS = {
    "'": quoting("'", r"\\['\\]"),
    '"': quoting('"', r'\\["$\\\n]', r"\$(?:\\\n)+\w*|\$", meant=letters({"\n": ""})),
}


def read_fish(text: str) -> Exports:
    """What the text exports, wherever in it that stands; for a start of Claude Code in its own branch."""
    effort = Effort()
    anywhere, at_starts = _Variables(effort), _Variables(effort)
    commands = iter(Commands(text, anywhere.found.notes, _SHELL))
    for command in commands:
        if command.words[1:] and command.words[0].text == "function":
            at_starts.take_each(_with_signs(command._replace(words=[])))
            name, body = command.words[1].text, _body(commands)
            anywhere.take_function(name, body)
            at_starts.take_function(name, body)
        else:
            anywhere.take_each([command.words] if command.words else [])
            at_starts.take_each(_with_signs(command))
    return anywhere.found.done()._replace(starts=at_starts.found.starts)


def _body(commands: Iterator[Command]) -> list[list[Word]]:
    """The commands of a function's body, up to the `end` of it."""
    body, depth = [], 1
    for command in commands:
        signs = [word.text for word in (*command.leads, *command.words[:1])]
        opening = [sign for before, sign in pairwise(["", *signs]) if sign != "else" and _parts(before, sign)]
        depth += len(opening) - signs.count("end")
        body += _with_signs(command)
        if depth <= 0:
            break
    return body


def _with_signs(command: Command) -> list[list[Word]]:
    """The command, and before it each word that begins a block or its other branch."""
    leads = [word.text for word in command.leads]
    signs = [[Word(sign, 1)] for before, sign in pairwise(["", *leads]) if _parts(before, sign)]
    return [*signs, command.words] if command.words else signs


def _parts(before: str, sign: str) -> bool:
    """Whether a word begins a block or its other branch, which `else if` is as one."""
    return sign == "else" or (sign in _OPENING and before != "else")


class _Block(NamedTuple):
    """A block that is not at its end: what held before it and after its branches, and what is local to it."""

    before: Exported
    branches: list[Exported]
    locals: set[str]


class _Variables:
    """What fish's variables are after the commands it has read so far."""

    def __init__(self, effort: Effort) -> None:
        self.found = Collector(effort)
        self._blocks: list[_Block] = []

    def take_function(self, name: str, body: list[list[Word]]) -> None:
        """Take a function into account: what it exports counts, unless it starts Claude Code with it."""
        if starts := starts_within(name, "function", body, _Variables(self.found.effort)):
            self.found.starts += starts
        else:
            self.found.function = name
            self.take_each(body)
            self.found.function = ""

    def take_each(self, commands: Iterable[list[Word]]) -> None:
        """Take these commands into account, one after the other."""
        for words in commands:
            self.take(words)

    def take(self, words: list[Word]) -> None:
        """Take one command into account. What one branch sets is left out of the next."""
        sign = words[0].text
        if sign in _OPENING:
            self._blocks.append(_Block(self.found.state(), [], set()))
        elif sign in ("else", "case") and self._blocks:
            self._blocks[-1].branches.append(self.found.state())
            self.found.go_on_from(self._blocks[-1].before)
        elif sign == "end" and self._blocks:
            self._end(self._blocks.pop())
        if start := started_by(words):
            self.found.start(start)
            return
        command = dropwhile(Word.assignment, words)  # in `A=1 export B=2`, A is the command's alone
        head = next(command, None)
        if head is not None and head.text == "export":
            for given in filter(None, map(Word.assignment, command)):
                self.found.export(given[0], given[2])
        elif head is not None and head.text == "set":
            self._set([word.text for word in command])
        elif head is not None and head.text in ("alias", "abbr"):
            self._alias([word.text for word in command if not word.text.startswith("-")])

    def _set(self, rest: list[str]) -> None:
        flags, found = "", self.found
        while rest and rest[0].startswith("-") and len(rest[0]) > 1:
            flag = rest.pop(0)
            flags += _FLAGS.get(flag, "" if flag.startswith("--") else flag[1:])
        if not rest:
            return
        name, values = rest[0], rest[1:]
        if "e" in flags:
            for erased in rest:
                found.erase(erased)
        elif VARIABLE.fullmatch(name) and ("x" in flags or name in found.exported):
            value = " ".join(values)
            found.export(name, unexpanded(f"${name}") + value if "a" in flags or "p" in flags else value)
            if "l" in flags and self._blocks:
                self._blocks[-1].locals.add(name)

    def _end(self, block: _Block) -> None:
        """Let hold what does after a block; what was local to it is as before."""
        self.found.go_on_from(fullest([self.found.state(), *block.branches]))
        for name in block.locals:
            self.found.restore(name, block.before)

    def _alias(self, words: list[str]) -> None:
        """`alias NAME=TEXT`, `alias NAME TEXT`, `abbr NAME TEXT …`."""
        name, equals, text = "".join(words[:1]).partition("=")
        text = text if equals else " ".join(words[1:])
        # What is not expanded stands there as it did, and is read again.
        within = [each.words for each in Commands(fill(text, str), [], _SHELL) if each.words]
        self.found.starts += starts_within(name, "alias", within, _Variables(self.found.effort))


_FLAGS = {"--export": "x", "--erase": "e", "--append": "a", "--prepend": "a", "--local": "l"}


def _special(text: str, at: int, before: Sequence[str]) -> tuple[str, int] | None:
    char = text[at]
    if text.startswith(("\\ #", "\\\t#"), at):  # fish itself takes more of the line than it should
        return unexpanded(text[at : at + 3]), at + 3
    if char == "\\":
        return _escape(text, at)
    if char == "$":
        return reference(text, at)
    if char == "(":
        end = nested_end(text, at)
        return unexpanded(text[at:end]), end
    return (unexpanded(char), at + 1) if char == "{" or (char == "~" and not before) else None


def _escape(text: str, at: int) -> tuple[str, int]:
    numbered = _NUMBERED.match(text, at + 1)
    if numbered and numbered[1] and int(numbered[1], 16) >= _FIRST_BYTE:
        # One byte of a character, joined with its others.
        return chr(0xDC00 + int(numbered[1], 16)), numbered.end()
    if numbered:
        return code_point(next(filter(None, numbered.groups())), 8 if numbered[4] else 16), numbered.end()
    char, control = text[at + 1 : at + 2], text[at + 2 : at + 3]
    if not char or (char == "c" and (not control or control not in ascii_letters)):
        raise UnclosedError  # fish takes no such line
    return (chr(ord(control) & 0x1F), at + 3) if char == "c" else (_ESCAPES.get(char, char), at + 2)


_SHELL = Shell(
    # A line that is continued goes on after comments, too.
    blank=re.compile(r"(?:[ \t]|\\\n(?:[ \t]*#[^\n]*(?:\n|\Z))*|#[^\n]*)+"),
    dividers="\n;&|<>)",
    word_end=re.compile(r"[ \t\n;|<>)]|&(?=[ \t\n;&|]|\Z)"),  # in a word an & is a character like any other
    quotings=_QUOTINGS,
    special=_special,
    leads=lambda word: word.text in _LEADING,
)
