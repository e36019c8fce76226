"""What the tray remembers of budgets over restarts: what it was told last, and what it has reported."""

from __future__ import annotations

import logging
import math
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import PkccError
from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import compact, read_unversioned
from tray.runtime.watch.budget.figures import Figure, Said, left_of, number, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations

_log = logging.getLogger("pkcc-tray")
_FOREVER = 1e11  # seconds since 1970 that are no moment any more
_MOST = 64  # profiles whose figures are kept, those asked for last


class Record(NamedTuple):
    """Figures by profile; what was reported, by account and budget."""

    figures: Mapping[str, Figure] = {}
    said: Mapping[str, Said] = {}


def load(locations: Locations) -> Record:
    """The record; an empty one for none, or for one that is damaged: it costs a question and a notice."""
    try:
        return read_unversioned(_path(locations), _record) or Record()
    except PkccError:
        return Record()


def save(locations: Locations, record: Record) -> None:
    """Keep it. What cannot be written is logged."""
    latest = sorted(record.figures, key=lambda name: -record.figures[name].tried_at)[:_MOST]
    figures = {name: record.figures[name] for name in latest}
    plain = {
        "figures": {
            name: {**each._asdict(), "budgets": [left._asdict() for left in each.budgets]}
            for name, each in figures.items()
        },
        "said": {
            key: [each.level, each.limit, None if math.isinf(each.until) else each.until]
            for key, each in record.said.items()
        },
    }
    try:
        write_private(_path(locations), compact(plain))
    except PkccError as error:
        _log.warning("%s", error.title)


def _path(locations: Locations) -> str:
    return os.path.join(locations.state_dir, "budgets.json")


def _moment(value: object) -> float:
    """Seconds since 1970. Raises ValueError for what is no moment."""
    found = number(value)
    if not 0 <= found < _FOREVER:
        raise ValueError
    return found


def _record(plain: Any) -> Record:
    figures = {
        name: Figure(
            text(each["mark"]), _moment(each["tried_at"]), _moment(each["known_at"]),
            tuple(map(left_of, each["budgets"])), text(each["refused"]), text(each["refused_hint"]),
        )
        for name, each in plain["figures"].items()
    }  # fmt: skip
    said = {
        key: Said(
            int(number(level)),
            None if limit is None else number(limit),
            math.inf if until is None else number(until),
        )
        for key, (level, limit, until) in plain["said"].items()
    }
    return Record(figures, said)
