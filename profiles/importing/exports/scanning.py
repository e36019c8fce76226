"""What the readers of every kind share: quoted text, and skipping what is not expanded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.secret_markers import marker
from profiles.importing.exports.gathering import Collector, Effort, Exports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_REFERENCE = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])")
_MOST_UNCLOSED = 20  # quotes that never end: what follows is then no text of that kind


class UnclosedError(Exception):
    """A quote or bracket that never ends."""


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
        self._notes.append(f"line {line}: a quote or bracket there never ends, so that line is skipped")
        end = self._text.find("\n", start)
        return len(self._text) if end < 0 or self._count >= _MOST_UNCLOSED else end + 1


class Quoting(NamedTuple):
    """One way to quote: `stop` finds what ends the text, an escape, or what a reference may begin with.

    `meant` is what an escape stands for, and `whole` what all of the text is then.
    """

    stop: re.Pattern[str]
    meant: Callable[[str], str]
    whole: Callable[[str], str]


def quoting(
    end: str,
    escape: str = "",
    refers: str = "",
    *,
    meant: Callable[[str], str] = lambda source: source[1:],
    whole: Callable[[str], str] = str,
) -> Quoting:
    """A way to quote, each of its signs a regular expression. An escape's own sign is its first character."""
    signs = {"end": end, "escape": escape, "refers": refers}
    stop = "|".join(f"(?P<{name}>{sign})" for name, sign in signs.items() if sign)
    return Quoting(re.compile(stop, re.DOTALL), meant, whole)


def letters(meanings: Mapping[str, str]) -> Callable[[str], str]:
    """The meaning of an escape by its letter; a letter not among them is itself, `u{e9}` that character."""

    def meant(source: str) -> str:
        numbered = source[1:].startswith("u{")
        return code_point(source[3:-1], 16) if numbered else meanings.get(source[1:], source[1:])

    return meant


def scan(text: str, at: int, quoting: Quoting) -> tuple[str, int]:
    """What the text that is quoted so stands for, and where it ends. Raises UnclosedError."""
    parts: list[str] = []
    while found := quoting.stop.search(text, at):
        parts.append(text[at : found.start()])
        at = found.end()
        if found.lastgroup == "end":
            return quoting.whole("".join(parts)), at
        if found.lastgroup == "escape":
            parts.append(quoting.meant(found[0]))
        else:
            part, at = reference(text, found.start(), len(found[0]))
            parts.append(part)
    raise UnclosedError


def opened(text: str, at: int, quotings: Mapping[str, Quoting]) -> tuple[str, int] | None:
    """What `scan` gives where one of those signs opens a quoted text; None elsewhere."""
    for sign, quoting in quotings.items():
        if text.startswith(sign, at):
            return scan(text, at + len(sign), quoting)
    return None


def each_step(text: str, step: Callable[[Collector, str, int], int], effort: Effort | None = None) -> Exports:
    """What a text exports whose statements `step` reads, each time returning where to go on.

    `effort` is that of the file which the text is a part of.
    """
    found = Collector(effort or Effort())
    unclosed = Unclosed(text, found.notes)
    at = 0
    while at < len(text):
        try:
            at = step(found, text, at)
        except UnclosedError:
            at = unclosed.resume_after(at)
    return found.done()


def reference(text: str, at: int, least: int = 1) -> tuple[str, int]:
    """The mark for the `$name`, `${…}`, `$(…)` or `` `…` `` that begins there, and its end.

    The character itself where none begins. The first `least` characters are known to belong to it.
    """
    if text[at] == "`" or text.startswith(("$(", "${"), at):
        end = nested_end(text, at)
    else:
        named = _REFERENCE.match(text, at)
        end = max(at + least, named.end() if named else at)
    source = text[at:end]
    return unexpanded(source) if len(source) > 1 else source, end


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


def unexpanded(source: str) -> str:
    """What stands in a value for a piece that is not expanded."""
    return marker(" ".join(source.split()) or "$")


def code_point(digits: str, base: int) -> str:
    """The character of that number; the replacement character for none."""
    number = int(digits, base)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
