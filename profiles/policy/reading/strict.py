"""A value as the table wants it. What has another form reads as the strictest, and is said. Pure."""

from __future__ import annotations

import re

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import is_name
from profiles.policy import kinds
from profiles.policy.reading.records import read_catalogs, read_fields, read_pairs
from profiles.policy.reading.slips import LEFT_OUT, ROW, Slip, is_text, wrong

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from profiles.policy.table import Row


def read_value(row: Row, raw: object) -> tuple[Any, list[Slip]]:
    """What a key's value means, and all that is wrong with it."""
    value, slips = _READERS[type(row.kind)](row.kind, raw)
    return value, [slip if slip.holds != ROW else slip._replace(holds=row.reads_as) for slip in slips]


def _switch(kind: kinds.Switch, raw: object) -> tuple[Any, list[Slip]]:
    return (raw, []) if isinstance(raw, bool) else wrong(kind.strict, "must be true or false")


def _choice(kind: kinds.Choice, raw: object) -> tuple[Any, list[Slip]]:
    if isinstance(raw, str) and raw in kind.words:
        return raw, []
    return wrong(kind.strict, f"must be {' or '.join(kind.words)}")


def _number(kind: kinds.Number, raw: object) -> tuple[Any, list[Slip]]:
    if type(raw) is int and kind.least <= raw <= kind.most:
        return raw, []
    return wrong(kind.strict, f"must be a whole number from {kind.least} to {kind.most}")


def _profile(kind: kinds.ProfileName, raw: object) -> tuple[Any, list[Slip]]:
    parts = raw.split("/") if isinstance(raw, str) else []
    if 1 <= len(parts) <= 2 and all(map(is_name, parts)):
        return raw, []
    return wrong(kind.strict, "must be a profile's name, such as work or acme/work")


def _words(kind: kinds.Words, raw: object) -> tuple[Any, list[Slip]]:
    form = f"must be {kind.item}, such as {kind.examples[0]}"
    if kind.as_given and is_text(raw):
        return (raw,), [Slip((), "must be a list", "it counts as a list of one")]
    if not isinstance(raw, list):
        return wrong(kind.strict, f"must be a list, such as {', '.join(kind.examples)}")
    good = [isinstance(item, str) and bool(re.fullmatch(kind.pattern, item)) for item in raw]
    taken = [item for item, fits in zip(raw, good, strict=True) if fits or (kind.as_given and is_text(item))]
    slips = [
        Slip((at,), form, "it counts as it is" if kind.as_given and is_text(raw[at]) else LEFT_OUT)
        for at, fits in enumerate(good)
        if not fits
    ]
    if len(taken) > kinds.LONGEST_LIST:
        return tuple(taken[: kinds.LONGEST_LIST]), [
            *slips,
            Slip((), f"has more than {kinds.LONGEST_LIST} items", "the rest is left out"),
        ]
    return tuple(dict.fromkeys(taken)), slips


_READERS: dict[type, Callable[[Any, object], tuple[Any, list[Slip]]]] = {
    kinds.Switch: _switch,
    kinds.Choice: _choice,
    kinds.Number: _number,
    kinds.ProfileName: _profile,
    kinds.Words: _words,
    kinds.Pairs: read_pairs,
    kinds.Fields: read_fields,
    kinds.Catalogs: read_catalogs,
}
