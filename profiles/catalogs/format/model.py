"""A catalog as it is after reading: frozen, and nothing in it is a secret, a command or a path."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

FILE = "pkcc-catalog.json"
MARK = "pkcc_catalog"  # the field that says what it is, and in which version
SIGNATURE = ".minisig"  # the signature's file: called like what it signs, with that behind
VERSION = 1
MOST_BYTES = 512 * 1024
MOST_PROFILES = 1_000
MOST_KEYS = 3
HIGH_SERIAL = 10**14  # of 15 digits at most: anyone who jumps beyond leaves no room above


class CatalogError(PkccError):
    """A catalog that is refused. `place` is such as `profiles[3].extra_env.NODE_OPTIONS`, "" for all."""

    def __init__(
        self, place: str, problem: str, hint: str = "Nothing was changed. Tell its publisher."
    ) -> None:
        super().__init__(f"{FILE}: {place} {problem}" if place else f"{FILE}: {problem}", hint)
        self.place = place
        self.problem = problem


class Input(NamedTuple):
    """What each person is asked once: in which words, and the pattern of what they may answer."""

    ask: str
    pattern: str = ""


class Entry(NamedTuple):
    """One profile: `fields` as a profile's file has them, without name and key; its config stands inline.

    `suggest` is a reference in which `{input}` may stand, "" for a key of one's own; `help` says where a key
    is to be had. `locked` are fields that no override changes, such as `models` or `metadata.cost_center`.
    """

    name: str
    fields: dict[str, Any]
    host: str  # where its key goes
    suggest: str = ""
    help: str = ""
    locked: tuple[str, ...] = ()


class CatalogRule(NamedTuple):
    """Clones whose remote matches, such as `git.acme.example/**`, and what they get."""

    remote: str
    profile: str = ""
    metadata: dict[str, str] = {}  # noqa: RUF012 - never changed in place


class Withdrawn(NamedTuple):
    """A profile that is to be used no more, what to use in its place, and why."""

    name: str
    use: str = ""
    why: str = ""


class Catalog(NamedTuple):
    """All of one catalog."""

    name: str
    serial: int
    profiles: tuple[Entry, ...]
    title: str = ""
    contact: str = ""
    expires: str = ""  # a day, such as 2027-02-28
    min_version: str = ""
    gateway_hosts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    inputs: dict[str, Input] = {}  # noqa: RUF012 - never changed in place
    default: str = ""
    required_metadata: tuple[str, ...] = ()
    rules: tuple[CatalogRule, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()

    def entry(self, name: str) -> Entry | None:
        """The profile of that name; None where the catalog has none."""
        return next((entry for entry in self.profiles if entry.name == name), None)
