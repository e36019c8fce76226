"""What the documents name is there: a map that leads nowhere costs anyone who follows it an afternoon."""

from __future__ import annotations

import ast
import re
import runpy
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "start").glob("*.md")),
    *sorted((ROOT / "docs" / "teams").glob("*.md")),
    *(
        ROOT / name
        for name in ("README.md", "CONTRIBUTING.md", "packaging/README.md", "packaging/fleet/README.md")
    ),
]
MAPS = [ROOT / "docs" / name for name in ("architecture.md", "walkthrough.md")]
TOP = ("benchmarks/", "docs/", "packaging/", "profiles/", "tests/", "tray/")
FILES = [path.relative_to(ROOT).as_posix() for folder in TOP for path in sorted((ROOT / folder).rglob("*.*"))]
SOURCES = [name for name in FILES if name.startswith(("profiles/", "tray/")) and name.endswith(".py")]
DEFINED = {
    (path, name)
    for path in SOURCES
    for name in re.findall(
        r"^ *(?:async )?(?:def|class) (\w+)", (ROOT / path).read_text("utf-8"), re.MULTILINE
    )
}


def named(text: str) -> list[str]:
    """What stands between backticks, word by word; blocks of commands are left out."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [word for code in re.findall(r"`([^`\n]+)`", text) for word in code.split()]


def lost(text: str) -> list[str]:
    """The files and folders of ours that a document names and that are not there."""
    words = [word for word in named(text) if word.endswith(".py") or word.startswith(TOP)]
    return [word for word in words if not (ROOT / word).exists() and not _is_end_of_a_file(word)]


def _is_end_of_a_file(word: str) -> bool:
    return any(name.endswith("/" + word) or fnmatch(name, word) for name in FILES)


def undefined(text: str) -> list[str]:
    """The functions, written `name()`, that no module of ours has; with `in FILE` behind it, not that one."""
    found = re.findall(r"`([\w.]+)\(\)`(?:\s+in\s+`([^`]+\.py)`)?", text)
    known = {*DEFINED, *(("", name) for _, name in DEFINED)}
    return [call for call, path in found if (path, call.rpartition(".")[2]) not in known]


def dead_links(document: Path, text: str) -> list[str]:
    """The links to files and headings of ours that lead nowhere."""
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, heading = link.partition("#")
        target = document.parent / path if path else document
        if not link.startswith("http") and not (
            target.exists() and (not heading or heading in _headings(target))
        ):
            found.append(link)
    return found


def _headings(document: Path) -> list[str]:
    titles = re.findall(r"^#+ (.*)$", document.read_text("utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_and_heading_that_a_document_names_is_there(document: Path) -> None:
    text = document.read_text("utf-8")
    assert lost(text) == []
    assert dead_links(document, text) == []


@pytest.mark.parametrize("document", MAPS, ids=lambda path: path.name)
def test_every_function_that_a_map_names_is_there(document: Path) -> None:
    assert undefined(document.read_text("utf-8")) == []


def test_the_box_of_the_map_has_the_core_s_rooms_and_no_other() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    box = text.partition("┌ profiles/")[2].partition("└")[0]
    rooms = {path.name for path in (ROOT / "profiles").iterdir() if (path / "__init__.py").exists()}
    assert set(re.findall(r"\w+", box)) == rooms


def test_the_map_names_every_room() -> None:
    """Anyone who looks for a behaviour finds its room in one guess only where all rooms are listed."""
    rooms = [
        f"{package}/{path.name}/"
        for package in ("profiles", "tray")
        for path in (ROOT / package).iterdir()
        if (path / "__init__.py").exists()
    ]
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert [room for room in rooms if f"`{room}`" not in text] == []


def test_the_list_of_decisions_has_each_of_them_in_order() -> None:
    decisions = ROOT / "docs" / "decisions"
    listed = re.findall(
        r"^(\d+)\. \[.*\]\((.+)\)$", (decisions / "README.md").read_text("utf-8"), re.MULTILINE
    )
    files = sorted(path.name for path in decisions.glob("0*.md"))
    assert listed == [(str(number), name) for number, name in enumerate(files, 1)]


def test_what_is_not_there_is_seen() -> None:
    """Else the tests above could not fail."""
    assert lost("`tray/gone.py`, `gone.py`, `docs/gone/`, `tray/app.py`, `app.py`, `~/.x/profiles/`") == [
        "tray/gone.py",
        "gone.py",
        "docs/gone/",
    ]
    assert undefined("`gone()`, `find_verb()`, `App.gone()`") == ["gone", "App.gone"]
    assert undefined("`App.start()` in `tray/app.py`, `start()` in `tray/cli/verbs.py`") == ["start"]
    links = "[a](gone.md) [b](README.md#gone) [c](README.md#install) [d](https://e.example/)"
    assert dead_links(ROOT / "README.md", links) == ["gone.md", "README.md#gone"]


def test_each_picture_of_a_guide_is_made_by_a_test() -> None:
    """One that is made by hand is old within weeks, and shows people what is not there."""
    shown = runpy.run_path(str(ROOT / "docs/site/pictures.py"))["SHOWN"]
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests/browser").glob("test_*.py"))
    for name, guide in shown.items():
        assert f'desk.picture("{name}")' in tests
        assert f"(pictures/{name}.png)" in (ROOT / "docs" / guide).read_text("utf-8")


def _texts(path: Path) -> list[str]:
    """What a document says, without its code; of a Python file its sentences, without its docstrings."""
    whole = path.read_text("utf-8")
    if path.suffix == ".md":
        return [re.sub(r"`[^`]*`", "", whole)]
    tree = ast.parse(whole)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in said)
    return [node.value for node in constants if isinstance(node.value, str) and " " in node.value]


@pytest.mark.parametrize("folder", ["docs", "tray/terminal", "tray/commands", "tray/actions", "tray/cli"])
def test_the_profile_in_use_is_called_so_everywhere(folder: str) -> None:
    """Two words for one thing have a reader look for a difference; in JSON the field stays `active`."""
    files = [each for each in sorted((ROOT / folder).rglob("*.*")) if each.suffix in (".md", ".py")]
    for path in files:
        if path.name == "json.md" or {"decisions", "site"} & {*path.parts}:
            continue
        for text in _texts(path):
            assert not re.search(r"\bactive (one|profile)\b|\b(is|was|it|one) active\b", text), (path, text)


# What only somebody at home in English reads at once → what to say instead.
NOT_PLAIN = re.compile(
    r"\b(heed(?:s|ed|ing)?|whoever|outright|rendezvous|nobody's business|(?:be|is|was) (?:to be )?had)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("folder", ["docs", "profiles", "tray"])
def test_what_a_person_reads_is_in_plain_words(folder: str) -> None:
    """Most readers learnt English at school: at such a word they stop, and guess what their key is about."""
    files = [each for each in sorted((ROOT / folder).rglob("*.*")) if each.suffix in (".md", ".py")]
    found = [(path, text) for path in files if "decisions" not in path.parts for text in _texts(path)]
    assert [(path, said) for path, text in found for said in NOT_PLAIN.findall(text)] == []
    assert NOT_PLAIN.search("Ask whoever gave you its address.")
