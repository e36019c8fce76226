"""One tray a user, whatever became of the one before."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from support.gateway.serving import serving, start
from support.home.user_home import UserHome

from profiles.base.errors import ConflictError, PkccError
from profiles.base.locations import Locations, find_locations
from profiles.files import locks
from tray.ipc.address import address, run_directory
from tray.ipc.client import Answer, ask
from tray.ipc.single_instance import acquire, bring_up_first, end_first

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="paths and modes of Linux and macOS")


@pytest.fixture
def locations(home: UserHome) -> Locations:
    return Locations(
        *(str(home.root / name / "pkcc-tray") for name in (".config", ".local/share", ".local/state")),
        str(home.settings),
    )


@pytest.fixture
def places(home: UserHome) -> Locations:
    """The same in one directory of our own, named so in the environment of the processes too."""
    home.environ |= {"PKCC_CONFIG_DIR": str(home.own), "CLAUDE_CONFIG_DIR": str(home.claude)}
    return find_locations(home.environ)


def test_the_lock_is_one_s_own_until_it_is_released(home: UserHome, locations: Locations) -> None:
    first = acquire(locations, home.environ)
    assert first is not None
    assert acquire(locations, home.environ) is None
    first.release()
    first.release()  # twice is harmless
    second = acquire(locations, home.environ)
    assert second is not None
    second.release()


def test_the_lock_that_is_held_is_the_one_that_is_there(
    home: UserHome, locations: Locations, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An `uninstall` removes it, directory and all: two trays would run, each with a lock of its own."""
    real, asked = locks.try_lock, []

    def removed_at_first(handle: int) -> bool:
        asked.append(handle)
        if len(asked) == 1:
            shutil.rmtree(runtime / "pkcc-tray")
        return real(handle)

    monkeypatch.setattr(locks, "try_lock", removed_at_first)
    first = acquire(locations, home.environ)
    assert (first is not None, (runtime / "pkcc-tray" / "tray.lock").exists()) == (True, True)
    assert acquire(locations, home.environ) is None


def test_it_lies_in_the_session_s_directory_and_only_if_that_is_ours_alone(
    home: UserHome, locations: Locations, runtime: Path
) -> None:
    own = str(Path(locations.state_dir) / "run")
    assert run_directory(locations, home.environ) == str(runtime / "pkcc-tray")
    runtime.chmod(0o755)
    assert run_directory(locations, home.environ) == own  # another user could look in
    runtime.chmod(0o700)
    link = home.root / "link"
    link.symlink_to(runtime)
    for unfit in (str(link), "relative", str(home.root / "nowhere"), ""):
        assert run_directory(locations, {"XDG_RUNTIME_DIR": unfit}) == own
    handle = acquire(locations, home.environ)
    assert handle is not None
    assert stat.S_IMODE((runtime / "pkcc-tray").stat().st_mode) == 0o700
    assert stat.S_IMODE((runtime / "pkcc-tray" / "tray.lock").stat().st_mode) == 0o600
    handle.release()


def test_a_directory_open_to_others_is_closed_to_them(
    home: UserHome, locations: Locations, runtime: Path
) -> None:
    place = runtime / "pkcc-tray"
    place.mkdir()
    place.chmod(0o777)
    handle = acquire(locations, home.environ)
    assert handle is not None
    handle.release()
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="giving a file away takes root")
def test_what_belongs_to_another_user_is_refused(home: UserHome, locations: Locations, runtime: Path) -> None:
    place = runtime / "pkcc-tray"
    place.mkdir(mode=0o700)
    (place / "tray.lock").touch()
    os.chown(place / "tray.lock", 65_534, 65_534)
    with pytest.raises(PkccError, match="not a file of yours"):
        acquire(locations, home.environ)
    os.chown(place, 65_534, 65_534)
    with pytest.raises(PkccError, match="not a directory of yours alone"):
        acquire(locations, home.environ)


