"""Writes docs/commands.md and docs/options.md from the program itself: `python docs/site/commands.py`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from profiles.files.preferences import MEANINGS, PURPOSES, Preferences
from tray.cli.described import Described, described, sentence
from tray.cli.reference import COMMON_OPTIONS, ENVIRONMENT, EXIT_CODES, FILES
from tray.cli.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DOCS = Path(__file__).parents[1]


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
    return _text(lines)


def options_page() -> str:
    """The page of what changes how the program works: preferences, variables; and where its files lie."""
    lines = [
        "# Preferences, environment, files",
        "",
        "Made from the program itself. `pkcc-tray preference` lists the preferences with what they are now, "
        "`pkcc-tray preference NAME VALUE`",
        "sets one, and so does the manager's page *Preferences*.",
        "",
        "| preference | may be | without a choice | |",
        "|---|---|---|---|",
    ]
    defaults = Preferences()
    for name, purpose in PURPOSES.items():
        default = getattr(defaults, name)
        shown = {True: "on", False: "off"}.get(default, default) if isinstance(default, bool) else default
        lines.append(
            f"| `{name}` | {MEANINGS[name].removeprefix('one of ')} | {shown} | {sentence(purpose)} |"
        )
    lines += ["", "## Environment", "", *_table("variable", ENVIRONMENT)]
    lines += ["## Files", "", *_table("on Linux", FILES)]
    return _text(lines)


PAGES = {_DOCS / "commands.md": page, _DOCS / "options.md": options_page}


def _text(lines: list[str]) -> str:
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
    for path, text in PAGES.items():
        path.write_text(text(), "utf-8")
