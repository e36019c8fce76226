"""Writes docs/commands.md from the command line's own parsers: `python docs/site/commands.py`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tray.cli.described import Described, described, sentence
from tray.cli.reference import COMMON_OPTIONS, ENVIRONMENT, EXIT_CODES, FILES
from tray.cli.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGE = Path(__file__).parents[1] / "commands.md"


def page() -> str:
    """The page with every command, its options and examples, and what holds for all of them."""
    lines = [
        "# Commands",
        "",
        "Made from the program itself: `pkcc-tray COMMAND --help` says the same.",
        "",
        *_table("every command takes", COMMON_OPTIONS),
    ]
    for group in dict.fromkeys(verb.group for verb in VERBS):
        lines += [f"## {group}", ""]
        for verb in VERBS:
            if verb.group == group:
                lines += _command(described(verb))
    lines += ["## Exit codes", "", *_table("code", EXIT_CODES)]
    lines += ["## Environment", "", *_table("variable", ENVIRONMENT)]
    lines += ["## Files", "", *_table("on Linux", FILES)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _command(command: Described) -> Iterator[str]:
    yield from (f"### `{' '.join([command.words, *command.positional])}`", "", command.summary, "")
    yield from (
        "```sh",
        *(f"{line}  # {what.rstrip('.').lower()}" for line, what in command.examples),
        "```",
        "",
    )
    if command.arguments:
        yield from _table("argument", command.arguments)


def _table(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from (f"| {title} | |", "|---|---|")
    for term, meaning in rows:
        yield f"| `{_cell(term)}` | {_cell(sentence(meaning))} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;") if "`" not in text else text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
