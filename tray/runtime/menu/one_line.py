"""Text from elsewhere as a menu or a tooltip has room for it."""

from __future__ import annotations

import re

MAX_LABEL = 64
_DIRECTORIES = re.compile(r"(?<![\w:/.~-])(?:[A-Za-z]:)?(?:[/\\][^/\\:\n]+){2,}[/\\]")  # of an absolute path
_COMMAND = re.compile(r"`|pkcc-tray (?!(?:was|is|runs|can)\b)")
_SENTENCES = re.compile(r"(?<=[.;:!?])\s+")


def one_line(text: str, most: int) -> str:
    """The text on one line of at most `most` characters, such as "the first words of …"."""
    line = " ".join(text[: 8 * most].split())  # a value may be megabytes long
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def label(text: str) -> str:
    """The text as a menu's entry shows it."""
    return one_line(text, MAX_LABEL)


def without_directories(text: str) -> str:
    """The text with only the last part of each long path, so that what comes after one has room."""
    return _DIRECTORIES.sub("…/", text)


def without_commands(text: str) -> str:
    """The sentences in which no command for a terminal stands, each long path cut to its last part."""
    sentences = _SENTENCES.split(" ".join(text.split()))
    kept = [sentence for sentence in sentences if not _COMMAND.search(sentence)]
    return without_directories(" ".join(kept))
