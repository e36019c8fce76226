"""A catalog from an https address: a conditional GET, and one for its signature. No login of ours is sent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

from profiles.catalogs.fetching.fetched import MOST_SIGNATURE, Fetched, FetchError, Limits, Unchanged
from profiles.catalogs.fetching.https_words import refusal
from profiles.catalogs.format.model import SIGNATURE
from profiles.claude_code.routing_names import PROXIES
from profiles.gateway.asking.http import Answer, Request
from profiles.gateway.asking.no_answer import trouble_step
from profiles.gateway.asking.steps import Step
from profiles.gateway.asking.way import find_way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.catalogs.fetching.source import Source
    from profiles.gateway.asking.way import Way

_MOST_REDIRECTS = 3
_LONGEST_MARK = 256
_PLAIN: dict[str, str | None] = {
    "user-agent": None,
    "accept": "*/*",
}  # nothing that says who asks, or with which version
_NO_SIGNATURE = (403, 404, 410)  # 403: so a store answers that does not say what it has


def fetch_https(
    source: Source, known_mark: str, environ: Mapping[str, str], limits: Limits
) -> Fetched | Unchanged:
    """The file and its signature; its mark is the server's ETag, or its date. Raises FetchError."""
    way = find_way(source.address, _with_proxy(environ), limits.https_s)
    if isinstance(way.asker, Step):
        raise FetchError("unreachable", way.asker.text, way.asker.hint)
    with way.asker:
        answer = _get(way, source.address, _condition(known_mark), limits.most_bytes)
        if answer.status == 304 and known_mark:
            return Unchanged(known_mark)
        if problem := refusal(answer, limits.most_bytes):
            raise problem
        return Fetched(answer.body, _signature(way, source.address + SIGNATURE), _mark(answer))


def _signature(way: Way, url: str) -> bytes | None:
    """The signature's file, None for none; raises FetchError where that is not known."""
    answer = _get(way, url, {}, MOST_SIGNATURE)
    if answer.status in _NO_SIGNATURE or (answer.status == 200 and answer.body.lstrip()[:1] == b"<"):
        return None  # the latter: the page that some servers have for whatever is not there
    if problem := refusal(answer, MOST_SIGNATURE):
        raise problem
    return answer.body


def _get(way: Way, url: str, headers: Mapping[str, str], most: int) -> Answer:
    """The answer, after redirections on the same host. Raises FetchError where there is none."""
    for _ in range(_MOST_REDIRECTS + 1):
        assert not isinstance(way.asker, Step)  # noqa: S101 - seen by the caller
        asked = Request("GET", url, {**_PLAIN, **headers}, most=most)
        answer = way.asker.ask(asked, way.asker.remaining_s)
        if not isinstance(answer, Answer):
            step = trouble_step(answer, urlsplit(url).netloc, way.proxy, "the server", "the address")
            raise FetchError("unreachable", step.text, step.hint)
        if answer.status not in (301, 302, 303, 307, 308):
            return answer
        url = _redirected(url, answer.headers.get("location", ""))
    raise FetchError("unreachable", "it sends requests on and on", "Ask for its right address.")


def _redirected(url: str, location: str) -> str:
    """Where a redirection leads. Raises FetchError where that is another host, or no https."""
    try:
        there = urlsplit(urljoin(url, location))
        host, _port = there.hostname or "", there.port
    except ValueError:
        host, there = "", urlsplit("")
    if there.scheme == "https" and host == urlsplit(url).hostname and "@" not in there.netloc:
        return there.geturl()
    where = "another host" if there.scheme == "https" else "another place than https"
    raise FetchError(
        "unreachable",
        f"it sends requests on to {where}, where they were not sent",
        "A network that wants you to sign in does this. If the catalog has moved, add it by its new address.",
    )


def _condition(mark: str) -> dict[str, str]:
    kind, _, value = mark.partition(":")
    names = {"etag": "if-none-match", "changed": "if-modified-since"}
    return {names[kind]: value} if kind in names else {}


def _mark(answer: Answer) -> str:
    for kind, name in (("etag", "etag"), ("changed", "last-modified")):
        value = answer.headers.get(name, "")
        if value and len(value) <= _LONGEST_MARK and value.isascii() and value.isprintable():
            return f"{kind}:{value}"
    return ""


def _with_proxy(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment, with the proxy that macOS or Windows has in its own settings where it names none."""
    if sys.platform == "linux" or any(environ.get(name) for name in PROXIES):
        return environ
    proxy = getproxies().get("https")
    return {**environ, PROXIES[0]: proxy} if proxy else environ
