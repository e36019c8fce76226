"""Where a mistake costs somebody their settings or key, the type checker sees what goes in and comes out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("tray/actions", "profiles/switching", "profiles/profile", "profiles/routes")


def declared(tree: ast.Module) -> Iterator[ast.expr]:
    """What functions take and return, what classes hold, and what other names for types stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            yield from (each.annotation for each in every if each is not None and each.annotation is not None)
            if node.returns is not None:
                yield node.returns
        elif isinstance(node, ast.ClassDef):
            yield from (each.annotation for each in node.body if isinstance(each, ast.AnnAssign))
        elif isinstance(node, ast.Module | ast.If):  # such as `Values = dict[str, Any]`
            yield from (each.value for each in node.body if isinstance(each, ast.Assign))


def unchecked(source: str) -> list[int]:
    """The lines of the declarations that have `Any` in them, quoted or not."""
    found = []
    for each in declared(ast.parse(source)):
        names = {node.id for node in ast.walk(each) if isinstance(node, ast.Name)}
        names |= {node.attr for node in ast.walk(each) if isinstance(node, ast.Attribute)}
        quoted = [node.value for node in ast.walk(each) if isinstance(node, ast.Constant)]
        if "Any" in names or any(isinstance(text, str) and "Any]" in f"{text}]" for text in quoted):
            found.append(each.lineno)
    return sorted(found)


@pytest.mark.parametrize("room", ROOMS)
def test_no_signature_takes_or_gives_just_anything(room: str) -> None:
    """Else a profile's field that is renamed is found out by the user whose switch ends in a fault.

    What is in a file is an `object`, or declared as ours have it (`TypedDict`), and looked at where it is
    decoded; there a name within a function may be `Any`. No library here needs one in a signature.
    """
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for line in unchecked(path.read_text("utf-8"))
    }
    assert found == set()


def test_one_is_seen_wherever_it_hides() -> None:
    source = """
def one(a, *, b: dict[str, Any] | None = None): ...
def two() -> "list[Any]": ...
async def three(*more: typing.Any): ...
class Four(NamedTuple):
    five: Known[Any]
if TYPE_CHECKING:
    Six = Mapping[str, Any]
def seven(company: "Company", anything: object) -> str:
    local: dict[str, Any] = {}
"""
    assert unchecked(source) == [2, 3, 4, 6, 8]
