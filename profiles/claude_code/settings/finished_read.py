"""A finished read: what a settings file says when nobody is in the middle of writing it.

Editors truncate the file, or move it away, before they write it again. What is whole and says something is
finished at once, since no part of a JSON object is one. What may be the middle of a write is believed only
when the file has stayed as it is for 200 ms.
"""

from __future__ import annotations

import time

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.settings.parse import has_values
from profiles.files.read import file_mark

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from profiles.claude_code.settings.parse import Settings

    _T = TypeVar("_T")

LOOK_AGAIN_S = (0.05, 0.05, 0.1)  # seconds between looks
_MOST_ROUNDS = 10  # at a file that is written again and again


def may_be_unfinished(settings: Settings, active: str | None) -> bool:
    """Whether this may be the middle of a write: emptied, or gone or without a value while one is active."""
    if settings.absent:
        return active is not None
    return settings.blank or (active is not None and not has_values(settings))


def finished_read(
    path: str,
    read: Callable[[], _T],
    is_unfinished: Callable[[_T], bool],
    sleep: Callable[[float], None] = time.sleep,
) -> _T:
    """What is read as soon as it is finished, or once the file has stayed as it is for 200 ms.

    Raises what `read` raises.
    """
    for _ in range(_MOST_ROUNDS):
        found = read()
        if not is_unfinished(found):
            return found
        mark = file_mark(path)
        for pause_s in LOOK_AGAIN_S:
            sleep(pause_s)
            if file_mark(path) != mark:
                break  # somebody is writing: what they leave has its own 200 ms
            found = read()
            if not is_unfinished(found):
                return found
        else:
            return found
    return read()
