"""What in a start file starts Claude Code with variables of its own: an alias, a function, `A=1 claude`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.claude_code.process import PACKAGE, SETTINGS_OPTION
from profiles.importing.exports.commands import Word
from profiles.importing.exports.gathering import Start

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Protocol

    from profiles.importing.exports.gathering import Collector, Exported

    class Taker(Protocol):
        """A shell, as far as its variables go."""

        found: Collector

        def take(self, words: list[Word]) -> None: ...  # noqa: D102


_PROGRAM = re.compile(r"(?:.*[/\\])?(.*?)(?:\.exe|\.cmd|\.ps1)?", re.IGNORECASE | re.DOTALL)
_RUNNERS = ("npx", "bunx", "bun", "pnpm", "pnpx", "yarn")
# Programs that run the command behind them, and their options that take a word.
_BEFORE = {
    **dict.fromkeys(
        ("command", "builtin", "nohup", "noglob", "nocorrect", "setsid", "time", "caffeinate"), ""
    ),
    "env": "uCS",
    "exec": "a",
    "nice": "n",
}


def fullest(branches: Iterable[Exported]) -> Exported:
    """What holds after branches at whose ends these do: the most of one, as parts of two never meet."""
    return max(branches, key=lambda branch: len(branch.values))


def program_name(word: str) -> str:
    """The bare name of a program: `claude` of `/usr/bin/claude` and `claude.cmd`."""
    found = _PROGRAM.fullmatch(word)
    return found[1] if found else word


def started_by(words: Iterable[Word]) -> Start | None:
    """The start of Claude Code that a command is; None for any other command."""
    values: dict[str, str] = {}
    without: set[str] = set()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name = program_name(word.text)
        if (given := word.assignment()) is not None:
            values[given[0]] = given[2]
        elif name in _BEFORE:
            without |= {*_options(rest, _BEFORE[name])}
            while name == "env" and rest and (given := Word(rest[0].text, len(rest[0].text)).assignment()):
                values[given[0]] = given[2]  # quoted as a whole, it is one to `env`
                rest.pop(0)
        elif name == "claude" or (name in _RUNNERS and any(w.text.startswith(PACKAGE) for w in rest)):
            return Start("", "command", values, frozenset(without), _settings([w.text for w in rest]))
        else:
            break
    return None


def starts_within(name: str, kind: str, commands: Sequence[list[Word]], taker: Taker) -> list[Start]:
    """The starts of Claude Code within an alias or a function, each with what it is given there."""
    for words in commands:
        taker.take(words)
    return [each._replace(name=name, kind=kind) for each in taker.found.starts]


def _options(rest: list[Word], valued: str) -> Iterator[str]:
    """Take a program's options off; the variables that `env` takes away, `*` for all."""
    while rest and rest[0].text.startswith("-"):
        option = rest.pop(0).text
        if option in ("-", "-i", "--ignore-environment"):
            yield "*"
        elif option.startswith("--unset="):
            yield option.partition("=")[2]
        elif option[1:2] == "u" and "u" in valued and len(option) > 2:
            yield option[2:]
        elif (option[1:] in tuple(valued) or option == "--unset") and rest:
            word = rest.pop(0).text
            if option in ("-u", "--unset"):
                yield word


def _settings(arguments: list[str]) -> str:
    """The settings that Claude Code's arguments name, a file or JSON; "" for none."""
    for at, word in enumerate(arguments):
        if word == SETTINGS_OPTION:
            return "".join(arguments[at + 1 : at + 2])
        if word.startswith(f"{SETTINGS_OPTION}="):
            return word.partition("=")[2]
    return ""
