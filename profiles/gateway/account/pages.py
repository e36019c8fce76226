"""One question to an account over HTTP, page by page, within its limits. Loads an HTTP client (100 ms)."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from profiles.claude_code.routing_names import V1
from profiles.gateway.account.known import Problem
from profiles.gateway.account.problems import problem_of
from profiles.gateway.asking.http import LIST_LIMIT, Answer, Request, Trouble
from profiles.gateway.asking.meanings import for_profile
from profiles.gateway.asking.no_answer import trouble_step
from profiles.gateway.asking.steps import FAILED, Step, Veil
from profiles.gateway.asking.way import find_way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.gateway.account.calls import Call, Question
    from profiles.gateway.account.place import Place

PAGE_SIZE = 100
_NOT_MODIFIED = 304
_DAY_S = 24 * 3600


class Asked(NamedTuple):
    """The JSON of an answer: a list's rows, or one object.

    `age_s` is how old a cache on the way says that it is.
    """

    answer: Any
    etag: str
    whole: bool
    age_s: float


class Pages:
    """Asks one place, and keeps its connections until it is closed. No redirect is ever followed."""

    def __init__(self, place: Place, *, with_key: bool) -> None:
        self._place = place
        self._way = find_way(place.root, place.environ)
        self._veil = Veil([*place.secrets, *self._way.secrets])
        self._api = place.root + V1 if with_key else place.root
        self._headers = {name.lower(): value for name, value in place.own_headers().items()}
        if with_key:
            self._headers |= place.edition.carrying(place.key.reveal())

    def close(self) -> None:
        """Let the connections go."""
        if not isinstance(self._way.asker, Step):
            self._way.asker.__exit__()

    def ask(self, question: Question[Any], etag: str, limit_s: float) -> Asked | Problem | None:
        """The answer, or why there is none; None where it is still the one of that `etag`. Raises nothing.

        All pages together have `limit_s` seconds.
        """
        until = time.monotonic() + limit_s
        call, etag = question.call, etag if etag.isascii() and etag.isprintable() else ""
        first = self._page(question, _first_page(call), until, etag)
        if first is None or isinstance(first, Problem):
            return first
        answer, plain = first
        found = Asked(plain, answer.headers.get("etag", ""), True, _age(answer.headers.get("age", "")))
        if not call.rows:
            return found
        rows, whole = self._further_pages(question, plain, len(answer.body), until)
        one_page = len(rows) == len(plain[call.rows])
        return found._replace(answer=rows, whole=whole, etag=found.etag if one_page else "")

    def _further_pages(
        self, question: Question[Any], first: dict[str, Any], size: int, until: float
    ) -> tuple[list[Any], bool]:
        """All rows, and whether these are all: a page that fails, or brings nothing new, ends the list."""
        call = question.call
        last = first[call.rows]
        rows, total, number = list(last), first.get("total"), 0
        while call.paging and _goes_on(total, rows, last):
            number += 1
            query = _page_query(number) if call.paging == "page" else {"offset": str(len(rows))}
            page = self._page(question, query, until)
            if page is None or isinstance(page, Problem):
                return rows, False
            answer, plain = page
            size += len(answer.body)
            if size > LIST_LIMIT:
                return rows, False
            if not plain[call.rows] or plain[call.rows] == last:
                return rows, not isinstance(total, int)
            last = plain[call.rows]
            rows += last
        return rows, not (isinstance(total, int) and len(rows) < total)

    def _page(
        self, question: Question[Any], page: Mapping[str, str], until: float, etag: str = ""
    ) -> tuple[Answer, dict[str, Any]] | Problem | None:
        """One HTTP answer and its JSON; None where it has not changed."""
        asker = self._way.asker
        if isinstance(asker, Step):
            return self._problem(asker)
        call = question.call
        query = urlencode([*question.query, *question.moment, *page.items()])
        url = self._api + call.path.format(*(quote(name, safe="") for name in question.names))
        headers = self._headers | ({"if-none-match": etag} if etag else {})
        if question.body is not None:
            headers |= {"content-type": "application/json"}
        request = Request(call.method, f"{url}?{query}" if query else url, headers, question.body)
        answer = asker.ask(request, max(until - time.monotonic(), 0.0))
        if isinstance(answer, Trouble):
            return self._problem(trouble_step(answer, self._place.host, self._way.proxy))
        if answer.status == _NOT_MODIFIED and etag:
            return None
        plain = answer.json()
        if isinstance(plain, dict) and 200 <= answer.status < 300 and _has_rows(call, plain):
            # A config is the user's own text: it is shown to nobody as it is.
            shown = plain if call.private else self._veil.over_json(answer.body, plain)
            if shown is not None:
                return answer, shown
        return self._veiled(problem_of(answer, call, question.about, self._place, url, self._veil))

    def _problem(self, step: Step) -> Problem:
        return self._veiled(Problem("no_answer", step.text, step.hint))

    def _veiled(self, problem: Problem) -> Problem:
        shown = self._veil.over(Step("", FAILED, problem.title, problem.hint))
        return problem._replace(title=shown.text, hint=for_profile(shown.hint, self._place.profile))


def _first_page(call: Call[Any]) -> dict[str, str]:
    return _page_query(0) if call.paging == "page" else {}


def _page_query(number: int) -> dict[str, str]:
    return {"current_page": str(number), "page_size": str(PAGE_SIZE)}


def _has_rows(call: Call[Any], plain: dict[str, Any]) -> bool:
    return not call.rows or isinstance(plain.get(call.rows), list)


def _goes_on(total: object, rows: list[Any], last: list[Any]) -> bool:
    if isinstance(total, int):
        return len(rows) < total
    return len(last) == PAGE_SIZE


def _age(header: str) -> float:
    return float(min(int(header), _DAY_S)) if re.fullmatch(r"[0-9]{1,8}", header) else 0.0
