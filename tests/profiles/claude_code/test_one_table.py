"""Each thing we know stands in one module. A second copy with another answer is how a key leaked."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from profiles.claude_code.dialects import DIALECTS

ROOT = Path(__file__).parents[3]
SOURCES = [path for folder in ("profiles", "tray") for path in sorted((ROOT / folder).rglob("*.py"))]

# What a literal holds → the one module that may say it.
ONE_TABLE = {
    r"x-portkey-|^(header\.)?x-api-key$": "profiles/portkey/header_names.py",
    r"portkey\.ai": "profiles/portkey/editions.py",
    r"\{0,252\}|\\\[\[0-9A-Fa-f": "profiles/portkey/addresses.py",  # what a host is called
    r"RW\[": "profiles/base/names.py",  # minisign's keys
    r"\[ -~\]\{1,": "profiles/portkey/header_names.py",  # metadata that is required
    r"^/v1$": "profiles/claude_code/routing_names.py",
    r"core\.(hooksPath|fsmonitor)|GIT_ALLOW_PROTOCOL|ASKPASS": "profiles/base/programs/git.py",
    r"^airs$": "profiles/portkey/editions.py",
    r"^\$(eq|ne|gte?|lte?|n?in|regex|and|or)$": "profiles/portkey/config/operators.py",
    r"^(localhost|::1)$": "profiles/portkey/addresses.py",
    r"^@anthropic-ai/|^--setting-sources$": "profiles/claude_code/process/__init__.py",
}
# What Claude Code calls a variable, a setting or a file, and what we call ours.
NAMES = re.compile(
    r"(?:ANTHROPIC|AWS_BEARER|CLAUDE|CLOUD_ML|DISABLE|NODE|PKCC|SSL_CERT|WSL)_\w*|(?i:(?:https?|all|no)_proxy)"
    r"|apiKeyHelper|proxyAuthHelper|(?:managed-)?settings(?:\.local)?\.json|\.claude(?:\.json)?"
    r"|\.credentials\.json|displaced\."
)
# What a switch of Claude Code's counts as on by; what one of WSL's counts as off by.
SWITCH_WORDS = ({"1", "true", "yes", "on"}, {"0", "false", "no", "off"})
# Two words beside each other: a sentence, which people read and no code compares with anything.
SENTENCE = re.compile(r"[A-Za-z]{2,}[,.:;]? [a-z]{2,}")


class Module(NamedTuple):
    """What the tests ask of a module."""

    literals: list[tuple[int, str]]  # by their lines; no docstring, no sentence
    lists: list[ast.Tuple | ast.List | ast.Set]


def read(source: str) -> Module:
    nodes = [*ast.walk(ast.parse(source))]
    docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
    texts = [node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return Module(
        [
            (node.lineno, str(node.value))
            for node in texts
            if node not in docstrings and not SENTENCE.search(str(node.value))
        ],
        [node for node in nodes if isinstance(node, ast.Tuple | ast.List | ast.Set)],
    )


@cache
def modules() -> dict[str, Module]:
    """Every module of ours by its path; read once, since that takes seconds."""
    return {path.relative_to(ROOT).as_posix(): read(path.read_text("utf-8")) for path in SOURCES}


def copies(pattern: str, module: Module) -> list[int]:
    """The lines on which a literal holds what the pattern finds."""
    return [line for line, text in module.literals if re.search(pattern, text)]


@pytest.mark.parametrize(("pattern", "table"), ONE_TABLE.items(), ids=ONE_TABLE.values())
def test_what_a_table_knows_stands_nowhere_else(pattern: str, table: str) -> None:
    """Two lists of one thing come to differ, and the one that is asked about a key is the old one."""
    found = {path: copies(pattern, module) for path, module in modules().items()}
    assert found.pop(table), f"{table} says no such thing: its pattern finds nothing any more"
    assert {path: lines for path, lines in found.items() if lines} == {}


def lists_of_dialects(module: Module) -> list[int]:
    """The lines on which two dialects or more are listed."""
    named = {each.lineno: {getattr(part, "value", None) for part in each.elts} for each in module.lists}
    return [line for line, values in named.items() if len(values & {*DIALECTS}) > 1]


def test_dialects_are_listed_once() -> None:
    """A list in another place would not know the next dialect, nor keep the client's order."""
    found = [path for path, module in modules().items() if lists_of_dialects(module)]
    assert found == ["profiles/claude_code/dialects.py"]
    lists = read('A = 1\nB = ("vertex", "bedrock")\nC = (("vertex", 1), ("bedrock", 2))')
    assert lists_of_dialects(lists) == [2]


def test_a_copy_is_seen_wherever_it_hides() -> None:
    """Else the test above could not fail."""
    hidden = 'A = "header.x-portkey-a"\nB = f"{A} x-portkey-{A}"\n'
    module = read(f'"""Of x-portkey-a."""\n{hidden}C = "no x-portkey-a is there"')
    assert copies("x-portkey-", module) == [2, 3]


def names(module: Module) -> list[str]:
    """The literals that are a name and nothing else, `env.` before it aside."""
    texts = [text.removeprefix("env.") for _, text in module.literals]
    return [text for text in texts if NAMES.fullmatch(text)]


def test_a_variable_a_setting_and_a_file_are_named_once() -> None:
    """A name in two lists is renamed in one of them: the other goes on looking for the old one."""
    places = [(name, path) for path, module in modules().items() for name in names(module)]
    count = Counter(name for name, _ in places)
    assert count["ANTHROPIC_BASE_URL"] == 1
    assert [place for place in places if count[place[0]] > 1] == []


def switch_words(module: Module) -> list[int]:
    """Which of `SWITCH_WORDS` the lists, tuples and sets of a module repeat, by number."""
    said = [{each.value for each in node.elts if isinstance(each, ast.Constant)} for node in module.lists]
    return [number for words in said for number, kind in enumerate(SWITCH_WORDS) if len(words & kind) > 2]


def test_what_counts_as_on_is_said_once() -> None:
    """A switch that one part of pkcc-tray takes for off and Claude Code for on leads the key elsewhere."""
    assert sorted(kind for module in modules().values() for kind in switch_words(module)) == [0, 1]


def test_a_second_name_and_a_second_list_are_seen() -> None:
    """Else the two tests above could not fail."""
    hidden = 'A = ["env.ANTHROPIC_MODEL", f"PKCC_{x}", "Set NO_PROXY", "no_proxy"]'
    assert sorted(names(read(hidden))) == ["ANTHROPIC_MODEL", "PKCC_", "no_proxy"]
    assert switch_words(read('B = x in {"1", "TRUE", "true", "on"}')) == [0]
