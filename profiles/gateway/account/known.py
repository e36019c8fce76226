"""What came of a question to an account: an answer with its age, or why there is none."""

from __future__ import annotations

from typing import Generic, Literal, NamedTuple, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

ProblemKind = Literal[
    "key",  # it is not accepted, or has expired
    "right",  # the key is good, but may not do this
    "absent",  # there is no such thing in its workspace, or not in its plan
    "used_up",  # a budget, or the subscription
    "too_often",
    "refused",  # for what was asked: a config that is not valid, an organisation's rule
    "no_answer",  # not reached, or not in time, or in trouble
    "no_gateway",  # something else answers there, or it is not what Portkey documents
    "no_account",  # this edition has none, or not for a gateway key
    "not_asked",  # offline on purpose, and nothing is kept
]
# While it lasts, what was answered before is the best that is known.
PASSING: frozenset[ProblemKind] = frozenset({"used_up", "too_often", "no_answer", "no_gateway"})


class Problem(NamedTuple):
    """Why there is no answer, in a line, and what helps, in another; no secret is in them.

    `status` is HTTP's, 0 where nothing answered; `code` Portkey's own, such as "AB03", "" for none.
    """

    kind: ProblemKind
    title: str
    hint: str
    status: int = 0
    code: str = ""


class Known(NamedTuple, Generic[T_co]):
    """An answer, and when it was given (seconds since 1970).

    `whole` is False where a list is longer than what was read of it; `problem` is why it could not be asked
    for again, where it is one that was kept.
    """

    value: T_co
    asked_at: float
    whole: bool = True
    problem: Problem | None = None


def rows_in(listed: Known[tuple[T, ...]] | Problem) -> tuple[T, ...]:
    """What a list has, none where there is a problem instead."""
    return listed.value if isinstance(listed, Known) else ()
