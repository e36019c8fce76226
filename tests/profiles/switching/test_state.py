"""What is remembered of a settings file: lose it and `off` cannot give the user's own values back."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from faults.world import World
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.base.errors import PkccError
from profiles.base.secret_markers import marker
from profiles.files.durability import finished
from profiles.profile.rendering import Rendered
from profiles.switching.memory import state as states
from profiles.switching.memory.state import Current, Memory, State, Step
from profiles.switching.memory.state_files import (
    VERSION,
    StateFiles,
    commit_next,
    discard_next,
    load_next,
    load_state,
    state_files,
    writing_next,
)

SALT = "00" * 16
RENDERED = Rendered(
    "work", "messages", {"A": "1", "B": 2}, [["x-a", marker("keyring:k")]], True, "keyring:k", "é"
)
CURRENT = Current(
    "work",
    RENDERED,
    "pkcc-tray key print work",
    {"keyring:k": "d1"},
    Memory(
        {"env.A": '"' + marker("keyring:displaced.1") + '"'}, ["env.B"], ["C"], {"root": None, "env": "{ }"}
    ),
    0o644,
)
STEP = Step(1.5, "switch", "work", CURRENT, [(0, 2, marker("keyring:displaced.2"))], "before", "after")
STATE = State("/s", SALT, CURRENT, [STEP, STEP._replace(inverse=None, before=Current())], "d", "b")


@pytest.fixture
def files(tmp_path: Path) -> StateFiles:
    return StateFiles(str(tmp_path / "t"))


def test_what_is_written_comes_back_whole(files: StateFiles) -> None:
    finished(writing_next(files, STATE))
    assert load_next(files) == STATE
    commit_next(files)
    assert load_next(files) is None
    assert load_state(files, "/s") == STATE


def test_state_is_private(files: StateFiles) -> None:
    """It names what the user had and where their keys lie."""
    before = os.umask(0)
    try:
        finished(writing_next(files, STATE))
    finally:
        os.umask(before)
    assert os.stat(files.next_path).st_mode & 0o777 == 0o600
    assert os.stat(files.directory).st_mode & 0o777 == 0o700


def test_every_reference_still_needed_is_counted() -> None:
    """A secret whose reference is overlooked is deleted from the backend: lost for good."""
    assert STATE.references() == {"keyring:displaced.1", "keyring:displaced.2"}
    only_before = State("/s", SALT, history=[STEP._replace(inverse=None)])
    assert only_before.references() == {"keyring:displaced.1"}


def test_settings_files_do_not_share_a_state(tmp_path: Path) -> None:
    """CLAUDE_CONFIG_DIR: `off` for one must not write the other's values."""
    one, two = World(tmp_path / "one").locations, World(tmp_path / "two").locations
    two = two._replace(state_dir=one.state_dir)
    assert not set(state_files(one)) & set(state_files(two))
    assert state_files(one) == state_files(one)


def test_a_salt_is_of_one_state_only(files: StateFiles) -> None:
    """Equal hashes for equal keys would show across files who uses the same key."""
    salts = {load_state(files, "/s").salt for _ in range(2)}
    assert len(salts) == 2
    assert len({states.secret_digest(salt, "pk-1") for salt in salts}) == 2
    assert "pk-1" not in states.secret_digest(SALT, "pk-1")


def test_the_history_is_limited_and_keeps_the_newest() -> None:
    state = State("/s", SALT)
    for number in range(25):
        state = state._replace(history=states.with_step(state, STEP._replace(at=float(number))))
    assert [step.at for step in state.history] == [float(number) for number in range(5, 25)]


@pytest.mark.parametrize("name", ["state_path", "next_path"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b"{}",
        b"[" * 100_000,
        b'{"version": 1}',
        f'{{"version": {VERSION}}}'.encode(),
        f'{{"version": {VERSION + 1}}}'.encode(),
    ],
)
def test_a_damaged_or_newer_state_is_a_readable_error(files: StateFiles, name: str, content: bytes) -> None:
    path = Path(getattr(files, name))
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(PkccError) as caught:
        load_state(files, "/s") if name == "state_path" else load_next(files)
    newer = str(VERSION + 1).encode() in content
    said = "was written by a newer pkcc-tray" if newer else "is damaged"
    assert caught.value.title == f"{path} {said}"
    assert path.read_bytes() == content


@pytest.mark.parametrize("field", ["settings_path", "target", "digest", "base_digest", "salt"])
@pytest.mark.parametrize("value", [None, [1], {"a": 1}, -1])
def test_a_field_of_another_type_is_a_readable_error_too(
    files: StateFiles, field: str, value: object
) -> None:
    """Every command ended with a fault, and nothing said which file to move away."""
    finished(writing_next(files, STATE))
    path = Path(files.next_path)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), field: value}))
    with pytest.raises(PkccError, match="is damaged"):
        load_next(files)


