"""The tray starts at login where the user wants it, and only there; asking changes nothing."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.home.user_home import UserHome
from support.missing import impossible

from profiles.base.errors import PkccError
from profiles.base.locations import Locations
from tray.desktop import autostart
from tray.desktop.autostart import Status, login_command
from tray.desktop.autostart import linux as _linux
from tray.desktop.autostart import macos as _macos
from tray.desktop.autostart import windows as _windows

COMMAND = ["/opt/pkcc tray/bin/pkcc-tray", "tray"]
OTHER = ["/usr/bin/pkcc-tray", "tray"]
NASTY = [
    "/opt/plain/pkcc-tray",
    "/opt/two  spaces/pkcc-tray",
    '/opt/"quoted"/pkcc-tray',
    "/opt/it's/pkcc-tray",
    "/opt/back\\slash/pkcc-tray",
    "/opt/end\\\\/pkcc-tray",
    "/opt/$HOME/pkcc-tray",
    "/opt/`id`/pkcc-tray",
    "/opt/a;b&c|d<e>f(g)h*i?j#k~l/pkcc-tray",
    "/opt/名前/é/pkcc-tray",
    "/opt/a=b/pkcc-tray",
]


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The home of a user; `locations.home` asks the process's own environment too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return {"HOME": str(tmp_path)}


def files_below(directory: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and directory with its time of change, and a file's content."""
    return {
        str(path): (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in sorted(directory.rglob("*"))
    }


def require(tool: str, package: str) -> str:
    found = shutil.which(tool)
    if found is None:
        reason = f"not installed: {tool} (apt install {package})"
        impossible(reason)
    return found


class TestLinux:
    @pytest.fixture
    def entry(self, environ: dict[str, str]) -> Path:
        return Path(environ["HOME"]) / ".config" / "autostart" / "pkcc-tray.desktop"

    def test_on_and_off_and_on_again(self, environ: dict[str, str], entry: Path) -> None:
        assert _linux.status(environ, COMMAND) == Status(False, False, False, str(entry), "")
        for _ in range(2):
            _linux.enable(environ, COMMAND)
            _linux.enable(environ, COMMAND)
            assert _linux.status(environ, COMMAND) == Status(True, False, False, str(entry), "")
            _linux.disable(environ)
            _linux.disable(environ)
            assert not entry.exists()

    def test_the_users_configuration_directory_is_honoured(self, environ: dict[str, str]) -> None:
        elsewhere = Path(environ["HOME"]) / "conf"
        _linux.enable({**environ, "XDG_CONFIG_HOME": str(elsewhere)}, COMMAND)
        assert (elsewhere / "autostart" / "pkcc-tray.desktop").exists()
        assert _linux.entry_path({**environ, "XDG_CONFIG_HOME": "relative"}) == _linux.entry_path(environ)

    @pytest.mark.parametrize("program", NASTY)
    def test_every_path_gives_an_entry_that_the_desktops_own_checker_accepts(
        self, environ: dict[str, str], entry: Path, program: str
    ) -> None:
        checker = require("desktop-file-validate", "desktop-file-utils")
        _linux.enable(environ, [program, "--settings", "/a b/100%.json", "tray"])
        checked = subprocess.run([checker, entry], capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stdout) == (0, "")

    @pytest.mark.parametrize("program", NASTY)
    def test_every_path_is_started_by_a_real_launcher_exactly_as_it_is(
        self, environ: dict[str, str], entry: Path, program: str
    ) -> None:
        """A mistake in quoting starts another program, or a command hidden in a directory's name."""
        launcher = require("gio", "libglib2.0-bin")  # GLib's own launcher
        real = Path(environ["HOME"] + program)
        real.parent.mkdir(parents=True)
        real.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$HOME/started"\n')
        real.chmod(0o700)
        _linux.enable(environ, [str(real), "--settings", "/a b/100%.json", "tray"])
        environment = {"HOME": environ["HOME"], "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        os.mkfifo(Path(environ["HOME"]) / "started")
        subprocess.run([launcher, "launch", entry], env=environment, check=True, timeout=30)
        reader = ["cat", f"{environ['HOME']}/started"]
        started = subprocess.run(reader, capture_output=True, text=True, check=True, timeout=30)
        assert started.stdout == "--settings\n/a b/100%.json\ntray\n"

    @given(
        st.lists(st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" ")), min_size=1)
    )
    def test_what_is_written_is_read_back(self, command: list[str]) -> None:
        """Else a right entry would be called stale, for ever."""
        command = [f"/{command[0].replace('%', '')}/pkcc-tray", *command[1:]]
        values = _linux.read_entry(_linux.entry_text(command))
        assert _linux.parse_exec(values["exec"]) == command
        assert values["tryexec"] == command[0]

    def test_a_percent_sign_in_the_path_is_refused_and_nothing_is_written(
        self, environ: dict[str, str], entry: Path
    ) -> None:
        with pytest.raises(PkccError, match="%") as caught:
            _linux.enable(environ, ["/opt/100%/pkcc-tray", "tray"])
        assert "without that sign" in caught.value.hint
        assert not entry.exists()

    @pytest.mark.parametrize("program", ["/opt/a\nHidden=true/p", "/opt/\x1b/p", "/opt/\udcff/p"])
    def test_no_path_smuggles_a_line_into_the_entry(
        self, environ: dict[str, str], entry: Path, program: str
    ) -> None:
        with pytest.raises(PkccError):
            _linux.enable(environ, [program, "tray"])
        assert not entry.exists()

    @pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false", "hidden = TRUE"])
    def test_the_users_own_off_is_respected_until_the_user_says_on(
        self, environ: dict[str, str], entry: Path, line: str
    ) -> None:
        _linux.enable(environ, COMMAND)
        text = entry.read_text().replace("X-GNOME-Autostart-enabled=true\n", "")
        entry.write_text(text + line + "\n")
        status = _linux.status(environ, COMMAND)
        assert (status.enabled, status.by_user_disabled) == (False, True)
        _linux.enable(environ, COMMAND)
        assert _linux.status(environ, COMMAND).enabled

    def test_a_program_that_has_moved_is_told(self, environ: dict[str, str]) -> None:
        _linux.enable(environ, OTHER)
        status = _linux.status(environ, COMMAND)
        assert (status.enabled, status.stale) == (True, True)
        assert "/usr/bin/pkcc-tray tray" in status.detail

    def test_an_option_that_the_user_added_is_ignored(self, environ: dict[str, str], entry: Path) -> None:
        _linux.enable(environ, COMMAND)
        entry.write_text(entry.read_text().replace(" tray\n", " tray --headless\n"))
        assert not _linux.status(environ, COMMAND).stale

    @pytest.mark.parametrize(
        "content", [b"", b"\xff\xfe", b'[Desktop Entry]\nExec="open', b"[Other]\nExec=x"]
    )
    def test_a_broken_entry_is_stale_and_no_traceback(
        self, environ: dict[str, str], entry: Path, content: bytes
    ) -> None:
        entry.parent.mkdir(parents=True)
        entry.write_bytes(content)
        assert _linux.status(environ, COMMAND).stale

    def test_what_cannot_be_read_is_neither_on_nor_off(self, environ: dict[str, str], entry: Path) -> None:
        entry.mkdir(parents=True)
        status = _linux.status(environ, COMMAND)
        assert status.enabled is None
        assert "directory" in status.detail
        with pytest.raises(PkccError, match="cannot be"):
            _linux.enable(environ, COMMAND)
        with pytest.raises(PkccError, match="cannot be removed"):
            _linux.disable(environ)

    def test_asking_writes_nothing(self, environ: dict[str, str], entry: Path) -> None:
        home = Path(environ["HOME"])
        _linux.status(environ, COMMAND)
        assert files_below(home) == {}
        _linux.enable(environ, COMMAND)
        before = files_below(home)
        _linux.status(environ, COMMAND)
        assert files_below(home) == before


