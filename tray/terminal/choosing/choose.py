"""One of many, chosen at the terminal in the way that suits it."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from tray.terminal.choosing.searched_list import TYPED, SearchedList, found_roughly, moved
from tray.terminal.keyboard.cursor import moves_cursor
from tray.terminal.prompts import input_ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tray.actions.account.choice import Choice


def choose(
    environ: Mapping[str, str],
    question: str,
    choices: Sequence[Choice],
    *,
    default: str = "",
    check: Callable[[str], str] | None = None,
) -> str:
    """The key of the chosen row; with a `check`, which raises PkccError, also any text that it accepts.

    `default` is the key of the row that Return alone chooses, "" for the first that can be chosen.
    """
    first = next((at for at, each in enumerate(choices) if not each.disabled), 0)
    start = next((at for at, each in enumerate(choices) if default and each.key == default), first)
    if moves_cursor(environ):
        return _choose_by_search(environ, question, choices, start, check)
    from tray.terminal.choosing.numbered import choose_by_number

    return choose_by_number(question, choices, start, check)


def _choose_by_search(
    environ: Mapping[str, str],
    question: str,
    choices: Sequence[Choice],
    start: int,
    check: Callable[[str], str] | None,
) -> str:
    from tray.terminal.choosing.drawing import COLOURED, PLAIN, lines_of, page_of

    style = PLAIN if environ.get("NO_COLOR") else COLOURED
    free = check is not None
    state, rows, drawn = SearchedList(at=start), found_roughly(choices, "", free=free), 0
    with _keys() as keys:
        while True:
            size = shutil.get_terminal_size()
            drawn = _draw(lines_of(question, rows, len(choices), state, size, style, free=free), drawn)
            key = next(keys)
            if key == "enter" and rows:
                row = rows[state.at]
                text, state = _chosen(row, state, check)
                if text is not None:
                    _draw([f"{question} {row.label}"], drawn)
                    return text
                continue
            before = state.typed
            if key == "escape" and not before:  # else it takes back what was typed
                raise KeyboardInterrupt
            state = moved(state, key, rows, page_of(size.lines))
            if state.typed != before:
                rows = found_roughly(choices, state.typed, free=free)


@contextmanager
def _keys() -> Iterator[Iterator[str]]:
    """The keys that are pressed, but those that stop; the cursor is unseen meanwhile."""
    from tray.terminal.keyboard.cursor import pressed

    def until_stopped(keys: Iterator[str]) -> Iterator[str]:
        for key in keys:
            if key == "stop":
                raise KeyboardInterrupt
            if key == "end of input":
                raise input_ended()
            yield key

    try:
        with pressed() as keys:
            sys.stderr.write("\x1b[?25l")
            yield until_stopped(keys)
    finally:
        sys.stderr.write("\x1b[?25h")
        sys.stderr.flush()


def _chosen(
    row: Choice, state: SearchedList, check: Callable[[str], str] | None
) -> tuple[str | None, SearchedList]:
    """What Return chooses, or None and why that cannot be chosen."""
    if row.disabled:
        return None, state._replace(said=f"{row.label} {row.disabled}.")
    if row.key != TYPED or check is None:
        return row.key, state
    try:
        return check(row.label), state
    except PkccError as error:
        return None, state._replace(said=f"{error.title}. {error.hint}")


def _draw(lines: Sequence[str], before: int) -> int:
    """Put the lines in the place of as many as stood there before; how many they are."""
    back = f"\x1b[{before}A" if before else ""
    sys.stderr.write("\r" + back + "\x1b[J" + "".join(f"{line}\n" for line in lines))
    sys.stderr.flush()
    return len(lines)
