"""The Windows setup as a user meets it: real Windows binaries, run by Wine, in the order of a user's life.

One machine, on which each test goes on from what the one before left. A new release is stood in for by this
setup once more, over an older version's folder.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.gateway.stand_in import Hosted
from support.home.wine_machine import (
    LIMIT_S,
    RIG,
    ROOT,
    Machine,
    Ran,
    eventually,
    machine,
    make_rig,
    missing_part,
)
from support.missing import missing

from profiles import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

WHERE = r"C:\Programme für Jörg 鍵\pkcc-tray"
CONSOLE, WINDOWED = rf"{WHERE}\pkcc-tray.exe", rf"{WHERE}\pkcc-trayw.exe"
CLAUDE = r"C:\users\Jörg Müller 鍵\.claude"
# Beside the main story: files of other programs, and a pkcc-tray of its own.
ELSEWHERE = r"C:\users\Jörg Müller 鍵\other things"
OWN = rf"{ELSEWHERE}\own"
SETTINGS = b'{\r\n  "model": "sonnet",\r\n  "cleanupPeriodDays": 20\r\n}\r\n'
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
# No shell's environment is there at login, so the settings that CLAUDE_CONFIG_DIR chose are named.
AT_LOGIN = rf'"{WINDOWED}" --settings "{CLAUDE}\settings.json" tray'
UNINSTALL = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\pkcc-tray"
LINKS = r"Software\Classes\pkcc-tray"
PATH_BEFORE = r"C:\other tools;C:\more"


@pytest.fixture(scope="module")
def setup() -> Path:
    if part := missing_part():
        missing(part)
    make_rig()
    if built := os.environ.get("PKCC_WINDOWS_SETUP"):  # while working on these tests
        return Path(built)
    subprocess.run([sys.executable, ROOT / "packaging/windows/build.py", "--wine", RIG], check=True)
    return ROOT / "dist" / f"pkcc-tray-{__version__}-setup.exe"


@pytest.fixture(scope="module")
def windows(setup: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("windows")) as windows:
        shutil.copy(setup, windows.c / "setup.exe")
        windows.path(CLAUDE).mkdir(parents=True)
        settings_of(windows).write_bytes(SETTINGS)
        windows.environ["CLAUDE_CONFIG_DIR"] = CLAUDE
        windows.run("reg", "add", r"HKCU\Environment", "/v", "Path", "/t", "REG_EXPAND_SZ", "/d", PATH_BEFORE)
        yield windows


def install(windows: Machine, *switches: str) -> None:
    # NSIS wants /D last and without quotes, which only cmd leaves off.
    # Its pipes would stay open with the tray that it starts: so its end is waited for, not theirs.
    process = windows.start("cmd", "/c", rf"C:\setup.exe /S {' '.join(switches)} /D={WHERE}")
    with process.stdin, process.stdout, process.stderr:  # type: ignore[union-attr]
        assert process.wait(LIMIT_S) == 0


def settings_of(windows: Machine) -> Path:
    return windows.path(CLAUDE) / "settings.json"


def ok(windows: Machine, *words: str, stdin: str = "") -> str:
    ran = windows.run(CONSOLE, *words, stdin=stdin)
    assert ran.code == 0, ran
    return ran.out


def provider(windows: Machine) -> str:
    env = json.loads(settings_of(windows).read_bytes()).get("env", {})
    return str(env.get("ANTHROPIC_CUSTOM_HEADERS", "")).rpartition("@")[2]


@contextmanager
def running_tray(windows: Machine) -> Iterator[subprocess.Popen[bytes]]:
    process = windows.start(WINDOWED)
    try:
        eventually(lambda: windows.windows("--name", "Wine System Tray"), "an icon")
        yield process
    finally:
        if process.poll() is None:
            windows.run(CONSOLE, "quit")
        process.communicate(timeout=60)


def open_menu(windows: Machine) -> str:
    """Click the icon; the menu's window."""
    (icon,) = windows.windows("--name", "Wine System Tray")
    before = set(windows.windows("--name", ""))

    def new() -> list[tuple[int, str]]:
        numbers = set(windows.windows("--name", "")) - before
        shells = [(windows.mouse("getwindowgeometry", "--shell", number), number) for number in numbers]
        sizes = [(dict(line.split("=") for line in shell.split()), number) for shell, number in shells]
        return [(int(size["WIDTH"]) * int(size["HEIGHT"]), number) for size, number in sizes]

    windows.mouse("mousemove", "--window", icon, "10", "10", "click", "1")
    eventually(new, "a menu")
    return max(new())[1]


