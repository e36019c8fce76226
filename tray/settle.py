"""Waiting for a write that is under way, so that its middle is not taken for its end."""

from __future__ import annotations

import time

from profiles.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.reading import Reading

LOOKS_S = (0.050, 0.100, 0.200)  # seconds after the first look (facts/reliability)


def settled_read(read: Callable[[], Reading], sleep: Callable[[float], None] = time.sleep) -> Reading:
    """The first reading that looks finished; else the last one, 200 ms after the first.

    Unfinished may be a file that cannot be parsed, one that is empty or gone while a profile is active
    (editors truncate, or move the old file away, before they write). Raises what `read` raises.
    """
    reading = read()
    slept = 0.0
    for look_s in LOOKS_S:
        if not may_be_unfinished(reading):
            break
        sleep(look_s - slept)
        slept = look_s
        reading = read()
    return reading


def may_be_unfinished(reading: Reading) -> bool:
    """Whether this may be the middle of a write: unparsable, or without one value while a profile is active.

    What parses whole is the end of it otherwise: no part of a JSON object is one.
    """
    return reading.condition != "ok" or bool(reading.changes and not reading.values)
