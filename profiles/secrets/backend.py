"""What every place for secrets can do. Imported for type checking only: a reader pays nothing for it."""

from __future__ import annotations

from typing import Protocol

from profiles.base.secret import Secret


class SecretBackend(Protocol):
    """A place that holds secrets by name. Every method may raise SecretUnavailableError, with a remedy."""

    def get(self, name: str) -> Secret | None:
        """The secret stored under a name, or None when there is none."""

    def set(self, name: str, secret: Secret) -> None:
        """Store a secret under a name, over whatever was there."""

    def delete(self, name: str) -> bool:
        """Remove a name; False when there was none."""

    def names(self) -> list[str]:
        """The names this place can list, sorted; some systems cannot list and answer with none."""

    def check_usable(self) -> None:
        """Return when a secret could be stored and read back now, else raise SecretUnavailableError."""


class SystemKeyring(SecretBackend, Protocol):
    """A keyring, which may ask its user something first; a refusal is a NotUnlockedError."""

    asking: bool  # whether a question is open now

    def has(self, name: str) -> bool:
        """Whether a name is stored. Asks nobody: where it would have to, NotUnlockedError."""

    def is_open(self) -> bool:
        """Whether a secret can be read now without a question to the user."""

    def ask_again(self) -> None:
        """Let the user be asked again, though a question was refused."""


class SecretPaths(Protocol):
    """The part of `Locations` that secrets need: absolute paths."""

    @property
    def data_dir(self) -> str:
        """Where the vault and the index of names lie."""
