"""The tray as a user runs it, in a process of its own: starting, serving, and ending, whatever it meets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest import mock

import pytest
from support.desktop import notification_service
from support.desktop.private_bus import private_bus
from support.desktop.status_notifier import eventually
from support.gateway.account import HostedAccount
from support.gateway.account_rows import provider
from support.gateway.release_site import NEWER, Site
from support.home.user_home import KEY, ROOT, UserHome, files_with

from profiles.base.locations import find_locations
from tray.app import App
from tray.ipc.address import address
from tray.ipc.client import ask
from tray.runtime import run as desktop

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and modes of Linux and macOS")

LIMIT_S = 20
GATEWAY, THIEF = "https://api.portkey.ai", "https://thief.example"
ALREADY = "pkcc-tray runs already: look for its icon.\n"


class Running:
    """A tray's process."""

    def __init__(self, home: UserHome, process: subprocess.Popen[str]) -> None:
        self.home = home
        self.process = process

    @property
    def log(self) -> str:
        return self.home.log.read_text()  # type: ignore[attr-defined, no-any-return]

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def ended(self) -> tuple[int, str, str]:
        """Exit code, and what it printed."""
        out, err = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, out, err


@pytest.fixture
def home(home: UserHome) -> Iterator[UserHome]:
    home.add("work", "--provider", "@work")
    home.add("play", "--provider", "@play")
    home.log = home.root / ".local" / "state" / "pkcc-tray" / "tray.log"  # type: ignore[attr-defined]
    runtime = home.root / "runtime"
    runtime.mkdir(mode=0o700)
    home.environ["XDG_RUNTIME_DIR"] = str(runtime)
    with mock.patch.dict(os.environ, home.environ, clear=True):
        yield home


def answers(home: UserHome) -> bool:
    locations = find_locations(home.environ)
    return ask(locations, home.environ, "hello") is not None


@contextmanager
def started(home: UserHome, *argv: str, code: str = "", ready: bool = True) -> Iterator[Running]:
    """A tray, by its command or by Python code that runs first; `ready`: it answers already."""
    words = argv or ("tray", "--headless")
    run = "import sys\nsys.argv = ['tray', *sys.argv[1:]]\n" + code
    run += "\nfrom tray.__main__ import main\nsys.exit(main())"
    program = ["-c", run] if code else ["-m", "tray"]
    with subprocess.Popen(
        [sys.executable, *program, *words],
        env=home.environ,
        cwd=home.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            if ready:
                eventually(lambda: answers(home) or process.poll() is not None, "it answers")
                assert process.poll() is None, process.communicate()
            yield Running(home, process)
        finally:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)
            process.kill()


@pytest.fixture
def tray(home: UserHome) -> Iterator[Running]:
    with started(home) as running:
        yield running


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_crash_dumps_no_keys(home: UserHome) -> None:
    # Its memory holds the keys it gave out, and a core dump may be sent to those who make the system.
    raised = "import resource as r\nhard = r.getrlimit(r.RLIMIT_CORE)[1]\n"
    with started(home, code=f"{raised}r.setrlimit(r.RLIMIT_CORE, (hard, hard))") as tray:
        limits = Path(f"/proc/{tray.process.pid}/limits").read_text().splitlines()
        (line,) = [line for line in limits if line.startswith("Max core file size")]
        assert line.split()[4] == "0"


# Starting --------------------------------------------------------------------------------------------


def test_it_says_nothing_and_logs_its_start(tray: Running) -> None:
    tray.signal(signal.SIGTERM)
    assert tray.ended() == (0, "", "")
    words = [line.split(" ", 3)[3] for line in tray.log.splitlines()]
    assert words[0].startswith("pkcc-tray ")
    assert words[0].endswith(f"started, process {tray.process.pid}")
    assert words[1:] == ["without an icon, as asked", "ended"]
    assert tray.home.log.stat().st_mode & 0o777 == 0o600  # type: ignore[attr-defined]


def test_a_system_without_an_event_left_is_what_status_says_then(home: UserHome) -> None:
    refusing = "import watchdog.observers\ndef refuse(): raise OSError(24, 'none left')\n"
    with started(home, code=f"{refusing}watchdog.observers.Observer = refuse"):
        eventually(lambda: "late: none left. `sudo sysctl" in home.ok("status").text, "status says it")


