"""Rows of another program's SQLite database, which is neither changed nor locked.

Without a write-ahead log the file is opened `immutable`: SQLite then takes no lock and makes no file. With
one (or with a journal that a crash left) it would have to do both, so a private copy is read instead.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
import time
from contextlib import closing
from urllib.parse import quote

from profiles.base.errors import ConflictError, PkccError
from profiles.base.text import os_reason

HEADER = b"SQLite format 3\0"
_BESIDE = ("-wal", "-journal")
_LARGEST_COPY = 1024 * 1024 * 1024  # bytes
LIMIT_S = 5.0
_TRIES = 3
_MOST_ROWS = 1000


def read_rows(
    path: str, table: str, columns: tuple[str, ...], limit_s: float = LIMIT_S
) -> list[tuple[object, ...]]:
    """At most 1,000 rows of a table, in the order they lie there; bytes that are not UTF-8 come as `�`.

    Raises PkccError for what is no database, or has no such table; ConflictError while it is being written.
    """
    for _ in range(_TRIES):
        before = _marks(path)
        try:
            copied = any(mark and mark[1] for mark in before[1:])
            rows = _read(path, table, columns, limit_s, copied=copied)
            problem: Exception | None = None
        except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter where it quotes damaged bytes
            rows, problem = [], error
        except OSError as error:
            raise PkccError(
                f"{path} cannot be read: {os_reason(error)}", "Make it readable for you."
            ) from None
        if _marks(path) == before:
            if problem is None:
                return rows
            raise PkccError(
                f"{path} is no database that can be read here: it is damaged, or of another program",
                "Name another FILE, or export from that program and import the export.",
            )
    raise ConflictError(
        f"{path} is being written all the time", "Close the program it belongs to, then try again."
    )


def _marks(path: str) -> list[tuple[int, int, int] | None]:
    """What shows a change of the database or of the files beside it: time, size, inode; None for no file."""
    found: list[tuple[int, int, int] | None] = []
    for each in (path, *(path + ending for ending in _BESIDE)):
        try:
            status = os.stat(each)
        except FileNotFoundError:
            found.append(None)
            continue
        except OSError as error:
            raise PkccError(
                f"{each} cannot be read: {os_reason(error)}", "Make it readable for you."
            ) from None
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
            raise PkccError(f"{each} is not a regular file", "Name another FILE.")
        found.append((status.st_mtime_ns, status.st_size, status.st_ino))
    return found


def _read(
    path: str, table: str, columns: tuple[str, ...], limit_s: float, *, copied: bool
) -> list[tuple[object, ...]]:
    if not copied:
        return _query(f"file:{quote(os.path.abspath(path))}?mode=ro&immutable=1", table, columns, limit_s)
    if (
        sum(os.path.getsize(path + end) for end in ("", *_BESIDE) if os.path.exists(path + end))
        > _LARGEST_COPY
    ):
        raise PkccError(f"{path} is too large to be read", "Close the program it belongs to, then try again.")
    with tempfile.TemporaryDirectory(prefix="pkcc-") as directory:  # 0700; the copy holds what the file holds
        copy = os.path.join(directory, "copy.db")
        for ending in ("", *_BESIDE):
            if os.path.exists(path + ending):
                shutil.copyfile(path + ending, copy + ending)
        return _query(f"file:{quote(copy)}", table, columns, limit_s)


def _query(uri: str, table: str, columns: tuple[str, ...], limit_s: float) -> list[tuple[object, ...]]:
    deadline = time.monotonic() + limit_s
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        # A stranger may have made the file: nothing its schema names is run, and no query runs for ever.
        connection.set_progress_handler(lambda: time.monotonic() > deadline, 1000)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        kinds = connection.execute("SELECT type FROM sqlite_master WHERE name = ?", (table,)).fetchall()
        stored = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0"  # not computed when it is read
        names = {name for (name,) in connection.execute(stored, (table,))}
        if kinds != [("table",)] or not names.issuperset(columns):
            raise sqlite3.DatabaseError("no such table")
        query = f"SELECT {', '.join(columns)} FROM {table} LIMIT {_MOST_ROWS}"  # noqa: S608 - our own names
        return connection.execute(query).fetchall()