class TestMacos:
    @pytest.fixture
    def agent(self, environ: dict[str, str]) -> Path:
        return Path(environ["HOME"]) / "Library" / "LaunchAgents" / f"{_macos.LABEL}.plist"

    @pytest.fixture
    def launchctl(self, environ: dict[str, str]) -> str:
        """Writes down how it was called."""
        path = Path(environ["HOME"]) / "launchctl"
        path.write_text('#!/bin/sh\necho "$@" >> "$HOME/calls"\nexit 1\n')
        path.chmod(0o700)
        return str(path)

    def test_on_and_off(self, environ: dict[str, str], agent: Path, launchctl: str) -> None:
        assert _macos.status(environ, COMMAND).enabled is False
        _macos.enable(environ, COMMAND, launchctl)
        assert _macos.status(environ, COMMAND) == Status(True, False, False, str(agent), "")
        assert plistlib.loads(agent.read_bytes()) == {
            "Label": _macos.LABEL,
            "ProgramArguments": COMMAND,
            "RunAtLoad": True,
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
        _macos.disable(environ)
        _macos.disable(environ)
        assert _macos.status(environ, COMMAND).enabled is False

    def test_on_takes_back_an_earlier_off_and_starts_no_second_tray(
        self, environ: dict[str, str], launchctl: str
    ) -> None:
        _macos.enable(environ, COMMAND, launchctl)
        calls = (Path(environ["HOME"]) / "calls").read_text()
        assert calls == f"enable gui/{os.getuid()}/{_macos.LABEL}\n"

    def test_a_system_without_launchctl_is_no_failure(self, environ: dict[str, str]) -> None:
        _macos.enable(environ, COMMAND, "/nowhere/launchctl")
        assert _macos.status(environ, COMMAND).enabled

    @pytest.mark.parametrize("program", [*NASTY, "/opt/100%/pkcc-tray", "/opt/<b>&amp;/pkcc-tray"])
    def test_every_path_comes_back_as_it_is(
        self, environ: dict[str, str], agent: Path, launchctl: str, program: str
    ) -> None:
        _macos.enable(environ, [program, "tray"], launchctl)
        assert plistlib.loads(agent.read_bytes())["ProgramArguments"] == [program, "tray"]

    def test_the_agent_is_well_formed_by_another_reader(
        self, environ: dict[str, str], agent: Path, launchctl: str
    ) -> None:
        checker = require("plistutil", "libplist-utils")
        _macos.enable(environ, COMMAND, launchctl)
        subprocess.run([checker, "-i", agent, "-o", "/dev/null"], check=True, capture_output=True)

    @pytest.mark.parametrize("program", ["/opt/\x00/p", "/opt/\x1b/p", "/opt/\udcff/p"])
    def test_a_path_that_no_agent_can_hold_is_refused(
        self, environ: dict[str, str], agent: Path, program: str
    ) -> None:
        with pytest.raises(PkccError, match="cannot start at login"):
            _macos.enable(environ, [program, "tray"], "/nowhere/launchctl")
        assert not agent.exists()

    def test_launchds_own_list_of_what_the_user_switched_off_is_respected(
        self, environ: dict[str, str], agent: Path, launchctl: str
    ) -> None:
        _macos.enable(environ, COMMAND, launchctl)
        overrides = Path(environ["HOME"]) / "disabled.plist"
        for disabled in (True, False):
            overrides.write_bytes(plistlib.dumps({_macos.LABEL: disabled, "other": True}))
            status = _macos.status(environ, COMMAND, str(overrides))
            assert (status.enabled, status.by_user_disabled) == (not disabled, disabled)
        agent.write_bytes(plistlib.dumps({**plistlib.loads(agent.read_bytes()), "Disabled": True}))
        assert _macos.status(environ, COMMAND, str(overrides)).by_user_disabled

    def test_an_agent_for_another_program_or_a_broken_one_is_told(
        self, environ: dict[str, str], agent: Path, launchctl: str
    ) -> None:
        _macos.enable(environ, OTHER, launchctl)
        assert _macos.status(environ, COMMAND).stale
        for content in (
            b"",
            b"<plist><dict>",
            b"bplist00",
            plistlib.dumps([1]),
            plistlib.dumps({"Label": "x"}),
        ):
            agent.write_bytes(content)
            assert _macos.status(environ, COMMAND).enabled is False
        agent.write_bytes(plistlib.dumps({"RunAtLoad": True, "ProgramArguments": "x"}))
        assert _macos.status(environ, COMMAND).stale

    def test_asking_writes_nothing_and_calls_nothing(
        self, environ: dict[str, str], launchctl: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _macos.enable(environ, COMMAND, launchctl)
        before = files_below(Path(environ["HOME"]))
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a program was run"))
        _macos.status(environ, COMMAND)
        assert files_below(Path(environ["HOME"])) == before


class Registry:
    """As `winreg`, for the calls that are made here: a key is made only by CreateKeyEx."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, KEY_QUERY_VALUE, REG_SZ, REG_BINARY = "HKCU", 2, 1, 1, 3

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, tuple[object, int]]] = {}
        self.forbidden = False
        self.writes = 0

    @contextmanager
    def _open(self, name: str, access: int) -> Iterator[tuple[str, int]]:
        yield name, access

    def OpenKey(self, root: str, name: str, _: int, access: int) -> Any:  # noqa: N802
        if self.forbidden:
            raise PermissionError(5, "Access is denied")
        if name not in self.keys:
            raise FileNotFoundError(2, "no such key")
        return self._open(name, access)

    def CreateKeyEx(self, root: str, name: str, _: int, access: int) -> Any:  # noqa: N802
        if self.forbidden:
            raise PermissionError(5, "Access is denied")
        self.keys.setdefault(name, {})
        self.writes += 1
        return self._open(name, access)

    def QueryValueEx(self, key: tuple[str, int], value: str) -> tuple[object, int]:  # noqa: N802
        assert key[1] == self.KEY_QUERY_VALUE
        if value not in self.keys[key[0]]:
            raise FileNotFoundError(2, "no such value")
        return self.keys[key[0]][value]

    def SetValueEx(self, key: tuple[str, int], name: str, _: int, kind: int, value: object) -> None:  # noqa: N802
        assert key[1] == self.KEY_SET_VALUE
        self.keys[key[0]][name] = (value, kind)
        self.writes += 1

    def DeleteValue(self, key: tuple[str, int], name: str) -> None:  # noqa: N802
        assert key[1] == self.KEY_SET_VALUE
        if name not in self.keys[key[0]]:
            raise FileNotFoundError(2, "no such value")
        del self.keys[key[0]][name]
        self.writes += 1


class TestWindows:
    COMMAND = (r"C:\Program Files\pkcc-tray\pkcc-tray.exe", "tray")

    @pytest.fixture
    def registry(self) -> Registry:
        return Registry()

    def test_on_and_off(self, registry: Registry) -> None:
        assert _windows.status({}, self.COMMAND, registry).enabled is False
        _windows.enable({}, self.COMMAND, registry)
        assert registry.keys[_windows.RUN_KEY] == {
            "pkcc-tray": (r'"C:\Program Files\pkcc-tray\pkcc-tray.exe" tray', Registry.REG_SZ)
        }
        assert _windows.status({}, self.COMMAND, registry).enabled
        for _ in range(2):
            _windows.disable({}, registry)
            assert _windows.status({}, self.COMMAND, registry).enabled is False

    def test_other_programs_values_stay(self, registry: Registry) -> None:
        registry.keys[_windows.RUN_KEY] = {"OneDrive": ("x", 1)}
        _windows.enable({}, self.COMMAND, registry)
        _windows.disable({}, registry)
        assert registry.keys[_windows.RUN_KEY] == {"OneDrive": ("x", 1)}

    def test_the_program_is_quoted_even_without_a_space_and_so_is_what_needs_it(self) -> None:
        """An unquoted `C:\\Program Files\\…` starts `C:\\Program.exe`, no matter who put that there."""
        line = _windows.command_line([r"C:\a.exe", "--settings", r"C:\My files\s.json", "tray"])
        assert line == r'"C:\a.exe" --settings "C:\My files\s.json" tray'

    @pytest.mark.parametrize(("first", "on"), [(2, True), (6, True), (3, False), (7, False)])
    def test_the_task_managers_own_word_counts_until_the_user_says_on(
        self, registry: Registry, first: int, on: bool
    ) -> None:
        _windows.enable({}, self.COMMAND, registry)
        approved = {"pkcc-tray": (bytes([first] + [0] * 11), Registry.REG_BINARY)}
        registry.keys[_windows.APPROVED_KEY] = approved
        status = _windows.status({}, self.COMMAND, registry)
        assert (status.enabled, status.by_user_disabled) == (on, not on)
        _windows.enable({}, self.COMMAND, registry)
        assert _windows.status({}, self.COMMAND, registry).enabled

    def test_a_program_that_has_moved_is_told_and_another_spelling_is_not_another_program(
        self, registry: Registry
    ) -> None:
        _windows.enable({}, (r"D:\old\pkcc-tray.exe", "tray"), registry)
        status = _windows.status({}, self.COMMAND, registry)
        assert status.stale
        assert r"D:\old\pkcc-tray.exe" in status.detail
        _windows.enable({}, [part.upper() for part in self.COMMAND], registry)
        assert not _windows.status({}, self.COMMAND, registry).stale

    def test_a_policy_that_forbids_it_is_told_with_a_remedy(self, registry: Registry) -> None:
        registry.forbidden = True
        assert _windows.status({}, self.COMMAND, registry).enabled is None
        for change in (
            lambda: _windows.enable({}, self.COMMAND, registry),
            lambda: _windows.disable({}, registry),
        ):
            with pytest.raises(PkccError, match="access is denied") as caught:
                change()
            assert "policy" in caught.value.hint

    def test_a_command_that_windows_would_ignore_is_refused(self, registry: Registry) -> None:
        with pytest.raises(PkccError, match="260"):
            _windows.enable({}, ["C:\\" + "a" * 260, "tray"], registry)
        assert registry.keys == {}

    def test_asking_writes_nothing(self, registry: Registry) -> None:
        _windows.status({}, self.COMMAND, registry)
        assert (registry.writes, registry.keys) == (0, {})


PLACES = [None, "/home/j/own", "/home/j/my own/ü (2) & more"]


class TestWhoseItIs:
    """Clearing one directory of our own must not take the start at login of another."""

    @pytest.mark.parametrize("place", PLACES)
    @pytest.mark.parametrize("system", [_linux, _macos, _windows])
    def test_each_system_says_which_directory_its_entry_works_on(
        self, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, system: Any, place: str | None
    ) -> None:
        registry = Registry()
        monkeypatch.setattr(_windows, "_winreg", lambda: registry)
        monkeypatch.setattr(autostart, "_system", lambda: system)
        assert autostart.starts_on(environ, None)  # there is nothing, and nothing of another
        assert not autostart.starts_on(environ, "/home/j/own")
        locations = Locations("/c", "/d", "/s", f"{environ['HOME']}/own.json", place)
        program = ["/opt/pkcc tray/pkcc-tray", *(["--config-dir", place] if place else [])]
        system.enable(environ, login_command(program, locations, environ))
        assert [each for each in PLACES if autostart.starts_on(environ, each)] == [place]

    def test_an_entry_that_cannot_be_read_is_no_reason_to_fail(
        self, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        registry = Registry()
        registry.forbidden = True
        monkeypatch.setattr(_windows, "_winreg", lambda: registry)
        for path in (_linux.entry_path(environ), _macos.agent_path(environ)):
            Path(path).mkdir(parents=True)
        for system in (_linux, _macos, _windows):
            assert system.words(environ) == []


class TestLoginCommand:
    def test_the_usual_settings_are_not_named(self, environ: dict[str, str]) -> None:
        usual = f"{environ['HOME']}/.claude/settings.json"
        locations = Locations("/c", "/d", "/s", usual)
        assert login_command(["/p"], locations, environ) == ["/p", "tray"]

    def test_a_settings_file_chosen_by_a_shell_is_named_for_no_shell_is_there_at_login(
        self, environ: dict[str, str]
    ) -> None:
        locations = Locations("/c", "/d", "/s", "/elsewhere/settings.json")
        command = login_command(["/p"], locations, environ)
        assert command == ["/p", "--settings", "/elsewhere/settings.json", "tray"]


@pytest.mark.skipif(sys.platform != "linux", reason="what the command does on Linux")
class TestCommand:
    def test_on_status_off_as_a_person_reads_it(self, home: UserHome) -> None:
        path = home.root / ".config" / "autostart" / "pkcc-tray.desktop"
        assert home.ok("autostart", "status").out == "The tray does not start at login.\n"
        assert home.ok("autostart", "on").out == f"The tray starts at login: {path}\n"
        assert home.ok("autostart", "status").out == f"The tray starts at login: {path}\n"
        assert path.read_text().splitlines()[5].endswith(" tray")
        path.write_text(path.read_text().replace("Exec=", "Exec=/old/pkcc-tray "))
        assert "`pkcc-tray autostart on` puts it right." in home.ok("autostart", "status").out
        path.write_text(path.read_text() + "Hidden=true\n")
        assert "switched off in the system's own settings" in home.ok("autostart", "status").out
        assert home.ok("autostart", "off").out == "The tray does not start at login.\n"
        assert not path.exists()

    def test_a_program_reads_it_too(self, home: UserHome) -> None:
        home.ok("autostart", "on")
        data = home.ok("autostart", "status", "--json").json()["data"]
        assert data["enabled"] is True
        assert (data["stale"], data["by_user_disabled"], data["action"]) == (False, False, "status")

    def test_asking_writes_nothing_at_all(self, home: UserHome) -> None:
        before = files_below(home.root)
        home.ok("autostart", "status")
        assert files_below(home.root) == before


def test_the_module_of_this_system_is_chosen(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for platform, module in (
        ("linux", _linux),
        ("darwin", _macos),
        ("win32", _windows),
        ("freebsd14", _linux),
    ):
        monkeypatch.setattr(sys, "platform", platform)
        assert autostart._system() is module
