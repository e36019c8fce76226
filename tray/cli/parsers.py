"""The parsers: one command's own, all of them together, and the help text."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NoReturn

from profiles.base.errors import UsageError
from profiles.base.text import named
from tray.cli.verbs import VERBS, Verb, command_module, function_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HIDDEN = argparse.SUPPRESS


class _Parser(argparse.ArgumentParser):
    """Reports by exception, in one line, and never repeats a value: it may be a key typed as an argument."""

    def error(self, message: str) -> NoReturn:
        hint = f"See `{self.prog} --help`."
        if message.startswith("unrecognized arguments: "):
            words = message.removeprefix("unrecognized arguments: ").split()
            options = [word.partition("=")[0] for word in words if word.startswith("-")]
            if not options:
                title = "There is one argument too many"
                raise UsageError(title, "A key is never an argument: it is asked for, or piped in. " + hint)
            from difflib import get_close_matches

            near = get_close_matches(options[0], self._option_string_actions, n=1)
            raise UsageError(
                f"There is no {named('option', options[0])} here",
                f"Did you mean {near[0]}? " + hint if near else hint,
            )
        raise UsageError(_without_values(message), hint)


def _without_values(message: str) -> str:
    """One of argparse's own messages; those that repeat what was typed are put in other words."""
    name, colon, reason = message.removeprefix("argument ").partition(": ")
    if colon and reason.startswith("invalid choice"):
        return f"{name} must be {reason.rpartition('(choose from ')[2].rstrip(')')}"
    if colon and reason.startswith("ignored explicit argument"):
        return f"{name} takes no value"
    if message.startswith(("argument ", "the following arguments are required")):
        return message[:1].upper() + message[1:]
    return "The arguments do not fit this command"


def verb_parser(verb: Verb, module: Any) -> argparse.ArgumentParser:
    """The parser of one command."""
    parser = _Parser(
        prog=f"pkcc-tray {verb.words}",
        description=verb.summary[:1].upper() + verb.summary[1:] + ".",
        allow_abbrev=False,
        epilog="Every command also takes --json, --config-dir DIR, --settings FILE and --debug.",
    )
    add_arguments(parser, verb, module)
    return parser


def add_arguments(parser: argparse.ArgumentParser, verb: Verb, module: Any) -> None:
    """Declare a command's own arguments, if it has any."""
    declare = getattr(module, f"arguments_{function_name(verb).rstrip('_')}", None)
    if declare is not None:
        declare(parser)


def full_parser(verbs: Iterable[Verb] = VERBS, *, bare: bool = False) -> argparse.ArgumentParser:
    """One parser with all those commands in it, `bare` their names alone: what completion is made from."""
    parser = _Parser(prog="pkcc-tray", allow_abbrev=False)
    _add_globals(parser)
    levels: dict[str, Any] = {"": parser.add_subparsers(metavar="COMMAND")}
    made: dict[str, argparse.ArgumentParser] = {}  # one that is a command is a group, too: `statusline on`
    for verb in verbs:
        *above, last = verb.words.split()
        for depth in range(len(above)):
            path = " ".join(above[: depth + 1])
            if path not in levels:
                if path not in made:
                    made[path] = levels[" ".join(above[:depth])].add_parser(above[depth])
                levels[path] = made[path].add_subparsers(metavar="COMMAND")
        sub = levels[" ".join(above)].add_parser(last, help=verb.summary, allow_abbrev=False)
        made[verb.words] = sub
        if not bare:
            _add_globals(sub)
            add_arguments(sub, verb, command_module(verb))
    return parser


def _add_globals(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", default=_HIDDEN, help="machine-readable output")
    parser.add_argument(
        "--config-dir", metavar="DIR", default=_HIDDEN, help="where profiles, keys and state lie"
    )
    parser.add_argument("--settings", metavar="FILE", default=_HIDDEN, help="Claude Code's settings file")
    parser.add_argument(
        "--debug", action="store_true", default=_HIDDEN, help="show a traceback with an error"
    )


def group_usage(group: str) -> str:
    """The help text of what is the first word of some commands, such as `key`, and may be one itself."""
    rows = [(verb.words, verb.summary) for verb in VERBS if f"{verb.words} ".startswith(f"{group} ")]
    more = f"`pkcc-tray {rows[-1][0]} --help` tells more of that one, and so on."
    return "\n".join([f"usage: pkcc-tray {group} …", "", *_rows(rows), "", *_wrapped(more)]) + "\n"


def _rows(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Two columns, the second wrapped to the terminal's width."""
    return [line for left, right in rows for line in _wrapped(right, first=f"  {left:<15} ", rest=" " * 18)]


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    import shutil
    import textwrap

    width = max(shutil.get_terminal_size().columns, 40)
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def usage() -> str:
    """The help text: tasks first, then every command in its group."""
    lines = [
        "pkcc-tray: switch Claude Code between Portkey routes",
        "",
        "  pkcc-tray add work",
        "  pkcc-tray switch work",
        "",
    ]
    for group in dict.fromkeys(verb.group for verb in VERBS):
        lines.append(group)
        lines += _rows([(verb.words, verb.summary) for verb in VERBS if verb.group == group])
        lines.append("")
    lines += [
        "Options of every command",
        *_rows(
            [
                ("--json", "machine-readable output"),
                ("--config-dir D", "keep profiles, keys and state in D (or set PKCC_CONFIG_DIR)"),
                ("--settings F", "Claude Code's settings file, if it is not ~/.claude/settings.json"),
                ("--debug", "show a traceback with an error (secrets stay masked)"),
                ("--version, -V", "the version, and nothing else"),
            ]
        ),
        "",
        "`pkcc-tray COMMAND --help` tells more.",
        *_wrapped(
            "Exit codes: 0 done, 1 failed, 2 usage, 3 no such profile, key or saved config, 4 conflict (such "
            "as a change by something else), 5 secret not available, 6 refused by the gateway, 7 key "
            "withheld by the guard."
        ),
    ]
    return "\n".join(lines) + "\n"
