r"""`.env` files: `NAME=value` lines. There is no one standard; this is what the common readers agree on.

Single quotes are literal; in double quotes `\n` and its like are escapes; without quotes the value ends at
the line's end or before ` #`. A `$` outside single quotes begins a reference, which is not expanded.
"""

from __future__ import annotations

import re

from profiles.exports._scanning import Collector, Exports, Unclosed, UnclosedError, reference_end, unexpanded

_KEY = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*[=][ \t]*")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "$": "$"}
_BARE = re.compile(r"(?:[^\n#]|(?<![ \t])#)*")


def read_dotenv(text: str) -> Exports:
    """What the file sets: all of it counts as exported."""
    found = Collector()
    unclosed = Unclosed(text, found.notes)
    at = 0
    while at < len(text):
        key = _KEY.match(text, at)
        if key is None:
            at = (text.find("\n", at) + 1) or len(text)
            continue
        try:
            value, at = _value(text, key.end())
            found.export(key[1], value)
            at = (text.find("\n", at) + 1) or len(text)
        except UnclosedError:
            at = unclosed.resume_after(at)
    return found.done()


def _value(text: str, at: int) -> tuple[str, int]:
    quote = text[at : at + 1]
    if quote == "'":
        end = text.find("'", at + 1)
        if end < 0:
            raise UnclosedError
        return text[at + 1 : end], end + 1
    if quote != '"':
        bare = _BARE.match(text, at)
        end = bare.end() if bare else at
        value, _ = _expanded(text[at:end].strip(), 0, "")
        return value, end
    return _expanded(text, at + 1, '"')


def _expanded(text: str, at: int, quote: str) -> tuple[str, int]:
    """The text up to the closing quote (or to its end, for none), with a mark for each reference."""
    parts: list[str] = []
    while at < len(text):
        char = text[at]
        if char == quote:
            return "".join(parts), at + 1
        if char == "\\" and quote:
            escape = text[at + 1 : at + 2]
            parts.append(_ESCAPES.get(escape, "\\" + escape))
            at += 2
        elif char == "$" and (end := reference_end(text, at)) > at:
            parts.append(unexpanded(text[at:end]))
            at = end
        else:
            parts.append(char)
            at += 1
    if quote:
        raise UnclosedError
    return "".join(parts), at
