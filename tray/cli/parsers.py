"""The parsers: one command's own, all of them together, and the help text."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NoReturn

from profiles.base.errors import UsageError
from profiles.base.text import named
from tray.cli.reference import COMMON_OPTIONS, CORE, EXIT_CODES
from tray.cli.verbs import VERBS, Verb, command_module, function_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HIDDEN = argparse.SUPPRESS
_MOST_USAGE_LINES = 5  # more are read by nobody: the options stand below, each with its meaning


class _Parser(argparse.ArgumentParser):
    """Reports by exception, in one line, and never repeats a value: it may be a key typed as an argument."""

    def error(self, message: str) -> NoReturn:
        hint = f"See `{self.prog} --help`."
        if message.startswith("unrecognized arguments: "):
            words = message.removeprefix("unrecognized arguments: ").split()
            options = [word.partition("=")[0] for word in words if word.startswith("-")]
            if not options:
                title = "There is one argument too many"
                begin = f"{self.prog} ".removeprefix("pkcc-tray ")
                below = [verb.words.removeprefix(begin) for verb in VERBS if verb.words.startswith(begin)]
                if near := _near(words[0], below):
                    raise UsageError(title, f"Did you mean `{self.prog} {near}`?")
                raise UsageError(title, "A key is never an argument: it is asked for, or piped in. " + hint)
            near = _near(options[0], [*self._option_string_actions])
            raise UsageError(
                f"There is no {named('option', options[0])} here",
                f"Did you mean {near}? " + hint if near else hint,
            )
        raise UsageError(_without_values(message), hint)


def _near(typed: str, known: Sequence[str]) -> str:
    """The one that was probably meant, never what was typed; "" for none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(typed, known, n=1)), "")


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
    from tray.cli.examples import commands

    examples = "".join(f"\n  {line}\n      {what}" for line, what in commands(verb.words))
    parser = _Parser(
        prog=f"pkcc-tray {verb.words}",
        description="\n".join(_wrapped(verb.summary[:1].upper() + verb.summary[1:] + ".")),
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(
            [
                f"examples:{examples}",
                "",
                *_wrapped("Every command also takes --json, --config-dir DIR, --settings FILE and --debug."),
                *_wrapped(f"Exit codes: {_exit_codes()}."),
            ]
        ),
    )
    add_arguments(parser, verb, module)
    if len(parser.format_usage().splitlines()) > _MOST_USAGE_LINES:
        parser.usage = f"%(prog)s [options] {_positional_usage(parser)}".rstrip()
    return parser


def _positional_usage(parser: argparse.ArgumentParser) -> str:
    """What is not an option, such as `[NAME]`."""
    formatter = argparse.HelpFormatter(prog="")
    formatter.add_usage(None, parser._get_positional_actions(), [], prefix="")
    return formatter.format_help().strip()


def _exit_codes() -> str:
    return ", ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES)


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
    more = f"`pkcc-tray {rows[-1][0]} --help` says more about that one, and so on."
    return "\n".join([f"usage: pkcc-tray {group} …", "", *_rows(rows), "", *_wrapped(more)]) + "\n"


def _rows(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Two columns, the second wrapped to the terminal's width."""
    wide = max(len(left) for left, _ in rows)
    return [
        line
        for left, right in rows
        for line in _wrapped(right, first=f"  {left:<{wide}}  ", rest=" " * (wide + 4))
    ]


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
    """The help text, for a terminal of 24 lines: the core commands, then a line for each group of others."""
    core = sorted((verb for verb in VERBS if verb.words in CORE), key=lambda verb: CORE.index(verb.words))
    groups: dict[str, list[str]] = {}
    for verb in VERBS:
        if verb.words not in CORE:
            groups.setdefault(verb.group, []).append(verb.words)
    return _page(
        _titled("Start with", [(verb.words, verb.summary) for verb in core]),
        _rows([(group, ", ".join(_short(words))) for group, words in groups.items()]),
        _wrapped("`pkcc-tray help all` lists them all, `pkcc-tray COMMAND --help` has examples."),
    )


def usage_of_all() -> str:
    """The help text with every command in its group, the common options and the exit codes."""
    lines: list[str] = []
    for group in dict.fromkeys(verb.group for verb in VERBS):
        lines += _titled(group, [(verb.words, verb.summary) for verb in VERBS if verb.group == group])
    return _page(
        lines,
        _titled("Options of every command", COMMON_OPTIONS),
        _titled("Exit codes", EXIT_CODES),
        _wrapped("`pkcc-tray COMMAND --help` has options and examples, `man pkcc-tray` all of it."),
    )


def _short(words: list[str]) -> list[str]:
    """Such as `key …` in the place of all that begin so."""
    firsts = [each.partition(" ")[0] for each in words]
    return [
        f"{first} …" if firsts.count(first) > 1 or first not in words else first
        for first in dict.fromkeys(firsts)
    ]


def _titled(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    return [title, *_rows(rows), ""]


def _page(*parts: list[str]) -> str:
    lines = ["pkcc-tray: switch Claude Code between Portkey routes", ""]
    for part in parts:
        lines += [*part, ""] if part[-1] else part
    return "\n".join(lines[:-1]) + "\n"
