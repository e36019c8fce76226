"""A text's commands, each as words: as a shell splits it before it expands anything."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from profiles.importing.exports.scanning import Quoting, Unclosed, UnclosedError, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REDIRECTION = re.compile(  # the word that ends a here-document is the only group that matches
    r"(?!<<<)<<-?[ \t]*(?:'([^'\n]+)'|\"([^\"\n]+)\"|\\?([^\s;&|()<>'\"]+))|[<>][<>&]*"
)


class Word(NamedTuple):
    """One word: `text` without its quotes, and how many of its first characters stood there unquoted."""

    text: str
    plain: int

    def assignment(self) -> tuple[str, str, str] | None:
        """Name, operator (`=` or `+=`) and value, where the word is an assignment as a shell sees it."""
        name = VARIABLE.match(self.text)
        if name is None:
            return None
        for operator in ("=", "+="):
            end = name.end() + len(operator)
            if self.text.startswith(operator, name.end()) and end <= self.plain:
                return name[0], operator, self.text[end:]
        return None


class Command(NamedTuple):
    """A command's words, and those before that only lead up to it; `end` is where it ends in the text.

    `between` are the dividers that stand between the command before and this one, such as `;;(`.
    """

    leads: list[Word]
    words: list[Word]
    end: int
    between: str = ""


class Shell(NamedTuple):
    """What tells one shell's words from another's."""

    blank: re.Pattern[str]  # what may stand between words, comments among it
    dividers: str  # the characters that end a command
    word_end: re.Pattern[str]
    quotings: Mapping[str, Quoting]  # by the sign that opens each
    special: Callable[[str, int, Sequence[str]], tuple[str, int] | None]
    """What another piece of a word stands for and its end, given those before; None for a plain character."""
    leads: Callable[[Word], bool]  # whether a word only leads up to a command: `then`, `!`


class Commands:
    """Iterates over the commands; none is without a word."""

    def __init__(self, text: str, notes: list[str], shell: Shell) -> None:
        self._text = text
        self._shell = shell
        self._at = 0
        self._unclosed = Unclosed(text, notes)
        self._heredocs: list[str] = []
        self._between: list[str] = []

    def skip_to(self, at: int) -> None:
        """Go on from there."""
        self._at = at
        self._between = []

    def between(self) -> str:
        """The dividers since the last command."""
        return "".join(self._between)

    def __iter__(self) -> Iterator[Command]:
        words: list[Word] = []
        while self._at < len(self._text):
            try:
                ended = self._step(words)
            except UnclosedError:
                self._at = self._unclosed.resume_after(self._at)
                words, ended = [], ""
            if ended or self._at >= len(self._text):
                if words:
                    leads = list(takewhile(self._shell.leads, words))
                    between, self._between = self.between(), [ended]
                    yield Command(leads, words[len(leads) :], self._at, between)
                else:
                    self._between.append(ended)
                words = []

    def _step(self, words: list[Word]) -> str:
        """Read on from here; the divider that ends a command there, else ""."""
        text, char = self._text, self._text[self._at]
        if blank := self._shell.blank.match(text, self._at):
            self._at = blank.end()
        elif char in self._shell.dividers:
            self._at += 1
            if char == "\n":
                self._skip_heredocs()
            return char
        elif redirection := _REDIRECTION.match(text, self._at):
            self._at = redirection.end()
            self._heredocs += filter(None, redirection.groups())
        else:
            words.append(self._word())
        return ""

    def _word(self) -> Word:
        text, shell = self._text, self._shell
        parts: list[str] = []
        plain: int | None = None  # once something was quoted: how long the word was then
        while self._at < len(text):
            if text.startswith("\\\n", self._at):  # the line goes on
                self._at += 2
                continue
            piece = opened(text, self._at, shell.quotings) or shell.special(text, self._at, parts)
            if piece is None and shell.word_end.match(text, self._at):
                break
            if piece is not None and plain is None:
                plain = len("".join(parts))
            part, self._at = piece or (text[self._at], self._at + 1)
            parts.append(part)
        # fish spells a character by its bytes.
        word = "".join(parts).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return Word(word, len(word) if plain is None else plain)

    def _skip_heredocs(self) -> None:
        for end_word in self._heredocs:
            end = re.compile(rf"^\t*{re.escape(end_word)}$", re.MULTILINE).search(self._text, self._at)
            self._at = min(end.end() + 1, len(self._text)) if end else len(self._text)
        self._heredocs = []
