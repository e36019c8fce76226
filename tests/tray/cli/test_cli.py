"""The frame around every command: options anywhere, exit codes, what a slip of the finger is told."""

from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
from importlib import import_module

import pytest
from support.home.user_home import KEY, ROOT, UserHome

from tray.cli.parsers import full_parser, verb_parser
from tray.cli.verbs import CHANGES, VERBS, Verb, command_module, function_name
from tray.terminal.results import Report
from tray.terminal.words.switching.step_words import _WORDS


def test_help_names_every_command_so_that_none_stays_unknown(home: UserHome) -> None:
    text = home.ok().out
    assert home.ok("--help").out == home.ok("help").out == home.ok("-h").out == text
    assert len(text.splitlines()) <= 24  # what is longer has scrolled away
    every = home.ok("help", "all").out
    for verb in VERBS:
        assert re.search(rf"\b{verb.words.split()[0]}\b", text)
        assert f"  {verb.words} " in every
        assert verb.summary in " ".join(every.split())


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.words)
def test_every_command_explains_itself(home: UserHome, verb: Verb) -> None:
    ran = home.ok(*verb.words.split(), "--help")
    assert ran.out.startswith(f"usage: pkcc-tray {verb.words}")
    assert verb.summary[1:] in ran.out
    assert ran.err == ""
    assert home.ok("help", *verb.words.split()).out == ran.out
    assert function_name(verb).rstrip("_") == verb.words.replace(" ", "_").replace("-", "_")


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.words)
def test_a_command_takes_what_its_parser_gives_it(verb: Verb) -> None:
    """Else it passes every lint, and ends with "Something went wrong inside" when somebody types it."""
    module = command_module(verb)
    signature = inspect.signature(getattr(module, function_name(verb)))
    declared = [action.dest for action in verb_parser(verb, module)._actions if action.dest != "help"]
    declared += ["command"] if verb.takes_command else []
    declared += ["manual"] if verb.takes_manual else []
    signature.bind("app", **dict.fromkeys(declared))
    assert signature.return_annotation == "Report"


def test_a_command_is_in_no_other_table() -> None:
    """Else anyone who adds one has to find that table too, and what is missed there fails for a user only."""
    words = {verb.words for verb in VERBS}
    assert words > CHANGES
    assert words & _WORDS.keys() < CHANGES  # what is a step in the history changes something

    def names_commands(node: ast.AST) -> bool:
        texts = {each.value for each in ast.iter_child_nodes(node) if isinstance(each, ast.Constant)}
        return isinstance(node, ast.Dict | ast.Tuple | ast.List | ast.Set) and len(words & texts) > 2

    tables = {
        path.relative_to(ROOT / "tray").as_posix()
        for room in ("cli", "commands", "terminal")
        for path in (ROOT / "tray" / room).rglob("*.py")
        if any(map(names_commands, ast.walk(ast.parse(path.read_text("utf-8")))))
    }
    # What other programs call a command, and looks: most have neither. Examples have a test of their own,
    # and a step whose action has no words is named by its own.
    documented = {"cli/examples.py", "cli/reference.py", "terminal/words/switching/step_words.py"}
    assert tables - {"cli/verbs.py"} - documented == {"cli/unknown_verb.py", "terminal/looks/answers.py"}


@pytest.mark.parametrize("group", ["key", "key vault", "config"])
def test_a_group_of_commands_lists_them(home: UserHome, group: str) -> None:
    """Else `key --help` is an error, and one is left guessing what can follow."""
    ran = home.ok(*group.split(), "--help")
    assert ran.out.startswith(f"usage: pkcc-tray {group} …\n")
    listed = [line.strip() for line in ran.out.splitlines() if line.startswith("  " + group)]
    assert len(listed) == len([verb for verb in VERBS if verb.words.startswith(group + " ")])
    assert home.ok("help", *group.split()).out == ran.out
    assert home.ok(*group.split(), "-h").out == ran.out


def test_the_help_keeps_within_a_narrow_terminal(home: UserHome) -> None:
    home.environ["COLUMNS"] = "60"
    assert max(map(len, home.ok("--help").out.splitlines())) <= 60


