"""The whole life of a settings file under our hands: every byte of the user's comes back."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faults.world import HOME, KEY, OLD_HEADER, OLD_KEY, ORIGINAL, World

from profiles.base.errors import ConflictError, NotFoundError, PkccError, SecretUnavailableError
from profiles.base.secret import Secret
from profiles.profile.rendering import Rendered
from profiles.profile.store import ProfileStore
from profiles.switching.memory.state import HISTORY_LIMIT
from profiles.switching.memory.state_files import load_state
from profiles.switching.one_file import draft as drafts
from profiles.switching.one_file import file as sequence
from profiles.switching.switcher import Switcher

if TYPE_CHECKING:
    from profiles.files.durability import Writing

ROOT = Path(__file__).parents[3]
UNREACHABLE = SecretUnavailableError("The system keyring is locked", "Unlock it.")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path).furnish()


def session(world: World, pid: int) -> None:
    """A session file as Claude Code keeps it while it runs."""
    directory = world.claude / "sessions"
    directory.mkdir(exist_ok=True)
    (directory / f"{pid}.json").write_text(json.dumps({"pid": pid, "cwd": "/x", "version": "2.1.197"}))


@pytest.fixture
def running(world: World) -> Iterator[World]:
    """A world with a living Claude Code session."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        session(world, process.pid)
        yield world
        process.kill()


# The life ----------------------------------------------------------------------------------------------


def test_switching_about_and_off_gives_the_very_bytes_back(world: World) -> None:
    for name in ("work", "home", "work", "home", "home"):
        assert world.switch(name).name == name
        assert world.active() == name
        assert world.in_clear() == []
    assert world.bytes() != ORIGINAL
    outcome = world.switcher().off()
    assert (outcome.written, outcome.atomic, outcome.name) == (True, True, None)
    assert world.bytes() == ORIGINAL
    assert world.active() is None
    assert world.in_clear() == []
    assert world.leftovers() == []


def test_what_a_profile_says_is_what_the_client_sees(world: World) -> None:
    world.switch("work")
    env = world.env()
    lines = env["ANTHROPIC_CUSTOM_HEADERS"].split("\n")
    assert f"x-portkey-api-key: {KEY}" in lines
    assert lines[:2] == ["X-Corp: é1", "X-B: 2"], "the user's own header lines stay"
    assert env["ANTHROPIC_VERTEX_BASE_URL"] == "https://api.portkey.ai/v1"
    assert env["ANTHROPIC_API_KEY"] == "", "the user's own key must not be sent beside ours"
    world.switch("home")
    assert "CANARY" not in (world.bytes() or b"").decode(), "with a helper the file holds no secret at all"
    assert json.loads(world.bytes() or b"")["apiKeyHelper"] == world.helper_line("home")


