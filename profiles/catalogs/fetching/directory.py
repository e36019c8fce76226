"""A catalog in a directory of this machine, or on a share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.hashing import digest
from profiles.catalogs.fetching.fetched import MOST_SIGNATURE, Fetched, FetchError, Limits, Unchanged
from profiles.catalogs.format.model import SIGNATURE
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from profiles.catalogs.fetching.source import Source

_TELL = "Tell its publisher: that file is theirs to put right."


def fetch_directory(source: Source, known_mark: str, limits: Limits) -> Fetched | Unchanged:
    """What lies there now; its mark is a hash of both files. Raises FetchError."""
    path = os.path.join(source.address, *source.file.split("/"))
    try:
        data = read_bytes(path, limits.most_bytes)
        signature = read_bytes(path + SIGNATURE, MOST_SIGNATURE)
    except PkccError as error:
        raise FetchError("refused", error.title, _TELL) from None  # to move it away is not the follower's
    if data is None:
        there = os.path.isdir(source.address)
        reason = f"{path} is not there" if there else f"{source.address} is not there"
        hint = (
            "Look for it, or name another: --file." if there else "Is the share mounted, or the path right?"
        )
        raise FetchError("withdrawn" if there else "unreachable", reason, hint)
    mark = digest(data + b"\0" + (signature or b""))
    return Unchanged(mark) if mark == known_mark else Fetched(data, signature, mark)
