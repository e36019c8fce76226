"""Catalogs that this machine's administrator laid down: in a directory that only they may write."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from profiles.catalogs.fetching.source import Source
from profiles.catalogs.format.model import SIGNATURE
from profiles.policy.reading.owners import writable_part

if TYPE_CHECKING:
    from collections.abc import Sequence


class ManagedPlace(NamedTuple):
    """A directory with one for each catalog; all above it up to `top` must be root's or `owner`'s."""

    directory: str
    owner: int = 0
    top: str = os.sep


def this_machine() -> tuple[ManagedPlace, ...]:
    """Where this system's administrator lays catalogs down. On Windows nowhere: policy names them there."""
    if sys.platform == "win32":  # who else may write a directory is not known there without its ACL
        return ()
    if sys.platform == "darwin":
        return (ManagedPlace("/Library/Application Support/pkcc-tray/catalogs"),)
    return (ManagedPlace("/etc/pkcc-tray/catalogs"),)


def managed_sources(places: Sequence[ManagedPlace]) -> list[Source]:
    """The catalogs that lie there, by the names of their directories."""
    found = []
    for place in places:
        try:
            names = sorted(os.listdir(place.directory))
        except OSError:  # none, or shut
            names = []
        sources = (Source("directory", os.path.join(place.directory, name)) for name in names)
        found += [source for source in sources if is_managed(source, places)]
    return found


def is_managed(source: Source, places: Sequence[ManagedPlace]) -> bool:
    """Whether a directory is one of those, and file, signature and all on the way are the administrator's."""
    if source.kind != "directory":
        return False
    return any(
        os.path.dirname(source.address) == place.directory and _is_theirs(source, place) for place in places
    )


def _is_theirs(source: Source, place: ManagedPlace) -> bool:
    path = os.path.join(source.address, *source.file.split("/"))
    try:
        if writable_part(path, place.owner, place.top):
            return False
        signature = path + SIGNATURE
        return not os.path.lexists(signature) or not writable_part(signature, place.owner, place.top)
    except OSError:
        return False
