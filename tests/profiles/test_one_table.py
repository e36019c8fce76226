"""Each thing we know stands in one module. A second copy with another answer is how a key leaked."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("profiles", "tray") for path in sorted((ROOT / folder).rglob("*.py"))]

# What a literal holds → the one module that may say it.
ONE_TABLE = {
    r"x-portkey-|^(header\.)?x-api-key$": "profiles/portkey_headers.py",
}
# Two words beside each other: a sentence, which people read and no code compares with anything.
SENTENCE = re.compile(r"[A-Za-z]{2,}[,.:;]? [a-z]{2,}")


def literals(tree: ast.AST) -> Iterator[ast.Constant]:
    """The texts of a module that code works with: no docstring, and no sentence."""
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            yield from [] if SENTENCE.search(node.value) else [node]


def copies(pattern: str, source: str) -> list[int]:
    """The lines on which a literal holds what the pattern finds."""
    return [node.lineno for node in literals(ast.parse(source)) if re.search(pattern, str(node.value))]


@pytest.mark.parametrize(("pattern", "table"), ONE_TABLE.items(), ids=ONE_TABLE.values())
def test_what_a_table_knows_stands_nowhere_else(pattern: str, table: str) -> None:
    """Two lists of one thing come to differ, and the one that is asked about a key is the old one."""
    found = {path.relative_to(ROOT).as_posix(): copies(pattern, path.read_text("utf-8")) for path in SOURCES}
    assert found.pop(table), f"{table} says no such thing: its pattern finds nothing any more"
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_a_copy_is_seen_wherever_it_hides() -> None:
    """Else the test above could not fail."""
    hidden = 'A = "header.x-portkey-a"\nB = f"{A} x-portkey-{A}"\n'
    assert copies("x-portkey-", f'"""Of x-portkey-a."""\n{hidden}C = "no x-portkey-a is there"') == [2, 3]
