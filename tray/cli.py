"""The command line: parse, call the command's function, print. The one place that catches PkccError."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from profiles.errors import PkccError, UsageError
from tray import output
from tray.verbs import BY_WORDS, VERBS, Verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.results import Result

_HIDDEN = argparse.SUPPRESS


class _Parser(argparse.ArgumentParser):
    """Reports by exception, in one line, and never repeats a value: it may be a key typed as an argument."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(_without_values(message), f"See `{self.prog} --help`.")


def _without_values(message: str) -> str:
    if message.startswith("unrecognized arguments: "):
        words = message.removeprefix("unrecognized arguments: ").split()
        options = [word.partition("=")[0] for word in words if word.startswith("--")]
        if options:
            return f"There is no option {options[0]} here"
        return "There is one argument too many (a key is never an argument: it is asked for, or piped in)"
    name, colon, reason = message.removeprefix("argument ").partition(": ")
    if colon and reason.startswith("invalid choice"):
        return f"{name}: {reason.partition('(')[2].rstrip(')')}"
    return message[:1].upper() + message[1:]


def run(argv: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    options = _Options(argv)
    try:
        result = _dispatch(options)
        output.show(result, as_json=options.json, command=options.command)
    except PkccError as error:
        output.show_error(error, as_json=options.json, command=options.command, debug=options.debug)
        return error.exit_code
    except KeyboardInterrupt:
        output.show_interrupted()
        return 130
    except BrokenPipeError:
        # The reader went away (`| head`): nothing to complain of, and nothing more to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result.exit_code


class _Options:
    """The options that every command has, taken out of the command line wherever they stand."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.json = self.debug = self.help = False
        self.config_dir: str | None = None
        self.settings_path: str | None = None
        self.command = ""
        self.problem: UsageError | None = None
        self.words: list[str] = []
        rest = list(argv)
        while rest:
            word = rest.pop(0)
            if word == "--":
                self.words += [word, *rest]
                break
            self._take(word, rest)

    def _take(self, word: str, rest: list[str]) -> None:
        name, equals, value = word.partition("=")
        if word == "--json":
            self.json = True
        elif word == "--debug":
            self.debug = True
        elif name in ("--config-dir", "--settings"):
            if not equals and not rest:
                self.problem = UsageError(f"{name} needs a path", "See `pkcc-tray --help`.")
                return
            path = value if equals else rest.pop(0)
            if name == "--settings":
                self.settings_path = path
            else:
                self.config_dir = path
        else:
            self.words.append(word)


def _dispatch(options: _Options) -> Result:
    from tray.app import App
    from tray.results import Result

    if options.problem is not None:
        raise options.problem
    if "_ARGCOMPLETE" in os.environ:
        _complete()
    words = options.words
    if not words or words[0] in ("--help", "-h", "help"):
        return Result("help", {}, raw=usage())
    if words == ["--version"]:
        from profiles import __version__

        return Result("version", {"version": __version__}, raw=f"pkcc-tray {__version__}\n")
    verb = _find_verb(words)
    options.command = verb.words
    module = import_module(f"tray.commands.{verb.module}")
    parser = verb_parser(verb, module)
    if any(word in ("--help", "-h") for word in _before_dashes(words)):
        return Result("help", {}, raw=parser.format_help())
    arguments = vars(parser.parse_args(words[len(verb.words.split()) :]))
    app = App.start(os.environ, options.config_dir, options.settings_path, wants_json=options.json)
    result: Result = getattr(module, function_name(verb))(app, **arguments)
    return result


def _before_dashes(words: list[str]) -> list[str]:
    return words[: words.index("--")] if "--" in words else words


def _find_verb(words: list[str]) -> Verb:
    for count in (3, 2, 1):
        verb = BY_WORDS.get(" ".join(words[:count]))
        if verb is not None:
            return verb
    groups = {known.words.split()[0] for known in VERBS if " " in known.words}
    if words[0] in groups:
        inside = [known.words for known in VERBS if known.words.startswith(words[0] + " ")]
        raise UsageError(f"`pkcc-tray {words[0]}` needs one more word", f"One of: {', '.join(inside)}.")
    from difflib import get_close_matches

    from profiles.names import printable

    near = get_close_matches(words[0], [*BY_WORDS, *groups], n=1)
    if words[0].startswith("-"):
        raise UsageError(
            f"There is no option {printable(words[0].partition('=')[0])}", "See `pkcc-tray --help`."
        )
    hint = f"Did you mean `pkcc-tray {near[0]}`?" if near else "`pkcc-tray --help` shows all."
    raise UsageError(f"There is no command {printable(words[0])!r}", hint)


def function_name(verb: Verb) -> str:
    """The name of the function that does it: `import` and the like are Python's own words."""
    name = verb.words.replace(" ", "_")
    return {"import": "import_", "set": "set_", "list": "list_"}.get(name, name)


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
        lines += [f"  {verb.words:<15} {verb.summary}" for verb in VERBS if verb.group == group]
        lines.append("")
    lines += [
        "Options of every command",
        "  --json          machine-readable output",
        "  --config-dir D  keep profiles, keys and state in D (or set PKCC_CONFIG_DIR)",
        "  --settings F    Claude Code's settings file, if it is not ~/.claude/settings.json",
        "  --debug         show a traceback with an error (secrets stay masked)",
        "",
        "`pkcc-tray COMMAND --help` tells more.",
        "Exit codes: 0 done, 1 failed, 2 usage, 3 no such profile or key, 4 conflict or drift in the way,",
        "5 secret not available.",
    ]
    return "\n".join(lines) + "\n"


def full_parser() -> argparse.ArgumentParser:
    """One parser with every command in it: what completion (and a man page) is made from."""
    parser = _Parser(prog="pkcc-tray", allow_abbrev=False)
    _add_globals(parser)
    levels: dict[str, Any] = {"": parser.add_subparsers(metavar="COMMAND")}
    for verb in VERBS:
        *above, last = verb.words.split()
        for depth in range(len(above)):
            path = " ".join(above[: depth + 1])
            if path not in levels:
                group = levels[" ".join(above[:depth])].add_parser(above[depth])
                levels[path] = group.add_subparsers(metavar="COMMAND")
        sub = levels[" ".join(above)].add_parser(last, help=verb.summary, allow_abbrev=False)
        _add_globals(sub)
        add_arguments(sub, verb, import_module(f"tray.commands.{verb.module}"))
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


def _complete() -> NoReturn:
    import argcomplete

    argcomplete.autocomplete(full_parser(), always_complete_options=False)
    sys.exit(0)
