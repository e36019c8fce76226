"""The one failure of a backend that storing the key again mends."""

from __future__ import annotations

from profiles.base.errors import SecretUnavailableError


class DamagedEntryError(SecretUnavailableError):
    """One key's entry cannot be decrypted; the backend itself works."""
