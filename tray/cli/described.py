"""A command as the manual pages and the documentation show it: read from its own parser."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from tray.cli.examples import commands
from tray.cli.parsers import verb_parser
from tray.cli.verbs import Verb, command_module


class Described(NamedTuple):
    """One command, such as `exec`.

    `positional`: `("NAME", "-- CMD ...")`. `arguments`: each with what it means, `("--dry-run", "Show …")`.
    `examples`: as typed, each with what it does.
    """

    words: str
    summary: str
    positional: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...]
    examples: tuple[tuple[str, str], ...]


def described(verb: Verb) -> Described:
    """What is to be said of that command, in sentences."""
    parser = verb_parser(verb, command_module(verb))
    wanted = [
        action
        for action in parser._actions
        if action.help != argparse.SUPPRESS and not isinstance(action, argparse._HelpAction)
    ]
    positional = [_value(action) for action in wanted if not action.option_strings]
    return Described(
        verb.words,
        sentence(verb.summary),
        (*positional, "-- CMD ...") if verb.takes_command else tuple(positional),
        tuple((_name(action), sentence((action.help or "").replace("%%", "%"))) for action in wanted),
        tuple((line, sentence(what)) for line, what in commands(verb.words)),
    )


def sentence(text: str) -> str:
    """A summary as a sentence: "as it was" is "As it was."."""
    text = text.rstrip(".")
    if text.partition(" ")[0].isalpha():  # a name, such as keyring:NAME, is left as it is typed
        text = text[:1].upper() + text[1:]
    return text if text[-1:] in ("", "?", "…") else f"{text}."


def _name(action: argparse.Action) -> str:
    names = ", ".join(action.option_strings)
    return f"{names} {'' if action.nargs == 0 else _value(action)}".strip()


def _value(action: argparse.Action) -> str:
    name = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    many = {"*": f"[{name} ...]", "+": f"{name} ...", "?": f"[{name}]", argparse.REMAINDER: f"{name} ..."}
    return many.get(str(action.nargs), name)