@pytest.mark.parametrize("size", [10, 300_000])
def test_an_edit_that_would_break_the_file_is_stopped_before_it_is_written(
    world: World, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fault of ours spells a value wrong: the client would leave out a file that is no JSON."""
    before = ORIGINAL.replace(b"{", b'{"pad": "' + b"x" * size + b'", ', 1)
    world.settings.write_bytes(before)
    for broken in ('"open', "{", "1 2", "", "NaN"):
        monkeypatch.setattr("profiles.switching.edit.new_text.dumps", lambda _, broken=broken: broken)
        with pytest.raises(PkccError, match="would not be valid JSON"):
            world.switch("work")
        assert world.bytes() == before
        assert world.leftovers() == []


@pytest.mark.parametrize("when", ["both", "undone", "never"])
def test_undo_goes_back_step_by_step_to_the_first_bytes(world: World, when: str) -> None:
    """Also where blanks for unseen sessions came or went between two steps."""
    seen = [world.bytes()]
    for name in ("work", "home", None, "home", "work"):
        world.switch(name) if name else world.switcher().off()
        if when == "both":
            world.later()
        seen.append(world.bytes())
    for earlier in reversed(seen[:-1]):
        world.switcher().undo()
        assert world.switcher().read().changes == []
        if when != "never":
            world.later()
        if when == "both":
            assert world.bytes() == earlier
    assert (world.active(), world.bytes()) == (None, ORIGINAL)
    with pytest.raises(NotFoundError) as caught:
        world.switcher().undo()
    assert caught.value.exit_code == 3


def test_the_history_is_limited_and_off_is_still_exact(world: World) -> None:
    for number in range(HISTORY_LIMIT + 7):
        world.switch(("work", "home")[number % 2])
    state = load_state(world.files, world.locations.settings_path)
    assert len(state.history) == HISTORY_LIMIT
    for _ in range(HISTORY_LIMIT):
        world.switcher().undo()
    assert world.active() in ("work", "home")
    world.switcher().off()
    assert world.bytes() == ORIGINAL


def test_undo_after_a_foreign_edit_keeps_it(world: World) -> None:
    """Claude Code's own `/model` must not be undone with the switch."""
    world.switch("work")
    world.switch("home")
    world.settings.write_bytes((world.bytes() or b"").replace(b'"opus"', b'"haiku"'))
    world.switcher().undo()
    assert (world.active(), json.loads(world.bytes() or b"")["model"]) == ("work", "haiku")
    world.switcher().undo()
    assert world.active() is None
    assert world.bytes() == ORIGINAL.replace(b'"opus"', b'"haiku"')


def test_off_after_foreign_edits_keeps_them(world: World) -> None:
    world.switch("work")
    text = (world.bytes() or b"").replace(b'"FOO": "1"', b'"FOO": "2", "NEW": "x"')
    world.settings.write_bytes(text)
    world.switcher().off()
    assert world.bytes() == ORIGINAL.replace(b'"FOO": "1"', b'"FOO": "2", "NEW": "x"')


def test_restore_writes_over_drift_and_names_it(world: World) -> None:
    world.switch("work")
    good = world.bytes()
    world.settings.write_bytes(
        (good or b"").replace(b"api.portkey.ai", b"evil.example").replace(b"vk1", b"vk2")
    )
    outcome = world.switcher().restore()
    assert sorted(outcome.replaced) == ["env.ANTHROPIC_VERTEX_BASE_URL", "header.x-portkey-virtual-key"]
    assert (outcome.name, world.bytes()) == ("work", good)
    world.switcher().undo()
    assert b"evil.example" in (world.bytes() or b"")


@pytest.mark.parametrize("action", ["restore", "refresh"])
def test_with_no_profile_active_there_is_nothing_to_restore(world: World, action: str) -> None:
    with pytest.raises(ConflictError) as caught:
        getattr(world.switcher(), action)()
    assert caught.value.exit_code == 4
    assert world.bytes() == ORIGINAL


def test_restore_works_when_the_profiles_file_is_gone(world: World) -> None:
    world.switch("work")
    good = world.bytes()
    world.store.drop("work")
    world.settings.write_bytes((good or b"").replace(b"vk1", b"vk2"))
    world.switcher().restore()
    assert world.bytes() == good
    world.switcher().off()
    assert world.bytes() == ORIGINAL


def test_refresh_writes_the_file_anew_though_nothing_differs(world: World) -> None:
    """Running clients ask the helper again only when the file changes (a rotated key)."""
    world.switch("home")
    before = world.settings.stat()
    assert world.switcher().refresh().written
    after = world.settings.stat()
    assert (before.st_ino, before.st_mtime_ns) != (after.st_ino, after.st_mtime_ns)
    assert load_state(world.files, world.locations.settings_path).history[1:] == []


def test_switching_to_what_is_active_writes_nothing(world: World) -> None:
    """A needless write wakes every running client and watcher."""
    world.switch("work")
    before = world.snapshot()
    assert not world.switch("work").written
    assert not world.switcher().restore().written
    assert world.snapshot() == before


def test_off_when_off_writes_nothing(world: World) -> None:
    assert not world.switcher().off().written
    assert world.bytes() == ORIGINAL


@pytest.mark.parametrize("active", [None, "work"])
def test_a_dry_run_writes_nothing_at_all(world: World, active: str | None) -> None:
    if active:
        world.switch(active)
    before = world.snapshot()
    outcome = world.switcher().switch("home", dry_run=True)
    assert not outcome.written
    assert outcome.after["env.ANTHROPIC_BASE_URL"] == "https://api.portkey.ai"
    assert "CANARY" not in repr(outcome)
    world.switcher().off(dry_run=True)
    if active:
        world.switcher().restore(dry_run=True)
    assert world.snapshot() == before


def test_no_outcome_shows_a_secret(world: World) -> None:
    for outcome in (
        world.switch("work"),
        world.switch("home"),
        world.switcher().off(),
        world.switcher().undo(),
    ):
        assert "CANARY" not in repr(outcome)


def test_an_unknown_profile_leaves_everything_alone(world: World) -> None:
    before = world.snapshot()
    with pytest.raises(NotFoundError):
        world.switch("wrok")
    assert world.snapshot() == before


# Running sessions --------------------------------------------------------------------------------------


def test_running_sessions_get_blanks_and_tidy_takes_them_out(running: World) -> None:
    """A running client keeps what a removed key had set: it would go on sending to the old route."""
    running.switch("work")
    outcome = running.switch("home")
    assert len(outcome.sessions) == 1
    assert outcome.blanks > 0
    env = running.env()
    assert env["CLAUDE_CODE_USE_VERTEX"] == ""
    assert env["ANTHROPIC_VERTEX_BASE_URL"] == ""
    with pytest.raises(ConflictError):
        running.switcher().tidy()
    assert running.env() == env
    for file in (running.claude / "sessions").iterdir():
        file.unlink()
    assert running.switcher().tidy().written
    assert "CLAUDE_CODE_USE_VERTEX" not in running.env()
    running.switcher().off()
    assert running.bytes() == ORIGINAL


def test_tidy_leaves_what_was_changed_outside_to_the_user(running: World) -> None:
    """Who hand-edits their route and then takes out blanks would lose the edit without a word."""
    running.switch("work")
    running.switch("home")
    for file in (running.claude / "sessions").iterdir():
        file.unlink()
    edited = running.bytes().replace(b"api.portkey.ai", b"gateway.example.com")
    assert edited != running.bytes()
    running.settings.write_bytes(edited)
    with pytest.raises(ConflictError, match="changed by something else"):
        running.switcher().tidy()
    assert running.bytes() == edited


def test_off_with_running_sessions_leaves_blanks_that_tidy_removes(running: World) -> None:
    running.switch("work")
    running.switcher().off()
    assert running.env()["CLAUDE_CODE_USE_VERTEX"] == ""
    assert running.env()["ANTHROPIC_API_KEY"] == OLD_KEY
    for file in (running.claude / "sessions").iterdir():
        file.unlink()
    running.switcher().tidy()
    assert running.bytes() == ORIGINAL


def test_undo_with_running_sessions_leaves_blanks(running: World) -> None:
    running.switch("work")
    outcome = running.switcher().undo()
    assert (outcome.name, running.active()) == (None, None)
    assert running.env()["CLAUDE_CODE_USE_VERTEX"] == ""
    assert running.env()["ANTHROPIC_API_KEY"] == OLD_KEY
    for file in (running.claude / "sessions").iterdir():
        file.unlink()
    running.switcher().tidy()
    assert running.bytes() == ORIGINAL
    assert running.kept() == [] or load_state(running.files, running.locations.settings_path).references()


# Secrets -----------------------------------------------------------------------------------------------


def test_displaced_secrets_go_to_the_backend_and_are_forgotten_after(world: World) -> None:
    world.switch("work")
    kept = world.kept()
    assert {world.secrets.resolve(f"keyring:{name}").reveal() for name in kept} == {OLD_KEY, OLD_HEADER}
    world.switch("home")
    world.switcher().off()
    assert set(kept) <= set(world.kept()), "undo still needs them"
    for _ in range(3):
        world.switcher().undo()
    assert world.bytes() == ORIGINAL
    assert world.kept() == [], "nothing needs them any more: they must not pile up in the keyring"
    assert world.secrets.resolve("keyring:work") == Secret(KEY)


def test_displaced_secrets_are_forgotten_once_history_has_passed_them(world: World) -> None:
    world.switch("work")
    world.switcher().off()
    world.settings.write_bytes(b"{}")
    for number in range(HISTORY_LIMIT + 2):
        world.switch(("work", "home")[number % 2])
    assert world.kept() == []


def test_a_displaced_secret_in_a_variable_that_two_profiles_set_stays_sealed(world: World) -> None:
    """It was read back for the second switch: it must not end up in the state in clear text."""
    for name in ("one", "two"):
        profile = {**HOME, "name": name, "extra_env": {"MY_TOKEN": "keyring:work", "N": name}}
        world.add(profile)
    original = ORIGINAL.replace(b'"FOO": "1"', b'"FOO": "1", "MY_TOKEN": "CANARY-mine-1"')
    world.settings.write_bytes(original)
    for name in ("one", "two", "work", "two"):
        world.switch(name)
        assert world.in_clear() == []
    world.switcher().off()
    assert world.bytes() == original


def test_short_secrets_do_not_spoil_the_memory_of_others(world: World) -> None:
    """Placeholders such as "key" or "a" are common; off must not give something else back."""
    for short in ("key", "a", "1", "d", "displaced", "."):
        original = ORIGINAL.replace(b'"FOO": "1"', f'"FOO": "1", "ANTHROPIC_AUTH_TOKEN": "{short}"'.encode())
        world.settings.write_bytes(original)
        world.switch("work")
        world.switch("home")
        assert world.in_clear() == []
        world.switcher().off()
        assert world.bytes() == original
        for _ in range(3):
            world.switcher().undo()
        assert world.bytes() == original


def test_a_long_secret_text_can_be_displaced_and_left_again(world: World) -> None:
    """An inline config with a key in it, or a long token: more than a keyring entry holds."""
    targets = [
        {"provider": "anthropic", "api_key": "keyring:work", "override_params": {"system": "x" * 3000}},
        {"provider": "@b"},
    ]
    inline = {"strategy": {"mode": "fallback"}, "targets": targets}
    world.add({**HOME, "name": "long", "route": {"kind": "config", "inline": inline}})
    token = "eyJ" + "".join(f"{number}CANARY" for number in range(400))
    original = ORIGINAL.replace(b'"FOO": "1"', f'"FOO": "1", "ANTHROPIC_AUTH_TOKEN": "{token}"'.encode())
    world.settings.write_bytes(original)
    world.switch("long")
    long = world.bytes()
    world.switch("work")
    assert world.in_clear() == []
    world.switcher().undo()
    world.later()
    assert world.bytes() == long
    world.switcher().off()
    assert world.bytes() == original
    for _ in range(2):
        world.switcher().undo()
    assert world.kept() == []


def test_an_unreachable_backend_changes_nothing(world: World) -> None:
    world.keyring.refusal = UNREACHABLE
    before = {path: data for path, data in world.snapshot().items() if not path.endswith("lock")}
    with pytest.raises(SecretUnavailableError) as caught:
        world.switch("work")
    assert caught.value.exit_code == 5
    after = world.snapshot()
    assert {path: data for path, data in after.items() if path in before} == before
    assert all(
        path.endswith(("targets", "lock")) or Path(path).parent.name == "targets"
        for path in after
        if path not in before
    )


def test_a_backend_that_refuses_to_keep_a_displaced_secret_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`home` itself needs no key: only keeping the user's old one fails, and it must not be dropped."""
    calls = []

    def refuse(name: str, secret: Secret) -> str:
        calls.append(name)
        if len(calls) == 2:
            raise UNREACHABLE
        return real(name, secret)

    real = world.secrets.put
    monkeypatch.setattr(world.secrets, "put", refuse)
    with pytest.raises(SecretUnavailableError):
        world.switch("home")
    assert len(calls) == 2
    assert world.bytes() == ORIGINAL
    assert world.active() is None
    assert world.leftovers() == []
    assert world.kept() == [], "the first one must not stay behind"


def test_off_with_an_unreachable_backend_changes_nothing(world: World) -> None:
    world.switch("work")
    before = world.snapshot()
    world.keyring.refusal = UNREACHABLE
    with pytest.raises(SecretUnavailableError):
        world.switcher().off()
    assert world.snapshot() == before
    world.keyring.refusal = None
    world.switcher().off()
    assert world.bytes() == ORIGINAL


def test_a_rotated_key_does_not_confuse_undo(world: World) -> None:
    """The old bytes cannot be had again; the owned values can."""
    world.switch("work")
    world.switch("home")
    world.secrets.put("work", Secret("pk-CANARYrotated"))
    world.switcher().undo()
    assert world.active() == "work"
    assert "x-portkey-api-key: pk-CANARYrotated" in world.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert world.switcher().read().changes == []
    world.switcher().undo()
    assert world.bytes() == ORIGINAL


# Modes and files ---------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_a_file_that_holds_a_key_is_closed_and_opened_again_after(world: World) -> None:
    assert world.mode() == 0o644
    world.switch("work")
    assert world.mode() == 0o600
    world.switch("home")
    assert world.mode() == 0o644, "no secret in it any more"
    world.switch("work")
    world.switcher().off()
    assert (world.mode(), world.bytes()) == (0o644, ORIGINAL)
    world.switcher().undo()
    assert world.mode() == 0o600
    world.switcher().undo()
    assert world.mode() == 0o644
    world.switcher().undo()
    world.switcher().undo()
    assert (world.mode(), world.bytes()) == (0o644, ORIGINAL)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_a_file_opened_by_hand_while_it_holds_a_key_is_closed_again(world: World) -> None:
    world.switch("work")
    world.settings.chmod(0o664)
    world.switcher().restore()
    assert world.mode() == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_a_private_file_stays_private(tmp_path: Path) -> None:
    world = World(tmp_path).furnish(mode=0o600)
    for name in ("work", "home"):
        world.switch(name)
        assert world.mode() == 0o600
    world.switcher().off()
    assert (world.mode(), world.bytes()) == (0o600, ORIGINAL)


@pytest.mark.parametrize("name", ["work", "home"])
def test_a_missing_file_is_made_private_and_off_removes_it(tmp_path: Path, name: str) -> None:
    world = World(tmp_path).furnish(original=None)
    world.claude.rmdir()
    world.switch(name)
    if sys.platform != "win32":
        assert world.mode() == 0o600
        assert world.claude.stat().st_mode & 0o777 == 0o700
    made = world.bytes()
    world.switcher().off()
    assert world.bytes() is None
    world.switcher().undo()
    assert world.bytes() == made
    world.switcher().undo()
    assert world.bytes() is None
    assert world.leftovers() == []


@pytest.mark.parametrize(
    "original",
    [b"", b"\n", b"{}", b"{ }\n", b"\xef\xbb\xbf{\r\n}\r\n", b"\xef\xbb\xbf", b'{"env":{ }}', b'{"a":1}'],
)
def test_odd_files_come_back_exactly(world: World, original: bytes) -> None:
    world.settings.write_bytes(original)
    world.switch("work")
    first = world.bytes()
    world.switch("home")
    world.switcher().off()
    assert world.bytes() == original
    for _ in range(2):
        world.switcher().undo()
    assert not world.later()
    assert world.bytes() == first
    world.switcher().undo()
    assert world.bytes() == original


def test_a_file_that_got_something_else_meanwhile_is_not_removed(tmp_path: Path) -> None:
    world = World(tmp_path).furnish(original=None)
    world.switch("home")
    world.settings.write_bytes((world.bytes() or b"").replace(b"{", b'{"theme": "dark", ', 1))
    world.switcher().off()
    assert json.loads(world.bytes() or b"null") == {"theme": "dark"}


@pytest.mark.parametrize("broken", [b"{", b"// comment\n{}", b'{"env": []}', b"[]", b"\xff"])
def test_a_file_that_claude_code_would_not_read_is_refused_untouched(world: World, broken: bytes) -> None:
    world.switch("work")
    world.settings.write_bytes(broken)
    for action in (world.switcher().off, world.switcher().undo, lambda: world.switch("home")):
        with pytest.raises(PkccError) as caught:
            action()
        assert "CANARY" not in caught.value.title + caught.value.hint
        assert world.bytes() == broken
    assert world.leftovers() == []


@pytest.mark.parametrize("content", [b"", b"{", b'{"version": 2}'])
def test_a_damaged_or_newer_state_is_told_and_nothing_is_touched(world: World, content: bytes) -> None:
    world.switch("work")
    before = world.bytes()
    state = Path(world.files.state_path)
    state.write_bytes(content)
    switcher = world.switcher()
    for action in (
        switcher.off,
        switcher.undo,
        switcher.read,
        switcher.restore,
        lambda: world.switch("home"),
    ):
        with pytest.raises(PkccError) as caught:
            action()
        assert str(state) in caught.value.title
    assert world.bytes() == before
    assert state.read_bytes() == content
    assert world.leftovers() == []


# Others who write --------------------------------------------------------------------------------------


@contextmanager
def claude_saves_meanwhile(times: int) -> Iterator[list[bytes]]:
    """Each of the first `times` attempts finds the file changed just before its compare."""
    saves: list[bytes] = []
    real = sequence.claude_locked

    @contextmanager
    def lock(path: str) -> Iterator[None]:
        with real(path):
            if len(saves) < times:
                text = Path(path).read_bytes()
                new = b'{\n  "save%d": true,' % len(saves) + text[1:]
                saves.append(new)
                Path(path).write_bytes(new)
            yield

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequence, "claude_locked", lock)
        yield saves


