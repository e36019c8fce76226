"""The one session: whose browser it is, the tokens of its forms, and what its next page is to say."""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from profiles.base.secret import Secret

    Taken = Literal["good", "used", "unknown"]

_HOLD_S = 10 * 60.0
_MOST_FORMS = 400  # pages of one session that can be sent at any time
_MOST_FLASHES = 4


class Flash(NamedTuple):
    """What the next page says first: `kind` is ok, info, warn or bad; `undo` names a button for that.

    `go`: a page that leads on, and what its link says; "" for none.
    """

    kind: str
    title: str
    lines: tuple[str, ...] = ()
    undo: str = ""
    go: tuple[str, str] = ("", "")


class Refused(NamedTuple):
    """Why what was sent from the page at `path` came to nothing: its outcome, and what is wrong by field."""

    path: str
    outcome: str
    errors: tuple[tuple[str, str], ...]


class Keeps(Protocol):
    """What a session keeps for a page."""

    def forget_old(self) -> None:
        """Forget what has been kept for long enough."""


class Pointed(NamedTuple):
    """What has the focus on the next page, such as `star:work`, and what is read out there."""

    at: str = ""
    said: str = ""


class Session:
    """One browser's visit. Its cookie is known to that browser alone."""

    def __init__(self, cookie: str) -> None:
        self.cookie = cookie
        self.opened_at = self.used_at = time.time()
        self.sent_at = 0.0  # the latest form
        self._forms: dict[str, bool] = {}  # token → whether it can still be sent
        self._flashes: list[Flash] = []
        self._pointed = Pointed()
        self._refused: Refused | None = None
        self._held: tuple[str, Secret, float] | None = None
        self._lock = threading.Lock()
        self.kept: dict[str, Keeps] = {}  # what was entered in a page of several steps, by that page's name

    def forget_old(self) -> None:
        """Forget what is kept for a while only, where that is over."""
        for each in list(self.kept.values()):
            each.forget_old()
        if self._held is not None and time.monotonic() >= self._held[2]:
            self._held = None

    def form_token(self) -> str:
        """A token for the forms of one page: one of them can be sent, once."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            while len(self._forms) >= _MOST_FORMS:
                del self._forms[next(iter(self._forms))]
            self._forms[token] = True
        return token

    def knows_form(self, token: str) -> bool:
        """Whether that is the token of a page that is not sent yet; it can be sent all the same."""
        return self._forms.get(token, False)

    def take_form(self, token: str) -> Taken:
        """Whether a form with that token may be carried out; a second one with it may not."""
        with self._lock:
            good = self._forms.get(token)
            if good is None:
                return "unknown"
            self._forms[token] = False
        return "good" if good else "used"

    def tell(self, flash: Flash) -> None:
        """Have the next page say that, after what it is to say already; what can be undone is the latest."""
        with self._lock:
            said = [each._replace(undo="") if flash.undo else each for each in self._flashes if each != flash]
            self._flashes = [*said, flash][-_MOST_FLASHES:]

    @property
    def is_to_tell(self) -> bool:
        """Whether the next page is to say something first."""
        return bool(self._flashes)

    def told(self) -> list[Flash]:
        """What this page is to say first; it is said once."""
        with self._lock:
            flashes, self._flashes = self._flashes, []
        return flashes

    def refuse(self, refused: Refused) -> None:
        """Have the page at that path say so: for what is known only after its form was answered."""
        self._refused = refused

    def refused(self, path: str) -> Refused | None:
        """What the page at that path is to say of its form; it is said once."""
        if self._refused is None or self._refused.path != path:
            return None
        refused, self._refused = self._refused, None
        return refused

    def hold(self, path: str, secret: Secret) -> None:
        """Keep a key that was typed at that path for some minutes, in memory alone, for one more try."""
        self._held = (path, secret, time.monotonic() + _HOLD_S)

    def held(self, path: str) -> Secret | None:
        """The key that is kept for that path, if any."""
        if self._held is not None and time.monotonic() >= self._held[2]:
            self._held = None
        return self._held[1] if self._held is not None and self._held[0] == path else None

    def let_go(self) -> None:
        """Keep no key any longer."""
        self._held = None

    def point_at(self, at: str, said: str) -> None:
        """Have that of the next page get the focus, with that read out, where nothing else is to be said."""
        self._pointed = Pointed(at, said)

    def pointed(self) -> Pointed:
        """What this page is to point at; once."""
        pointed, self._pointed = self._pointed, Pointed()
        return pointed


class Sessions:
    """The session that is open, if any: one at a time, so that two cannot save over each other.

    `is_alive` says whether a page of it is open, as far as can be seen.
    """

    def __init__(self, is_alive: Callable[[], bool], on_end: Callable[[], None]) -> None:
        self._is_alive = is_alive
        self._on_end = on_end
        self._open: Session | None = None
        self._claims: dict[str, str] = {}  # token → the page to go on to

    def find(self, cookie: str) -> Session | None:
        """The open session, where that is its cookie."""
        session = self._open
        if session is None or not secrets.compare_digest(session.cookie.encode(), cookie.encode()):
            return None
        return session

    def is_open(self, session: Session) -> bool:
        """Whether that session is not over: to be asked again by who has waited for others."""
        return session is self._open

    def other(self) -> Session | None:
        """The session that another browser has a page of open; None where nobody has."""
        return self._open if self._open is not None and self._is_alive() else None

    def forget_old(self) -> None:
        """Have the open session forget what it keeps for a while only."""
        if self._open is not None:
            self._open.forget_old()

    def begin(self) -> Session:
        """A new session; the one before is over."""
        self.end()
        self._open = Session(secrets.token_urlsafe(32))
        return self._open

    def end(self) -> None:
        """End the open session: its pages hear of it."""
        if self._open is not None:
            self._open = None
            self._on_end()

    def claim(self, page: str) -> str:
        """A token by which its browser may take the session over, once, and go on to that page."""
        token = secrets.token_urlsafe(32)
        self._claims = {token: page}  # the latest alone
        return token

    def take_claim(self, token: str) -> str | None:
        """The page to go on to, where that token was the one to take over by."""
        page = self._claims.get(token)
        self._claims.clear()
        return page
