"""What a catalog asks each person once, such as their login: as given, else asked for at a terminal."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.catalogs.format.patterns import fits, in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tray.actions.catalogs.described import AskedInput
    from tray.app import App


def answered(app: App, inputs: Sequence[AskedInput], given: Mapping[str, str]) -> dict[str, str]:
    """An answer to each. Raises UsageError for one that does not fit, or that nobody can be asked for."""
    check_given(inputs, given)
    return {each.name: given.get(each.name) or _answer(app, each) for each in inputs}


def check_given(inputs: Sequence[AskedInput], given: Mapping[str, str]) -> None:
    """Raises UsageError for an answer that does not fit, or that is not asked for."""
    by_name = {each.name: each for each in inputs}
    for name, answer in given.items():
        if name not in by_name:
            raise UsageError(f"The catalog does not ask for {name!r}", "Leave out that --input.")
        _fitting(by_name[name], answer)


def _answer(app: App, asked: AskedInput) -> str:
    if asked.answer is not None and fits(asked.pattern, asked.answer):
        return asked.answer
    if not app.interactive:
        raise UsageError(f"The catalog asks: {asked.ask}", f"Add: --input {asked.name}=…")
    from tray.terminal.prompts import ask_valid

    return ask_valid(asked.ask, partial(_fitting, asked), required=True)


def _fitting(asked: AskedInput, answer: str) -> str:
    if not fits(asked.pattern, answer):
        raise UsageError(f"{asked.ask}: that does not fit", _hint(asked))
    return answer


def _hint(asked: AskedInput) -> str:
    return f"It must be {in_words(asked.pattern)}" if asked.pattern else "Type letters and digits."