def test_what_claude_code_saves_meanwhile_survives(world: World) -> None:
    with claude_saves_meanwhile(3) as saves:
        world.switch("work")
    assert len(saves) == 3
    assert (world.active(), world.switcher().read().changes) == ("work", [])
    assert [json.loads(world.bytes() or b"")[f"save{number}"] for number in range(3)] == [True] * 3
    world.switcher().off()
    assert world.bytes() == saves[-1]
    assert world.in_clear() == []


def test_a_save_during_undo_survives(world: World) -> None:
    world.switch("work")
    world.switch("home")
    with claude_saves_meanwhile(1):
        world.switcher().undo()
    assert world.active() == "work"
    assert json.loads(world.bytes() or b"")["save0"] is True


def test_a_file_that_never_rests_is_a_conflict_and_nothing_is_kept(world: World) -> None:
    with claude_saves_meanwhile(1000) as saves, pytest.raises(ConflictError) as caught:
        world.switch("work")
    assert "keeps changing" in caught.value.title
    assert world.bytes() == saves[-1]
    assert world.active() is None
    assert world.leftovers() == []
    assert world.kept() == []


def test_a_file_removed_while_it_is_looked_at_is_no_traceback(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = drafts.read_bytes
    removed = []

    def remove_after(path: str) -> bytes | None:
        data = real(path)
        if not removed:
            os.unlink(path)
            removed.append(path)
        return data

    monkeypatch.setattr(drafts, "read_bytes", remove_after)
    world.switch("work")
    assert world.active() == "work"
    assert world.mode() == 0o600


def test_a_kill_between_rename_and_commit_loses_no_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the directory is synced: the settings are the new ones, the old keys must be kept."""

    def interrupt(_path: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        real = sequence.replacing_file

        def replace_then_interrupt(*arguments: object) -> Writing[bool]:
            yield from real(*arguments)  # type: ignore[arg-type]
            raise KeyboardInterrupt

        patch.setattr(sequence, "replacing_file", replace_then_interrupt)
        with pytest.raises(KeyboardInterrupt):
            world.switch("work")
    assert world.active() == "work"
    assert len(world.kept()) == 2
    world.switcher().off()
    assert world.bytes() == ORIGINAL


def test_a_commit_that_fails_is_made_up_for_by_the_next_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings are written: to report a failure, or to forget the keys, would be wrong."""
    with monkeypatch.context() as patch:

        def fail(_files: object) -> None:
            raise PkccError("cannot be written", "Free some space.")

        patch.setattr("profiles.switching.one_file.file.commit_next", fail)
        assert world.switch("work").written
    assert world.active() == "work"
    world.switch("home")
    assert world.leftovers() == []
    world.switcher().off()
    assert world.bytes() == ORIGINAL


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_somebody_who_writes_another_profile_by_hand_is_followed(tmp_path: Path, mode: int) -> None:
    """Status, restore and undo would otherwise fight the user's own decision."""
    world = World(tmp_path).furnish(mode=mode)
    other = World(tmp_path / "other").furnish()
    other.switch("work")
    other.switch("home")
    by_hand = other.bytes() or b""
    world.switch("work")
    world.settings.write_bytes(by_hand)
    reading = world.switcher().read()
    assert world.switcher().matching(reading) == "home"
    outcome = world.switch("home")
    assert outcome.replaced == []
    assert (world.active(), world.switcher().read().changes) == ("home", [])
    world.settings.write_bytes(by_hand.replace(b"@anthropic", b"@other"))
    world.switcher().restore()
    assert (world.active(), world.bytes()) == ("home", by_hand)
    world.switcher().off()
    assert world.bytes() == ORIGINAL


def test_of_many_profiles_only_the_one_that_the_helper_names_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at an outside edit would otherwise take the longer the more profiles there are."""
    world.switch("home")
    read = []
    real = ProfileStore.rendered

    def rendered(store: ProfileStore, name: str) -> Rendered:
        read.append(name)
        return real(store, name)

    monkeypatch.setattr(ProfileStore, "rendered", rendered)
    by_us = world.bytes() or b""
    for written, matches in (
        (by_us, "home"),
        (by_us.replace(b"key print home", b"key print gone"), None),
        (by_us.replace(b"/usr/bin/pkcc-tray", b"/tmp/evil"), None),
    ):
        world.settings.write_bytes(written)
        assert world.switcher().matching(world.switcher().read()) == matches
    assert read == ["home", "gone"]


def test_a_write_in_place_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mounted file cannot be replaced: the user is to know that a power cut could tear it."""

    def busy(source: str, target: str) -> None:
        if target == world.locations.settings_path:
            raise OSError(errno.EBUSY, "Device or resource busy")
        real(source, target)

    real = os.replace
    monkeypatch.setattr(os, "replace", busy)
    assert not world.switch("work").atomic
    assert not world.switcher().undo().atomic
    assert world.bytes() == ORIGINAL
    assert world.leftovers() == []


def test_a_link_stays_a_link_and_off_restores_its_target(world: World) -> None:
    target = world.root / "dotfiles" / "settings.json"
    target.parent.mkdir()
    world.settings.rename(target)
    world.settings.symlink_to(target)
    world.switch("work")
    world.switch("home")
    assert world.settings.is_symlink()
    assert target.read_bytes() != ORIGINAL
    world.switcher().off()
    assert world.settings.is_symlink()
    assert target.read_bytes() == ORIGINAL
    assert os.listdir(target.parent) == ["settings.json"]


def test_variables_that_the_shell_exports_are_shielded_and_off_is_exact(world: World) -> None:
    """An exported ANTHROPIC_AUTH_TOKEN would win, and go to the gateway."""
    world.environ["CLAUDE_CODE_USE_BEDROCK"] = "1"
    world.switch("work")
    assert world.env()["CLAUDE_CODE_USE_BEDROCK"] == ""
    world.switcher().off()
    assert world.bytes() == ORIGINAL


# Many at once ------------------------------------------------------------------------------------------


def _switch_often(root: str, names: list[str], failures: multiprocessing.Queue[str]) -> None:
    world = World(Path(root), vault=True)
    for number in range(50):
        try:
            world.switch(names[number % len(names)])
        except BaseException as error:
            failures.put(repr(error))
            raise


def test_two_processes_switching_at_once_corrupt_nothing(tmp_path: Path) -> None:
    """The tray and a script: both finish, no reader ever sees half a file, and off is exact."""
    world = World(tmp_path, vault=True).furnish()
    context = multiprocessing.get_context("spawn")
    failures = context.Queue()
    workers = [
        context.Process(target=_switch_often, args=(str(tmp_path), names, failures))
        for names in (["work", "home"], ["home", "work"])
    ]
    torn: list[str] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.002):
            try:
                reading = world.switcher().read()
            except PkccError as error:
                torn.append(error.title)
                continue
            if reading.condition != "ok" or reading.changes:
                torn.append(f"{reading.condition} {reading.changes} {reading.problem}")

    watcher = threading.Thread(target=watch)
    watcher.start()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    done.set()
    watcher.join()
    assert [worker.exitcode for worker in workers] == [0, 0], failures.get(timeout=5)
    assert torn == []
    assert world.switcher().read().changes == []
    assert world.in_clear() == []
    world.switcher().off()
    assert world.bytes() == ORIGINAL
    assert world.leftovers() == []


