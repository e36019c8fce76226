"""The files that win over the user's settings, and what they decide or take away. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.owned_slots import (
    API_KEY_SLOT,
    HELPER_KEY,
    KEY_SLOTS,
    MODEL_SLOTS,
    PORTKEY_SLOT,
    ROUTE_SLOTS,
    TOKEN_SLOT,
    name_in,
)
from profiles.routes.sources import alarming, decide

if TYPE_CHECKING:
    from profiles.routes.sources import Effective, Source

_KEYS = (TOKEN_SLOT, API_KEY_SLOT)


class Override(NamedTuple):
    """One file: `names` it decides, and those that it takes away, as it blanks them or replaces all headers.

    `dangerous`: it is a project's, and decides where the key goes; `helper`: or hands one out by a command.
    `cuts`: it takes the route itself away, and no request gets anywhere.
    """

    kind: str
    path: str
    names: list[str]
    away: list[str]
    dangerous: bool
    helper: bool
    cuts: bool

    @property
    def words(self) -> str:
        """Such as `wins, with ANTHROPIC_BASE_URL` or `takes x-portkey-provider away`."""
        parts = [f"wins, with {', '.join(self.names)}"] if self.names else []
        return ", and ".join([*parts, *([f"takes {', '.join(self.away)} away"] if self.away else [])])


def decides_route(sources: list[Source]) -> list[Effective]:
    """The values that say where requests and the key go, where another file than the user's decides."""
    return [row for row in _of_others(sources) if row.slot in KEY_SLOTS or row.slot.startswith(PORTKEY_SLOT)]


def find_overrides(sources: list[Source]) -> list[Override]:
    """The files that decide where requests go, with which key, or a model that the user's settings name."""
    rows: dict[tuple[str, str], list[Effective]] = {}
    for row in [*decides_route(sources), *filter(_contradicts, _of_others(sources))]:
        rows.setdefault((row.source, row.path), []).append(row)
    return [_override(kind, path, those) for (kind, path), those in rows.items()]


def _override(kind: str, path: str, rows: list[Effective]) -> Override:
    return Override(
        kind,
        path,
        [name_in(row.slot) for row in rows if row.value],
        [name_in(row.slot) for row in rows if not row.value],
        dangerous=any(map(alarming, rows)),
        helper=any(row.slot == HELPER_KEY and alarming(row) for row in rows),
        cuts=any(row.slot in ROUTE_SLOTS and not row.value for row in rows)
        and not any(row.slot in ROUTE_SLOTS and row.value for row in rows),
    )


def _of_others(sources: list[Source]) -> list[Effective]:
    return [row for row in decide(sources) if row.source not in ("user", "shell", "exec")]


def _contradicts(row: Effective) -> bool:
    """Whether it is another key than the user's settings have, or another model than they name."""
    if row.slot in _KEYS:
        return bool(row.value)
    return row.slot in MODEL_SLOTS.values() and any(kind == "user" for kind, _ in row.losers)