def test_the_setup_is_no_larger_than_promised(setup: Path) -> None:
    assert setup.stat().st_size <= 18_000_000


def test_a_silent_install_does_what_was_asked(windows: Machine) -> None:
    install(windows, "/AUTOSTART=1")
    assert ok(windows, "--version") == f"pkcc-tray {__version__}\n"
    start_menu = windows.home / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs"
    assert (start_menu / "pkcc-tray.lnk").is_file()
    assert windows.registry(RUN, "pkcc-tray") == AT_LOGIN
    assert windows.registry("Environment", "Path") == f"{PATH_BEFORE};{WHERE}"
    assert windows.registry(UNINSTALL, "DisplayVersion") == __version__
    assert windows.registry(LINKS, "URL Protocol") == ""
    assert windows.registry(rf"{LINKS}\shell\open\command", "") == f'"{WINDOWED}" link --page -- "%1"'
    assert "starts at login" in ok(windows, "autostart", "status")


@pytest.mark.parametrize("program", [CONSOLE, WINDOWED])
def test_programs_tell_what_they_are_and_are_sharp_on_every_screen(windows: Machine, program: str) -> None:
    content = windows.path(program).read_bytes()
    assert b"PerMonitorV2" in content
    for text in ("FileDescription", "ProductVersion", __version__):
        assert text.encode("utf-16-le") in content
    # The icon at nine sizes; the largest ones are PNG.
    assert content.count(b"\x89PNG\r\n\x1a\n") >= 9


def test_the_demo_runs_and_touches_nothing(windows: Machine) -> None:
    assert "nothing of yours was touched" in ok(windows, "demo")
    assert settings_of(windows).read_bytes() == SETTINGS


def test_a_switch_edits_the_settings_and_the_helper_in_them_prints_the_key(windows: Machine) -> None:
    for name in ("work", "home"):
        ok(windows, "add", name, "--provider", f"@{name}", "--key-stdin", stdin=f"pk-of-{name}\n")
    ok(windows, "switch", "work")
    content = settings_of(windows).read_bytes()
    assert provider(windows) == "work"
    assert b"pk-of" not in content
    assert content.startswith(SETTINGS[:30])
    assert content.count(b"\n") == content.count(b"\r\n")
    helper = json.loads(content)["apiKeyHelper"]
    by_shell = "import subprocess, sys; subprocess.run(sys.argv[1], shell=True, check=True)"
    assert windows.run(windows.python, "-c", by_shell, helper).out == "pk-of-work\n"


def test_keys_lie_in_windows_own_credentials(windows: Machine) -> None:
    assert ok(windows, "key", "list").split() == ["home", "keyring", "home", "work", "keyring", "work"]
    ok(windows, "key", "set", "spare", stdin="pk-spare\n")
    assert ok(windows, "key", "print", "spare") == "pk-spare\n"
    ok(windows, "key", "remove", "spare", "--force")
    assert windows.run(CONSOLE, "key", "print", "spare").code == 3


def test_other_programs_files_become_profiles(windows: Machine) -> None:
    """Each by a library that the setup must carry: a database, a text file."""
    env = {
        "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
        "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @stored",
    }
    database = windows.path(ELSEWHERE) / "cc-switch.db"
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE providers (app_type TEXT, name TEXT, settings_config TEXT)")
        connection.execute(
            "INSERT INTO providers VALUES ('claude', 'Arbeit 鍵', ?)", (json.dumps({"env": env}),)
        )
        connection.commit()
    (database.parent / "my exports.env").write_text(
        "".join(f'{name}="{value}"\r\n' for name, value in env.items())
    )
    for kind, file, name in (
        ("cc-switch", "cc-switch.db", "Arbeit"),
        ("dotenv", "my exports.env", "exported"),
    ):
        from_there = ("--from", kind, "--name", name, "--yes", "--json", rf"{ELSEWHERE}\{file}")
        made = json.loads(ok(windows, "--config-dir", OWN, "import", *from_there))
        assert [row["name"] for row in made["data"]["profiles"]] == [name]
    shown = ok(windows, "--config-dir", OWN, "show", "exported")
    assert "@stored" in shown


