"""Every command that is printed can be typed: a remedy with a wrong word or option helps nobody."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from support.home.user_home import ROOT

from profiles.base.errors import UsageError
from tray.cli.parsers import full_parser

_PARSER = full_parser()
_COMMAND = re.compile(r"`(pkcc-tray [a-z][^`…]*)`")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# Of git, Claude Code and the tray.
_OF_OTHERS = {"--global", "--add", "--cached", "--setting-sources", "--headless"}


@cache
def nodes() -> list[tuple[Path, list[ast.Constant | ast.JoinedStr | ast.Call]]]:
    """The texts and calls of every module of ours; read once, since that takes seconds."""
    kinds = (ast.Constant, ast.JoinedStr, ast.Call)
    return [
        (path, [each for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, kinds)])
        for path in sorted([*(ROOT / "profiles").rglob("*.py"), *(ROOT / "tray").rglob("*.py")])
    ]


def printed_texts() -> Iterator[tuple[str, str]]:
    """The file, and each text in it; `x` where a value is put in."""
    for path, found in nodes():
        for each in found:
            if isinstance(each, ast.JoinedStr):
                parts = [str(part.value) if isinstance(part, ast.Constant) else "x" for part in each.values]
                yield str(path.relative_to(ROOT)), "".join(parts)
            elif isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield str(path.relative_to(ROOT)), each.value


def wrong_with(command: str) -> str:
    """Why a command could not be typed; "" where it could, or where a sentence only names it."""
    own = command.partition(" -- ")[0]  # behind it stands a command of another program
    try:
        _PARSER.parse_args([word for word in shlex.split(own)[1:] if word != "--help"])
    except UsageError as error:
        return "" if "are required" in error.title else error.title
    return ""


def test_every_command_that_is_printed_can_be_typed() -> None:
    found = {(path, each) for path, text in printed_texts() for each in _COMMAND.findall(text)}
    others = ("pkcc-tray x", "pkcc-tray refused", "pkcc-tray help")
    commands = {(path, each) for path, each in found if not each.startswith(others)}
    assert len(commands) > 60
    assert [each for each in commands if wrong_with(each[1])] == []


@pytest.mark.parametrize("command", ["pkcc-tray switch work --replace", "pkcc-tray swich work"])
def test_one_that_cannot_be_typed_would_be_found(command: str) -> None:
    assert wrong_with(command)


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """All options of a command and of those below it."""
    found = set(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action.choices, dict):
            found |= {name for below in action.choices.values() for name in options_of(below)}
    return found


def test_every_option_that_an_error_names_is_one() -> None:
    known = options_of(_PARSER) | _OF_OTHERS
    named = set()
    for path, found in nodes():
        for call in (each for each in found if isinstance(each, ast.Call)):
            if getattr(call.func, "attr", getattr(call.func, "id", "")).endswith("Error"):
                named |= {(path.name, option) for option in _OPTION.findall(ast.unparse(call))}
    assert len(named) > 15
    assert [each for each in sorted(named) if each[1] not in known] == []
