"""What fetching a catalog gives: its bytes and signature, that nothing is new, or why there is nothing."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.catalogs.format.model import MOST_BYTES

if TYPE_CHECKING:
    from typing import Literal

    Why = Literal["unreachable", "withdrawn", "refused"]

MOST_SIGNATURE = 4 * 1024  # bytes


class Limits(NamedTuple):
    """How long is waited, and for how much. `may_ask`: git may ask its user, at the terminal."""

    git_s: float = 60.0
    https_s: float = 20.0
    most_bytes: int = MOST_BYTES
    may_ask: bool = False


class Fetched(NamedTuple):
    """A catalog's file as it lies there, unverified, and its signature's file; None where there is none.

    `mark` is what to fetch by the next time: another commit, ETag or hash is another mark. It is to be kept
    only where the bytes were found to be right, or a publisher's half-done upload would stay for good.
    """

    data: bytes
    signature: bytes | None
    mark: str


class Unchanged(NamedTuple):
    """It is what it was at that mark."""

    mark: str


class FetchError(PkccError):
    """A source gave nothing; what was accepted before goes on.

    `reason` completes "it could not be reached: …". `why`: "unreachable" (try again later), "withdrawn" (the
    source says that it is gone), "refused" (what is there cannot be a catalog). `retry_after_s` is what the
    server asked for.
    """

    def __init__(self, why: Why, reason: str, hint: str, retry_after_s: float | None = None) -> None:
        super().__init__(_TITLES[why].format("The catalog", reason, "not"), hint)
        self.why = why
        self.reason = reason
        self.retry_after_s = retry_after_s

    def of(self, name: str, kept: str = "") -> FetchError:
        """The same of a catalog that is subscribed to; `kept` is what one has of it: "43, 2 days old"."""
        goes_on = f"What you have ({kept}) goes on. " if kept else ""
        error = FetchError(self.why, self.reason, goes_on + self.hint, self.retry_after_s)
        error.title = _TITLES[self.why].format(f"The catalog {name}", self.reason, "no longer")
        return error


_TITLES = {
    "unreachable": "{0} could not be reached: {1}",
    "withdrawn": "{0} is {2} at its source: {1}",
    "refused": "{0} cannot be used: {1}",
}