def test_a_value_that_already_says_the_same_is_displaced_without_its_key_in_clear(tmp_path: Path) -> None:
    """Import, then switch: the user's own token equals the profile's key, so nothing changes in the file."""
    before = json.dumps({"env": {"ANTHROPIC_AUTH_TOKEN": KEY, "ANTHROPIC_MODEL": "mine"}}).encode()
    world = World(tmp_path).furnish(before)
    world.add({**HOME, "name": "same", "key_delivery": "settings", "key_in": "token"})
    world.switcher().switch("same")
    assert world.in_clear() == []
    world.switcher().off()
    assert world.settings.read_bytes() == before


def test_off_puts_the_rest_back_when_a_displaced_secret_is_gone(world: World) -> None:
    """A keyring that was wiped must not lock the user into a profile for good."""
    switcher = world.switcher()
    switcher.switch("work")
    for name in world.kept():
        world.secrets.delete(name)
    assert len(switcher.off().lost) == 2
    env = world.env()
    assert env["FOO"] == "1"
    assert env["ANTHROPIC_API_KEY"] == ""
    assert "X-Corp: é1" in env["ANTHROPIC_CUSTOM_HEADERS"]


def test_a_rotated_key_is_no_step_that_undo_could_spend_itself_on(world: World) -> None:
    """`undo` after a rotation goes back to the profile before, and never to a revoked key."""
    switcher = world.switcher()
    switcher.switch("work")
    world.secrets.put("work", Secret("pk-CANARYrotated"))
    switcher.refresh()
    assert "pk-CANARYrotated" in world.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert [step.action for step in switcher.read().state.history] == ["switch"]
    switcher.undo()
    assert world.bytes() == ORIGINAL


