"""One-time links: each opens the manager once, within a minute, at a page of its own."""

from __future__ import annotations

import re
import secrets
import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    Found = Literal["good", "used", "late", "unknown"]

HOST = "127.0.0.1"  # where a link leads: nobody else's machine reaches that
LIFE_S = 60.0
FRONT = "/"  # the page that a link opens unless it names another
_REMEMBERED = 64  # links that were used or came to nothing, so that each can still say so
# No second slash at the beginning, which would be another host's address; nothing to be unquoted in the path.
_LOCAL = re.compile(
    r"/(?:[A-Za-z0-9][A-Za-z0-9._-]{0,63}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,63}){0,3})?"
    r"(?:(?<=/catalogs/add)\?[A-Za-z0-9%&=._~/:@-]{1,2100})?"  # as `JoinLink.query` makes one
)


class _Link(NamedTuple):
    ends: float  # 0.0 once used
    page: str


def is_local_page(page: str) -> bool:
    """Whether that is spelled as a page of ours is, such as `/keys/work/enter`."""
    return _LOCAL.fullmatch(page) is not None


class Links:
    """The links that were given out. `clock` in monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._links: dict[str, _Link] = {}  # by token

    def make(self, page: str = FRONT) -> str:
        """A new token, good for one use within a minute, and for that page."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._links) >= _REMEMBERED:
                del self._links[next(iter(self._links))]
            self._links[token] = _Link(self._clock() + LIFE_S, page if is_local_page(page) else FRONT)
        return token

    def use(self, token: str) -> tuple[Found, str]:
        """Whether it is good, and the page that it is for; it is used from then on."""
        with self._lock:
            link = self._links.get(token)
            if link is None:
                return "unknown", FRONT
            self._links[token] = link._replace(ends=0.0)
        if link.ends == 0.0:
            return "used", FRONT
        return "good" if self._clock() < link.ends else "late", link.page

    def is_waiting(self) -> bool:
        """Whether one can still be used."""
        now = self._clock()
        with self._lock:
            return any(link.ends > now for link in self._links.values())