HALF = chr(0xD800 if sys.platform == "win32" else 0xDCFF)  # what a name may hold beside whole characters
NO_PATH = ["/a\0b"] if sys.platform == "win32" else ["/a\0b", "/a\ud800"]


@pytest.mark.parametrize("path", NO_PATH)
def test_a_path_that_no_system_takes_is_a_readable_error(files: StateFiles, path: str) -> None:
    """As above: it is found by the first look at that path."""
    finished(writing_next(files, STATE))
    stored = json.loads(Path(files.next_path).read_bytes())
    Path(files.next_path).write_text(json.dumps({**stored, "target": path}))
    with pytest.raises(PkccError, match="is damaged"):
        load_next(files)


def test_a_directory_whose_name_is_not_whole_characters_has_a_memory(tmp_path: Path) -> None:
    """Every command for settings below it ended with a fault: on Windows for half a character in the name."""
    its = World(tmp_path).locations
    one, two = (its._replace(settings_path=str(tmp_path / f"a{HALF}" / name)) for name in ("one", "two"))
    assert not set(state_files(one)) & set(state_files(two))


def test_a_truncated_state_is_a_readable_error(files: StateFiles) -> None:
    finished(writing_next(files, STATE))
    path = Path(files.next_path)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 1, 7):
        path.write_bytes(whole[:length])
        with pytest.raises(PkccError):
            load_next(files)


def test_a_whole_state_of_another_version_is_refused(files: StateFiles) -> None:
    """Its fields may mean something else: `off` by a wrong reading would write wrong values."""
    finished(writing_next(files, STATE))
    path = Path(files.next_path)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "version": VERSION + 1}))
    with pytest.raises(PkccError):
        load_next(files)


def test_unknown_fields_are_not_silently_dropped(files: StateFiles) -> None:
    """A field that this version does not know could be what gives the user's values back."""
    finished(writing_next(files, STATE))
    plain = json.loads(Path(files.next_path).read_bytes())
    plain["current"]["surprise"] = 1
    Path(files.next_path).write_text(json.dumps(plain))
    with pytest.raises(PkccError):
        load_next(files)


@pytest.mark.parametrize("action", [commit_next, discard_next])
def test_a_failing_disk_is_a_readable_error(
    files: StateFiles, monkeypatch: pytest.MonkeyPatch, action: object
) -> None:
    finished(writing_next(files, STATE))

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", fail)
    monkeypatch.setattr(os, "unlink", fail)
    with pytest.raises(PkccError):
        action(files)  # type: ignore[operator]


def test_an_absent_file_is_not_an_empty_one() -> None:
    assert states.digest_of(None) != states.digest_of(b"")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text("ab .:{}\\\n*", max_size=6), min_size=1, max_size=4),
    st.lists(st.text("xyz*.", min_size=1, max_size=8), min_size=3, max_size=3),
)
def test_a_written_secret_is_recognised_and_another_is_not(literals: list[str], secrets: list[str]) -> None:
    """Otherwise every status would cry drift, or a swapped key would pass unseen."""
    references = [f"keyring:{number}" for number in range(len(literals) - 1)]
    template, value = literals[0], literals[0]
    for reference, literal, secret in zip(references, literals[1:], secrets, strict=False):
        template += marker(reference) + literal
        value += secret + literal
    digests = {
        reference: states.secret_digest(SALT, secret)
        for reference, secret in zip(references, secrets, strict=False)
    }
    state = State("/s", SALT, Current(digests=digests))
    assert states.holds_written(state, template, value)
    assert not states.holds_written(state, template, value + "!")
    if references:
        other = literals[0] + "Q" + "".join(literals[1:])
        assert not states.holds_written(state, template, other)


class Counted(str):
    """A text that counts how often it is looked through."""

    looks = 0

    def find(self, *args: Any) -> int:
        Counted.looks += 1
        return super().find(*args)


def test_a_value_is_looked_at_once_for_each_secret_however_often_the_text_between_them_occurs() -> None:
    """A project's file with a long header string would hang every `status` and `switch`."""
    template = "a" + "".join(f"{marker(f'keyring:{number}')}a" for number in range(6))
    digests = {f"keyring:{number}": states.secret_digest(SALT, "a" * 500) for number in range(6)}
    state = State("/s", SALT, Current(digests=digests))
    Counted.looks = 0
    assert not states.holds_written(state, template, Counted("a" * 20_000))
    assert Counted.looks < 20_100


def test_what_the_version_before_remembered_is_read(files: StateFiles) -> None:
    """An upgrade would forget what `off` puts back. Of proxies that version remembered nothing."""
    finished(writing_next(files, STATE))
    path = Path(files.next_path)
    plain = json.loads(path.read_bytes())
    for current in (plain["current"], *(step["before"] for step in plain["history"])):
        del current["surroundings"]
    path.write_text(json.dumps({**plain, "version": 1}))
    assert load_next(files) == STATE._replace(united=False)
