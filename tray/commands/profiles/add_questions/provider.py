"""A provider as a person types it: the slug of one that the account lists needs no @ to be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.portkey.editions import is_portkey_url
from tray.commands.profiles.add_questions.answers import one_word, provider, slug
from tray.terminal.prompts import say

if TYPE_CHECKING:
    from tray.actions.account.offer import AccountOffer


class ProviderAnswers:
    """Checks of a provider that is typed, for a gateway and what its account offers."""

    def __init__(self, gateway: str, offer: AccountOffer | None) -> None:
        self._check = slug if is_portkey_url(gateway) else provider
        self._listed = frozenset(() if offer is None else (each.slug for each in offer.providers))
        self._made = ""

    def any(self, answer: str) -> str:
        """What was typed, with an @ where the account lists it so. Raises UsageError as `answers` does."""
        self._made = ""
        return self.slug(answer) if answer in self._listed else self._check(answer)

    def slug(self, answer: str) -> str:
        """What was typed where an `@slug` was asked for."""
        self._made = "" if answer.startswith("@") else f"@{one_word(answer)}"
        return self._made or provider(answer)

    def tell(self) -> None:
        """Say what the last answer was taken for, where that is not what was typed."""
        if self._made:
            say(f"  Taken as {self._made}: a provider of your workspace begins with @.")
            self._made = ""
