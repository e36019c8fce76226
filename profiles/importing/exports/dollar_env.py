"""PowerShell's `$env:A = …` and Nushell's `$env.A = …`; a value is taken if it is one string or number."""

from __future__ import annotations

import re
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from profiles.importing.exports.gathering import Start
from profiles.importing.exports.scanning import (
    Quoting,
    UnclosedError,
    each_step,
    letters,
    opened,
    quoting,
    unexpanded,
)
from profiles.importing.exports.starts import fullest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.importing.exports.gathering import Collector, Effort, Exported, Exports


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
_PS_FUNCTION = re.compile(r"\bfunction\s+(?:\w+:)?([\w.-]+)\s*(?:\([^()]*\)\s*)?\{", re.IGNORECASE)
_PS_LONGEST = 64 * 1024  # characters of a function
_EACH_CHARACTER = 4  # of a function with a start: to read one takes longer than to copy four variables
_PS_CLAUDE = re.compile(
    r"(?:^|(?<=[;{|&(]))\s*(?:&\s*)?[\"']?(?:[^\s\"';{}|]*[\\/])?claude(?:\.(?:exe|cmd|ps1))?[\"']?(?=[\s;})]|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
_PS_REMOVES = re.compile(
    r"(?<![\w-])(?:(?:Remove|Clear)-Item|ri|rm|rmdir|rd|del|erase|cli)[ \t][^;|}\n]*", re.IGNORECASE
)
_PS_REMOVED = re.compile(r"(?<![\w${])Env:[\\/]*([\w*?]+)", re.IGNORECASE)
_PS_OTHERWISE = re.compile(r"\b(?:else|elseif|catch)\b", re.IGNORECASE)
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
    ends = _block_ends(text)
    outermost = 0  # where the function ends that is being read

    def step(found: Collector, text: str, at: int) -> int:
        nonlocal outermost
        function = _PS_FUNCTION.match(text, at)
        end = ends.get(function.end()) if function else None
        found.function = found.function if at < outermost else ""
        body = text[function.end() : end - 1] if function and end and end - at < _PS_LONGEST else ""
        starts = _ps_starts(body, found.effort) if "claude" in body.lower() else []
        if not (function and end and starts):
            if function and end and not found.function:
                found.function, outermost = function[1], end
            return _ps_statement(found, text, at)
        found.starts += [start._replace(name=function[1], kind="function") for start in starts]
        return end

    return each_step(text, step)


def _ps_starts(body: str, effort: Effort) -> list[Start]:
    """The starts of Claude Code in a function, each with what is set before it and not in another branch."""
    effort.spend(_EACH_CHARACTER * len(body))
    blocks: list[list[Exported]] = []  # of each, what is set before it and by the branches before it
    closed: list[Exported] = []  # the last of them, with its own
    branches: list[Exported] = []

    def step(found: Collector, text: str, at: int) -> int:
        if claude := _PS_CLAUDE.match(text, at):
            found.start(Start("", "command", {}))
            return claude.end()
        if removes := _PS_REMOVES.match(text, at):
            _ps_remove(found, removes[0])
            return removes.end()
        if text[at] == "{":
            blocks.append([found.state(), *branches])
            branches.clear()
        elif text[at] == "}" and blocks:
            closed[:] = [*blocks.pop(), found.state()]
            found.go_on_from(fullest(closed[1:]))
        elif closed and _PS_OTHERWISE.match(text, at):
            found.go_on_from(closed[0])
            branches[:] = closed[1:]
        return _ps_statement(found, text, at)

    return each_step(body, step, effort).starts


def _ps_remove(found: Collector, command: str) -> None:
    """Take away the variables that a `Remove-Item Env:A, Env:B*` names, in whichever case it does."""
    for pattern in _PS_REMOVED.findall(command):
        found.effort.spend(4 * len(found.exported))
        named = [name for name in found.exported if fnmatchcase(name.upper(), pattern.upper())]
        for name in named or [pattern.upper()]:
            found.erase(name)


def _block_ends(text: str) -> dict[int, int]:
    """Where each block in braces ends, by where its text begins."""
    begun: list[int] = []
    ends: dict[int, int] = {}
    at = 0
    with suppress(UnclosedError):
        while at < len(text):
            if passed := opened(text, at, _POWERSHELL.passed):
                at = passed[1]
                continue
            at += 1
            if text[at - 1] == "{":
                begun.append(at)
            elif text[at - 1] == "}" and begun:
                ends[begun.pop()] = at
    return ends


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
