"""`uninstall` removes no lock under the hands of a command that holds it, nor of a tray that starts."""

from __future__ import annotations

import sys
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.home.user_home import UserHome

from profiles.base.locations import find_locations
from profiles.files.locks import locked, remove_lock, removing_lock
from profiles.switching.memory.state_files import state_files
from tray.actions.more.computer import own_files
from tray.actions.more.computer import uninstall as uninstalling
from tray.ipc.single_instance import acquire


def test_a_command_at_work_keeps_its_lock(home: UserHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """A third one would lock another file, and write what the first is writing."""
    home.environ["PKCC_CONFIG_DIR"] = str(home.own)
    home.add()
    lock = Path(find_locations(home.environ).state_dir) / "order.lock"
    monkeypatch.setattr(own_files, "remove_lock", partial(remove_lock, limit_s=0))
    with locked(str(lock)):
        ran = home.run("uninstall", "--yes")
        assert (ran.code, "does not finish" in ran.err, lock.exists()) == (4, True, True), ran
    home.ok("uninstall", "--yes")
    assert (lock.exists(), home.own.exists()) == (False, False)


def test_a_command_that_begins_meanwhile_keeps_what_it_writes(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lock and its half of a change were removed under it: it failed, or another wrote beside it."""
    home.environ["PKCC_CONFIG_DIR"] = str(home.own)
    home.add()
    home.ok("switch", "work")
    files, remove = state_files(find_locations(home.environ)), own_files.remove_own_files

    def meanwhile(*given: Any, **options: Any) -> tuple[str, ...]:
        with locked(files.lock_path):
            Path(files.next_path).write_text("{}")
            return remove(*given, **options)

    with monkeypatch.context() as patch:
        patch.setattr(own_files, "removing_lock", partial(removing_lock, limit_s=0))
        patch.setattr(uninstalling, "remove_own_files", meanwhile)
        ran = home.run("uninstall", "--yes")
    there = [Path(path).exists() for path in (files.lock_path, files.next_path)]
    assert (ran.code, "does not finish" in ran.err, there) == (4, True, [True, True]), ran
    home.ok("uninstall", "--yes")
    assert (Path(files.directory).exists(), home.own.exists()) == (False, False)


@pytest.mark.skipif(sys.platform == "win32", reason="each directory has a lock of its own there")
def test_no_tray_starts_while_its_lock_and_socket_are_removed(
    home: UserHome, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would go on without either: no command would reach it, and a second could start beside it."""
    home.environ["PKCC_CONFIG_DIR"] = str(home.own)
    home.add()
    locations, clear = find_locations(home.environ), own_files._cleared
    handle = acquire(locations, home.environ)
    assert handle is not None
    handle.release()
    at_once = []

    def starting(directory: str, patterns: Collection[str], known: Collection[str]) -> list[str]:
        if directory == str(runtime / "pkcc-tray"):
            at_once.append(acquire(locations, home.environ))
        return clear(directory, patterns, known)

    monkeypatch.setattr(own_files, "_cleared", starting)
    home.ok("uninstall", "--yes")
    assert (at_once, (runtime / "pkcc-tray").exists()) == ([None], False)
    after = acquire(locations, home.environ)
    assert after is not None
    after.release()
