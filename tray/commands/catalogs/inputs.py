"""What a catalog asks each person once, such as their login: as given, else asked for at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.catalogs.format.patterns import fits, in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tray.actions.catalogs.described import AskedInput
    from tray.app import App


def answered(app: App, inputs: Sequence[AskedInput], given: Mapping[str, str]) -> dict[str, str]:
    """An answer to each. Raises UsageError for one that does not fit, or that nobody can be asked for."""
    for name in given:
        if name not in {each.name for each in inputs}:
            raise UsageError(f"The catalog does not ask for {name!r}", "Leave out that --input.")
    return {each.name: _answer(app, each, given.get(each.name)) for each in inputs}


def _answer(app: App, asked: AskedInput, given: str | None) -> str:
    if given is None and asked.answer is not None and fits(asked.pattern, asked.answer):
        return asked.answer

    def fitting(answer: str) -> str:
        if not fits(asked.pattern, answer):
            raise UsageError(f"{asked.ask}: that does not fit", _hint(asked))
        return answer

    if given is not None:
        return fitting(given)
    if not app.interactive:
        raise UsageError(f"The catalog asks: {asked.ask}", f"Add: --input {asked.name}=…")
    from tray.terminal.prompts import ask_valid

    return ask_valid(asked.ask, fitting, required=True)


def _hint(asked: AskedInput) -> str:
    return f"It must be {in_words(asked.pattern)}" if asked.pattern else "Type letters and digits."
