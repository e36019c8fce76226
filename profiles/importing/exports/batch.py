"""Windows' batch files: `set A=…`, `set "A=…"`, `setx A …`; a `%A%` is not expanded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.importing.exports.gathering import Collector, Effort
from profiles.importing.exports.scanning import unexpanded

if TYPE_CHECKING:
    from profiles.importing.exports.gathering import Exports

_COMMAND = re.compile(r'(?:"[^"\n]*"?|\^.|[^"&|^\n])+')  # up to an `&` or `|` outside of quotes
_SET = re.compile(
    r"""[\s@(]*(?:(?:if|else|for)\b.*?[\s(])?(?:set[ \t]+(?P<quote>"?)(?P<name>\w+)=(?P<value>.*)"""
    r"""|setx[ \t]+(?:/m[ \t]+)?"?(?P<lasting>\w+)"?[ \t]+(?P<word>"[^"]*"|\S+).*)""",
    re.IGNORECASE | re.DOTALL,
)
_REFERS = re.compile(r"%%|%[^%\s=]+%|![^!\s=]+!|%[0-9*]")
_COMMENT = re.compile(r"[\s@]*(?:rem\b|::)", re.IGNORECASE)


def read_batch(text: str) -> Exports:
    """What the text sets, whichever of its lines would be run."""
    found = Collector(Effort())
    for line in text.split("\n"):
        in_brackets = False
        for command in _COMMAND.findall(line) if not _COMMENT.match(line) else ():
            given = _SET.fullmatch(command)
            in_brackets = in_brackets or "(" in (command[: given.start("name")] if given else command)
            value = _REFERS.sub(_meant, _value(given, in_brackets=in_brackets)) if given else ""
            if given and (value or given["lasting"]):
                found.export(given["name"] or given["lasting"], value)
            elif given:
                found.erase(given["name"])
    return found.done()


def _meant(found: re.Match[str]) -> str:
    return "%" if found[0] == "%%" else unexpanded(found[0])


def _value(given: re.Match[str], *, in_brackets: bool) -> str:
    if given["lasting"]:
        return given["word"].strip('"')
    value = given["value"]
    if given["quote"]:  # up to the last quote, as it stands
        return value.rpartition('"')[0] if '"' in value else value
    if in_brackets:  # the first that stands for itself ends them
        value = re.sub(r"((?:\^.|[^^)])*)\).*", r"\1", value)
    return re.sub(r"\^(.)", r"\1", value)
