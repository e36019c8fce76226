"""How sh, bash, zsh and their like split a text into words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.importing.exports.c_text import c_text
from profiles.importing.exports.commands import Shell
from profiles.importing.exports.scanning import letters, nested_end, quoting, reference, unexpanded

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEADING = {"then", "do", "else", "{", "}", "!", "time", "builtin", "command", "if", "while", "until", "elif"}
# `$[1+1]` is bash's, `$=name`, `$^name`, `$~name` and `$+name` are zsh's: which reads the file is not known.
# A line that goes on right behind a `$` is joined first: its name stands on the next one.
_REFERS = re.compile(r"\$\[[^\]\n]*\]?|\$[=^~]+\w*|\$\+\w+|\$(?:\\\n)+\w*|[$`]")
_DOUBLE = quoting('"', r'\\[$`"\\\n]', _REFERS.pattern, meant=letters({"\n": ""}))
_QUOTINGS = {
    "'": quoting("'"),
    '"': _DOUBLE,
    '$"': _DOUBLE,
    "$'": quoting("'", r"\\.", meant=str, whole=c_text),
}


def _special(text: str, at: int, before: Sequence[str]) -> tuple[str, int] | None:
    char = text[at]
    if char == "\\":
        return text[at + 1 : at + 2], at + 2
    if refers := _REFERS.match(text, at):
        return reference(text, at, len(refers[0]))
    if char == "~" and (not before or "".join(before).endswith(("=", ":"))):
        return unexpanded("~"), at + 1
    if char == "(" and before and before[-1].endswith("="):  # an array
        end = nested_end(text, at)
        return unexpanded(text[at:end]), end
    return None


POSIX = Shell(
    blank=re.compile(r"(?:[ \t]|\\\n|#[^\n]*)+"),
    dividers="\n;&|()",
    word_end=re.compile(r"[ \t\n;&|()<>]"),
    quotings=_QUOTINGS,
    special=_special,
    leads=lambda word: word.text in _LEADING and word.plain > 0,
)