def test_many_options_stand_in_groups_and_not_in_the_usage(home: UserHome) -> None:
    """Fourteen lines of brackets before the first sentence are what a newcomer stops at."""
    lines = home.ok("add", "--help").out.splitlines()
    assert lines[:2] == ["usage: pkcc-tray add [options] [NAME]", ""]
    assert {"where requests go:", "the key:", "models:"} <= set(lines)
    assert "[--dry-run]" in home.ok("switch", "--help").out


def test_one_parser_holds_all_commands_for_completion() -> None:
    text = full_parser().format_usage()
    assert "--json" in text
    assert full_parser().parse_args(["key", "vault", "init"]).unlock == "key-file"


def test_version_is_told_in_every_form(home: UserHome) -> None:
    from profiles import __version__

    assert home.ok("--version").out == home.ok("-V").out == f"pkcc-tray {__version__}\n"
    assert home.ok("--json", "--version").json()["data"] == {"version": __version__}
    assert home.spawn("--version").out == home.spawn("-V").out == f"pkcc-tray {__version__}\n"


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb.quick is not None], ids=lambda v: v.words)
def test_the_quick_form_means_what_the_parser_would_make_of_it(verb: Verb) -> None:
    # A switch must not do something else just because argparse was not loaded.
    parsed = vars(verb_parser(verb, import_module(f"tray.commands.{verb.module}")).parse_args(["work"]))
    assert parsed == {"name": "work", **(verb.quick or {})}


GLOBALS = (
    ["--json"],
    ["--config-dir", "elsewhere"],
    ["--config-dir=elsewhere"],
    ["--settings", "other.json"],
    ["--settings=other.json"],
    ["--debug"],
)


@pytest.mark.parametrize("option", GLOBALS, ids=" ".join)
def test_common_options_are_taken_wherever_they_stand(home: UserHome, option: list[str]) -> None:
    other = home.root / "other.json"
    other.write_text("{}")
    for own in ([], ["--config-dir", str(home.root / "elsewhere")]):
        home.ok("add", "work", "--provider", "@a", "--key-stdin", *own, stdin=KEY)
    for words in ([*option, "switch", "work"], ["switch", *option, "work"], ["switch", "work", *option]):
        ran = home.ok(*words)
        assert ran.out.startswith("{" if option == ["--json"] else "work is in use")
        assert ("other.json" in ran.out) is any("--settings" in word for word in option)
    helper = (other if "--settings" in option[0] else home.settings).read_text()
    assert ("--config-dir" in helper) is option[0].startswith("--config-dir")  # else no key for a session


def test_after_two_dashes_everything_is_an_argument(home: UserHome) -> None:
    home.add()
    home.ok("set", "work", "label", "--", "--json")
    assert home.stored()["label"] == "--json"


