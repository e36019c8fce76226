"""Choosing by a number or a name, line by line: for screen readers, and terminals that move no cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.text import printable
from tray.terminal.choosing.searched_list import found_in
from tray.terminal.prompts import ask, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tray.actions.account.choice import Choice

_SHOWN = 20


def choose_by_number(
    question: str, choices: Sequence[Choice], default: int, check: Callable[[str], str] | None
) -> str:
    """The key of the chosen row; or, where there is a `check`, a text that it accepts."""
    say(question)
    _show(choices, choices)
    asked_for = "Number" if check is None else "Number, or a name"
    before = ""
    while True:
        answer = ask(asked_for, str(default + 1) if choices else "", required=True)
        row, rows = _meant(answer, choices), found_in(choices, answer, free=False)
        if row is not None and not row.disabled:
            return row.key
        if row is not None:
            say(f"  {row.label} {row.disabled}.")
        elif answer.isdecimal():
            say(f"  Please type a number from 1 to {len(choices)}.")
        elif check is not None and (not rows or answer == before):
            try:
                return check(answer)
            except PkccError as error:
                say(f"  {error.title}. {error.hint}")
        else:
            _show(rows, choices)
            say(
                "  Type it once more to take it as it is."
                if check and rows
                else "  Please type one of these."
            )
        before = answer


def _meant(answer: str, choices: Sequence[Choice]) -> Choice | None:
    if answer.isdecimal() and len(answer) < 9 and 1 <= int(answer) <= len(choices):
        return choices[int(answer) - 1]
    return next((each for each in choices if answer in (each.key, each.label)), None)


def _show(rows: Sequence[Choice], choices: Sequence[Choice]) -> None:
    numbers = {id(each): number for number, each in enumerate(choices, start=1)}
    group = ""
    for each in rows[:_SHOWN]:
        if each.group not in ("", group):
            say(f" {each.group}")
        group = each.group
        more = "; ".join(part for part in (each.disabled, each.detail) if part)
        said = f"{each.label}: {more}" if more else each.label
        say(f"  {numbers[id(each)]}) {printable(said, 200)}")
    if len(rows) > _SHOWN:
        say(f"  … and {len(rows) - _SHOWN:,} more: type a part of a name to see which have it.")