def test_one_program_runs_with_a_profile_and_is_seen_as_a_session(windows: Machine) -> None:
    before = settings_of(windows).read_bytes()
    as_client = (
        "import os, sys; print(os.getpid(), os.environ['ANTHROPIC_AUTH_TOKEN'], flush=True);"
        "sys.stdin.read(); sys.exit(7)"
    )
    process = windows.start(CONSOLE, "exec", "home", "--", windows.python, "-c", as_client)
    with process.stdin, process.stdout, process.stderr:  # type: ignore[union-attr]
        number, key = process.stdout.readline().split()  # type: ignore[union-attr]
        assert key == b"pk-of-home"
        record = windows.path(CLAUDE) / "sessions" / f"{int(number)}.json"
        record.parent.mkdir()
        record.write_text(
            json.dumps({"cwd": ELSEWHERE, "version": "2.1.331", "startedAt": 1, "status": "idle"})
        )
        (row,) = json.loads(ok(windows, "sessions", "--json"))["data"]["sessions"]
        assert (row["pid"], row["profile"], row["directory"]) == (int(number), "home", ELSEWHERE)
        process.stdin.close()  # type: ignore[union-attr]
        assert process.wait(LIMIT_S) == 7
    assert json.loads(ok(windows, "sessions", "--json"))["data"]["sessions"] == []
    assert settings_of(windows).read_bytes() == before


def test_a_program_that_lies_in_the_current_directory_is_never_run(windows: Machine, tmp_path: Path) -> None:
    """Windows looks there first: a clone with an `op.exe` of its own would run, and say what the key is."""
    clone = windows.path(r"C:\clone")
    (clone / ".git").mkdir(parents=True)
    source = tmp_path / "planted.c"
    source.write_text(
        '#include <stdio.h>\nint main(void) { fclose(fopen("C:\\\\ran", "w")); puts("planted"); return 0; }\n'
    )
    compiler = "x86_64-w64-mingw32-gcc"
    for name in ("op", "git", "tool", "claude", "notepad"):
        subprocess.run([compiler, source, "-o", clone / f"{name}.exe"], check=True)

    def run(*words: str) -> Ran:
        ran = windows.run(CONSOLE, "--config-dir", OWN, *words, cwd=clone)
        assert not windows.path(r"C:\ran").exists(), (words, ran)
        return ran

    for name, reference in {"op": "op://a/b/c", "bare": 'cmd:["tool"]', "near": 'cmd:[".\\\\tool"]'}.items():
        assert run("add", name, "--provider", "@a", "--key-ref", reference).code == 0
        ran = run("key", "print", name)
        assert (ran.code, ran.out) == (5, "")
    assert run("exec", "home", "--", "claude").code in (3, 127)
    run("project", "add", ".", "--profile", "op")
    run("doctor")
    run("remove", "near", "--force")
    assert windows.run(r"C:\clone\tool.exe", cwd=clone).out == "planted\n"
    assert windows.path(r"C:\ran").exists(), "else this test could not fail"


def test_a_gateway_is_asked_whether_it_takes_the_key(windows: Machine) -> None:
    with Hosted("pk-of-gate") as gateway:
        route = ("--provider", "@anthropic-prod", "--gateway", gateway.url)
        ok(windows, "--config-dir", OWN, "add", "gate", *route, "--key-stdin", stdin="pk-of-gate\n")
        assert "provider" in ok(windows, "--config-dir", OWN, "check", "gate")
        gateway.key = "another"
        assert windows.run(CONSOLE, "--config-dir", OWN, "check", "gate").code == 6
    ok(windows, "--config-dir", OWN, "key", "remove", "gate", "--force")


def test_doctor_can_make_every_check_and_finds_no_problem(windows: Machine) -> None:
    ran = windows.run(CONSOLE, "doctor", "--json")
    findings = json.loads(ran.out)["data"]["findings"]
    assert not [row for row in findings if row["check"] == "doctor" or row["severity"] == "problem"]


def test_settings_that_another_program_holds_open_are_waited_for(windows: Machine) -> None:
    # As a virus scanner does it, or an editor: nobody else may open the file meanwhile.
    hold = (
        "import ctypes, sys, time;"
        "handle = ctypes.windll.kernel32.CreateFileW(sys.argv[1], 0x80000000, 0, None, 3, 0, None);"
        "assert handle != -1; print('held', flush=True); time.sleep(1)"
    )
    holder = windows.start(windows.python, "-c", hold, rf"{CLAUDE}\settings.json")
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == b"held"
    ok(windows, "switch", "home")
    assert holder.wait(60) == 0
    holder.communicate()
    assert provider(windows) == "home"


