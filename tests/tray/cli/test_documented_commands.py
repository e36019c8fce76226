"""Every command that README and docs name is one, with the options that they give it."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from profiles.base.errors import UsageError
from tray.cli.options import Options
from tray.cli.parsers import verb_parser
from tray.cli.verbs import VERBS, find_verb

ROOT = Path(__file__).parents[3]
DOCUMENTS = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs/start").glob("*.md")),
    *sorted((ROOT / "docs/teams").glob("*.md")),
]
GROUPS = {" ".join(verb.words.split()[:depth]) for verb in VERBS for depth in (1, 2)}


def named_in(text: str) -> list[str]:
    """The command lines in blocks of `sh`, and those between backticks that begin with ours."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(
        r"`(pkcc-tray [^`\n]*)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    )
    parts = [
        part.strip() for line in lines for part in re.split(r"\||&&|;| < | > ", re.sub(r" +# .*", "", line))
    ]
    matches = [re.search(r"\bpkcc-tray( .*|$)", part) for part in parts]
    return [match[0].strip().removesuffix(')"') for match in matches if match]


def wrong(line: str) -> str:
    """What is wrong with that command line, "" for nothing."""
    words = shlex.split(re.sub(r"\[([^\]]*)\]", r"\1", line), comments=True)[1:]
    if "…" in line or "COMMAND" in words or not words or words[0] in ("help", "--version", "--help"):
        return ""
    options = Options(words)
    if options.problem is not None:
        return options.problem.title
    words = options.words
    if words[:1] in (["--foreground"], ["--headless"]):
        return ""
    verb = find_verb(words)
    if verb is None or "--help" in words:
        return "" if " ".join(words).removesuffix(" --help") in GROUPS else "no such command"
    rest = words[len(verb.words.split()) :]
    if verb.takes_command and "--" in rest:
        rest = rest[: rest.index("--")]
    parser = verb_parser(verb, import_module(f"tray.commands.{verb.module}"))
    try:
        parser.parse_args(rest)
    except UsageError as error:  # that an argument is missing is no fault where only the command is named
        return "" if not rest and error.title.startswith("The following arguments") else error.title
    return ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_is_one_that_can_be_typed(document: Path) -> None:
    found = {line: wrong(line) for line in named_in(document.read_text("utf-8"))}
    assert {line: what for line, what in found.items() if what} == {}


def test_what_cannot_be_typed_is_seen() -> None:
    """Else the test above could not fail."""
    text = (
        "```sh\npkcc-tray swich work\npkcc-tray switch work --for-ever  # no\n```\nand `pkcc-tray key prnt x`"
    )
    assert [bool(wrong(line)) for line in named_in(text)] == [True, True, True]
    assert [wrong(line) for line in named_in("`pkcc-tray switch -`, `pkcc-tray key rotate NAME`")] == ["", ""]
