"""PowerShell's `$env:A = …` and Nushell's `$env.A = …`; a value is taken if it is one string or number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from profiles.importing.exports.scanning import Quoting, each_step, letters, opened, quoting, unexpanded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.importing.exports.scanning import Collector, Exports


class _Language(NamedTuple):
    """How a language sets a variable, and what its values and comments look like."""

    sets: re.Pattern[str]  # up to the value; the only group that matches is the name
    quotings: Mapping[str, Quoting]  # of values, by the sign that opens each
    bare: re.Pattern[str]  # a value without quotes; its last group is what it stands for
    passed: Mapping[str, Quoting]  # what is skipped between statements


_COMMENT = quoting(r"\n|\Z")
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "e": "\x1b"}
_PS_CALL = re.compile(r"\[(?:System\.)?Environment\]::SetEnvironmentVariable\(\s*", re.IGNORECASE)
_PS_BETWEEN = re.compile(r"\s*,\s*")
_PS_CALL_END = re.compile(r"\s*(?:,[^,()\n]*)?\)")
_PS_ESCAPE = r"`(?:u\{[0-9a-fA-F]{1,6}\}|[^\n])?"
_PS_REFERS = r"\$\w+:\w+|\$"
_PS_MEANT = letters({**_CONTROLS, "v": "\v", "0": ""})
_PS_QUOTINGS = {
    "@'\n": quoting(r"\n'@|(?<=@'\n)'@"),
    '@"\n': quoting(r'\n"@|(?<=@"\n)"@', _PS_ESCAPE, _PS_REFERS, meant=_PS_MEANT),
    "'": quoting("'(?!')", "''"),
    '"': quoting('"(?!")', f'{_PS_ESCAPE}|""', _PS_REFERS, meant=_PS_MEANT),
}
_POWERSHELL = _Language(
    re.compile(r"\$(?:\{env:([A-Za-z_]\w*)\}|env:([A-Za-z_]\w*))[ \t]*=(?!=)\s*", re.IGNORECASE),
    _PS_QUOTINGS,
    re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)"),
    {**_PS_QUOTINGS, "<#": quoting("#>"), "#": _COMMENT, "`": quoting(r".|\Z")},
)
_NU_ESCAPE = r"\\(?:u\{[0-9a-fA-F]{1,6}\}|.)"
_NU_PLAIN = {
    "'": quoting("'"),
    "`": quoting("`"),
    '"': quoting('"', _NU_ESCAPE, meant=letters(_CONTROLS)),
}
_NUSHELL = _Language(
    re.compile(r"\$env\.([A-Za-z_]\w*)\??[ \t]*=(?!=)[ \t]*"),
    {
        **_NU_PLAIN,
        "$'": quoting("'", whole=lambda inside: unexpanded(f"$'{inside}'")),
        '$"': quoting('"', _NU_ESCAPE, meant=str, whole=lambda inside: unexpanded(f'$"{inside}"')),
    },
    re.compile(r"r(#+)'(.*?)'\1|([A-Za-z0-9_.:/@+-]+)", re.DOTALL),
    {**_NU_PLAIN, "#": _COMMENT},
)
_REST = re.compile(r"[ \t]*(?=[\n;#})]|$)")


def read_powershell(text: str) -> Exports:
    """What the text sets in the environment, wherever in it that stands."""
    return each_step(text, _ps_statement)


def read_nushell(text: str) -> Exports:
    """What the text sets in the environment, wherever in it that stands."""
    return each_step(text, _nu_statement)


def _ps_statement(found: Collector, text: str, at: int) -> int:
    call = _PS_CALL.match(text, at)
    return _ps_call(found, text, call.end()) if call else _statement(found, text, at, _POWERSHELL)


def _nu_statement(found: Collector, text: str, at: int) -> int:
    return _statement(found, text, at, _NUSHELL)


def _statement(found: Collector, text: str, at: int, language: _Language) -> int:
    given = language.sets.match(text, at)
    if given is None:
        passed = opened(text, at, language.passed)
        return passed[1] if passed else at + 1
    at = given.end()
    value, end = _value(text, at, language)
    if end == at or _REST.match(text, end) is None:  # an expression: a string is only a part of it
        line_end = text.find("\n", end)
        end = len(text) if line_end < 0 else line_end
        value = unexpanded(text[at:end])
    found.export(next(filter(None, given.groups())), value)
    return end


def _ps_call(found: Collector, text: str, at: int) -> int:
    name, end = _value(text, at, _POWERSHELL)
    between = _PS_BETWEEN.match(text, end)
    if end == at or between is None or not name.isidentifier():
        return at
    value, end = _value(text, between.end(), _POWERSHELL)
    whole = _PS_CALL_END.match(text, end)
    found.export(name, value if whole and end > between.end() else unexpanded(text[between.end() : end + 1]))
    return end


def _value(text: str, at: int, language: _Language) -> tuple[str, int]:
    """The string or number that begins there and its end; the very same place where none does."""
    bare = language.bare.match(text, at)
    return opened(text, at, language.quotings) or (
        (bare[bare.lastindex or 0], bare.end()) if bare else ("", at)
    )
