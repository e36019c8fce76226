"""Configs that are being made or changed: kept in memory until they are saved, and never with a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any, Literal

    Kind = Literal["new", "saved", "file", "held"]

_MOST = 40  # drafts
_STEPS = 60  # that can be taken back in one of them


class Source(NamedTuple):
    """Where a draft is from: `which` is its id at Portkey, its file, or the profile that holds it.

    `profile` has the key that reads and saves it, `name` is what people call it; `mark` is of what was read.
    """

    kind: Kind
    which: str = ""
    profile: str = ""
    name: str = ""
    mark: str = ""


class Draft:
    """One config. `text`: what is typed as JSON, None while it is changed by the form."""

    def __init__(self, address: str, source: Source, config: dict[str, Any]) -> None:
        self.address = address
        self.source = source
        self.config = config
        self.was = config
        self.text: str | None = None
        self.problem = ""  # why the text is no config
        self.is_newer_there = False  # whether somebody changed it since it was read
        self.tried = False  # whether the next page is to say what keeps it from being saved
        self._before: list[dict[str, Any]] = []
        self._is_typing = False

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)

    def change(self, config: dict[str, Any], *, typing: bool = False) -> None:
        """It is another one now; what is looked at while somebody is `typing` is one step in all."""
        if config != self.config:
            if not (typing and self._is_typing):
                self._before = [*self._before[1 - _STEPS :], self.config]
            self.config, self._is_typing = config, typing

    def undo(self) -> None:
        """Take the latest change back."""
        if self._before:
            self.config, self._is_typing = self._before.pop(), False

    def kept(self, source: Source) -> None:
        """It is saved there as it is."""
        self.source, self.was, self.is_newer_there = source, self.config, False


class Drafts:
    """All of them by the last part of their address; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._drafts: dict[str, Draft] = {}
        self._made = 0

    def find(self, address: str) -> Draft | None:
        """The draft there; None for none."""
        return self._drafts.get(address)

    def unsaved(self) -> list[Draft]:
        """Those in which something is not saved yet, the latest first."""
        return [draft for draft in reversed(self._drafts.values()) if draft.config != draft.was]

    def open(self, address: str, source: Source, config: dict[str, Any]) -> Draft:
        """A draft there, in place of one that was; a new one's address is made up."""
        if not address:
            self._made += 1
            address = f"new-{self._made}"
        self._drafts.pop(address, None)
        while len(self._drafts) >= _MOST:
            del self._drafts[next(iter(self._drafts))]
        draft = self._drafts[address] = Draft(address, source, config)
        return draft

    def move(self, draft: Draft, address: str) -> None:
        """It has another address from now on."""
        self._drafts.pop(draft.address, None)
        draft.address = address
        self._drafts[address] = draft