def test_undo_after_a_rename_uses_the_new_name(world: World) -> None:
    """Else the settings would name a helper for a profile that is gone, and Claude Code would get no key."""
    switcher = world.switcher()
    switcher.switch("home")
    switcher.switch("work")
    world.store.save(world.store.load("home").model_copy(update={"name": "casa"}))
    world.store.drop("home")
    assert switcher.renamed("home", "casa").outcome is None
    assert world.active() == "work"
    assert switcher.undo().name == "casa"
    assert json.loads(world.bytes() or b"")["apiKeyHelper"] == world.helper_line("casa")
    switcher.undo()
    assert world.bytes() == ORIGINAL


def test_renaming_the_active_profile_changes_the_helper_and_is_no_step(world: World) -> None:
    switcher = world.switcher()
    switcher.switch("work")
    switcher.switch("home")
    world.store.save(world.store.load("home").model_copy(update={"name": "casa"}))
    world.store.drop("home")
    outcome = switcher.renamed("home", "casa").outcome
    assert outcome is not None
    assert outcome.written
    assert json.loads(world.bytes() or b"")["apiKeyHelper"].endswith("key print casa")
    assert [step.name for step in switcher.read().state.history] == ["work", "casa"]
    assert switcher.undo().name == "work"
    assert switcher.read().changes == []


