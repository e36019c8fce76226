"""A question to an account, asked or answered by what is kept: an answer with its age, or a problem."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from profiles.gateway.account.calls import CONFIGS, MODELS, Question
from profiles.gateway.account.kept import Kept, KeptAnswers
from profiles.gateway.account.known import PASSING, Known, Problem
from profiles.gateway.account.problems import NO_ACCOUNT, NOT_ASKED, UNREADABLE, not_in_edition
from profiles.gateway.account.records.row import Row, UnusableError, read_rows
from profiles.profile.config.names import keep_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.base.locations import Locations
    from profiles.gateway.account.pages import Asked, Pages
    from profiles.gateway.account.place import Place
    from profiles.gateway.account.records.offered import Model

T = TypeVar("T")

LIMIT_S = 6.0  # for a question with all its pages
_DAY_S = 24 * 3600.0


class Lookups:
    """What one place answers. Several threads may ask at once; not `online` nothing is asked.

    Each question has `limit_s` seconds, and all of them `total_s` from now.
    """

    def __init__(
        self,
        place: Place,
        locations: Locations,
        *,
        online: bool = True,
        limit_s: float = LIMIT_S,
        total_s: float = math.inf,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.place = place
        self._kept = KeptAnswers(locations, place)
        self._locations = locations
        self._online = online
        self._limit_s = limit_s
        self._until = time.monotonic() + total_s
        self.clock = clock
        self._lock = threading.Lock()
        self._askings: dict[bool, Pages] = {}  # with the key, and without it
        self._probing = threading.Lock()
        self._probed: list[Problem | None] = []

    @property
    def models_first(self) -> bool:
        """Whether nothing else may be asked before the models are known: they tell whose gateway it is."""
        return self._online and not self.place.edition.gateway

    def close(self) -> None:
        """Let the connections go, and what nobody asked for in a month."""
        with self._lock:
            if self._askings:
                self._kept.forget_old(self.clock())
            for asking in self._askings.values():
                asking.close()
            self._askings.clear()

    def forget(self, name: str) -> None:
        """Something was changed: what is kept under that name holds no more."""
        self._kept.drop(name)

    def rows(self, question: Question[T], max_age_s: float = 0.0) -> Known[tuple[T, ...]] | Problem:
        """All objects that a list has; those kept, where they are not older than that."""

        def read(answer: Any) -> tuple[T, ...]:
            found = read_rows(answer, question.call.read)
            if answer and not found:
                raise UnusableError
            return found

        return self._look(question, read, max_age_s)

    def one(self, question: Question[T], max_age_s: float = 0.0) -> Known[T] | Problem:
        """One object; the one kept, where it is not older than that."""
        return self._look(question, lambda answer: question.call.read(Row(answer)), max_age_s)

    def _look(
        self, question: Question[Any], read: Callable[[Any], T], max_age_s: float
    ) -> Known[T] | Problem:
        kept = None if question.call.private else self._kept.load(question.kept_as)
        before = None if kept is None else _known(kept, read)
        if before is not None and not (self._online and not 0 <= self.clock() - before.asked_at < max_age_s):
            return before
        if not self._online:
            return NOT_ASKED
        found = self._barred(question) or self._ask(question, kept.etag if kept and before else "")
        if isinstance(found, Problem):
            if before is not None and found.kind in PASSING:
                return before._replace(problem=found)
            self._kept.drop(question.kept_as)
            return found
        if found is None and kept is not None:
            new = kept._replace(asked_at=self.clock())
        elif found is not None:
            new = Kept(self.clock() - found.age_s, found.etag, found.whole, found.answer)
        else:
            return UNREADABLE
        known = _known(new, read)
        if known is not None and not question.call.private:
            stored = self._kept.store(question.kept_as, new)
            if stored and question.call.name == CONFIGS.name:
                configs: Any = known.value
                keep_names(self._locations, {config.slug: config.name for config in configs})
        return known or UNREADABLE

    def _ask(self, question: Question[Any], etag: str) -> Asked | Problem | None:
        from profiles.gateway.account.pages import Pages  # an HTTP client: 100 ms

        with_key = bool(question.call.scope)
        with self._lock:
            if with_key not in self._askings:
                place = self.place
                if not with_key and place.edition.prices:
                    place = place._replace(root=place.edition.prices, headers=())
                self._askings[with_key] = Pages(place, with_key=with_key)
            asking = self._askings[with_key]
        limit_s = min(self._limit_s, max(self._until - time.monotonic(), 0.0))
        return asking.ask(question, etag, limit_s)

    def _barred(self, question: Question[Any]) -> Problem | None:
        """Why the question must not be asked: where nobody knows it, it would be sent on to a provider."""
        part, edition = question.call.part, self.place.edition
        if not part:
            return None
        if part not in edition.lists:
            return not_in_edition(question.call, edition)
        if not self.models_first:
            return None
        with self._probing:
            if not self._probed:
                found = _why_no_account(self.rows(Question(MODELS), _DAY_S))
                if found is not None and found.kind in PASSING:
                    return found
                self._probed.append(found)
            return self._probed[0]


def _why_no_account(models: Known[tuple[Model, ...]] | Problem) -> Problem | None:
    """Why a company's own gateway has no account; None where its list of models is one of Portkey's."""
    if isinstance(models, Problem):
        return None if models.code else models
    return None if not models.value or any(model.provider for model in models.value) else NO_ACCOUNT


def _known(kept: Kept, read: Callable[[Any], T]) -> Known[T] | None:
    try:
        return Known(read(kept.answer), kept.asked_at, kept.whole)
    except UnusableError:
        return None
