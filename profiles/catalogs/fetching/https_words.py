"""Words for an https server's answer that is no catalog. Pure."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from profiles.catalogs.fetching.fetched import FetchError

if TYPE_CHECKING:
    from profiles.gateway.asking.http import Answer

_LONGEST_WAIT_S = 7 * 24 * 3600.0
_AGAIN = "Try again later; if it lasts, tell its publisher."
_LOGIN = "A catalog that needs a login can be fetched by git: ask its publisher."


def refusal(answer: Answer, most: int) -> FetchError | None:
    """What is wrong with an answer; None for one that is the file."""
    status, retry = answer.status, retry_after(answer.headers.get("retry-after", ""))
    if status in (404, 410):
        return FetchError("withdrawn", f"its server says so ({status})", "Ask its publisher where it is now.")
    if status in (401, 403, 407):
        return FetchError("unreachable", f"its server wants a login, or lets nobody in ({status})", _LOGIN)
    if status == 429 or status >= 500:
        what = "is asked too often" if status == 429 else "is in trouble"
        return FetchError("unreachable", f"its server {what} ({status})", _AGAIN, retry)
    if status != 200:
        return FetchError("unreachable", f"its server gives another answer ({status})", _AGAIN, retry)
    return _no_file(answer, most)


def _no_file(answer: Answer, most: int) -> FetchError | None:
    if answer.body.lstrip()[:1] == b"<":
        hint = "A network's sign-in page does this: open any page in a browser. If not, is the address right?"
        return FetchError("unreachable", "what answers is a web page, no catalog", hint)
    if answer.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        return FetchError(
            "refused", "it comes compressed, though that was not asked for", "Tell its publisher."
        )
    if answer.cut or len(answer.body) > most:
        return FetchError("refused", f"it has more than {most // 1024} kB", "Tell its publisher.")
    return None


def retry_after(value: str, now: float | None = None) -> float | None:
    """The seconds that a server wants to be left alone for, from its seconds or date; at most a week."""
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(float(value), _LONGEST_WAIT_S)
    try:
        seconds = parsedate_to_datetime(value).timestamp() - (time.time() if now is None else now)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT_S)
