"""What is news of a profile's budgets: much or all of one is used, or none is reported. Each once. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from tray.runtime.watch.budget.figures import FINE, USED_UP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tray.runtime.watch.budget.figures import Figure, Left

REFUSED = "refused"  # what is used up then is not told: a budget of the key, or of its workspace
_NEWS_S = 24 * 3600.0  # an answer that is older was kept, and a budget without an end may be another by now


class Reported(NamedTuple):
    """What was reported of a budget: how far it was used. It holds until that moment, and for that limit."""

    level: int
    limit: float | None
    until: float


def news(
    figure: Figure, account: str, said: Mapping[str, Reported], now: float
) -> tuple[tuple[Left, ...], bool, dict[str, Reported]]:
    """The budgets of which something is to be reported, whether a refusal is, and what was said then.

    Each once in its period, or again where its limit was changed. `account` tells those of one apart.
    """
    after = {key: each for key, each in said.items() if each.until > now}
    refused = f"{account} {REFUSED}"
    is_new = bool(figure.refused) and refused not in after
    if is_new:
        after[refused] = Reported(USED_UP, None, math.inf)
    elif not figure.refused:
        after.pop(refused, None)
    found = []
    for key, left in _told(figure, account, now):
        before = after.get(key)
        if before is not None and before.limit == left.limit and left.level <= before.level:
            continue
        if left.level > FINE:
            after[key] = Reported(left.level, left.limit, left.ends())
            found.append(left)
    return tuple(found), is_new, after


def _told(figure: Figure, account: str, now: float) -> Iterator[tuple[str, Left]]:
    if now - figure.known_at < _NEWS_S:
        for left in figure.current(now):
            yield f"{account} {left.of} {left.kind}", left