SLIPS = [
    (["swich", "work"], "There is no command 'swich'", "Did you mean `pkcc-tray switch`?"),
    (["key", "roate"], "There is no command 'key roate'", "Did you mean `pkcc-tray key rotate`?"),
    (
        ["key"],
        "`pkcc-tray key` needs one more word",
        "One of: key set, key print, key list, key rotate, key remove, key vault init.",
    ),
    (["key", "vault"], "`pkcc-tray key vault` needs one more word", "One of: key vault init."),
    (
        ["key", "vault", "foo"],
        "There is no command 'key vault foo'",
        "Did you mean `pkcc-tray key vault init`?",
    ),
    (
        ["key", "vault", "int"],
        "There is no command 'key vault int'",
        "Did you mean `pkcc-tray key vault init`?",
    ),
    (
        ["project", "rule", "rm"],
        "There is no command 'project rule rm'",
        "Did you mean `pkcc-tray project rule remove`?",
    ),
    (["key", "foo", "bar"], "There is no command 'key foo'", "`pkcc-tray key --help` shows all."),
    (["use", "work"], "There is no command 'use'", "Did you mean `pkcc-tray switch`?"),
    (["version"], "There is no command 'version'", "Did you mean `pkcc-tray --version`?"),
    (["st"], "There is no command 'st'", "Did you mean `pkcc-tray status`?"),
    (["ls"], "There is no command 'ls'", "Did you mean `pkcc-tray list`?"),
    (["key", "rm", "x"], "There is no command 'key rm'", "Did you mean `pkcc-tray key remove`?"),
    (["delete", "x"], "There is no command 'delete'", "Did you mean `pkcc-tray remove`?"),
    (["new", "x"], "There is no command 'new'", "Did you mean `pkcc-tray add`?"),
    (["disable"], "There is no command 'disable'", "Did you mean `pkcc-tray off`?"),
    (["key-list"], "There is no command 'key-list'", "Did you mean `pkcc-tray key list`?"),
    (["frobnicate"], "There is no command 'frobnicate'", "`pkcc-tray --help` shows all."),
    (["--jason", "list"], "There is no option '--jason' here", "Did you mean --json?"),
    (["--frobnicate"], "There is no option '--frobnicate' here", "See `pkcc-tray --help`."),
    (
        ["add", "x", "--provdier=@a"],
        "There is no option '--provdier' here",
        "Did you mean --provider? See `pkcc-tray add --help`.",
    ),
    (["list", "--frobnicate"], "There is no option '--frobnicate' here", "See `pkcc-tray list --help`."),
    (["set"], "The following arguments are required: NAME, FIELD", "See `pkcc-tray set --help`."),
    (["add", "x", "--dialect", "latin"], "--dialect must be ", "See `pkcc-tray add --help`."),
    (["add", "x", "--model"], "Argument --model: expected one argument", "See `pkcc-tray add --help`."),
    (["completion", "tcsh"], "SHELL must be ", "See `pkcc-tray completion --help`."),
    (["list", "--settings"], "--settings needs a path", "See `pkcc-tray --help`."),
    (["list", "--settings="], "--settings needs a path", "See `pkcc-tray --help`."),
    (["--config-dir", "", "list"], "--config-dir needs a path", "See `pkcc-tray --help`."),
]


@pytest.mark.parametrize(("argv", "title", "hint"), SLIPS, ids=lambda part: " ".join(part)[:30])
def test_a_slip_is_told_in_two_lines_and_what_was_meant(
    home: UserHome, argv: list[str], title: str, hint: str
) -> None:
    ran = home.run(*argv)
    first, second, *rest = ran.err.splitlines()
    assert (ran.code, ran.out, rest) == (2, "", [])
    assert first.startswith(f"Error: {title}")
    assert second == f"  {hint}"


def test_an_unknown_profile_is_answered_with_the_nearest_one(home: UserHome) -> None:
    none_yet = home.run("switch", "work")
    assert none_yet.err.splitlines() == [
        "Error: There is no profile 'work'",
        "  There is none yet: `pkcc-tray add NAME` makes one.",
    ]
    home.add("work")
    for argv in (
        ["switch", "wrok"],
        ["show", "wrok"],
        ["edit", "wrok"],
        ["remove", "wrok"],
        ["diff", "wrok"],
    ):
        ran = home.run(*argv)
        assert ran.code == 3
        assert ran.err.splitlines() == [
            "Error: There is no profile 'wrok'",
            "  Did you mean 'work'? `pkcc-tray list` shows all.",
        ]


def test_an_error_is_json_too_where_json_was_asked_for(home: UserHome) -> None:
    ran = home.run("switch", "work", "--json")
    assert ran.err == ""
    assert ran.json() == {
        "schema": "pkcc-tray/1",
        "ok": False,
        "command": "switch",
        "error": {
            "title": "There is no profile 'work'",
            "hint": "There is none yet: `pkcc-tray add NAME` makes one.",
            "exit_code": 3,
        },
        "notes": [],
    }


