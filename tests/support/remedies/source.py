"""What the source of doctor can say: its findings' names, how its commands begin, and its advice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from support.home.user_home import ROOT

KINDS = ("problem", "warning", "note", "kind", "found", "open_to_others")
_ADVICE_AT, _COMMAND_AT = 4, 3  # among a finding's arguments
_LINE = re.compile(r"(npm|curl|irm|sudo|gnome-extensions) [^…|]+")
_SENTENCE = re.compile(r"[A-Z`].*[.]")


@cache
def modules() -> dict[str, ast.Module]:
    """Those of doctor, and what is in the way of a file, by name."""
    paths = [*(ROOT / "tray/doctor").rglob("*.py"), ROOT / "profiles/files/in_the_way/obstacles.py"]
    return {path.stem: ast.parse(path.read_text()) for path in paths if path.stem != "__init__"}


@cache
def checks() -> dict[str, set[str]]:
    """The names of each module's findings; what the others share may be any's."""
    found = {module: {*_checks_in(tree)} for module, tree in modules().items()}
    found["obstacles"] = found["machine"]
    return {module: names or {*chain(*found.values())} for module, names in found.items()}


def _checks_in(tree: ast.Module) -> Iterator[str]:
    for call in _calls(tree):
        named = call.func.id if isinstance(call.func, ast.Name) else ""
        if named in KINDS or isinstance(call.func, ast.IfExp):
            yield from (
                text for each in call.args[:3] if re.fullmatch(r"[a-z]+(-[a-z]+)*", text := _text(each))
            )
    for each in ast.walk(tree):
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) in ("kind", "check"):
            yield from (text for text in _texts(each.value) if "-" in text)


def commands() -> set[tuple[str, str]]:
    """The module, and how a command of it begins: `("exposure", "rm")`."""
    found = set()
    for module, tree in modules().items():
        for call in _calls(tree):
            name = ast.unparse(call.func)
            if name == "context.ours":
                found.add((module, " ".join(["pkcc-tray", *_first_words(call.args)])))
            elif name in ("context.shell", "context.unset", "shown_line"):
                words = call.args[0].elts if call.args and isinstance(call.args[0], ast.List) else call.args
                found.add((module, " ".join(_first_words(words)) or "unset" * (name == "context.unset")))
        for each in ast.walk(tree):
            if isinstance(each, ast.Constant | ast.JoinedStr) and (line := _LINE.match(_text(each))):
                found.add((module, line[0].rstrip(" …")))
    return {(module, words) for module, words in found if words}


def _first_words(args: list[ast.expr]) -> list[str]:
    words = []
    for each in args:
        if not isinstance(each, ast.Constant):
            break
        words.append(str(each.value))
    return words


def advice() -> set[tuple[str, str]]:
    """The module, and a pattern for each sentence of advice in it."""
    return {
        (module, text)
        for module, tree in modules().items()
        for each in _advice_in(tree)
        for text in _texts(each)
        if _SENTENCE.fullmatch(text)
    }


def _advice_in(tree: ast.Module) -> Iterator[ast.expr]:
    for each in ast.walk(tree):
        if isinstance(each, ast.Call):
            yield from (word.value for word in each.keywords if word.arg == "advice")
            if ast.unparse(each.func) in KINDS:
                yield from each.args[_ADVICE_AT:]
        elif isinstance(each, ast.Assign) and ast.unparse(each.targets[0]).endswith(
            ("advice", "IN_SHELL", "where", "then")
        ):
            yield each.value
        elif isinstance(each, ast.Return) and isinstance(each.value, ast.Tuple):
            yield from each.value.elts[1:]


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (each for each in ast.walk(tree) if isinstance(each, ast.Call))


def _text(each: ast.expr) -> str:
    return next(iter(_texts(each)), "")


def _texts(each: ast.expr) -> Iterator[str]:
    """The texts that an expression may be, `…` where a value is put in."""
    if isinstance(each, ast.Constant) and isinstance(each.value, str):
        yield each.value
    elif isinstance(each, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in each.values)
    elif isinstance(each, ast.IfExp):
        yield from _texts(each.body)
        yield from _texts(each.orelse)
    elif isinstance(each, ast.Tuple):
        for part in each.elts:
            yield from _texts(part)
