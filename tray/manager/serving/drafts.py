"""Configs that are being made or changed: kept in memory until they are saved, and never with a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError

if TYPE_CHECKING:
    from typing import Any, Literal

    Kind = Literal["new", "saved", "file", "held"]

MOST = 40  # drafts
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


class ConfigDraft:
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
    def is_unsaved(self) -> bool:
        """Whether anything would be lost with it."""
        return self.config != self.was or bool(self.problem)

    @property
    def is_untouched(self) -> bool:
        """Whether it is a new one, and nothing was entered yet: nobody is told then what is missing."""
        return self.source.kind == "new" and self.config == self.was and not (self.tried or self.problem)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)

    def change(self, config: dict[str, Any], *, typing: bool = False) -> None:
        """It is another one now; what is looked at while somebody is `typing` is one step in all."""
        self.problem = ""
        if config != self.config:
            if not (typing and self._is_typing):
                self._before = [*self._before[1 - _STEPS :], self.config]
            self.config, self._is_typing = config, typing

    def undo(self) -> None:
        """Take the latest change back."""
        self.problem = ""
        if self._before:
            self.config, self._is_typing = self._before.pop(), False

    def kept(self, source: Source, sent: dict[str, Any]) -> None:
        """It is saved there as it was `sent`; what was typed since is not."""
        self.source, self.was, self.is_newer_there = source, sent, False


class ConfigDrafts:
    """All of them by the last part of their address; when there are too many the oldest saved one goes."""

    def __init__(self) -> None:
        self._drafts: dict[str, ConfigDraft] = {}
        self._made = 0

    def find(self, address: str) -> ConfigDraft | None:
        """The draft there; None for none."""
        return self._drafts.get(address)

    def unsaved(self) -> list[ConfigDraft]:
        """Those in which something is not saved yet, the latest first."""
        return [draft for draft in reversed(self._drafts.values()) if draft.is_unsaved]

    def open(
        self, address: str, source: Source, config: dict[str, Any], *, instead: ConfigDraft | None = None
    ) -> ConfigDraft:
        """A draft there; a new one's address is made up. One that is not saved goes on, but for `instead`.

        Raises ConflictError where there are too many that are not saved.
        """
        if not address:
            self._made += 1
            address = f"new-{self._made}"
        before = self._drafts.get(address)
        if before is not None and before.is_unsaved and before is not instead:
            return before
        self._drafts.pop(address, None)
        if len(self._drafts) >= MOST:
            saved = next((name for name, draft in self._drafts.items() if not draft.is_unsaved), None)
            if saved is None:
                raise ConflictError(
                    "Too many configs are not saved yet", "Save or discard one of them first."
                )
            del self._drafts[saved]
        draft = self._drafts[address] = ConfigDraft(address, source, config)
        return draft

    def move(self, draft: ConfigDraft, address: str) -> None:
        """It has another address from now on."""
        self._drafts.pop(draft.address, None)
        draft.address = address
        self._drafts[address] = draft