def test_a_tray_that_runs_for_weeks_collects_its_garbage(home: UserHome) -> None:
    """A command does without, being over before that counts."""
    said_at_the_end = "import atexit, gc\natexit.register(lambda: print(gc.isenabled()))"
    with started(home, code=said_at_the_end) as tray:
        tray.signal(signal.SIGTERM)
        assert tray.ended() == (0, "True\n", "")
    with started(home, "status", code=said_at_the_end, ready=False) as command:
        assert command.ended()[1].endswith("False\n")


def test_a_second_one_says_so_and_ends_at_once(tray: Running) -> None:
    began = time.monotonic()
    assert tray.home.spawn("tray", "--headless") == (0, ALREADY, "")
    assert time.monotonic() - began < LIMIT_S / 2
    assert tray.process.poll() is None


@pytest.mark.parametrize(
    ("words", "display", "starts"),
    [
        ((), "", False),
        ((), ":987", True),
        (("--headless",), "", True),
        (("--headless",), ":987", True),
        (("tray",), "", True),
        (("--json",), ":987", False),
        (("--help",), ":987", False),
        (("--version",), ":987", False),
    ],
)
def test_what_starts_it_and_what_does_not(
    tray: Running, words: tuple[str, ...], display: str, starts: bool
) -> None:
    """The first one tells: a start is answered by it, anything else prints help."""
    ran = tray.home.spawn(*words, env={**tray.home.environ, "DISPLAY": display})
    assert ran.code == 0
    assert (ALREADY.strip() in ran.out) == starts
    assert starts or "pkcc-tray" in ran.out


def test_the_wish_for_json_is_answered_by_json(home: UserHome) -> None:
    assert "usage" in home.spawn("--json").json()["data"]["text"].lower()


def test_files_made_while_it_runs_get_the_user_s_own_modes(home: UserHome) -> None:
    """The socket is made under a umask of its own, for that moment only."""
    with started(home, code="import os; os.umask(0o022)") as tray:
        status = Path(f"/proc/{tray.process.pid}/status")
        if status.exists():
            assert "Umask:\t0022" in status.read_text()
        socket = Path(address(find_locations(home.environ), home.environ))
        assert socket.stat().st_mode & 0o777 == 0o600
        assert socket.parent.stat().st_mode & 0o777 == 0o700


def test_with_a_display_and_no_session_bus_it_goes_on_without_an_icon(home: UserHome) -> None:
    home.environ["DISPLAY"] = ":987"
    with started(home, "tray") as tray:
        eventually(lambda: "no icon: " in tray.log, "the reason for no icon")
        assert home.spawn("switch", "work").code == 0
        tray.signal(signal.SIGTERM)
        assert tray.ended()[0] == 0


def test_after_kill_9_the_next_one_starts_in_its_place(tray: Running) -> None:
    socket = address(find_locations(tray.home.environ), tray.home.environ)
    tray.process.kill()
    tray.process.wait()
    assert os.path.lexists(socket)
    assert tray.home.spawn("switch", "work").code == 0
    with started(tray.home) as second:
        assert second.home.spawn("tray").out == ALREADY


def test_a_runtime_directory_that_cannot_be_used_is_said_with_the_remedy(home: UserHome) -> None:
    (home.root / "runtime" / "pkcc-tray").write_text("")
    ran = home.spawn("tray", "--headless")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[0].startswith("Error: ")
    assert str(home.root / "runtime" / "pkcc-tray") in ran.err
    assert "Move it away" in ran.err


@pytest.mark.parametrize("place", ["nowhere", "relative", ""])
def test_without_a_runtime_directory_it_uses_its_own(home: UserHome, place: str) -> None:
    home.environ["XDG_RUNTIME_DIR"] = place and (str(home.root / place) if place == "nowhere" else place)
    with started(home) as tray:
        assert tray.home.spawn("tray").out == ALREADY


def test_a_socket_s_place_taken_by_something_else_is_told_and_commands_work_alone(home: UserHome) -> None:
    socket = Path(address(find_locations(home.environ), home.environ))
    socket.mkdir(parents=True)
    (socket / "file").write_text("")
    with started(home, ready=False) as tray:
        eventually(lambda: home.log.exists() and "without an icon" in tray.log, "its start")  # type: ignore[attr-defined]
        assert "Commands cannot reach the tray" in tray.log
        assert home.spawn("switch", "work").code == 0
        tray.signal(signal.SIGTERM)
        assert tray.ended()[0] == 0


