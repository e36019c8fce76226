"""A row that notices nothing looks like a program that loses nothing: each is shown a broken one here.

The rows of kills, power cuts and races are shown naive writers by the row `bites`.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.browser import managed
from support.catalogs import Signer
from support.home.user_home import KEY, Ran, UserHome
from torture import (
    editor,
    equivalence,
    fuzz,
    fuzz_teams,
    ipc,
    manager,
    secrets,
    secrets_manager,
    state_machine,
)

from profiles.base.errors import PkccError
from profiles.catalogs.changes import Changes
from profiles.catalogs.join_link import JoinLink
from profiles.catalogs.kept.decision import decide
from profiles.catalogs.signature import Signed
from profiles.files import atomic_replace as files
from profiles.files import json_documents
from profiles.importing import recognise_candidate
from profiles.policy.reading.merge import Reading
from profiles.policy.values import NOTHING_FORCED
from profiles.switching.one_file import file as one_file
from tray.actions.catalogs import updating
from tray.runtime.watch.drift import settings

if TYPE_CHECKING:
    from profiles.catalogs.kept.decision import Decision, Here
    from profiles.catalogs.trust import Verified
    from profiles.files.durability import Writing
    from profiles.importing.recognition import Recognised

STORIES_S = 30.0  # it ends with the first that fails


@pytest.fixture
def audit(tmp_path: Path) -> secrets._Audit:
    return secrets._Audit(tmp_path, 0o077, Counter(), [])


def broken_tray(directory: Path, code: str) -> str:
    """A search path on which every Python first runs that code."""
    (directory / "sitecustomize.py").write_text(code)
    return str(directory)


# The secrets audit ---------------------------------------------------------------------------------------


def test_a_command_that_comes_new_is_audited_too() -> None:
    assert secrets.unknown() == []


@pytest.mark.parametrize(
    ("ran", "found"),
    [
        (Ran(0, f"{KEY}\n", ""), "`list`  prints the key"),
        (Ran(0, "", f"Note: {KEY}\n"), "`list`  prints the key"),
        (Ran(1, "", "Traceback (most recent call last):"), "`list` prints a traceback"),
    ],
)
def test_the_audit_hears_a_command_that_tells_the_key(
    audit: secrets._Audit, ran: Ran, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UserHome, "spawn", lambda *_, **__: ran)
    audit.spawn("list", [])
    assert audit.failures == [f"umask 077: {found}"]


def test_the_audit_sees_a_key_handed_to_another_program(
    audit: secrets._Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spawn(home: UserHome, *_: str, prefix: list[str], **__: Any) -> Ran:
        if prefix:
            Path(prefix[-1]).write_text(f'execve("/usr/bin/age", ["age", "{KEY}"], [])')
        return Ran(0, "", "")

    monkeypatch.setattr(UserHome, "spawn", spawn)
    monkeypatch.setattr(secrets.shutil, "which", lambda name: f"/usr/bin/{name}")
    audit.spawn("list", [])
    assert audit.failures == [
        "umask 077: `list` starts a process with the key in its arguments or environment"
    ]


def test_the_audit_sees_keys_in_files_and_files_that_others_read(audit: secrets._Audit) -> None:
    own = audit.home.root / ".config" / "pkcc-tray"
    own.mkdir(parents=True, mode=0o700)
    (own / "leak.json").write_text(KEY)
    (own / "leak.json").chmod(0o600)
    (own / "open.json").write_text("")
    (own / "open.json").chmod(0o644)
    (audit.home.root / ".config").chmod(0o755)
    audit.files()
    assert sorted(audit.failures) == [
        "umask 077: .config/pkcc-tray/leak.json holds the key",
        "umask 077: .config/pkcc-tray/open.json has mode 644",
    ]


@pytest.mark.parametrize(
    ("text", "headers", "found"),
    [
        (f"<b>{KEY}</b>", {"cache-control": "no-store"}, "answers with a key"),
        ("", {"location": f"/keys?key={KEY}", "cache-control": "no-store"}, "answers with a key"),
        ("Traceback (most recent call last):", {"cache-control": "no-store"}, "answers with a traceback"),
        ("", {}, "a browser may keep an answer"),
    ],
)
def test_the_audit_sees_what_the_manager_answers(text: str, headers: dict[str, str], found: str) -> None:
    class Answer:
        def getheaders(self) -> list[tuple[str, str]]:
            return [*headers.items()]

        def getheader(self, name: str) -> str | None:
            return headers.get(name)

    failures: list[str] = []
    answer: Any = Answer()
    answer.text = text
    secrets_manager._Visit(None, Counter(), failures.append)._looked(answer, "/")  # type: ignore[arg-type]
    assert [found in failure for failure in failures] == [True]


# Any order, any input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b"1e999", b"Infinity", "Infinity is not JSON"),  # foreign bytes are spelled again
        (b"mine.example", b"ours.example", "the user's own values did not come back"),
    ],
)
def test_the_state_machine_sees_a_writer_that_changes_what_is_the_users(
    monkeypatch: pytest.MonkeyPatch, old: bytes, new: bytes, found: str
) -> None:
    def replace(path: str, base: bytes | None, data: bytes, *rest: Any) -> Writing[bool]:
        return files.replacing_file(path, base, data.replace(old, new), *rest)

    monkeypatch.setattr(one_file, "replacing_file", replace)
    (failure,) = state_machine.run(STORIES_S, 2).failures
    assert found in failure, failure


def test_the_state_machine_sees_a_catalog_that_applies_what_nobody_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def careless(here: Here, new: Verified) -> Decision:
        return decide(here, new)._replace(why="", agreed=True)

    monkeypatch.setattr(updating, "decide", careless)
    (failure,) = state_machine.run(STORIES_S, 511).failures
    assert "is in force, and nobody accepted it" in failure, failure


def test_the_fuzzer_sees_a_fault_a_leak_and_a_write_on_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: Any) -> None:
        raise IndexError("list index out of range")

    def leak(home: UserHome, *argv: str, **_: Any) -> Ran:
        if argv[0] == "config":
            return Ran(2, "", f"Error: {KEY}\nno\n")
        if argv[0] == "import":
            (home.root / "stray").write_text(str(random.random()))
            return Ran(2, "", "Error: a\nb\n")
        return Ran(0, "", "")

    monkeypatch.setattr(fuzz, "INPUTS", 600)
    monkeypatch.setattr(fuzz, "COMMANDS", 100)
    monkeypatch.setattr(fuzz, "read_exports", fault)
    monkeypatch.setattr(fuzz, "check_config", lambda *_, **__: json.loads("{"))
    monkeypatch.setattr("profiles.gateway.account.records.row.others_words", lambda text, _: f"{text}\n")
    with monkeypatch.context() as patched:
        patched.setattr(UserHome, "add", lambda *_, **__: None)
        patched.setattr(UserHome, "run", leak)
        failures = fuzz.run(None, 1).failures
    for words in (
        "exports, shell: IndexError",
        "config bytes: JSONDecodeError",
        "shows the key",
        "and wrote",
        "account answers: AssertionError: not printable",
    ):
        assert any(words in failure for failure in failures), (words, failures[:5])


def test_the_fuzzer_sees_commands_that_break_over_what_is_kept_of_a_catalog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fuzzing = fuzz._Fuzz(tmp_path, None, random.Random(1))
    fuzzing._kept_catalog()
    monkeypatch.setattr(json_documents, "_OF_ANOTHER_SHAPE", ())
    fuzzing._lane(30, [("kept catalogs", fuzzing._kept_catalog)])
    assert any("went wrong inside" in failure for failure in fuzzing.failures), fuzzing.failures


@pytest.mark.parametrize(
    ("name", "broken", "found"),
    [
        ("waiting_changes", lambda *_: Changes(), "applies unasked"),
        ("verify", lambda *_: Signed(Signer().public, ""), "nobody signed"),
        ("newer", lambda *_: None, "taken for"),
        ("merged", lambda _: Reading(NOTHING_FORCED), "forces nothing"),
        ("parse_join_link", lambda _: JoinLink("ssh://me@10.0.0.1/x.git", "", ""), "followed"),
        ("check_suggestion", lambda text: text, "a catalog may suggest"),
        ("catalog_hint", lambda _: "/srv/pkcc", "joins"),
    ],
)
def test_the_fuzzer_sees_what_a_team_must_not_bring_in(
    name: str, broken: Any, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz_teams, name, broken)
    said = []
    for _, once in fuzz_teams.team_readers(random.Random(1), tmp_path):
        for _ in range(60):
            try:
                once()
            except (PkccError, ValueError):
                continue
            except AssertionError as failure:
                said.append(str(failure))
    assert any(found in failure for failure in said), said[:5]


@pytest.mark.parametrize("lost", [{"trace_id"}, {"models"}, {"key_in", "key_delivery", "gateway"}])
def test_the_row_of_setups_sees_an_import_that_loses_a_part(
    lost: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = recognise_candidate.recognise

    def narrowed(*given: Any, **named: Any) -> Recognised:
        recognised = whole(*given, **named)
        kept = {name: value for name, value in recognised.data.items() if name not in lost}
        return recognised._replace(data=kept)

    monkeypatch.setattr(equivalence, "SETUPS", 60)
    monkeypatch.setattr(recognise_candidate, "recognise", narrowed)
    failures = equivalence.run(1, 1).failures
    assert any("became" in failure for failure in failures), failures[:5]


# The tray that looks on -----------------------------------------------------------------------------------


def test_the_editor_row_sees_a_tray_that_takes_half_a_save_for_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "finished_read", lambda _path, read, *_: read())
    row = editor.run(3.0, 1)
    assert any(failure.startswith("a badge") for failure in row.failures), row


# The tray's socket ---------------------------------------------------------------------------------------


def test_the_abuse_sees_a_tray_that_serves_other_users(tmp_path: Path) -> None:
    if ipc.os.getuid() != 0:
        pytest.skip("becoming another user takes root")
    abuse = ipc._Abuse(tmp_path, 1.0, random.Random(1))
    code = "import os, tray.ipc.unix_socket as s\ns.peer_uid = lambda sock: os.getuid()\n"
    abuse.home.environ["PYTHONPATH"] = broken_tray(tmp_path, code)
    with abuse._tray():
        abuse._other_user()
    assert any("another user was told" in failure for failure in abuse.failures), abuse.failures


def test_the_abuse_sees_a_tray_that_takes_any_length_and_obeys_the_gone(tmp_path: Path) -> None:
    abuse = ipc._Abuse(tmp_path, 1.0, random.Random(1))
    code = """
