"""The one session: whose browser it is, the tokens of its forms, and what its next page is to say."""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    Taken = Literal["good", "used", "unknown"]

_MOST_FORMS = 400  # pages of one session that can be sent at any time


class Flash(NamedTuple):
    """What the next page says first: `kind` is ok, info, warn or bad; `undo` names a button for that."""

    kind: str
    title: str
    lines: tuple[str, ...] = ()
    undo: str = ""


class Session:
    """One browser's visit. Its cookie is known to that browser alone."""

    def __init__(self, cookie: str) -> None:
        self.cookie = cookie
        self.opened_at = self.used_at = time.time()
        self._forms: dict[str, bool] = {}  # token → whether it can still be sent
        self._flash: Flash | None = None
        self._lock = threading.Lock()

    def form_token(self) -> str:
        """A token for the forms of one page: one of them can be sent, once."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            while len(self._forms) >= _MOST_FORMS:
                del self._forms[next(iter(self._forms))]
            self._forms[token] = True
        return token

    def take_form(self, token: str) -> Taken:
        """Whether a form with that token may be carried out; a second one with it may not."""
        with self._lock:
            good = self._forms.get(token)
            if good is None:
                return "unknown"
            self._forms[token] = False
        return "good" if good else "used"

    def tell(self, flash: Flash) -> None:
        """Have the next page say that first."""
        self._flash = flash

    def told(self) -> Flash | None:
        """What this page is to say first; it is said once."""
        flash, self._flash = self._flash, None
        return flash


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

    def other(self) -> Session | None:
        """The session that another browser has a page of open; None where nobody has."""
        return self._open if self._open is not None and self._is_alive() else None

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