def test_a_link_or_a_pipe_in_the_lock_s_place_is_refused_at_once(
    home: UserHome, locations: Locations, runtime: Path
) -> None:
    place = runtime / "pkcc-tray"
    place.mkdir(mode=0o700)
    lock, victim = place / "tray.lock", home.root / "victim"
    lock.symlink_to(victim)
    with pytest.raises(PkccError, match="cannot be locked"):
        acquire(locations, home.environ)
    assert not victim.exists()
    lock.unlink()
    os.mkfifo(lock)
    with pytest.raises(PkccError, match="cannot be locked"):
        acquire(locations, home.environ)
    lock.unlink()
    lock.mkdir()
    with pytest.raises(PkccError, match="cannot be locked"):
        acquire(locations, home.environ)


def test_after_kill_9_the_next_one_starts_and_answers(home: UserHome, places: Locations) -> None:
    with serving(home.environ, home.root) as first:
        first.process.kill()
        first.process.wait()
        assert os.path.lexists(first.address)  # left lying about
        assert ask(places, home.environ, "hello") is None
        with serving(home.environ, home.root) as second:
            assert second.address == first.address
            assert ask(places, home.environ, "hello") is not None


def test_of_many_that_start_at_once_exactly_one_runs(home: UserHome, places: Locations) -> None:
    processes = [start(home.environ, home.root, "tray") for _ in range(6)]
    try:
        assert all(process.stdout is not None for process in processes)
        words = [process.stdout.readline().split() for process in processes if process.stdout is not None]
        assert sorted(word[:1] for word in words) == [[]] * 5 + [["ready"]]
        assert bring_up_first(places, home.environ) == "pkcc-tray runs already: look for its icon."
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def test_a_second_start_brings_up_the_first_and_says_so(home: UserHome, places: Locations) -> None:
    with serving(home.environ, home.root) as first:
        assert bring_up_first(places, home.environ) == "pkcc-tray runs already: look for its icon."
        assert first.said() == "show"
        assert ask(places, home.environ, "quit") == Answer("", ())
        assert first.said() == "ended"
        assert first.process.wait(20) == 0
    assert not os.path.lexists(first.address)


def test_a_first_one_that_is_just_starting_is_waited_for(home: UserHome, places: Locations) -> None:
    answers: list[subprocess.Popen[str]] = []

    def sleep(_: float) -> None:
        if not answers:  # between the first one's lock and its socket
            answers.append(start(home.environ, home.root, "tray"))
            assert answers[0].stdout is not None
            assert answers[0].stdout.readline().startswith("ready")

    try:
        assert bring_up_first(places, home.environ, sleep).endswith("look for its icon.")
    finally:
        answers[0].kill()
        answers[0].communicate()


def test_one_that_hangs_is_told_of_and_not_waited_for_forever(home: UserHome, places: Locations) -> None:
    handle = acquire(places, home.environ)
    assert handle is not None
    assert "does not answer" in bring_up_first(places, home.environ, limit_s=0.1)
    handle.release()
    assert not os.path.lexists(address(places, home.environ))


def test_quitting_ends_the_tray_also_one_that_was_started_for_other_settings(
    home: UserHome, places: Locations
) -> None:
    with serving(home.environ, home.root, "tray") as first:
        others = places._replace(settings_path=str(home.root / "other.json"))
        assert ask(others, home.environ, "quit") is None  # it greets as another one
        assert end_first(others, home.environ)
        assert first.said() == "ended"
        assert first.process.wait(20) == 0
    assert not end_first(places, home.environ)


def test_quitting_where_none_ever_ran_makes_nothing(home: UserHome, places: Locations) -> None:
    assert not end_first(places, home.environ)
    assert not os.path.lexists(run_directory(places, home.environ))


def test_quitting_tells_of_one_that_hangs(home: UserHome, places: Locations) -> None:
    handle = acquire(places, home.environ)
    assert handle is not None
    with pytest.raises(ConflictError, match="does not answer"):
        end_first(places, home.environ, limit_s=0.1)
    handle.release()
