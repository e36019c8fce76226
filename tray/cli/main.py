"""The command line: parse, call the command's function, print. The one place that catches PkccError."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext, suppress

from profiles.base.errors import PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import is_unicode
from tray.cli.options import Options
from tray.cli.verbs import CHANGES, command_module, find_verb, function_name, group_asked_for
from tray.terminal import output

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import ModuleType
    from typing import Any

    from profiles.catalogs.kept.owed import Debt
    from tray.app import App
    from tray.cli.verbs import Verb
    from tray.terminal.results import Report


def run(argv: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    try:
        return _run(Options(argv))
    except KeyboardInterrupt:
        with suppress(OSError):
            output.show_interrupted()
        return 130
    finally:
        output.let_go()


def _run(options: Options) -> int:
    try:
        report = _dispatch(options)
    except PkccError as error:
        return _tell(error, options)
    except UnicodeEncodeError as error:
        return _tell(_not_text(options.words) or output.unforeseen(error), options, error)
    except Exception as error:  # noqa: BLE001 - the last resort: a person never gets a traceback unasked
        return _tell(output.unforeseen(error), options, error)
    try:
        output.show(report, as_json=options.json, command=options.command)
    except BrokenPipeError:
        pass  # the reader went away (`| head`): no fault
    except OSError as error:  # most likely: a full disk under `> file`
        options.json = False
        output.let_go()
        return _tell(output.undelivered(error), options, error)
    except Exception as error:  # noqa: BLE001
        return _tell(output.unforeseen(error), options, error)
    return report.exit_code


def _not_text(words: Sequence[str]) -> UsageError | None:
    """What to say where one of the words is no text; None where all are. Names of files need not be."""
    if all(map(is_unicode, words)):
        return None
    return UsageError("An argument is not UTF-8 text", "Only a file's path may be something else.")


def _tell(problem: PkccError, options: Options, cause: Exception | None = None) -> int:
    with suppress(OSError):  # where nothing can be printed, the exit code still says it
        output.show_error(
            problem, as_json=options.json, command=options.command, debug=options.debug, cause=cause
        )
    return problem.exit_code


def _dispatch(options: Options) -> Report:
    if options.problem is not None:
        raise options.problem
    if "_ARGCOMPLETE" in os.environ:
        from tray.cli.completing import complete

        complete()
    words = _command_words(options)
    if general := _general_answer(words):
        return general
    verb = find_verb(words)
    if verb is None:
        from tray.cli.unknown_verb import unknown_verb

        raise unknown_verb(words)
    options.command = verb.words
    module = command_module(verb)
    rest = words[len(verb.words.split()) :]
    if any(word in ("--help", "-h") for word in _before_dashes(rest)):
        from tray.cli.parsers import verb_parser

        return _text(verb_parser(verb, module).format_help())
    arguments = _arguments(verb, module, rest)
    app, act = _app(verb, options), getattr(module, function_name(verb))
    with _writing_owed_after(app, verb, arguments) as owed:
        report: Report = act(app, **arguments)
        if report.only_looked:
            owed.clear()
    return report


def _writing_owed_after(
    app: App, verb: Verb, arguments: Mapping[str, object]
) -> AbstractContextManager[list[Debt]]:
    """What the settings owe a catalog is written after a command that changes something; one look else."""
    changes = verb.words in CHANGES and not arguments.get("dry_run")
    if not (changes or arguments.get("fix")) or not app.owes_catalogs():
        return nullcontext([])
    from tray.actions.catalogs.after_change import writing_owed_after

    return writing_owed_after(app)


def _command_words(options: Options) -> list[str]:
    """The words as they are meant: `help switch` is `switch --help`, nothing on a desktop is `tray`."""
    words = options.words
    if words[:1] == ["help"] and len(words) > 1:
        words = [*words[1:], "--help"]
    if words[:1] in (["--headless"], ["--foreground"]):
        return ["tray", *words]
    if not words and not options.json and _has_display():
        return ["tray", "--background"] if sys.stdout.isatty() else ["tray"]
    return words


def _has_display() -> bool:
    from tray.desktop.display import has_display  # a command that is named needs none

    return has_display(os.environ)


def _general_answer(words: list[str]) -> Report | None:
    """The help, the help of a group such as `key`, or the version; None where a command is asked for."""
    if not words or words[0] in ("--help", "-h", "help"):
        from tray.cli.parsers import usage

        return _text(usage())
    if words == ["all", "--help"]:
        from tray.cli.parsers import usage_of_all

        return _text(usage_of_all())
    if words in (["--version"], ["-V"]):
        from profiles import __version__

        return _text(f"pkcc-tray {__version__}\n", {"version": __version__})
    if group := group_asked_for(words):
        from tray.cli.parsers import group_usage

        return _text(group_usage(group))
    return None


def _text(text: str, data: Mapping[str, str] | None = None) -> Report:
    from tray.terminal.results import Report

    return Report(data or {}, raw=text)


def _arguments(verb: Verb, module: ModuleType, words: list[str]) -> dict[str, Any]:
    """The command's arguments by name; argparse is not loaded where they are in the quick form."""
    if verb.quick is not None and len(words) == 1 and not words[0].startswith("-"):
        return {"name": words[0], **verb.quick}
    from tray.cli.parsers import verb_parser

    more: dict[str, Any] = {}
    if verb.takes_command:
        words, more["command"] = _split_command(verb, words)
    if verb.takes_manual:
        more["manual"] = _manual()
    return {**vars(verb_parser(verb, module).parse_args(words)), **more}


def _manual() -> dict[str, str]:
    """The manual's pages of today by their names."""
    import time

    from profiles import __version__
    from tray.cli.manual import man_pages

    return man_pages(__version__, time.strftime("%Y-%m-%d"))


def _app(verb: Verb, options: Options) -> App:
    """The application for a command, with what a killed one left undone finished first."""
    from tray.app import App
    from tray.cli.fast_path import terminal

    asker = None
    if verb.words == "key print":  # Claude Code waits for that one, which changes no settings
        from profiles.base.locations import working_directory
        from profiles.routes.guard.asker import find_asker

        asker = find_asker(os.environ, working_directory())
    app = App.start(
        os.environ,
        options.config_dir,
        options.settings_path,
        wants_json=options.json,
        asker=asker,
        terminal=terminal(),
    )
    if verb.words != "key print":
        app.finish_interrupted()
        if verb.tidies:
            app.take_out_blanks()
    return app


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
