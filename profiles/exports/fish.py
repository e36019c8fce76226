"""fish: `set -gx A …`, `set --export A …`, and `export A=…`, which fish has as a function."""

from __future__ import annotations

import re
from string import ascii_letters
from typing import TYPE_CHECKING

from profiles.exports._scanning import (
    VARIABLE,
    Collector,
    Exports,
    Unclosed,
    UnclosedError,
    Word,
    code_point,
    nested_end,
    reference_end,
    unexpanded,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEADING = {"and", "or", "not", "begin", "if", "else", "while", "builtin", "command", "time", "!"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}
_FIRST_BYTE = 0x80  # below, a byte is a character
_COMMENT_LINE = re.compile(r"[ \t]*#[^\n]*(?:\n|$)")
_NUMBERED = re.compile(r"[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})")


def read_fish(text: str) -> Exports:
    """What the text exports, wherever in it that stands."""
    found = Collector()
    for words in _commands(text, found.notes):
        head, rest = words[0].text, [word.text for word in words[1:]]
        if head == "export":
            for word in words[1:]:
                given = word.assignment()
                if given:
                    found.export(given[0], given[2])
        elif head == "set":
            _set(found, rest)
    return found.done()


def _set(found: Collector, rest: list[str]) -> None:
    flags = ""
    while rest and rest[0].startswith("-") and len(rest[0]) > 1:
        flag = rest.pop(0)
        flags += {"--export": "x", "--erase": "e", "--append": "a", "--prepend": "a"}.get(
            flag, "" if flag.startswith("--") else flag[1:]
        )
    if not rest:
        return
    name, values = rest[0], rest[1:]
    if "e" in flags:
        for erased in rest:
            found.exported.pop(erased, None)
    elif VARIABLE.fullmatch(name) and ("x" in flags or name in found.exported):
        value = " ".join(values)
        found.export(name, unexpanded(f"${name}") + value if "a" in flags or "p" in flags else value)


def _commands(text: str, notes: list[str]) -> Iterator[list[Word]]:
    at = 0
    unclosed = Unclosed(text, notes)
    words: list[Word] = []
    while at <= len(text):
        at = _blank_end(text, at)
        if at >= len(text) or text[at] in "\n;&|<>)":
            while words and words[0].text in _LEADING:
                words = words[1:]
            if words:
                yield words
            words = []
            at += 1
        elif text[at] == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        else:
            try:
                word, at = _word(text, at)
                words.append(word)
            except UnclosedError:
                at = unclosed.resume_after(at)
                words = []


def _blank_end(text: str, at: int) -> int:
    """Where the next word, comment or end is: a line that is continued goes on after comments, too."""
    while at < len(text):
        if text[at] in " \t":
            at += 1
        elif text.startswith("\\\n", at):
            at += 2
            while (comment := _COMMENT_LINE.match(text, at)) is not None:
                at = comment.end()
        else:
            break
    return at


def _word(text: str, at: int) -> tuple[Word, int]:
    """The word that begins there, and where it ends."""
    parts: list[str] = []
    plain: int | None = None
    while at < len(text) and text[at] not in " \t\n;|<>)":
        char = text[at]
        if char == "&" and text[at + 1 : at + 2] in ("", " ", "\t", "\n", ";", "&", "|"):
            break  # inside a word it is a character like any other
        if char not in "'\"\\$({" and not (char == "~" and not parts):
            parts.append(char)
            at += 1
            continue
        plain = sum(map(len, parts)) if plain is None else plain
        if char in "'\"":
            at = _quoted(text, at, parts)
        elif text.startswith(("\\ #", "\\\t#"), at):  # fish itself takes more of the line than it should
            parts.append(unexpanded(text[at : at + 3]))
            at += 3
        elif char == "\\":
            at = _escape(text, at, parts)
        elif char == "$":
            end = reference_end(text, at)
            if end == at:
                parts.append("$")
                at += 1
            else:
                parts.append(unexpanded(text[at:end]))
                at = end
        elif char == "(":
            end = nested_end(text, at)
            parts.append(unexpanded(text[at:end]))
            at = end
        else:  # ~ and {a,b}
            parts.append(unexpanded(char))
            at += 1
    word = "".join(parts).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return Word(word, len(word) if plain is None else plain), at


def _quoted(text: str, at: int, parts: list[str]) -> int:
    r"""Where the quoted text ends. Single quotes know two escapes, double ones a few, neither knows `\n`."""
    quote = text[at]
    escapable = "'\\" if quote == "'" else '"$\\\n'
    at += 1
    while at < len(text):
        char = text[at]
        at += 1
        if char == quote:
            return at
        if char == "\\" and text[at : at + 1] and text[at] in escapable:
            parts.append(text[at].replace("\n", ""))
            at += 1
        elif char == "$" and quote == '"' and (end := reference_end(text, at - 1)) > at - 1:
            parts.append(unexpanded(text[at - 1 : end]))
            at = end
        else:
            parts.append(char)
    raise UnclosedError


def _escape(text: str, at: int, parts: list[str]) -> int:
    numbered = _NUMBERED.match(text, at + 1)
    if numbered and numbered[1] and int(numbered[1], 16) >= _FIRST_BYTE:
        parts.append(chr(0xDC00 + int(numbered[1], 16)))  # one byte of a character, joined with its others
        return numbered.end()
    if numbered:
        parts.append(code_point(next(filter(None, numbered.groups())), 8 if numbered[4] else 16))
        return numbered.end()
    char = text[at + 1 : at + 2]
    if char == "c":
        if text[at + 2 : at + 3] not in ascii_letters or at + 2 >= len(text):
            raise UnclosedError  # fish takes no such line
        parts.append(chr(ord(text[at + 2]) & 0x1F))
        return at + 3
    parts.append("" if char == "\n" else _ESCAPES.get(char, char))
    return at + 2
