"""PowerShell's `$env:A = …` and Nushell's `$env.A = …`; a value is taken if it is one string or number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.exports._scanning import (
    Collector,
    Exports,
    Unclosed,
    UnclosedError,
    code_point,
    quoted_end,
    reference_end,
    unexpanded,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[[str, int], tuple[str, int]]

_PS_SET = re.compile(r"\$(?:\{env:([A-Za-z_]\w*)\}|env:([A-Za-z_]\w*))[ \t]*=(?!=)\s*", re.IGNORECASE)
_PS_CALL = re.compile(r"\[(?:System\.)?Environment\]::SetEnvironmentVariable\(\s*", re.IGNORECASE)
_PS_BETWEEN = re.compile(r"\s*,\s*")
_PS_CALL_END = re.compile(r"\s*(?:,[^,()\n]*)?\)")
_PS_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
    "0": "",
}
_PS_NUMBERED = re.compile(r"u\{([0-9a-fA-F]{1,6})\}")
_NU_SET = re.compile(r"\$env\.([A-Za-z_]\w*)\??[ \t]*=(?!=)[ \t]*")
_NU_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "e": "\x1b"}
_NU_RAW = re.compile(r"r(#+)'(.*?)'\1", re.DOTALL)
_BARE = re.compile(r"[A-Za-z0-9_.:/@+-]+")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_REST = re.compile(r"[ \t]*(?=[\n;#})]|$)")


def read_powershell(text: str) -> Exports:
    """What the text sets in the environment, wherever in it that stands."""
    found = Collector()
    unclosed = Unclosed(text, found.notes)
    at = 0
    while at < len(text):
        try:
            if text.startswith("<#", at):
                at = quoted_end(text, at, "#>") + 2
            elif text[at] == "#":
                at = (text.find("\n", at) + 1) or len(text)
            elif given := _PS_SET.match(text, at):
                at = _assign(found, given[1] or given[2], text, given.end(), _ps_value)
            elif call := _PS_CALL.match(text, at):
                at = _ps_call(found, text, call.end())
            elif text[at] in "'\"@":
                at = max(_ps_value(text, at)[1], at + 1)  # an @ alone is no string
            else:
                at += 2 if text[at] == "`" else 1
        except UnclosedError:
            at = unclosed.resume_after(at)
    return found.done()


def read_nushell(text: str) -> Exports:
    """What the text sets in the environment, wherever in it that stands."""
    found = Collector()
    unclosed = Unclosed(text, found.notes)
    at = 0
    while at < len(text):
        try:
            if text[at] == "#":
                at = (text.find("\n", at) + 1) or len(text)
            elif given := _NU_SET.match(text, at):
                at = _assign(found, given[1], text, given.end(), _nu_value)
            elif text[at] in "'\"`":
                _, at = _nu_value(text, at)
            else:
                at += 1
        except UnclosedError:
            at = unclosed.resume_after(at)
    return found.done()


def _assign(found: Collector, name: str, text: str, at: int, read: Read) -> int:
    value, end = read(text, at)
    if end == at or _REST.match(text, end) is None:  # an expression: a string is only a part of it
        line_end = text.find("\n", end)
        end = len(text) if line_end < 0 else line_end
        value = unexpanded(text[at:end])
    found.export(name, value)
    return end


def _ps_call(found: Collector, text: str, at: int) -> int:
    name, end = _ps_value(text, at)
    between = _PS_BETWEEN.match(text, end)
    if end == at or between is None or not name.isidentifier():
        return at
    value, end = _ps_value(text, between.end())
    whole = _PS_CALL_END.match(text, end)
    found.export(name, value if whole and end > between.end() else unexpanded(text[between.end() : end + 1]))
    return end


def _ps_value(text: str, at: int) -> tuple[str, int]:
    """The string or number that begins there and its end; the very same place where none does."""
    if text.startswith(("@'\n", '@"\n'), at):
        quote = text[at + 1]
        end = quoted_end(text, at + 2, f"\n{quote}@")
        body = text[at + 3 : end]
        return (body if quote == "'" else _ps_expanded(body, 0, "")[0]), end + 3
    if text[at : at + 1] == "'":
        parts = []
        while True:
            end = quoted_end(text, at + 1, "'")
            parts.append(text[at + 1 : end])
            if text[end + 1 : end + 2] != "'":
                return "'".join(parts), end + 1
            at = end + 1
    if text[at : at + 1] == '"':
        return _ps_expanded(text, at + 1, '"')
    number = _NUMBER.match(text, at)
    return (number[0], number.end()) if number else ("", at)


def _ps_expanded(text: str, at: int, quote: str) -> tuple[str, int]:
    parts: list[str] = []
    while at < len(text):
        char = text[at]
        if quote and char == quote:
            if text[at + 1 : at + 2] != quote:
                return "".join(parts), at + 1
            parts.append(quote)
            at += 2
        elif char == "`":
            numbered = _PS_NUMBERED.match(text, at + 1)
            escape = text[at + 1 : at + 2]
            parts.append(code_point(numbered[1], 16) if numbered else _PS_ESCAPES.get(escape, escape))
            at = numbered.end() if numbered else at + 2
        elif char == "$" and (end := _ps_reference_end(text, at)) > at:
            parts.append(unexpanded(text[at:end]))
            at = end
        else:
            parts.append(char)
            at += 1
    if quote:
        raise UnclosedError
    return "".join(parts), at


def _ps_reference_end(text: str, at: int) -> int:
    scoped = re.compile(r"\$\w+:\w+").match(text, at)
    return scoped.end() if scoped else reference_end(text, at)


def _nu_value(text: str, at: int) -> tuple[str, int]:
    raw = _NU_RAW.match(text, at)
    if raw:
        return raw[2], raw.end()
    interpolated = text.startswith(("$'", '$"'), at)
    start = at + interpolated
    quote = text[start : start + 1]
    if quote in ("'", "`") and quote:
        end = quoted_end(text, start + 1, quote)
        value = text[start + 1 : end]
        return (unexpanded(text[at : end + 1]) if interpolated else value), end + 1
    if quote == '"':
        value, end = _nu_escaped(text, start + 1)
        return (unexpanded(text[at:end]) if interpolated else value), end
    bare = _BARE.match(text, at)
    return (bare[0], bare.end()) if bare else ("", at)


def _nu_escaped(text: str, at: int) -> tuple[str, int]:
    parts: list[str] = []
    while at < len(text):
        char = text[at]
        if char == '"':
            return "".join(parts), at + 1
        if char == "\\":
            numbered = _PS_NUMBERED.match(text, at + 1)
            escape = text[at + 1 : at + 2]
            parts.append(code_point(numbered[1], 16) if numbered else _NU_ESCAPES.get(escape, escape))
            at = numbered.end() if numbered else at + 2
        else:
            parts.append(char)
            at += 1
    raise UnclosedError