import contextlib, tray.ipc.server
from tray.ipc.unix_socket import Connection
tray.ipc.server.MAX_LINE = 10**9
write = Connection.write
def careless(self, data):
    with contextlib.suppress(OSError):
        write(self, data)
Connection.write = careless
Connection.is_open = lambda self: True
"""
    abuse.home.environ["PYTHONPATH"] = broken_tray(tmp_path, code)
    with abuse._tray():
        abuse._oversized()
        abuse._replayed()
    for words in ("a line of 1000000 bytes was answered", "were taken", "a replayed request changed"):
        assert any(words in failure for failure in abuse.failures), (words, abuse.failures)


def test_the_python_that_is_broken_here_is_the_tray_s(tmp_path: Path) -> None:
    code = "import tray.ipc.server\nprint('broken')"
    done = subprocess.run(
        [sys.executable, "-c", ""],
        env={"PYTHONPATH": broken_tray(tmp_path, code)},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "broken\n"


# The manager ---------------------------------------------------------------------------------------------


def test_the_manager_row_notices_a_gate_that_lets_every_page_in(tmp_path: Path) -> None:
    code = "from tray.manager.access import gate\ngate._strange_sender = lambda *_: None\n"
    world = manager._Abuse(tmp_path, 0.1, random.Random(1))
    world.home.environ["PYTHONPATH"] = broken_tray(tmp_path, code)
    with managed(world.home) as running:
        world.meet(running)
        world._as_strangers(running)
    assert "a form of http://evil.example is answered 303" in world.failures
    assert world.files() != world.before


def test_the_manager_row_hears_a_key(tmp_path: Path) -> None:
    world = manager._Abuse(tmp_path, 0.1, random.Random(1))
    world.look_at(f"HTTP/1.1 200 OK\r\n\r\n{KEY}".encode(), b"GET /")
    assert world.failures == ["a key for b'GET /'"]
