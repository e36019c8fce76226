"""What one row of the torture report says."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """`counts` of what was tried, in words; `failures` one line each, empty when all held."""

    name: str
    counts: dict[str, int]
    failures: list[str]
