"""What help, manual pages and documentation say of each command: its examples can be typed as they stand."""

from __future__ import annotations

import re
import runpy
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from profiles.files.preferences import NAMES, PURPOSES
from tray.cli.described import described, sentence
from tray.cli.examples import EXAMPLES, commands
from tray.cli.parsers import verb_parser
from tray.cli.reference import CORE
from tray.cli.verbs import BY_WORDS, VERBS, Verb, find_verb

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.words)
def test_each_command_has_two_examples_that_it_takes(verb: Verb) -> None:
    """Anyone who copies an example must not be told that there is no such option."""
    examples = commands(verb.words)
    assert len(examples) == 2
    assert f"pkcc-tray {verb.words}" in examples[0][0]
    for line, _ in examples:
        part = next(part for part in re.sub(r'^eval "\$\(|\)"$', "", line).split("|") if "pkcc-tray" in part)
        words = shlex.split(part.partition(" < ")[0].partition(" > ")[0])
        typed = words[words.index("pkcc-tray") + 1 :]
        named = find_verb(typed)
        assert named is not None
        rest = [word for word in typed[len(named.words.split()) :] if word != "--json"]
        if named.takes_command:
            rest = rest[: rest.index("--")]
        verb_parser(named, import_module(f"tray.commands.{named.module}")).parse_args(rest)


def test_no_example_is_of_a_command_that_is_gone() -> None:
    assert [words for words in EXAMPLES if words not in BY_WORDS] == []
    assert [words for words in CORE if words not in BY_WORDS] == []


def test_the_pages_of_commands_and_options_are_what_the_program_has() -> None:
    """An option that is missing there is an option that nobody finds."""
    for path, text in runpy.run_path(str(DOCS / "site" / "commands.py"))["PAGES"].items():
        assert path.read_text("utf-8") == text(), "run: python docs/site/commands.py"


def test_each_preference_says_what_it_is_for() -> None:
    assert tuple(PURPOSES) == NAMES


def test_what_runs_a_program_says_where_it_goes() -> None:
    assert described(BY_WORDS["exec"]).positional == ("[NAME]", "-- CMD ...")


def test_a_name_keeps_its_case_in_a_sentence() -> None:
    assert sentence("keyring:NAME or env:VAR") == "keyring:NAME or env:VAR."
    assert sentence("does it?") == "Does it?"
