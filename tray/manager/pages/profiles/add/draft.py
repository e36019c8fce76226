"""What was entered so far for a new profile: its session keeps it. The key lies in memory, for 30 minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tray.actions.profiles.adding.entered import NEW, Details, Entered, KeyAnswer, RouteAnswer
from tray.actions.profiles.adding.models_of_route import Along

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.base.secret import Secret
    from profiles.gateway.check.kept_checks import KeptCheck
    from tray.actions.account.models import ModelPrice
    from tray.actions.account.offer import AccountOffer
    from tray.manager.access.sessions import Session
    from tray.manager.site import Site

    Asked = tuple[object, ...]

KEPT_S = 30 * 60.0
KEY, TO_ROUTE, ALL = 1, 2, 4  # steps that a question is about


class Draft:
    """The answers, and what the network said to them. `clock` in monotonic seconds.

    An answer is heard only while what was asked about stands: `asked` before, `hear_…` after.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.key = KeyAnswer()
        self.route = RouteAnswer()
        self.models: dict[str, str] | None = None  # None: not answered yet
        self.details: Details | None = None
        self.along = Along()
        self.prices: Mapping[str, ModelPrice] = {}
        self.asked_beside = ""  # the config of which it was said that it names no provider
        self.doubted = ""  # the provider of which it was said that the account has none of that name
        self.checked: KeptCheck | None = None
        self.is_reviewed = False  # what is changed from then on leads back to the review
        self._clock = clock
        self._secret: Secret | None = None
        self._offer: AccountOffer | None = None
        self._until = 0.0

    @property
    def secret(self) -> Secret | None:
        """The key that was typed, as long as it is kept."""
        self.forget_old()
        return self._secret

    def hold(self, secret: Secret) -> None:
        """Keep the key that was typed."""
        self._secret, self._until = secret, self._clock() + KEPT_S

    @property
    def offer(self) -> AccountOffer | None:
        """What the account offers, None where it was not looked up; the key it was asked with is in it."""
        self.forget_old()
        return self._offer

    def asked(self, steps: int) -> Asked:
        """What is entered in the first steps, and the key: by it what is asked about them is heard later."""
        return (self.secret, *self.entered()[:steps])

    def stands(self, asked: Asked) -> bool:
        """Whether that is still what is entered."""
        return asked == self.asked(len(asked) - 1)

    def hear_offer(self, asked: Asked, offer: AccountOffer) -> None:
        """Keep what the account offers, as long as the key."""
        if self.stands(asked):
            self._offer, self._until = offer, self._clock() + KEPT_S

    def hear_along(self, asked: Asked, along: Along, prices: Mapping[str, ModelPrice]) -> None:
        """Keep the models along the route, and what they cost."""
        if self.stands(asked):
            self.along, self.prices = along, prices

    def hear_check(self, asked: Asked, check: KeptCheck) -> None:
        """Keep what the test of key and route has found."""
        if self.stands(asked):
            self.checked = check

    def drop_key(self) -> None:
        """Keep the key that was typed no longer."""
        self._secret = None

    def drop_offer(self) -> None:
        """Another key or gateway was given: what the one before was offered tells nothing."""
        self._offer = None

    def forget_old(self) -> None:
        """Forget the key after 30 minutes."""
        if self._clock() >= self._until:
            self._secret = self._offer = None

    @property
    def lacks_key(self) -> bool:
        """Whether the key that was typed is not kept any more."""
        return self.key.source == NEW and self.secret is None

    def entered(self) -> Entered:
        """All answers; what was not answered yet is empty."""
        return Entered(self.key, self.route, self.models or {}, self.details or Entered().details)


def draft_in(site: Site, session: Session) -> Draft:
    """The draft of that session, a new one where there is none."""
    return cast("Draft", session.kept.setdefault("add", Draft(site.clock)))


def forget_draft(session: Session) -> None:
    """The draft is stored, or not wanted."""
    session.kept.pop("add", None)
