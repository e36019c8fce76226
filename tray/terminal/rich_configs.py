"""The looks of what is said of Portkey configs: what they do, what is saved, what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from rich.tree import Tree

from profiles.base.text import printable
from tray.terminal.rich_parts import escape, plain_table, print_difference, print_rows
from tray.terminal.words.configs import explained as explanation
from tray.terminal.words.configs import saved as saved_words

if TYPE_CHECKING:
    from rich.console import Console

    from profiles.portkey.config.explaining.tree import Explained
    from tray.actions.account.configs.saved import Compared, SavedConfigs, Versions
    from tray.actions.more.explain import Explanation


def draw_explanation(console: Console, found: Explanation) -> None:
    """What a config does: its levels as a tree, models and failures as tables."""
    head, *rows = explanation.head_lines(found)
    console.print(Text(printable(head, 10_000), "bold"))
    for line in rows:
        console.print(Text(printable(line, 10_000), "faint"))
    if found.config is not None and explanation.has_tree(found):
        console.print()
        console.print(_explained(Tree(_level(found.config, found)), found.config, found))
    for title, cells in (
        ("Models", explanation.model_rows(found)),
        ("When something fails", explanation.failure_rows(found)),
    ):
        if cells:
            console.print(Text(f"\n{title}", "bold"))
            table = plain_table(*("" for _ in cells[0]))
            table.show_header = False
            for row in cells:
                table.add_row(*map(escape, row))
            console.print(table)


def _explained(tree: Tree, level: Explained, found: Explanation) -> Tree:
    for target in level.targets:
        _explained(tree.add(_level(target, found)), target, found)
    return tree


def _level(level: Explained, found: Explanation) -> Text:
    """A level's line, and those of its details below it."""
    style = "faint" if level.when == "never" else "bold ok" if level.path == found.chosen else ""
    text = Text()
    text.append(printable(explanation.level_words(level, found), 10_000), style)
    for detail in explanation.detail_words(level, found):
        text.append(f"\n{printable(detail, 10_000)}", "faint")
    return text


def draw_difference(console: Console, found: Compared) -> None:
    """What saving a config would change."""
    print_difference(console, saved_words.compared_lines(found))


def draw_saved(console: Console, found: SavedConfigs) -> None:
    """The saved configs; what is archived is dim."""
    rows = [
        (saved_words.config_cells(row), "" if row.status in ("", "active") else "faint")
        for row in found.configs
    ]
    print_rows(console, saved_words.NO_CONFIGS, saved_words.CONFIG_HEADINGS, rows)
    if rows:
        console.print(Text(saved_words.known_line(found), "faint"))


def draw_versions(console: Console, found: Versions) -> None:
    """A saved config's versions."""
    rows = [(saved_words.version_cells(row), "") for row in found.versions]
    print_rows(console, saved_words.NO_VERSIONS, saved_words.VERSION_HEADINGS, rows)
