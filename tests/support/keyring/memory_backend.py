"""A place for secrets that forgets them: the fake which passes the backends' contract suite."""

from __future__ import annotations

from profiles.base.errors import SecretUnavailableError
from profiles.base.secret import Secret


class MemoryBackend:
    """The fake that other tests use in place of a keyring. `refusal`, when set, is raised by every call."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.writes = 0
        self.asking = False
        self.refusal: SecretUnavailableError | None = None

    def _answer(self) -> None:
        if self.refusal is not None:
            raise self.refusal

    def get(self, name: str) -> Secret | None:
        self._answer()
        return Secret(self.values[name]) if name in self.values else None

    def set(self, name: str, secret: Secret) -> None:
        self._answer()
        self.writes += 1
        self.values[name] = secret.reveal()

    def delete(self, name: str) -> bool:
        self._answer()
        return self.values.pop(name, None) is not None

    def names(self) -> list[str]:
        self._answer()
        return sorted(self.values)

    def has(self, name: str) -> bool:
        self._answer()
        return name in self.values

    def is_open(self) -> bool:
        self._answer()
        return True

    def ask_again(self) -> None:
        self.refusal = None

    def check_usable(self) -> None:
        self._answer()
