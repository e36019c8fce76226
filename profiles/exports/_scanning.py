"""What the readers of every kind share: words with marks in them, and passing over what is not expanded."""

from __future__ import annotations

import re
from typing import NamedTuple

from profiles.templates import marker

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REFERENCE = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])")
_MOST_UNCLOSED = 20  # quotes that never end: what follows is then no text of that kind


class Exports(NamedTuple):
    """`values` by variable, the last one given counting; `notes` in plain words on what was not clear."""

    values: dict[str, str]
    notes: list[str]


class UnclosedError(Exception):
    """A quote or bracket that never ends."""


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


class Collector:
    """Gathers what a file exports; of several values for one name the last counts, and that is said."""

    def __init__(self) -> None:
        self.exported: dict[str, str] = {}
        self.notes: list[str] = []

    def export(self, name: str, value: str) -> None:
        """One exported value."""
        if self.exported.get(name, value) != value:
            self.notes.append(f"{name} is set to more than one value there: the last one counts")
        self.exported[name] = value

    def done(self) -> Exports:
        """All of it; every note once."""
        return Exports(self.exported, list(dict.fromkeys(self.notes)))


class Unclosed:
    """Where to go on after a quote that never ends: behind the line that it began in."""

    def __init__(self, text: str, notes: list[str]) -> None:
        self._text = text
        self._notes = notes
        self._count = 0

    def resume_after(self, start: int) -> int:
        """The next line's start, or the end of the text when there were too many."""
        self._count += 1
        line = self._text.count("\n", 0, start) + 1
        self._notes.append(f"line {line}: a quote or bracket there never ends, so that line is passed over")
        end = self._text.find("\n", start)
        return len(self._text) if end < 0 or self._count >= _MOST_UNCLOSED else end + 1


def reference_end(text: str, start: int) -> int:
    """Where the `$name`, `${…}`, `$(…)` or `` `…` `` that begins there ends; `start` if none does."""
    if text[start] == "`" or text.startswith(("$(", "${"), start):
        return nested_end(text, start)
    found = _REFERENCE.match(text, start)
    return found.end() if found else start


def nested_end(text: str, start: int) -> int:
    """Where a bracketed or backquoted piece ends, quotes inside respected. Raises UnclosedError.

    Iterative, so that no depth of nesting is too deep.
    """
    closers: list[str] = []
    at = start
    while at < len(text):
        char, top = text[at], closers[-1] if closers else ""
        if char == top:
            closers.pop()
        elif top == "'":
            pass
        elif char == "\\":
            at += 1
        elif text.startswith(("$(", "${"), at):
            at += 1
            closers.append(")" if text[at] == "(" else "}")
        elif char == "`" or (char == '"' and top != "`") or (char == "'" and top not in ('"', "`")):
            closers.append(char)
        elif char == "(" and top != '"':
            closers.append(")")
        at += 1
        if not closers:
            return at
    raise UnclosedError


def quoted_end(text: str, start: int, quote: str) -> int:
    """Where the next `quote` stands. Raises UnclosedError."""
    end = text.find(quote, start)
    if end < 0:
        raise UnclosedError
    return end


def unexpanded(source: str) -> str:
    """What stands in a value for a piece that is not expanded."""
    return marker(" ".join(source.split()) or "$")


def code_point(digits: str, base: int) -> str:
    """The character of that number; the replacement character for none."""
    number = int(digits, base)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