def test_undo_to_a_removed_profile_with_a_helper_is_refused(world: World) -> None:
    switcher = world.switcher()
    switcher.switch("home")
    switcher.switch("work")
    world.store.drop("home")
    before = world.bytes()
    with pytest.raises(ConflictError, match="'home'"):
        switcher.undo()
    assert world.bytes() == before
    switcher.off()
    assert world.bytes() == ORIGINAL


def test_a_dry_run_tells_which_variables_it_would_blank(world: World) -> None:
    outcome = world.switcher().switch("home", dry_run=True)
    assert "env.ANTHROPIC_AUTH_TOKEN" in outcome.blanked
    assert "env.ANTHROPIC_API_KEY" in outcome.blanked


def test_a_profile_written_by_hand_is_followed_and_nothing_is_written(world: World) -> None:
    """Somebody switched by hand: no alarm, and the next `off` still gives the first values back."""
    switcher = world.switcher()
    switcher.switch("home")
    by_hand = world.bytes()
    switcher.switch("work")
    world.settings.write_bytes(by_hand or b"")
    assert switcher.recognise() == "home"
    assert switcher.recognise() is None
    assert world.bytes() == by_hand
    assert switcher.read().changes == []
    switcher.off()
    assert world.bytes() == ORIGINAL


CLUMSY = (
    b'{"apiKeyHelper": "curl -su bob:CANARYpw https://vault/x", "env": {'
    b'"ANTHROPIC_BASE_URL": "https://gw/?k=CANARYquery",'
    b'"ANTHROPIC_CUSTOM_HEADERS": "X-Gateway-Auth: CANARYone\\nx-portkey-provider: @old\\n'
    b'X-Pin: CANARYtwo\\r"}}'
)


