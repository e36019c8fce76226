"""A provider as a person types it; where an @ is put before it, that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.profiles.adding.answers import listed_provider, slug_meant
from tray.terminal.prompts import say

if TYPE_CHECKING:
    from tray.actions.account.offer import AccountOffer


class ProviderAnswers:
    """Checks of a provider that is typed, for a gateway and what its account offers."""

    def __init__(self, gateway: str, offer: AccountOffer | None) -> None:
        self._gateway = gateway
        self._listed = frozenset(() if offer is None else (each.slug for each in offer.providers))
        self._made = ""

    def any(self, answer: str) -> str:
        """What was typed, with an @ where the account lists it so. Raises UsageError as `answers` does."""
        return self._noted(answer, listed_provider(answer, self._gateway, self._listed))

    def slug(self, answer: str) -> str:
        """What was typed where an `@slug` was asked for."""
        return self._noted(answer, slug_meant(answer))

    def tell(self) -> None:
        """Say what the last answer was taken for, where that is not what was typed."""
        if self._made:
            say(f"  Taken as {self._made}: a provider of your workspace begins with @.")
            self._made = ""

    def _noted(self, answer: str, meant: str) -> str:
        self._made = meant if meant != answer else ""
        return meant