def test_a_state_directory_that_is_none_keeps_it_from_nothing_it_can_do(home: UserHome) -> None:
    import shutil

    state = home.root / ".local" / "state" / "pkcc-tray"
    shutil.rmtree(state, ignore_errors=True)
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text("")
    with started(home) as tray:
        assert home.spawn("key", "print", "work").out == f"{KEY}\n"
        tray.signal(signal.SIGTERM)
        code, _, err = tray.ended()
        assert code == 0
        assert "the log cannot be written: " in err
        assert "Traceback" not in err


def test_a_fault_that_ends_it_is_in_the_log_without_its_text(home: UserHome) -> None:
    app = App(find_locations(home.environ), home.environ, interactive=False, directory="/")
    failing = mock.patch.object(desktop._Tray, "run", side_effect=RuntimeError(KEY))
    with failing, pytest.raises(RuntimeError):
        desktop.run_tray(app, headless=True)
    log = home.log.read_text()  # type: ignore[attr-defined]
    assert "the tray ended by a fault" in log
    assert KEY not in log


# Running ---------------------------------------------------------------------------------------------


def test_commands_go_through_it(tray: Running) -> None:
    home = tray.home
    assert home.spawn("switch", "work").code == 0
    assert home.spawn("key", "print", "work").out == f"{KEY}\n"
    vault = home.root / ".local" / "share" / "pkcc-tray" / "vault"
    vault.rename(vault.with_name("away"))
    assert home.spawn("key", "print", "work").out == f"{KEY}\n"  # only its memory has it
    assert home.spawn("status", "--short").out == "work\n"
    tray.signal(signal.SIGTERM)
    tray.ended()
    assert home.spawn("key", "print", "work").code != 0
    assert files_with(KEY, home.root) == []


def test_it_knows_when_claude_code_runs_and_when_no_longer(tray: Running) -> None:
    sessions = tray.home.claude / "sessions"
    with subprocess.Popen(["/bin/sleep", "60"]) as session:
        try:
            sessions.mkdir()
            listed = sessions / f"{session.pid}.json"
            listed.write_text(json.dumps({"pid": session.pid, "cwd": "/"}))
            eventually(lambda: tray.log.endswith("Claude Code runs\n"), "a session is known")
            listed.unlink()
            eventually(lambda: tray.log.endswith("Claude Code runs no longer\n"), "its end is known")
        finally:
            session.kill()


def test_a_budget_s_threshold_and_its_end_are_notified_once_each_also_over_a_restart(
    home: UserHome, tmp_path: Path
) -> None:
    """By a command in a process of its own, at each beat of a session that runs."""
    often = "import tray.runtime.watch.beat.sessions as s, tray.runtime.watch.budget.watch as b\n"
    often += "s.BEAT_S, b.AGAIN_S = 0.05, 0.0"
    limits = {"credit_limit": 500, "type": "cost", "alert_threshold": 400, "current_usage": 410}
    with (
        HostedAccount(KEY) as hosted,
        private_bus(tmp_path / "bus") as bus,
        subprocess.Popen(["/bin/sleep", "60"]) as session,
    ):
        hosted.providers = [provider("anthropic-prod", usage_limits=limits)]
        home.add("there", "--provider", "@anthropic-prod", "--gateway", hosted.url)
        home.ok("switch", "there")
        home.ok("preference", "usage", "on")
        (home.claude / "sessions").mkdir()
        (home.claude / f"sessions/{session.pid}.json").write_text(
            json.dumps({"pid": session.pid, "cwd": "/"})
        )
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.address

        def asked(times: int) -> None:
            before = len(hosted.asked)
            eventually(lambda: len(hosted.asked) >= before + 3 * times, "the account was asked")

        with notification_service.service(bus.address) as service:
            with started(home, code=often):
                assert service.next().title == "82 % of the budget is used"
                hosted.providers = [provider("anthropic-prod", usage_limits={**limits, "current_usage": 500})]
                assert service.next().title == "The budget is used up"
                asked(2)
            with started(home, code=often) as tray:
                asked(3)
                tray.signal(signal.SIGTERM)
                assert tray.ended() == (0, "", "")
            assert service.shown.empty()
        session.kill()
    assert files_with(KEY, home.root / ".local" / "state") == []


def test_a_wish_to_restore_is_carried_out(tray: Running) -> None:
    tray.home.ok("preference", "on_drift", "restore")
    tray.home.ok("switch", "work")
    tray.home.edit_settings(GATEWAY, THIEF)
    eventually(lambda: GATEWAY in tray.home.settings.read_text(), "the gateway put back")
    eventually(lambda: "put back: work" in tray.log, "the log's word for it")
    assert THIEF not in tray.log


