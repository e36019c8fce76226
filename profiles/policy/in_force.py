"""The policy that holds on this machine, at the price of a look where there is none."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING
from profiles.policy.places import paths_of, this_machine
from profiles.policy.values import NOTHING_FORCED, Policy

if TYPE_CHECKING:
    from profiles.policy.places import Place
    from profiles.policy.reading.merge import Reading

# What was read last, the place and its marks then: a tray asks again and again.
_last: tuple[Place, tuple[object, ...], Reading] | None = None


def policy_in_force(place: Place | None = None) -> Policy:
    """What an administrator forces here and now; `NOTHING_FORCED` where there is no policy. Never raises.

    Only a test names another place than this machine's own.
    """
    place = place or this_machine()
    found = _marks(place)
    return _read(place, found).policy if found else NOTHING_FORCED


def steps_kept(usual: int) -> int:
    """How many steps a history keeps at most: the usual number, or an administrator's where that is less."""
    return min(usual, policy_in_force().history_steps or usual)


def reading_in_force(place: Place | None = None) -> Reading | None:
    """The same with where each value is from and what is wrong with it; None where there is no policy."""
    place = place or this_machine()
    found = _marks(place)
    return _read(place, found) if found else None


def _read(place: Place, found: tuple[object, ...]) -> Reading:
    global _last
    if _last is None or _last[:2] != (place, found):
        from profiles.policy.reading.merge import read_place

        _last = (place, found, read_place(place))
    return _last[2]


def _marks(place: Place) -> tuple[object, ...]:
    """What is there, as it is now; `()` for nothing. A dangling link, or a shut door, is something."""
    found: list[object] = []
    for path in paths_of(place):
        found += _mark(path, place.top)
    if place.registry:
        from profiles.policy.registry_key import read_key

        values = read_key(place.registry)
        found += [values] if values is not None else []
    return tuple(found)


def _mark(path: str, top: str) -> list[object]:
    """The file, and whose everything on the way to it is."""
    from profiles.policy.reading.owners import parts_of

    try:
        status = os.stat(path)
        way = [(part, each.st_ino, each.st_mode, each.st_uid) for part, each in parts_of(path, top)]
    except OSError as error:
        return [path, error.errno]
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, *way]
