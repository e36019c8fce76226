"""A person looks through a list: what they typed, where they are, and what a key does. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tray.actions.account.choice import Choice
from tray.terminal.keyboard.keys import edited

if TYPE_CHECKING:
    from collections.abc import Sequence

TYPED = "\0typed"  # the key of the row that stands for the typed text itself
_LONGEST = 256  # characters that are searched for, or are a name


class SearchedList(NamedTuple):
    """`typed` is searched for; `at` counts the rows found, `said` is why the last Return chose nothing."""

    typed: str = ""
    at: int = 0
    said: str = ""


def found_in(choices: Sequence[Choice], typed: str, *, free: bool) -> list[Choice]:
    """The rows that have each typed word in them; and last, where one is free to type, the text as a row."""
    words = typed.lower().split()
    rows = [
        each
        for each in choices
        if all(word in f"{each.label} {each.detail} {each.group}".lower() for word in words)
    ]
    if free and words and all(typed.strip() not in (each.key, each.label) for each in rows):
        rows.append(Choice(TYPED, typed.strip(), "as typed"))
    return rows


def found_roughly(choices: Sequence[Choice], typed: str, *, free: bool) -> list[Choice]:
    """The same; where no row has the words, those with their letters in order, below the text as a row."""
    rows = found_in(choices, typed, free=free)
    if not typed.strip() or any(each.key != TYPED for each in rows):
        return rows
    letters = "".join(typed.lower().split())
    return [*rows, *(each for each in choices if _has_in_order(each.label.lower(), letters))]


def _has_in_order(text: str, letters: str) -> bool:
    """Whether the letters come in that order, with others between them: `cson5` is in `claude-sonnet-5-5`."""
    rest = iter(text)
    return all(letter in rest for letter in letters)


def moved(state: SearchedList, key: str, rows: Sequence[Choice], page: int) -> SearchedList:
    """After a key that moves or types; any other changes nothing."""
    last = max(len(rows) - 1, 0)
    if key in ("up", "down"):
        step = 1 if key == "down" else -1
        return state._replace(at=(state.at + step) % (last + 1), said="")
    if key in ("page up", "page down"):
        step = page if key == "page down" else -page
        return state._replace(at=min(max(state.at + step, 0), last), said="")
    if key in ("home", "end"):
        return state._replace(at=last if key == "end" else 0, said="")
    typed = edited(state.typed, key)
    return state if typed is None else SearchedList(typed[:_LONGEST])