def test_a_theft_is_told_and_put_back_from_the_notification(home: UserHome, tmp_path: Path) -> None:
    with private_bus(tmp_path / "bus") as bus:
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        with notification_service.service(bus.address) as service, started(home) as tray:
            home.spawn("switch", "work")
            home.edit_settings(GATEWAY, THIEF)
            shown = service.next()
            assert shown.title == "Your key would go elsewhere"
            assert shown.body.startswith("api.portkey.ai was changed to thief.example, not by pkcc-tray.")
            assert shown.actions[::2] == ["restore", "diff"]
            service.emit("ActionInvoked", "us", shown.id, "restore")
            eventually(lambda: GATEWAY in home.settings.read_text(), "the gateway put back")
            assert service.closed.get(timeout=LIMIT_S) == shown.id
            assert "changed by something else: ANTHROPIC_BASE_URL" in tray.log


def test_a_stopped_tray_holds_no_command_up_and_sees_all_when_it_goes_on(home: UserHome) -> None:
    home.ok("preference", "on_drift", "restore")
    with started(home) as tray:
        home.spawn("switch", "work")
        tray.signal(signal.SIGSTOP)
        os.waitid(os.P_PID, tray.process.pid, os.WSTOPPED | os.WNOWAIT)
        began = time.monotonic()
        assert home.spawn("switch", "play").code == 0
        assert home.spawn("key", "print", "play").out == f"{KEY}\n"
        assert time.monotonic() - began < LIMIT_S / 2
        home.edit_settings(GATEWAY, THIEF)
        tray.signal(signal.SIGCONT)
        eventually(lambda: GATEWAY in home.settings.read_text(), "the gateway put back")
        assert home.spawn("status", "--short").out == "play\n"


def test_an_older_tray_is_left_alone_and_a_newer_start_says_what_to_do(home: UserHome) -> None:
    with started(home, code="import profiles; profiles.__version__ = '0.0.1'", ready=False) as tray:
        socket = address(find_locations(home.environ), home.environ)
        eventually(lambda: os.path.lexists(socket), "its socket")
        assert home.spawn("switch", "work").code == 0
        assert home.spawn("key", "print", "work").out == f"{KEY}\n"
        ran = home.spawn("tray")
        assert ran.out.startswith("pkcc-tray runs already, but does not answer")
        eventually(lambda: "0.0.1 started" in tray.log, "its log")
        tray.signal(signal.SIGTERM)
        assert tray.ended()[0] == 0


def test_a_program_replaced_under_it_is_told_and_commands_work_on(home: UserHome, tmp_path: Path) -> None:
    """An upgrade takes the files away that the running one would load with the first click."""
    import shutil

    copy = tmp_path / "installed"
    for package in ("tray", "profiles"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    take = f"sys.path.insert(0, {str(copy)!r})"
    with private_bus(tmp_path / "bus") as bus:
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        with notification_service.service(bus.address) as service, started(home, code=take) as tray:
            home.ok("switch", "work")
            home.edit_settings("@work", "@mine")
            shown = service.next()
            copy.rename(tmp_path / "upgraded")
            service.emit("ActionInvoked", "us", shown.id, "adopt")
            assert service.next().title == "pkcc-tray was upgraded"
            assert "ModuleNotFoundError" in tray.log
            assert home.spawn("switch", "play").code == 0
            home.edit_settings(GATEWAY, THIEF)
            assert "thief.example" in service.next().body  # it goes on watching
            tray.signal(signal.SIGTERM)
            assert tray.ended()[0] == 0


def test_a_home_of_an_odd_name_and_everything_in_it_works(tmp_path: Path) -> None:
    home = UserHome(tmp_path / "Mäx 'n' \"Co\" $HOME `id` ключ")
    home.add("work", "--provider", "@work")
    home.log = home.root / ".local" / "state" / "pkcc-tray" / "tray.log"  # type: ignore[attr-defined]
    with mock.patch.dict(os.environ, home.environ, clear=True), started(home) as tray:
        assert home.spawn("switch", "work").code == 0
        assert home.spawn("key", "print", "work").out == f"{KEY}\n"
        tray.signal(signal.SIGTERM)
        assert tray.ended() == (0, "", "")
        assert tray.log.endswith("ended\n")


@pytest.mark.parametrize("words", [("--settings", "other.json"), ("--config-dir", "own")])
def test_one_of_other_places_does_nothing_to_the_usual_ones(home: UserHome, words: tuple[str, str]) -> None:
    option = (words[0], str(home.root / words[1]))
    with started(home, *option, "tray", "--headless", ready=False) as tray:
        eventually(lambda: home.log.exists() or (home.root / "own/state/tray.log").exists(), "its log")  # type: ignore[attr-defined]
        assert home.spawn("switch", "work").code == 0
        assert home.env()["ANTHROPIC_BASE_URL"] == GATEWAY
        assert "started for other settings" in home.spawn("tray").out
        eventually(lambda: home.spawn(*option, "tray").out == ALREADY, "it answers its own")
        tray.signal(signal.SIGTERM)
        assert tray.ended()[0] == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"on_drift": "panic"}', "[" * 100_000, "x" * 17_000_000])
