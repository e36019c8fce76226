"""sh, bash, zsh and their like: `export A=…`, `declare -x A=…`, and `A=…` that is exported later on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.exports._c_text import c_text
from profiles.exports._scanning import (
    VARIABLE,
    Collector,
    Exports,
    Unclosed,
    UnclosedError,
    Word,
    nested_end,
    quoted_end,
    reference_end,
    unexpanded,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# Words before a command that do not change what it is.
_LEADING = {"then", "do", "else", "{", "}", "!", "time", "builtin", "command", "if", "while", "until", "elif"}
_DECLARING = {"declare", "typeset", "local", "readonly"}
_HEREDOC = re.compile(r"<<-?[ \t]*(?:'([^'\n]+)'|\"([^\"\n]+)\"|\\?([^\s;&|()<>'\"]+))")


def read_posix(text: str) -> Exports:
    """What the text exports, wherever in it that stands: whether a condition would hold is not known."""
    found = Collector()
    known: dict[str, str] = {}  # assigned, exported or not
    exported: set[str] = set()
    everything = False

    def assign(name: str, operator: str, value: str) -> None:
        if operator == "+=":
            value = known.get(name, unexpanded(f"${name}")) + value
        known[name] = value

    for words in _Reader(text, found.notes).commands():
        head, rest = words[0].text, words[1:]
        assignments = [word.assignment() for word in words]
        if all(assignments):
            for name, operator, value in filter(None, assignments):
                assign(name, operator, value)
                if everything or name in exported:
                    found.export(name, known[name])
            continue
        flags = {flag for word in rest if word.text[:1] in "-+" for flag in word.text[1:]}
        if head == "set" and rest and rest[0].text[:1] in ("-", "+"):
            if "a" in rest[0].text or "allexport" in [word.text for word in rest]:
                everything = rest[0].text[0] == "-"
        elif head == "unset" and "f" not in flags:
            for word in rest:
                known.pop(word.text, None)
                found.exported.pop(word.text, None)
                exported.discard(word.text)
        elif head == "export" or (head in _DECLARING and words[0].plain == len(head)):
            taken = "n" not in flags and "f" not in flags if head == "export" else "x" in flags or everything
            for word in rest:
                given = word.assignment()
                if given:
                    assign(*given)
                name = given[0] if given else word.text
                if taken and VARIABLE.fullmatch(name):
                    exported.add(name)
                    if name in known:
                        found.export(name, known[name])
    found.notes += [
        f"{name} is set there, but not exported: it is left out"
        for name in known
        if name not in found.exported and name.startswith("ANTHROPIC_")
    ]
    return found.done()


class _Reader:
    """Splits a text into commands of words, as a shell would before it expands anything."""

    def __init__(self, text: str, notes: list[str]) -> None:
        self._text = text
        self._at = 0
        self._unclosed = Unclosed(text, notes)
        self._heredocs: list[str] = []
        self._parts: list[str] = []
        self._plain: int | None = None  # once something was quoted: how long the word was then
        self._started = False

    def commands(self) -> Iterator[list[Word]]:
        """Each command's words, those left out that only lead up to it; none is empty."""
        words: list[Word] = []
        while self._at < len(self._text):
            start = self._at
            try:
                ended = self._step(words)
            except UnclosedError:
                self._at = self._unclosed.resume_after(start)
                self._drop_word()
                words, ended = [], True
            if ended:
                self._end_word(words)
                yield from self._whole(words)
                words = []
        self._end_word(words)
        yield from self._whole(words)

    @staticmethod
    def _whole(words: list[Word]) -> Iterator[list[Word]]:
        while words and words[0].text in _LEADING and words[0].plain:
            words = words[1:]
        if words:
            yield words

    def _step(self, words: list[Word]) -> bool:
        """Read on from here; True at a command's end."""
        text, at = self._text, self._at
        char = text[at]
        self._at += 1
        if char == "\\":
            self._at += 1
            if text[at + 1 : at + 2] != "\n":
                self._quoted(text[at + 1 : at + 2])
        elif char == "'":
            self._at = quoted_end(text, at + 1, "'") + 1
            self._quoted(text[at + 1 : self._at - 1])
        elif char == '"':
            self._double()
        elif char == "$" and text[at + 1 : at + 2] == "'":
            self._at += 1
            self._ansi_c()
        elif char == "$" and text[at + 1 : at + 2] == '"':
            self._at += 1
            self._double()
        elif char in "$`":
            self._reference(at)
        elif char == "~" and (not self._started or "".join(self._parts).endswith(("=", ":"))):
            self._quoted(unexpanded("~"))
        elif char in " \t":
            self._end_word(words)
        elif char == "\n":
            self._skip_heredocs()
            return True
        elif char == "(" and self._started and self._parts[-1].endswith("="):  # an array
            self._at = nested_end(text, at)
            self._quoted(unexpanded(text[at : self._at]))
        elif char in ";&|()":
            return True
        elif char in "<>":
            self._end_word(words)
            heredoc = None if text.startswith("<<<", at) else _HEREDOC.match(text, at)
            if heredoc:
                self._heredocs.append(next(filter(None, heredoc.groups())))
                self._at = heredoc.end()
            else:
                self._at = at + len(re.match(r"[<>&]+", text[at:])[0])  # type: ignore[index]
        elif char == "#" and not self._started:
            end = text.find("\n", at)
            self._at = len(text) if end < 0 else end
        else:
            self._started = True
            self._parts.append(char)
        return False

    def _reference(self, at: int) -> None:
        end = reference_end(self._text, at)
        if end == at:
            self._quoted("$")
        else:
            self._quoted(unexpanded(self._text[at:end]))
            self._at = end

    def _double(self) -> None:
        text = self._text
        self._quoted("")
        while True:
            if self._at >= len(text):
                raise UnclosedError
            char = text[self._at]
            self._at += 1
            if char == '"':
                return
            if char == "\\" and text[self._at : self._at + 1] in ("$", "`", '"', "\\", "\n"):
                self._parts.append(text[self._at].replace("\n", ""))
                self._at += 1
            elif char in "$`":
                self._reference(self._at - 1)
            else:
                self._parts.append(char)

    def _ansi_c(self) -> None:
        """`$'…'`: the escapes of C; it ends at the first quote without a backslash before it."""
        text, start = self._text, self._at
        while text[self._at : self._at + 1] != "'":
            if self._at >= len(text):
                raise UnclosedError
            self._at += 2 if text[self._at] == "\\" else 1
        self._quoted(c_text(text[start : self._at]))
        self._at += 1

    def _quoted(self, part: str) -> None:
        if self._plain is None:
            self._plain = sum(map(len, self._parts))
        self._started = True
        self._parts.append(part)

    def _end_word(self, words: list[Word]) -> None:
        if self._started:
            word = "".join(self._parts)
            words.append(Word(word, len(word) if self._plain is None else self._plain))
        self._drop_word()

    def _drop_word(self) -> None:
        self._parts, self._plain, self._started = [], None, False

    def _skip_heredocs(self) -> None:
        for end_word in self._heredocs:
            end = re.compile(rf"^\t*{re.escape(end_word)}$", re.MULTILINE).search(self._text, self._at)
            self._at = min(end.end() + 1, len(self._text)) if end else len(self._text)
        self._heredocs = []
