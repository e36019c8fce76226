from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from profiles.base.errors import SecretUnavailableError
from profiles.secrets.index import read_index, same_name, write_index

HOLDERS = {"home": "vault", "work": "keyring", "Work-2": "keyring"}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    write_index(str(path), HOLDERS)
    index = read_index(str(path))
    assert (index.holders, index.intact, index.damaged) == (HOLDERS, True, None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_missing_index_is_not_taken_for_one_without_keys(tmp_path: Path) -> None:
    """Else a lost file would mean "no such key" for keys that are safe in the keyring."""
    index = read_index(str(tmp_path / "keys.json"))
    assert (index.holders, index.intact) == ({}, False)


def test_a_truncated_index_still_gives_the_names_before_the_cut(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    write_index(str(path), HOLDERS)
    whole = path.read_bytes()
    for length in range(len(whole) - 3):  # the last byte is the newline, the two before close the objects
        path.write_bytes(whole[:length])
        index = read_index(str(path))
        assert not index.intact
        complete = {name for name in HOLDERS if f'"{name}": "{HOLDERS[name]}"' in whole[:length].decode()}
        assert set(index.holders) == complete


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"version": 1}',
        b'{"version": 1, "keys": []}',
        b"[" * 50_000,
        b'{"version": 1, "keys": {"a": "keyring", "../x": "vault"}}',
        b'{"version": 1, "keys": {"a": "plaintext"}}',
        b'{"version": true, "keys": {}}',
        b"\0" * 4096,
    ],
)
def test_a_damaged_index_is_noticed_and_kept_beside_the_new_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    index = read_index(str(path))
    assert not index.intact
    assert index.damaged == content
    assert "../x" not in index.holders
    write_index(str(path), {"a": "vault"}, index.damaged)
    assert (tmp_path / "keys.json.damaged").read_bytes() == content
    assert read_index(str(path)).holders == {"a": "vault"}


def test_a_newer_index_is_refused_in_words_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"version": 2, "keys": {"a": {"somewhere": "else"}}}))
    with pytest.raises(SecretUnavailableError, match="by a newer"):
        read_index(str(path))


def test_spellings_that_differ_in_case_are_one_name() -> None:
    assert same_name("WORK", HOLDERS) == "work"
    assert same_name("work", ["Work", "work"]) == "work"
    assert same_name("other", HOLDERS) is None
