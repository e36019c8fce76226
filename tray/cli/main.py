"""The command line: parse, call the command's function, print. The one place that catches PkccError."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from profiles.base.errors import PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING
from tray.cli.verbs import BY_WORDS, SYNONYMS, VERBS, Verb, command_module, function_name
from tray.desktop.display import has_display
from tray.terminal import output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

    from tray.terminal.results import Report, Result


# Commands that write the settings themselves, and those that may be run at any time and change nothing.
_NO_BLANKS_OUT = ("switching.switch", "more.doctor", "more.check")


def run(argv: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    try:
        return _run(_Options(argv))
    except KeyboardInterrupt:
        with suppress(OSError):
            output.show_interrupted()
        return 130
    finally:
        output.let_go()


def _run(options: _Options) -> int:
    try:
        result = _dispatch(options)
    except PkccError as error:
        return _tell(error, options)
    except Exception as error:  # noqa: BLE001 - the last resort: a person never gets a traceback unasked
        return _tell(output.unforeseen(error), options, error)
    try:
        output.show(result, as_json=options.json, command=options.command)
    except BrokenPipeError:
        pass  # the reader went away (`| head`): nothing to complain of
    except OSError as error:  # most likely: a full disk under `> file`
        options.json = False
        output.let_go()
        return _tell(output.undelivered(error), options, error)
    except Exception as error:  # noqa: BLE001
        return _tell(output.unforeseen(error), options, error)
    return result.exit_code


def _tell(problem: PkccError, options: _Options, cause: Exception | None = None) -> int:
    with suppress(OSError):  # where nobody can be told, the exit code still says it
        output.show_error(
            problem, as_json=options.json, command=options.command, debug=options.debug, cause=cause
        )
    return problem.exit_code


class _Options:
    """The options that every command has, taken out of the command line wherever they stand."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.json = self.debug = False
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
            path = value if equals else rest.pop(0) if rest else ""
            if not path:
                self.problem = UsageError(f"{name} needs a path", "See `pkcc-tray --help`.")
            elif name == "--settings":
                self.settings_path = path
            else:
                self.config_dir = path
        else:
            self.words.append(word)


def _dispatch(options: _Options) -> Report | Result:
    from tray.app import App
    from tray.terminal.results import Result

    if options.problem is not None:
        raise options.problem
    if "_ARGCOMPLETE" in os.environ:
        _complete()
    words = options.words
    if words[:1] == ["help"] and len(words) > 1:
        words = [*words[1:], "--help"]
    if words[:1] == ["--headless"] or (not words and not options.json and has_display(os.environ)):
        words = ["tray", *words]
    if not words or words[0] in ("--help", "-h", "help"):
        from tray.cli.parsers import usage

        return Result("help", {}, raw=usage())
    if words in (["--version"], ["-V"]):
        from profiles import __version__

        return Result("version", {"version": __version__}, raw=f"pkcc-tray {__version__}\n")
    if group := _group_asked_for(words):
        from tray.cli.parsers import group_usage

        return Result("help", {}, raw=group_usage(group))
    verb = _find_verb(words)
    options.command = verb.words
    module = command_module(verb)
    rest = words[len(verb.words.split()) :]
    if verb.quick is not None and len(rest) == 1 and not rest[0].startswith("-"):
        arguments: dict[str, Any] = {"name": rest[0], **verb.quick}
    else:
        from tray.cli.parsers import verb_parser

        parser = verb_parser(verb, module)
        if any(word in ("--help", "-h") for word in _before_dashes(rest)):
            return Result("help", {}, raw=parser.format_help())
        command: dict[str, Any] = {}
        if verb.takes_command:
            rest, command["command"] = _split_command(verb, rest)
        arguments = vars(parser.parse_args(rest)) | command
    if verb.words == "key print":  # Claude Code waits for that one, which changes no settings
        from profiles.base.locations import working_directory
        from profiles.guard.asker import find_asker

        asker = find_asker(os.environ, working_directory())
        app = App.start(
            os.environ, options.config_dir, options.settings_path, wants_json=options.json, asker=asker
        )
    else:
        app = App.start(os.environ, options.config_dir, options.settings_path, wants_json=options.json)
        app.finish_interrupted()
        if verb.module not in _NO_BLANKS_OUT:
            app.take_out_blanks()
    result: Report | Result = getattr(module, function_name(verb))(app, **arguments)
    return result


def _before_dashes(words: list[str]) -> list[str]:
    return words[: words.index("--")] if "--" in words else words


def _split_command(verb: Verb, words: list[str]) -> tuple[list[str], list[str]]:
    """The words before `--`, and those behind it. Raises UsageError where either is missing."""
    before = _before_dashes(words)
    command = words[len(before) + 1 :]
    if not command or command[0] == "":
        raise UsageError(
            f"`pkcc-tray {verb.words}` needs -- and a command behind it",
            f"Such as: pkcc-tray {verb.words} NAME -- claude",
        )
    return before, command


def _group_asked_for(words: list[str]) -> str:
    """Such as `key vault`, when the words are that and then `--help`."""
    count = next((number for number, word in enumerate(words) if word in ("--help", "-h")), 0)
    group = " ".join(words[:count])
    return group if group and any(verb.words.startswith(group + " ") for verb in VERBS) else ""


def _find_verb(words: list[str]) -> Verb:
    for count in (3, 2, 1):
        verb = BY_WORDS.get(" ".join(words[:count]))
        if verb is not None:
            return verb
    group, inside = _innermost_group(words)
    depth = len(group.split())
    if inside and (len(words) == depth or words[depth].startswith("-")):
        raise UsageError(f"`pkcc-tray {group}` needs one more word", f"One of: {', '.join(inside)}.")
    from profiles.base.text import named

    first = words[0]
    if first.startswith("-"):
        from difflib import get_close_matches

        name = first.partition("=")[0]
        near = get_close_matches(name, ["--json", "--config-dir", "--settings", "--debug", "--version"], n=1)
        hint = f"Did you mean {near[0]}?" if near else "See `pkcc-tray --help`."
        raise UsageError(f"There is no {named('option', name)} here", hint)
    typed = " ".join(words[: depth + 1])
    meant = _meant(typed, inside)
    all_of = f"`pkcc-tray {group} --help`" if inside else "`pkcc-tray --help`"
    hint = f"Did you mean `pkcc-tray {meant}`?" if meant else f"{all_of} shows all."
    raise UsageError(f"There is no {named('command', typed)}", hint)


def _innermost_group(words: list[str]) -> tuple[str, list[str]]:
    """Such as "key vault" and its commands, when the words begin so; ("", []) for no group."""
    for count in (2, 1):
        group = " ".join(words[:count])
        inside = [known.words for known in VERBS if known.words.startswith(group + " ")]
        if inside and len(words) >= count:
            return group, inside
    return "", []


def _meant(typed: str, inside: list[str]) -> str:
    """The command that a slip or another program's word for it stands for; "" when there is none."""
    from difflib import get_close_matches

    *group, last = typed.split(" ")
    other = " ".join([*group, SYNONYMS.get(last, last)])
    if other != typed and (other in BY_WORDS or other.startswith("-")):
        return other
    return next(iter(get_close_matches(typed, inside or BY_WORDS, n=1)), "")


def _complete() -> NoReturn:
    import argcomplete

    from tray.cli.parsers import full_parser

    argcomplete.autocomplete(full_parser(), always_complete_options=False)
    sys.exit(0)
