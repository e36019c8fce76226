"""What a form's fields hold when the page is shown again: what was typed, and what is wrong with it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.secret_names import key_words, looks_like_key
from profiles.base.secret_references.parse import is_reference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.base.errors import PkccError


_PLACES = ("/", "~", "op://")  # a path may well look like a key


class FieldError(NamedTuple):
    """What is wrong with the field of that name; "" for what no single field is to blame for."""

    field: str
    text: str

    @classmethod
    def of(cls, field: str, error: PkccError) -> FieldError:
        """What an action raised, beside the field that it is about."""
        return cls(field, f"{error.title}. {error.hint}" if error.hint else error.title)


class Fields:
    """What the fields of a page show. `typed`: what was sent, None where nothing was."""

    def __init__(self, typed: Mapping[str, Sequence[str]] | None, errors: Sequence[FieldError]) -> None:
        self._typed = typed
        self._errors = errors

    @property
    def is_sent(self) -> bool:
        """Whether this answers a form."""
        return self._typed is not None

    def value(self, name: str, value: str) -> str:
        """What was typed into that field, else what it holds by itself."""
        typed = (self._typed or {}).get(name)
        return typed[-1] if typed else value

    def place(self, name: str, value: str) -> str:
        """The same of a field for where a key lies, or its name: a key typed there is not shown again."""
        return self._no_key(name, self.value(name, value))

    def _no_key(self, name: str, text: str) -> str:
        if text.startswith(_PLACES) or is_reference(text):
            return text
        return "" if looks_like_key(text) or (self.error(name) and key_words(text)) else text

    def is_ticked(self, name: str, value: str, ticked: bool) -> bool:
        """Whether a box is ticked; one that is not is not sent."""
        return ticked if self._typed is None else value in self._typed.get(name, ())

    def pairs(self, name: str, pairs: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        """The rows of two texts each; a key that was typed where a reference may stand is not shown again."""
        if self._typed is None:
            return pairs
        return [(key, self._no_key(name, value)) for key, value in typed_pairs(self._typed, name)]

    def error(self, name: str) -> str:
        """What is wrong with that field, "" for nothing."""
        return next((error.text for error in self._errors if error.field == name), "")


def typed_pairs(typed: Mapping[str, Sequence[str]], name: str) -> list[tuple[str, str]]:
    """The rows of a field of pairs in which anything was typed."""
    rows = zip(typed.get(f"{name}-key", ()), typed.get(f"{name}-value", ()), strict=False)
    return [(key.strip(), value.strip()) for key, value in rows if key.strip() or value.strip()]
