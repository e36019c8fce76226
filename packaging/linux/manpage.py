"""The man page, made from the command line's own parsers, so that neither can lag behind the other."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING

from tray.cli.parsers import verb_parser
from tray.cli.verbs import VERBS, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMON = (
    ("--json", "Machine-readable output."),
    ("--config-dir DIR", "Keep profiles, keys and state in DIR (or set PKCC_CONFIG_DIR)."),
    ("--settings FILE", "Claude Code's settings file, if it is not ~/.claude/settings.json."),
    ("--debug", "Show a traceback with an error; secrets stay masked."),
    ("--version, -V", "Print the version, and nothing else."),
)
_EXIT_CODES = (
    ("0", "Done."),
    ("1", "Failed."),
    ("2", "Wrong usage."),
    ("3", "No such profile, key or project."),
    ("4", "A conflict, such as a change by something else."),
    ("5", "A secret is not available."),
    ("6", "The gateway refused."),
    ("7", "The key would go to a stranger; it was not given."),
)
_FILES = (
    ("~/.config/pkcc-tray/profiles/", "One file a profile."),
    ("~/.local/state/pkcc-tray/", "What is remembered for undo and off, and the tray's log."),
    ("~/.claude/settings.json", "Claude Code's settings, in which only the routing values are changed."),
)


def man_page(version: str, date: str) -> str:
    """The page in section 1, as troff with the man macros; `date` is an ISO date."""
    lines = [
        f'.TH PKCC\\-TRAY 1 "{date}" "pkcc\\-tray {_escaped(version)}" "User Commands"',
        ".SH NAME",
        "pkcc\\-tray \\- switch Claude Code between Portkey routes",
        ".SH SYNOPSIS",
        ".B pkcc\\-tray",
        "[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]",
        ".SH DESCRIPTION",
        "Without a command it starts the tray where there is a desktop, and prints its help elsewhere.",
        *_definitions("OPTIONS OF EVERY COMMAND", _COMMON),
    ]
    for group in dict.fromkeys(verb.group for verb in VERBS):
        lines.append(f'.SH "{group.upper()}"')
        for verb in VERBS:
            if verb.group == group:
                lines += _command(verb)
    return (
        "\n".join([*lines, *_definitions("EXIT STATUS", _EXIT_CODES), *_definitions("FILES", _FILES)]) + "\n"
    )


def _command(verb: Verb) -> Iterator[str]:
    parser = verb_parser(verb, import_module(f"tray.commands.{verb.module}"))
    actions = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    wanted = [action for action in actions if not isinstance(action, argparse._HelpAction)]
    words = " ".join(_bare(action) for action in wanted if not action.option_strings)
    yield f'.SS "pkcc\\-tray {_escaped(verb.words)} {_escaped(words)}"'
    yield _escaped(verb.summary[:1].upper() + verb.summary[1:]) + "."
    for action in wanted:
        names = ", ".join(action.option_strings)
        value = "" if action.nargs == 0 else _bare(action)
        yield from _definition(f"{names} {value}".strip(), _help(action))


def _bare(action: argparse.Action) -> str:
    name = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    many = {"*": f"[{name} ...]", "+": f"{name} ...", "?": f"[{name}]", argparse.REMAINDER: f"{name} ..."}
    return many.get(str(action.nargs), name)


def _help(action: argparse.Action) -> str:
    text = (action.help or "").replace("%%", "%").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _definitions(title: str, rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield f'.SH "{title}"'
    for term, text in rows:
        yield from _definition(term, text)


def _definition(term: str, text: str) -> Iterator[str]:
    yield from (".TP", f".B {_escaped(term)}", _escaped(text))


def _escaped(text: str) -> str:
    """Text as troff shows it: a hyphen that can be copied, no line that is taken for a macro."""
    shown = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("…", "...")
    return "\\&" + shown if shown.startswith((".", "'")) else shown
