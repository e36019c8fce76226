"""The looks of what is said of Portkey configs: what they do, what is saved, what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.terminal.words.configs import explained as explanation
from tray.terminal.words.configs import saved as saved_words

if TYPE_CHECKING:
    from profiles.portkey.config.explaining.tree import Explained
    from tray.actions.account.configs.saved import Compared, SavedConfigs, Versions
    from tray.actions.more.explain import Explanation
    from tray.terminal.looks.screen import Screen


def draw_explanation(screen: Screen, found: Explanation) -> None:
    """What a config does: its levels as a tree, models and failures as tables."""
    head, *rows = explanation.head_lines(found)
    screen.say(head, "bold")
    for line in rows:
        screen.say(line, "faint")
    if found.config is not None and explanation.has_tree(found):
        screen.say()
        _draw_level(screen, found.config, found)
    for title, cells in (
        ("Models", explanation.model_rows(found)),
        ("When something fails", explanation.failure_rows(found)),
    ):
        if cells:
            screen.say()
            screen.say(title, "bold")
            screen.say_rows("", [""] * len(cells[0]), [(row, "") for row in cells])


def _draw_level(
    screen: Screen, level: Explained, found: Explanation, first: str = "", rest: str = ""
) -> None:
    """A level's line, those of its details below it, and its targets as branches."""
    style = "faint" if level.when == "never" else "bold ok" if level.path == found.chosen else ""
    below = rest + ("│   " if level.targets else "    ")
    screen.say(explanation.level_words(level, found), style, first=first, rest=below)
    for detail in explanation.detail_words(level, found):
        screen.say(detail, "faint", first=rest, rest=below)
    for at, target in enumerate(level.targets, 1):
        branch, gap = ("└── ", "    ") if at == len(level.targets) else ("├── ", "│   ")
        _draw_level(screen, target, found, rest + branch, rest + gap)


def draw_difference(screen: Screen, found: Compared) -> None:
    """What saving a config would change."""
    screen.say_difference(saved_words.compared_lines(found))


def draw_saved(screen: Screen, found: SavedConfigs) -> None:
    """The saved configs; what is archived is dim."""
    rows = [
        (saved_words.config_cells(row), "" if row.status in ("", "active") else "faint")
        for row in found.configs
    ]
    screen.say_rows(saved_words.NO_CONFIGS, saved_words.CONFIG_HEADINGS, rows)
    if rows:
        screen.say(saved_words.known_line(found), "faint")


def draw_versions(screen: Screen, found: Versions) -> None:
    """A saved config's versions."""
    rows = [(saved_words.version_cells(row), "") for row in found.versions]
    screen.say_rows(saved_words.NO_VERSIONS, saved_words.VERSION_HEADINGS, rows)
