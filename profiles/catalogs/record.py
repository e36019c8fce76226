"""What is remembered of a catalog on this machine: what was seen, when it was asked, what went wrong."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.files.atomic_replace import remove_private, write_private
from profiles.files.json_documents import as_moment, as_text, compact, read_unversioned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations

UNREACHABLE, WITHDRAWN, BROKEN = "unreachable", "withdrawn", "broken"


class Failure(NamedTuple):
    """Why the last try gave nothing: its kind, its words, and how many tries failed one after another."""

    kind: str
    title: str
    hint: str
    at: float
    times: int = 1
    retry_after_s: float = 0.0


class Seen(NamedTuple):
    """The highest serial that a key has signed, and the content that it was."""

    serial: int
    sha256: str


class Record(NamedTuple):
    """`by_key` is by the key's line, "" for unsigned. `mark` is what to fetch by the next time.

    `asked_at` and `reached_at` are seconds since 1970, 0 for never. `held`: the person went back to what was
    accepted before, and nothing newer applies by itself until they update. `fetched` are the hashes of what
    came from the source and is kept here; None: an older version wrote this, and did not say.

    Whoever can write this file can write the kept ones: for what is unsigned it finds what a copy, a sync or
    another program has changed, and somebody who changes one file alone; nobody who changes both.
    """

    by_key: dict[str, Seen] = {}  # noqa: RUF012 - never changed in place
    mark: str = ""
    asked_at: float = 0.0
    reached_at: float = 0.0
    held: bool = False
    failure: Failure | None = None
    fetched: tuple[str, ...] | None = ()


def record_path(locations: Locations, name: str) -> str:
    """Where that catalog's lies."""
    return os.path.join(locations.state_dir, "catalogs", f"{name}.json")


def load_record(locations: Locations, name: str) -> Record:
    """What is remembered; an empty one without a file, and for a damaged one."""
    return read_unversioned(record_path(locations, name), _decode) or Record()


def save_record(locations: Locations, name: str, record: Record | None) -> None:
    """Remember that; None: forget all of it."""
    path = record_path(locations, name)
    if record is None:
        remove_private(path)
        return
    by_key = {key: list(seen) for key, seen in record.by_key.items()}
    failure = None if record.failure is None else record.failure._asdict()
    write_private(path, compact({**record._asdict(), "by_key": by_key, "failure": failure}))


def _decode(plain: Mapping[str, Any]) -> Record:
    failure, fetched = plain["failure"], plain.get("fetched")
    return Record(
        {as_text(key): Seen(int(serial), as_text(sha)) for key, (serial, sha) in plain["by_key"].items()},
        as_text(plain["mark"]),
        as_moment(plain["asked_at"]),
        as_moment(plain["reached_at"]),
        bool(plain["held"]),
        None if failure is None else _failure(**failure),
        None if fetched is None else tuple(map(as_text, fetched)),
    )


def _failure(kind: object, title: object, hint: object, at: Any, times: Any, retry_after_s: Any) -> Failure:
    return Failure(
        as_text(kind),
        as_text(title),
        as_text(hint),
        as_moment(at),
        int(min(times, 1_000_000)),
        as_moment(retry_after_s),
    )
