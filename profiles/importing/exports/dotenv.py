r"""`.env` files: `NAME=value` lines. There is no one standard; this is what the common readers agree on.

Single quotes are literal; in double quotes `\n` and its like are escapes; without quotes the value ends at
the line's end or before ` #`. A `$` outside single quotes begins a reference, which is not expanded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.importing.exports.scanning import each_step, letters, opened, quoting, scan

if TYPE_CHECKING:
    from profiles.importing.exports.gathering import Collector, Exports

_KEY = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*[=][ \t]*")
_QUOTINGS = {
    "'": quoting("'"),
    '"': quoting('"', r"""\\[ntr\\"'$]""", r"\$", meant=letters({"n": "\n", "t": "\t", "r": "\r"})),
}
_UNQUOTED = quoting(r"\Z", refers=r"\$")
_BARE = re.compile(r"(?:[^\n#]|(?<![ \t])#)*")


def read_dotenv(text: str) -> Exports:
    """What the file sets: all of it counts as exported."""
    return each_step(text, _line)


def _line(found: Collector, text: str, at: int) -> int:
    if key := _KEY.match(text, at):
        value, at = opened(text, key.end(), _QUOTINGS) or _bare(text, key.end())
        found.export(key[1], value)
    return (text.find("\n", at) + 1) or len(text)


def _bare(text: str, at: int) -> tuple[str, int]:
    bare = _BARE.match(text, at)
    end = bare.end() if bare else at
    return scan(text[at:end].strip(), 0, _UNQUOTED)[0], end