@pytest.mark.parametrize("name", ["home", "work"])
def test_no_secret_that_only_the_user_knows_for_one_is_copied(tmp_path: Path, name: str) -> None:
    """Header lines of the user's own, a command with a password, a query: none of it lies in our files."""
    world = World(tmp_path).furnish(CLUMSY)
    switcher = world.switcher()
    switcher.switch(name)
    switcher.switch("home" if name == "work" else "work")
    assert world.in_clear() == []
    switcher.off()
    assert world.in_clear() == []
    assert world.bytes() == CLUMSY
    for _ in range(3):
        switcher.undo()
    assert world.bytes() == CLUMSY
    assert world.in_clear() == []


def test_a_users_header_of_the_same_name_as_our_secret_one_stays(tmp_path: Path) -> None:
    before = b'{"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-Auth-Token: usersown"}}'
    world = World(tmp_path).furnish(before)
    world.add({**HOME, "name": "ext", "extra_headers": {"X-Auth-Token": "keyring:work"}})
    switcher = world.switcher()
    switcher.switch("ext")
    text = (world.bytes() or b"").decode()
    world.settings.write_text(text.replace(f"\\nX-Auth-Token: {KEY}", ""))
    switcher.off()
    assert world.env()["ANTHROPIC_CUSTOM_HEADERS"] == "X-Auth-Token: usersown"


def test_half_a_surrogate_typed_into_a_key_stops_nothing(world: World) -> None:
    switcher = world.switcher()
    switcher.switch("work")
    text = (world.bytes() or b"").decode()
    world.settings.write_bytes(text.replace(KEY, "x\\udc00").encode())
    assert [change.kind for change in switcher.read().changes] == ["changed"]
    switcher.off()
    assert world.bytes() == ORIGINAL


def test_an_old_copy_that_an_editor_wrote_back_is_not_taken_for_the_users(world: World) -> None:
    """Else the next `off` would put our route back, with a key in it, as what was there before."""
    switcher = world.switcher()
    switcher.switch("work")
    stale = world.bytes() or b""
    switcher.off()
    world.settings.write_bytes(stale)
    switcher.switch("home")
    assert world.in_clear() == []
    switcher.off()
    assert world.bytes() == ORIGINAL


def test_an_off_that_found_nothing_to_change_still_knows_an_old_copy_for_ours(world: World) -> None:
    """A backup put back by hand, `off` for good measure, and then an editor saves what it still had open."""
    world.switch("work")
    stale = world.bytes() or b""
    world.settings.write_bytes(ORIGINAL)
    world.switcher().off()
    world.settings.write_bytes(stale)
    world.switcher().off()
    assert world.bytes() == ORIGINAL