def test_preferences_that_cannot_be_read_keep_no_alarm_back(
    home: UserHome, tmp_path: Path, text: str
) -> None:
    (home.own / "preferences.json").write_text(text)
    with private_bus(tmp_path / "bus") as bus:
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        with notification_service.service(bus.address) as service, started(home) as tray:
            home.spawn("switch", "work")
            home.edit_settings(GATEWAY, THIEF)
            assert "thief.example" in service.next().body
            assert "preferences.json" in tray.log
            assert home.spawn("key", "print", "work").out == f"{KEY}\n"


# Ending ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_clean_and_settings_stay(tray: Running, number: int) -> None:
    tray.home.spawn("switch", "work")
    before = tray.home.settings.read_bytes()
    tray.signal(number)
    assert tray.ended() == (0, "", "")
    assert tray.log.endswith("INFO ended\n")
    assert tray.home.settings.read_bytes() == before
    assert not os.path.lexists(address(find_locations(tray.home.environ), tray.home.environ))
    with started(tray.home):
        pass


def test_asked_to_quit_by_a_command_many_times_it_ends_once(tray: Running) -> None:
    locations = find_locations(tray.home.environ)
    for _ in range(50):
        ask(locations, tray.home.environ, "quit")
    assert tray.ended() == (0, "", "")
    assert tray.log.count("ended") == 1


def test_the_display_s_end_ends_it(home: UserHome) -> None:
    import socket

    path = home.root / "runtime" / "wayland-9"
    home.environ["WAYLAND_DISPLAY"] = path.name
    with socket.socket(socket.AF_UNIX) as display:
        here = os.getcwd()
        os.chdir(path.parent)  # its whole path may be too long for a socket's
        try:
            display.bind(path.name)
        finally:
            os.chdir(here)
        display.listen()
        if len(os.fsencode(path)) > 100:
            pytest.skip("the temporary directory's path is too long for a socket")
        with started(home, "tray") as tray:
            client, _ = display.accept()
            path.unlink()
            display.close()
            client.close()
            assert tray.ended()[0] == 0
            assert "the desktop session is over" in tray.log


# A new version ---------------------------------------------------------------------------------------


def test_a_running_tray_finds_a_signed_new_version_tells_of_it_and_doctor_does_not_ask_again(
    home: UserHome,
) -> None:
    with Site() as site:
        code = (
            "from functools import partial\n"
            "from tray.runtime import run\nfrom tray.updates.update_watch import UpdateWatch\n"
            "from tray.updates.signed_release import Source\n"
            f"source = Source({site.source.url!r}, {site.source.public_key!r})\n"
            "run.UpdateWatch = partial(UpdateWatch, source=source, first_s=0)\n"
        )
        record = home.root / ".local" / "state" / "pkcc-tray" / "updates.json"
        with started(home, code=code) as tray:
            eventually(
                lambda: record.exists() and json.loads(record.read_text())["told"] == NEWER, "it is told"
            )
            tray.signal(signal.SIGTERM)
            assert tray.ended() == (0, "", "")
        assert [path for path, _ in site.requests] == ["/download/SHA256SUMS", "/download/SHA256SUMS.minisig"]
        for _, headers in site.requests:
            assert set(headers) == {"Host", "Accept-Encoding", "Connection"}
        assert "fault" not in tray.log
        found = home.run("doctor", "--json").json()["data"]["findings"]
        assert [NEWER in finding["what"] for finding in found if finding["check"] == "new-version"] == [True]
        assert len(site.requests) == 2
