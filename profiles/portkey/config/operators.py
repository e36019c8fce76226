"""The conditions of a Portkey config: their operators, and the fields that they ask for. One table. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Operator(NamedTuple):
    """How an operator is said, and typed: `is at least` and `>=`; `sign` is "" for one typed by a list."""

    words: str
    sign: str


EQUAL, UNEQUAL = "$eq", "$ne"
ONE_OF, NONE_OF = LISTS = ("$in", "$nin")
MATCHES = "$regex"
OVER, AT_LEAST, UNDER, AT_MOST = BOUNDS = ("$gt", "$gte", "$lt", "$lte")
OPERATORS = {
    EQUAL: Operator("is", "="),
    UNEQUAL: Operator("is not", "!="),
    ONE_OF: Operator("is one of", ""),
    NONE_OF: Operator("is none of", ""),
    MATCHES: Operator("matches", "~"),
    OVER: Operator("is over", ">"),
    AT_LEAST: Operator("is at least", ">="),
    UNDER: Operator("is under", "<"),
    AT_MOST: Operator("is at most", "<="),
}
# What joins queries in a query.
ALL, ANY = JOINING = ("$and", "$or")

METADATA, PARAMETERS, PATH = "metadata.", "params.", "url.pathname"


def can_be_asked_for(field: str) -> bool:
    """Whether a condition can ask for that field of a request: `metadata.team`, `params.model`, the path."""
    return field == PATH or field.startswith((METADATA, PARAMETERS))
