"""What values a policy's keys may have, as data: what reads, checks and describes them asks these.

`strict` is what a value reads as that has another form: an administrator's slip must never allow more.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.names import GIT_REF, NAME, PUBLIC_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

PROFILE = rf"({NAME}/)?{NAME}"  # `work`, or a catalog's `acme/work`
LONGEST_LIST = 200  # items
LONGEST_TEXT = 500  # characters


class Switch(NamedTuple):
    """True or false."""

    strict: bool = False


class Choice(NamedTuple):
    """One of these words."""

    words: tuple[str, ...]
    strict: str


class Number(NamedTuple):
    """A whole number from `least` to `most`."""

    least: int
    most: int
    strict: int


class ProfileName(NamedTuple):
    """A profile's name; `""`, which no profile has, where it cannot be read."""

    strict: str = ""


class Words(NamedTuple):
    """A list of texts, each of a form; `item` says what one is. With `as_given` another form counts, too.

    An item that has another form is left out otherwise, and what is no list reads as an empty one.
    """

    item: str
    pattern: str
    examples: tuple[str, ...]
    as_given: bool = False
    strict: tuple[str, ...] = ()


class Pairs(NamedTuple):
    """Texts by name: what is no text is left out."""


class Fields(NamedTuple):
    """A few texts, each under a name of its own: the fields of `ManagedBy`."""


class Catalogs(NamedTuple):
    """A list of catalogs, whose fields are those of `ManagedCatalog`: their forms, and these in words."""

    name: str = NAME
    key: str = PUBLIC_KEY
    ref: str = GIT_REF
    forms: Mapping[str, str] = {
        "name": "must be a name, such as acme",
        "source": "must be an address without a password, or a path, such as https://ai.acme.example/pkcc-catalog.json",
        "keys": "must be a list of minisign's public keys: RW…",
        "ref": "must be a branch or a tag",
    }


if TYPE_CHECKING:
    Kind: TypeAlias = Switch | Choice | Number | ProfileName | Words | Pairs | Fields | Catalogs
