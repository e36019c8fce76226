"""What a command returns: its outcome, typed, with the words for it; nothing printed yet."""

from __future__ import annotations

from profiles.base.light_typing import OMITTED, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Outcome = TypeVar("Outcome")


class Report(NamedTuple):
    """What a command did or found.

    `outcome` is frozen and without a secret in it; its fields are the JSON data. `words` makes its lines, and
    `draw` names what `tray.terminal.looks.answers` draws of it on a terminal, "" for nothing. `notes` are
    things the user should know, one line each. `raw` is text that is the whole answer (a key, a script, a
    schema) and is printed as it is. `only_looked`: it changed nothing, since nobody wanted it to.
    """

    outcome: object
    words: Callable[[Any], list[str]] | None = None
    notes: tuple[str, ...] = ()
    exit_code: int = 0
    raw: str | None = None
    draw: str = ""
    only_looked: bool = False

    @property
    def data(self) -> dict[str, Any]:
        """The JSON data: the outcome's fields in their order, or the raw text where there is nothing else."""
        data: dict[str, Any] = to_data(self.outcome)
        return data if self.raw is None or data else {"text": self.raw}

    def lines(self) -> list[str]:
        """What is printed where the output is piped; no control characters are in it."""
        from profiles.base.text import printable

        made = self.words(self.outcome) if self.words else []
        return [line if line.isprintable() else printable(line, 10_000) for line in made]


def report(outcome: Outcome, words: Callable[[Outcome], list[str]], **rest: Any) -> Report:
    """A `Report` whose words are held by the type checker to fit its outcome; `rest` as its other fields."""
    return Report(outcome, words, **rest)


def to_data(value: Any) -> Any:
    """A value as JSON has it: a record is an object of its fields, in order and without those `OMITTED`.

    A field called by one of Python's own words ends in `_` here, and not there.
    """
    if hasattr(value, "_fields"):
        fields = zip(value._fields, value, strict=True)
        return {name.rstrip("_"): to_data(field) for name, field in fields if field is not OMITTED}
    if isinstance(value, dict):
        return {name: to_data(field) for name, field in value.items()}
    if isinstance(value, tuple | list):
        return [to_data(item) for item in value]
    return value
