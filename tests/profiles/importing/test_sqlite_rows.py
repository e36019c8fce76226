"""If these fail, an import changes, locks or misreads another program's database, or hangs on one."""

from __future__ import annotations

import functools
import os
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from profiles.base.errors import ConflictError, PkccError
from profiles.importing import sqlite_rows as sqlite_reading
from profiles.importing.sqlite_rows import read_rows

HOLD = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA cache_size = 1")
c.execute("BEGIN EXCLUSIVE")
c.executemany("INSERT INTO providers VALUES (?)", [("x" * 3000,) for _ in range(100)])
print("held", flush=True)
sys.stdin.read()
"""


def make(path: Path, *names: str, mode: str = "DELETE") -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute("CREATE TABLE providers (name)")
    connection.executemany("INSERT INTO providers VALUES (?)", [(name,) for name in names])
    connection.commit()
    return connection


def rows(path: Path, **options: float) -> list[object]:
    return [row[0] for row in read_rows(str(path), "providers", ("name",), **options)]


def seen(directory: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in directory.iterdir()}


@pytest.mark.parametrize("mode", ["DELETE", "WAL", "TRUNCATE", "PERSIST"])
@pytest.mark.parametrize("is_open", [False, True])
def test_reading_leaves_no_trace(tmp_path: Path, mode: str, is_open: bool) -> None:
    path = tmp_path / ("a #%41.db" if os.name == "nt" else "a ?#%41.db")
    with closing(make(path, "one", "zwei é", mode=mode)) as connection:
        if not is_open:
            connection.close()
        before = seen(tmp_path)
        assert rows(path) == ["one", "zwei é"]
        assert seen(tmp_path) == before


def test_a_database_that_rests_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "a.db", "one", mode="WAL").close()
    monkeypatch.setattr(sqlite_reading.tempfile, "TemporaryDirectory", None)
    assert rows(tmp_path / "a.db") == ["one"]


def test_a_database_in_a_directory_that_cannot_be_written_is_read(tmp_path: Path) -> None:
    make(tmp_path / "a.db", "one", mode="WAL").close()
    tmp_path.chmod(0o500)
    try:
        assert rows(tmp_path / "a.db") == ["one"]
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_another_process_that_holds_every_lock_is_neither_waited_for_nor_believed(
    tmp_path: Path, mode: str
) -> None:
    path = tmp_path / "a.db"
    make(path, "one", mode=mode).close()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        before = seen(tmp_path)
        assert rows(path) == ["one"]
        assert seen(tmp_path) == before
        holder.kill()  # its journal stays: what it had begun must not be taken for done
    assert rows(path) == ["one"]


def test_a_database_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    connection = make(path, "one")
    changes = 1

    class ChangedMeanwhile(sqlite3.Connection):
        def close(self) -> None:
            nonlocal changes
            super().close()
            if changes > 0:
                changes -= 1
                connection.execute("INSERT INTO providers VALUES ('two')")
                connection.commit()

    connect = functools.partial(sqlite3.connect, factory=ChangedMeanwhile)
    monkeypatch.setattr(sqlite3, "connect", connect)
    assert rows(path) == ["one", "two"]
    changes = 99
    with pytest.raises(ConflictError, match="is being written all the time"):
        rows(path)
    connection.close()


NO_TABLES = [
    "CREATE TABLE other (name)",
    "CREATE TABLE providers (x)",
    "CREATE VIEW providers AS WITH RECURSIVE n(name) AS (SELECT 1 UNION ALL SELECT name + 1 FROM n)"
    " SELECT * FROM n",
    "CREATE TABLE providers (n, name AS (printf('%.*c', n, 'x')))",
    "CREATE VIRTUAL TABLE providers USING fts5(other)",
]


@pytest.mark.parametrize("statement", NO_TABLES, ids=[each[:40] for each in NO_TABLES])
def test_what_is_no_table_of_that_kind_is_refused_and_never_run(tmp_path: Path, statement: str) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute(statement)
        connection.commit()
    with pytest.raises(PkccError, match="is no database that can be read here"):
        rows(tmp_path / "a.db")


def test_a_query_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    make(tmp_path / "a.db", *map(str, range(1000))).close()
    assert len(rows(tmp_path / "a.db")) == 1000
    with pytest.raises(PkccError):
        rows(tmp_path / "a.db", limit_s=-1)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes among files")
def test_a_pipe_in_its_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.db")
    with pytest.raises(PkccError, match="is not a regular file"):
        rows(tmp_path / "a.db")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(at=4069, data=b"\x80", wal=False)  # SQLite's own message quotes it
@given(at=st.integers(0, 8191), data=st.binary(min_size=1, max_size=40), wal=st.booleans())
def test_a_damaged_database_gives_rows_or_a_readable_refusal(
    tmp_path: Path, at: int, data: bytes, wal: bool
) -> None:
    path = tmp_path / "a.db"
    for old in tmp_path.iterdir():
        old.unlink()
    connection = make(path, "one", "two", mode="WAL" if wal else "DELETE")
    target = path.with_name("a.db-wal") if wal else path
    content = bytearray(target.read_bytes())
    content[at : at + len(data)] = data
    copy = tmp_path / "b.db"
    copy.write_bytes(path.read_bytes() if wal else content)
    if wal:
        copy.with_name("b.db-wal").write_bytes(content)
    connection.close()
    with suppress(PkccError):
        assert isinstance(rows(copy), list)
