"""One link at a time: a page that opens many gets one question asked, not many."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError
from profiles.files.atomic_replace import write_private
from profiles.files.locks import locked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.base.locations import Locations

_APART_S = 5.0


@contextmanager
def one_link(locations: Locations) -> Iterator[None]:
    """Hold the place of the one link that is asked about. Raises ConflictError where it is taken.

    So it is while another's question stands, and for five seconds after that.
    """
    last = os.path.join(locations.state_dir, "link.last")  # what counts is how old it is
    with _alone(os.path.join(locations.state_dir, "link.lock")):
        with suppress(FileNotFoundError):
            if 0 <= time.time() - os.stat(last).st_mtime < _APART_S:
                raise _taken()
        write_private(last, b"")
        try:
            yield
        finally:
            os.utime(last)


@contextmanager
def _alone(path: str) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(locked(path, 0.0))
        except ConflictError:  # of the lock alone: what is refused below it has words of its own
            raise _taken() from None
        yield


def _taken() -> ConflictError:
    return ConflictError(
        "Another link is being asked about", "Answer that one first, then open this one again."
    )
