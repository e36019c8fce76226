"""The lines around the mistake in a settings file that is no JSON, with no value in them."""

from __future__ import annotations

import json
import re

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import MASK
from profiles.base.text import printable
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from tray.app import App

_AROUND = 2
# The parser's words, as a person would say it.
_WHY = {
    "Expecting ',' delimiter": "a comma is missing before it",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting property name enclosed in double quotes": "a name is missing here, or a comma is one too many",
    "Illegal trailing comma before end of object": "a comma is one too many",
    "Illegal trailing comma before end of array": "a comma is one too many",
    "Expecting value": "a value is missing",
    "Extra data": "something stands behind its end",
    "Unterminated string starting at": "a quote is missing",
    "Invalid control character at": "a quote is missing, or a character does not belong there",
}
_LINE = re.compile(r'^(\s*)("[A-Za-z_]{1,64}"\s*:)?(.*)$', re.DOTALL)
_PUNCTUATION = re.compile(r"[\[\]{},:\s]*")


class BrokenLines(NamedTuple):
    """Why it is no JSON, the number of the line where that is noticed, and the lines around it, numbered."""

    why: str
    number: int
    lines: tuple[tuple[int, str], ...]


def broken_lines(app: App) -> BrokenLines | None:
    """Where the mistake is; None where the file is JSON after all, or cannot be read."""
    try:
        data = read_bytes(app.locations.settings_path)
        json.loads(data or b"{}")
    except json.JSONDecodeError as error:
        number, lines = error.lineno, error.doc.split("\n")
        first = max(number - 1 - _AROUND, 0)
        shown = enumerate(lines[first : number + _AROUND], start=first + 1)
        return BrokenLines(
            _WHY.get(error.msg, error.msg[:1].lower() + error.msg[1:]),
            number,
            tuple((at, _masked(line)) for at, line in shown),
        )
    except (PkccError, ValueError, RecursionError):
        return None
    return None


def _masked(line: str) -> str:
    """A line with dots for whatever is no name and no bracket."""
    match = _LINE.match(line)
    indent, name, rest = match.groups() if match else ("", None, line)
    if not _PUNCTUATION.fullmatch(rest):
        rest = f' "{MASK}"' + ("," if rest.rstrip().endswith(",") else "")
    return printable(f"{indent}{name or ''}{rest}".replace("\t", "  "), 200)