def test_the_icon_s_menu_switches_at_a_click_and_commands_reach_the_tray(windows: Machine) -> None:
    with running_tray(windows) as tray:
        menu = open_menu(windows)
        windows.picture("windows-menu")
        assert provider(windows) == "home"
        windows.mouse("mousemove", "--window", menu, "60", "28", "click", "1")  # work, in Wine's own font
        eventually(lambda: provider(windows) == "work", "the switch")
        windows.picture("windows-icon")
        ok(windows, "switch", "home")
        assert provider(windows) == "home"
        assert json.loads(ok(windows, "quit", "--json"))["data"] == {"was_running": True}
        assert tray.wait(60) == 0
    assert json.loads(ok(windows, "quit", "--json"))["data"] == {"was_running": False}


def test_it_ends_also_while_its_menu_is_open(windows: Machine) -> None:
    with running_tray(windows) as tray:
        open_menu(windows)
        ok(windows, "quit")
        assert tray.wait(60) == 0


def test_an_upgrade_ends_the_tray_and_starts_the_new_one(windows: Machine) -> None:
    older = windows.path(WHERE) / "app-0.0.1"
    older.mkdir()
    (older / "library.dll").write_bytes(b"of an older version")
    settings = settings_of(windows).read_bytes()
    with running_tray(windows) as tray:
        install(windows)
        assert tray.wait(60) == 0
        assert not older.exists()
        assert settings_of(windows).read_bytes() == settings
        assert windows.registry(RUN, "pkcc-tray") == AT_LOGIN
        assert windows.registry("Environment", "Path") == f"{PATH_BEFORE};{WHERE}"  # not a second time
        eventually(lambda: windows.windows("--name", "Wine System Tray"), "the new tray's icon")
        assert ok(windows, "key", "print", "home") == "pk-of-home\n"
        assert "ended" in ok(windows, "quit")


def test_a_silent_uninstall_puts_the_settings_back_and_keeps_profiles(windows: Machine) -> None:
    ok(windows, "switch", "work")
    with running_tray(windows) as tray:
        assert windows.run(rf"{WHERE}\uninstall.exe", "/S").code == 0
        assert tray.wait(60) == 0
    eventually(lambda: not windows.path(WHERE).exists(), "all removed")  # by a copy of itself
    assert settings_of(windows).read_bytes() == SETTINGS
    assert windows.registry(RUN, "pkcc-tray") is None
    assert windows.registry("Environment", "Path") == PATH_BEFORE
    assert windows.registry(UNINSTALL, "DisplayVersion") is None
    assert windows.registry(LINKS, "URL Protocol") is None
    profiles = windows.home / "AppData/Local/pkcc-tray/profiles"
    assert sorted(path.name for path in profiles.glob("*.json")) == ["home.json", "work.json"]


# What cannot hold under Wine 8, or asks for what only Linux and macOS have.
_ELSEWHERE = {
    "wine does not refuse a second maker of a pipe's name": ["test_a_name_that_another_one_made_first"],
    "wine's links are the host's": [
        "test_claudes_lock_lies_beside_the_link", "test_a_link_stays_a_link_and_off",
        "test_a_link_that_leads_to_another_file_now", "test_settings_that_were_moved_and_linked",
        "test_a_directory_behind_a_link", "test_two_memories_of_the_version_before",
        "test_a_memory_that_is_out_of_date", "test_undo_after_uniting", "test_each_settings_file_is_listed",
    ],
    "wine knows no certificate authorities of one's own, and takes a chain without its end for whole": [
        "test_certificates_are_told_apart", "test_the_variables_that_claude_code_follows",
        "test_the_proxy_is_used_and_its_password",
    ],
    "wine keeps the old spelling of a name": ["test_renaming_can_change_the_case_alone"],
    "modes and mounts": [
        "test_what_is_written_is_read", "test_state_is_private", "test_a_file_removed_while_it_is_looked_at",
        "test_a_write_in_place_is_said",
    ],
    "wine compares no address with a certificate": ["test_proxies_certificates"],
    "D-Bus": ["test_no_bus_as_over_ssh", "test_gtk_says", "TestStatusNotifier", "TestGnomeKeyring"],
    "stands in for Windows elsewhere": ["TestWindows and test_icon_backends"],
}  # fmt: skip


@pytest.mark.usefixtures("setup")
def test_the_core_s_own_tests_hold_on_windows_python() -> None:
    unfit = " or ".join(f"({name})" for names in _ELSEWHERE.values() for name in names)
    done = subprocess.run(
        [ROOT / "packaging/windows/wine/wine.sh", RIG, r"C:\python\python.exe", "-m", "pytest", "-q", "-p",
         "no:cacheprovider", "--tb=short", "tests/profiles", "tests/contracts",
         "tests/tray/updates/test_updates.py", "-k", f"not ({unfit})"],
        cwd=ROOT, env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(RIG / "home")},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-5000:]
