"""What is remembered of budgets over restarts: what the account said last, and what the tray has reported."""

from __future__ import annotations

import logging
import math
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import PkccError
from profiles.files.atomic_replace import write_private
from profiles.files.json_documents import compact, read_unversioned
from profiles.files.locks import locked
from tray.runtime.watch.budget.figures import Figure, left_of, number, text
from tray.runtime.watch.budget.news import Reported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations

_log = logging.getLogger("pkcc-tray")
_FOREVER = 1e11  # seconds since 1970 that are no moment any more
_LIMIT_S = 1.0  # how long one waits for the other
_MOST = 64  # profiles whose figures are kept, those asked for last


class Record(NamedTuple):
    """Figures by profile; what was reported, by account and budget."""

    figures: Mapping[str, Figure] = {}
    said: Mapping[str, Reported] = {}


def load(locations: Locations) -> Record:
    """The record; an empty one for none, or for one that is damaged: it costs a question and a notice."""
    try:
        return read_unversioned(_path(locations), _record) or Record()
    except PkccError:
        return Record()


def add(locations: Locations, name: str, figure: Figure, said: Mapping[str, Reported] | None = None) -> None:
    """Keep a profile's figure beside the others', and where it is given what was reported.

    The tray does, and a command beside it. What cannot be written is logged.
    """
    try:
        with locked(f"{_path(locations)}.lock", _LIMIT_S):
            before = load(locations)
            told = before.said if said is None else said
            save(locations, Record({**before.figures, name: figure}, told))
    except PkccError as error:
        _log.warning("%s", error.title)


def save(locations: Locations, record: Record) -> None:
    """Keep this, and nothing else. What cannot be written is logged."""
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
        key: Reported(
            int(number(level)),
            None if limit is None else number(limit),
            math.inf if until is None else number(until),
        )
        for key, (level, limit, until) in plain["said"].items()
    }
    return Record(figures, said)