@pytest.mark.parametrize("now", ["off", "home"])
def test_undo_over_an_old_copy_takes_nothing_of_it_for_the_users(world: World, now: str) -> None:
    switcher = world.switcher()
    switcher.switch("work")
    stale = world.bytes() or b""
    switcher.off()
    if now == "home":
        switcher.switch("home")
    world.settings.write_bytes(stale)
    switcher.undo()
    switcher.off()
    assert world.bytes() == ORIGINAL
    assert world.orphans() == []


def test_after_an_old_copy_was_taken_out_the_users_settings_are_theirs_again(world: World) -> None:
    world.switch("work")
    old = world.bytes()
    world.switcher().off()
    world.settings.write_bytes(old or b"")
    world.switcher().off()
    assert world.bytes() == ORIGINAL
    assert world.switch("home").replaced == []  # what the user has is not told to be a change from outside
    world.switcher().undo()
    assert world.active() is None
    assert world.bytes() == ORIGINAL


def test_with_the_state_lost_our_helper_is_still_known_for_ours(world: World) -> None:
    world.settings.write_bytes(b'{"model": "opus"}')
    world.switcher().switch("home")
    os.unlink(world.files.state_path)
    world.switcher().off()
    assert "apiKeyHelper" not in (world.bytes() or b"").decode()
    assert world.env() == {}


def test_a_link_that_leads_to_another_file_now_gets_nothing_of_the_first(world: World) -> None:
    """The secret that was displaced from one file must not be put into another."""
    first, second = world.root / "first.json", world.root / "second.json"
    first.write_bytes(ORIGINAL)
    second.write_text("{}")
    world.settings.unlink()
    world.settings.symlink_to(first)
    world.switcher().switch("home")
    world.settings.unlink()
    world.settings.symlink_to(second)
    for change in (world.switcher().off, lambda: world.switcher().switch("work"), world.switcher().undo):
        with pytest.raises(ConflictError, match="leads to another file"):
            change()
    assert second.read_text() == "{}"
    world.settings.unlink()
    world.settings.symlink_to(first)
    world.switcher().off()
    assert first.read_bytes() == ORIGINAL


def test_settings_that_were_moved_and_linked_to_go_on(world: World) -> None:
    world.switcher().switch("home")
    moved = world.root / "dotfiles.json"
    os.rename(world.settings, moved)
    world.settings.symlink_to(moved)
    world.switcher().off()
    assert moved.read_bytes() == ORIGINAL


@pytest.mark.parametrize(
    "damage",
    [
        {"salt": "x"},
        {"current": {"active": None, "rendered": None, "digests": [], "memory": {}}},
        {"current": {"active": None, "rendered": None, "mode": "x", "memory": {}}},
        {"history": [{"inverse": 5}]},
    ],
)
def test_a_state_of_another_shape_is_said_to_be_damaged(world: World, damage: dict[str, object]) -> None:
    world.switcher().switch("home")
    path = Path(world.files.state_path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **damage}))
    with pytest.raises(PkccError, match="damaged"):
        world.switcher().switch("work")


def test_sessions_of_the_users_own_directory_count_for_another_settings_file(tmp_path: Path) -> None:
    """A project's settings file has no session files beside it, and running clients read it all the same."""
    world = World(tmp_path).furnish()
    home = tmp_path / "home-claude"
    locations = world.locations._replace(claude_home=str(home))
    switcher = Switcher(world.tools()._replace(locations=locations))
    switcher.switch("home")
    (home / "sessions").mkdir(parents=True)
    (home / "sessions" / f"{os.getpid()}.json").write_text(json.dumps({"pid": os.getpid(), "cwd": "/src"}))
    outcome = switcher.switch("work")
    assert [session.directory for session in outcome.sessions] == ["/src"]
    assert world.env()["ANTHROPIC_BASE_URL"] == ""


@pytest.mark.parametrize("written", [0, 40])
def test_a_file_that_an_editor_is_just_writing_is_waited_for(world: World, written: int) -> None:
    """Taken for an empty file it would be replaced, and all that the editor writes then be lost."""
    typed = ORIGINAL.replace(b'"opus"', b'"haiku"')
    editor = world.settings.open("wb", buffering=0)
    editor.write(typed[:written])

    def written_meanwhile(_: float) -> None:
        if not editor.closed:
            editor.write(typed[written:])
            editor.close()

    world.sleep = written_meanwhile  # type: ignore[method-assign]
    world.switch("home")
    assert b'"haiku"' in (world.bytes() or b"")
    world.switcher().off()
    assert world.bytes() == typed


def test_a_file_that_stays_empty_is_used_after_all(world: World) -> None:
    world.settings.write_bytes(b"")
    world.switch("home")
    assert world.env()
    world.switcher().off()
    assert world.bytes() == b""


def test_a_profile_that_goes_while_its_switch_waits_for_the_lock_is_not_written(world: World) -> None:
    """`remove` or `uninstall` in another window: the settings would name a helper whose key is gone."""

    class Going(ProfileStore):
        def rendered(self, name: str) -> Rendered:
            found = super().rendered(name)
            os.unlink(self.path_of(name))
            return found

    tools = world.tools()._replace(store=Going(world.locations))
    with pytest.raises(NotFoundError):
        Switcher(tools).switch("home")
    assert world.bytes() == ORIGINAL