def test_what_nobody_thought_of_is_no_traceback_and_shows_no_value(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> Report:
        try:
            {}[KEY]
        except KeyError as error:
            raise ValueError(f"cannot use {KEY}") from error

    monkeypatch.setattr("tray.commands.profiles.list.list_", fails)
    ran = home.run("list")
    assert ran == (
        1,
        "",
        "Error: Something went wrong inside pkcc-tray (ValueError)\n  "
        "Run the command again with --debug, and please report what it prints.\n",
    )
    debugged = home.run("list", "--debug")
    assert debugged.code == 1
    assert "in fails" in debugged.err
    assert "\nKeyError\n" in debugged.err
    assert KEY not in debugged.text
    assert home.run("list", "--json").json()["error"]["exit_code"] == 1


def test_debug_shows_where_an_expected_error_came_from(home: UserHome) -> None:
    assert "Traceback" not in home.run("switch", "work").err
    ran = home.run("switch", "work", "--debug")
    assert "no_such_profile" in ran.err
    assert ran.err.endswith("  There is none yet: `pkcc-tray add NAME` makes one.\n")


def test_control_characters_in_a_message_never_reach_the_terminal(home: UserHome) -> None:
    # A file name is anybody's text: it must not clear the screen or fake a second error.
    ran = home.run("import", "/nowhere/\x1b[2Jx\nError: fake")
    assert len(ran.err.splitlines()) == 2
    assert "\x1b" not in ran.text
    assert home.run("\x1b[2J").err.startswith("Error: There is no command '�[2J'")


def test_control_c_stops_with_the_shell_s_code(home: UserHome, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.setattr("tray.commands.profiles.list.list_", interrupted)
    assert home.run("list") == (130, "", "\nStopped.\n")


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("can't start new thread")], ids=repr)
def test_limits_that_are_reached_are_no_fault_to_report(
    home: UserHome, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def list_(*_: object, **__: object) -> Report:
        raise error

    monkeypatch.setattr("tray.commands.profiles.list.list_", list_)
    ran = home.run("list")
    assert ran.code == 1
    assert "ulimit" in ran.err.splitlines()[1]


SIZES = [("schema",), ("list", "--json"), ("--help",), ("--version",)]  # beyond a buffer, and within one


@pytest.mark.parametrize("argv", SIZES, ids=" ".join)
def test_a_reader_that_goes_away_is_no_error(home: UserHome, argv: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = home.spawn(*argv, capture_output=False, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("argv", SIZES, ids=" ".join)
def test_output_that_cannot_be_written_is_told_and_fails(home: UserHome, argv: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        ran = home.spawn(*argv, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert ran.code == 1
    # A switch that is done must not look like one that failed.
    told = "Error: The command did its work, but its output could not be written: no space left on device"
    assert ran.err.splitlines()[0] == told
    assert len(ran.err.splitlines()) == 2


@pytest.mark.parametrize(("argv", "code"), [(("doctor",), 1), (("show", "none"), 3), (("nonsense",), 2)])
def test_the_exit_code_says_it_though_nobody_reads(home: UserHome, argv: tuple[str, ...], code: int) -> None:
    # `pkcc-tray doctor 2>&1 | grep -q …` in a script with pipefail: 120, or 0, would be the interpreter's.
    home.settings.write_text("{")
    reading, writing = os.pipe()
    os.close(reading)
    ran = home.spawn(*argv, capture_output=False, stdout=writing, stderr=writing)
    os.close(writing)
    assert ran.code == code


def test_a_console_of_another_encoding_gets_something_readable(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    home.edit_settings("@anthropic-prod", "@mine")
    ran = home.spawn("status", env={**home.environ, "PYTHONIOENCODING": "ascii"})
    assert ran.code == 0
    assert "@anthropic-prod -> @mine" in ran.out
    assert home.spawn("status", env={**home.environ, "LANG": "C", "PYTHONUTF8": "0"}).code == 0


def test_a_settings_file_may_be_named_from_where_one_stands(home: UserHome) -> None:
    home.add()
    (home.root / "mine.json").write_text("{}")
    assert home.ok("switch", "work", "--settings", "mine.json").out.startswith(
        f"work is in use: {home.root}/mine.json"
    )
    assert home.ok("status").out.startswith("profile   none")
