"""Commands when a tray runs: the same as without one, and never worse for one that is ill."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.gateway.serving import ROOT, Serving, serving
from support.home.user_home import KEY, UserHome, files_with

from profiles.secrets.store import SecretStore
from tray.cli import fast_path as express

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and paths of Linux and macOS")

MAIN = str(ROOT / "tray" / "__main__.py")  # what `python -m tray` has as its name


@pytest.fixture
def home(home: UserHome) -> UserHome:
    home.add("work", "--provider", "@anthropic-prod")
    home.add("home", "--provider", "@home", "--key-delivery", "settings")
    return home


@pytest.fixture
def tray(home: UserHome) -> Iterator[Serving]:
    with serving(home.environ, home.root, MAIN) as running:
        yield running


def test_switch_prints_and_writes_the_same_as_alone(home: UserHome, tmp_path: Path) -> None:
    alone = []
    home.spawn("switch", "home")  # the first time it says that the key is in the file
    home.spawn("off")
    for name in ("work", "work", "home"):
        ran = home.spawn("switch", name)
        alone.append((ran, home.settings.read_bytes()))
    home.spawn("off")
    with serving(home.environ, home.root, MAIN) as tray:
        for name, (ran, settings) in zip(("work", "work", "home"), alone, strict=True):
            assert home.spawn("switch", name) == ran
            assert home.settings.read_bytes() == settings
            assert tray.said() == "change"  # it was the tray that did it


def test_key_print_gives_the_key_of_a_profile_and_of_a_name(home: UserHome, tray: Serving) -> None:
    for name in ("work", "home"):
        assert home.spawn("key", "print", name) == (0, f"{KEY}\n", "")
    home.ok("key", "set", "spare", "--stdin", stdin="pk-spare")
    assert home.spawn("key", "print", "spare").out == "pk-spare\n"


def test_a_key_really_comes_out_of_the_tray_s_memory_and_a_rotated_one_is_new_at_once(
    home: UserHome, tray: Serving
) -> None:
    assert home.spawn("key", "print", "work").out == f"{KEY}\n"
    vault = home.root / ".local" / "share" / "pkcc-tray" / "vault"
    hidden = vault.with_name("away")
    vault.rename(hidden)
    assert home.spawn("key", "print", "work").out == f"{KEY}\n"  # no backend was asked
    hidden.rename(vault)
    home.ok("key", "rotate", "work", "--stdin", stdin="pk-new")
    assert home.spawn("key", "print", "work").out == "pk-new\n"
    home.ok("key", "remove", "work", "--force")
    assert home.spawn("key", "print", "work").code == 3


def test_keys_through_the_tray_can_be_switched_off_while_it_runs(home: UserHome, tray: Serving) -> None:
    assert home.spawn("key", "print", "work").out == f"{KEY}\n"
    home.ok("preference", "key_print_through_tray", "off")
    vault = home.root / ".local" / "share" / "pkcc-tray" / "vault"
    vault.rename(vault.with_name("away"))
    assert home.spawn("key", "print", "work").code == 3  # alone it finds none, and the tray gives none


def test_no_key_stays_in_memory_where_the_user_wants_none(home: UserHome, tray: Serving) -> None:
    home.ok("preference", "key_cache_minutes", "0")
    assert home.spawn("key", "print", "work").out == f"{KEY}\n"
    vault = home.root / ".local" / "share" / "pkcc-tray" / "vault"
    vault.rename(vault.with_name("away"))
    assert home.spawn("key", "print", "work").code == 3


def test_a_key_that_lies_in_the_asker_s_environment_is_the_asker_s(home: UserHome) -> None:
    home.ok("set", "work", "api_key", "env:MY_KEY")
    with serving({**home.environ, "MY_KEY": "pk-of-the-tray"}, home.root, MAIN):
        ran = home.spawn("key", "print", "work", env={**home.environ, "MY_KEY": "pk-mine"})
    assert ran == (0, "pk-mine\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="a program with a #! line")
@pytest.mark.parametrize(
    ("reference", "asked"),
    [
        ("vault-kv://secret/jane?address=https://bao.acme.example#key", ["tray"]),
        ("vault-kv://secret/jane#key", ["shell", "shell"]),
    ],
)
def test_a_manager_s_key_is_kept_by_the_tray_where_its_reference_says_all(
    home: UserHome, reference: str, asked: list[str]
) -> None:
    """Thousands of people ask every five minutes; a key by the tray's own VAULT_ADDR may be another one."""
    told = home.root / "told"
    program = home.root / "bin" / "bao"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$WHO" >>"{told}"\n[ "$WHO" = "$SIGNED_IN" ] && echo pk-of-acme\n')
    program.chmod(0o700)
    home.environ["PATH"] = f"{program.parent}:{home.environ['PATH']}"
    home.ok("set", "work", "api_key", reference)
    with serving({**home.environ, "WHO": "tray", "SIGNED_IN": "tray"}, home.root, MAIN):
        shell = {**home.environ, "WHO": "shell", "SIGNED_IN": "shell"}
        assert [home.spawn("key", "print", "work", env=shell).out for _ in range(2)] == ["pk-of-acme\n"] * 2
    assert told.read_text().split() == asked
    with serving({**home.environ, "WHO": "tray", "SIGNED_IN": "nobody"}, home.root, MAIN):
        assert home.spawn("key", "print", "work", env=shell).out == "pk-of-acme\n"  # the asker's own sign-in


def test_status_is_the_same_as_alone_wherever_it_is_asked(home: UserHome) -> None:
    home.spawn("switch", "work")
    home.edit_settings("https://api.portkey.ai", "https://evil.example")
    project = home.root / "project" / ".claude"
    project.mkdir(parents=True)
    (project / "settings.json").write_text('{"env": {"ANTHROPIC_MODEL": "opus-x"}}')
    shells = [
        ("status", {}),
        ("status", {"cwd": project.parent}),
        ("status", {"env": {**home.environ, "ANTHROPIC_SMALL_FAST_MODEL": "from-the-shell"}}),
    ]
    alone = [home.spawn(word, **options) for word, options in shells]
    as_json = home.spawn("status", "--json")
    with serving(home.environ, home.root, MAIN):
        assert [home.spawn(word, **options) for word, options in shells] == alone
        assert home.spawn("status", "--json") == as_json
    assert "evil.example" in alone[0].out


def test_status_really_asks_the_tray(home: UserHome, monkeypatch: pytest.MonkeyPatch) -> None:
    from tray.ipc import client as ipc_client

    shared = {
        "data": {**home.spawn("status", "--json").json()["data"], "active": "marked"},
        "notes": ["told"],
    }
    asked: list[object] = []

    def ask(*arguments: object, **fields: object) -> ipc_client.Answer:
        asked.append(arguments[2])
        return ipc_client.Answer(json.dumps(shared), ())

    monkeypatch.setattr(ipc_client, "ask", ask)
    ran = home.run("status", "--json").json()
    assert (ran["data"]["active"], ran["notes"], asked) == ("marked", ["told"], ["status"])


def test_errors_read_the_same_as_without_a_tray(home: UserHome) -> None:
    slips = [("switch", "wrok"), ("key", "print", "wrok"), ("switch", "-x"), ("key", "print", "../etc")]
    slips += [("switch", 'a"b\\c\n'), ("switch", "ключ"), ("switch", "")]
    alone = [home.spawn(*words) for words in slips]
    assert all(ran.code and ran.err.startswith("Error: ") for ran in alone)
    with serving(home.environ, home.root, MAIN):
        assert [home.spawn(*words) for words in slips] == alone


ELSEWHERE = {
    "another settings file": {"CLAUDE_CONFIG_DIR": "other-claude"},
    "another place for ours": {"PKCC_CONFIG_DIR": "other-own"},
}


@pytest.mark.parametrize("changes", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_a_tray_of_other_places_is_left_alone(home: UserHome, tray: Serving, changes: dict[str, str]) -> None:
    environ = home.environ | {name: str(home.root / value) for name, value in changes.items()}
    before = home.settings.read_bytes()
    if "PKCC_CONFIG_DIR" in changes:
        assert home.spawn("switch", "work", env=environ).code == 3  # no such profile there
        assert home.spawn("key", "print", "work", env=environ).code != 0
    else:
        assert home.spawn("switch", "work", env=environ).code == 0
        assert (home.root / "other-claude" / "settings.json").exists()
    assert home.settings.read_bytes() == before


def test_a_shell_that_exports_a_dangerous_variable_is_served_by_itself(home: UserHome, tray: Serving) -> None:
    # The settings must shield a session from that variable; the tray knows nothing of it.
    assert home.spawn("switch", "work", env={**home.environ, "CLAUDE_CODE_USE_FOUNDRY": "1"}).code == 0
    assert home.env()["CLAUDE_CODE_USE_FOUNDRY"] == ""


def test_a_shell_whose_sessions_will_not_follow_is_told_so_with_a_tray_too(
    home: UserHome, tray: Serving
) -> None:
    """The tray's own environment says nothing of that shell."""
    assert "do not follow" not in home.spawn("switch", "work").text
    environ = {**home.environ, "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST": "1"}
    assert "do not follow the settings" in home.spawn("switch", "work", env=environ).text


def test_another_installation_writes_its_own_command(home: UserHome) -> None:
    other = home.root / "pkcc-tray"
    other.touch()
    with serving(home.environ, home.root, str(other)):
        assert home.spawn("switch", "work").code == 0
    assert f"{sys.executable} -P -m tray" in json.loads(home.settings.read_bytes())["apiKeyHelper"]


def test_a_hung_tray_costs_less_than_half_a_second_and_does_nothing_when_it_wakes(
    home: UserHome, tray: Serving
) -> None:
    home.spawn("switch", "work")
    assert tray.said() == "change"
    os.kill(tray.process.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, tray.process.pid, os.WSTOPPED | os.WNOWAIT)
    began = time.monotonic()
    assert home.spawn("switch", "home").out.startswith("home is in use")
    assert time.monotonic() - began < 5
    assert home.spawn("key", "print", "home").out == f"{KEY}\n"
    home.spawn("switch", "work")
    settings = home.settings.read_bytes()
    os.kill(tray.process.pid, signal.SIGCONT)
    assert home.spawn("key", "print", "work").out == f"{KEY}\n"  # it is well again
    assert home.settings.read_bytes() == settings


def test_a_killed_tray_is_no_hindrance(home: UserHome, tray: Serving) -> None:
    tray.process.kill()
    tray.process.wait()
    assert home.spawn("switch", "work").code == 0
    assert home.spawn("key", "print", "work").out == f"{KEY}\n"


def test_the_helper_in_the_settings_gets_its_key_from_the_tray(home: UserHome) -> None:
    own = home.root / "own place"
    for words in (["add", "mine", "--provider", "@a", "--key-stdin"], ["switch", "mine"]):
        assert home.spawn("--config-dir", str(own), *words, stdin="pk-own").code == 0
    environ = {**home.environ, "PKCC_CONFIG_DIR": str(own)}
    with serving(environ, home.root, MAIN):
        words = ("--config-dir", str(own), "key", "print", "mine")
        assert home.spawn(*words).out == "pk-own\n"
        (own / "data" / "vault").rename(own / "away")
        assert home.spawn(*words).out == "pk-own\n"


def test_output_that_goes_nowhere_is_told_as_ever(home: UserHome, tray: Serving) -> None:
    if os.path.exists("/dev/full"):
        import subprocess

        with open("/dev/full", "w") as full:
            ran = home.spawn(
                "key", "print", "work", capture_output=False, stdout=full, stderr=subprocess.PIPE
            )
        assert ran.code == 1
        assert "could not be written: no space left on device\n" in ran.err


def test_a_fault_of_ours_is_no_traceback_where_the_key_is_printed_at_once(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claude Code shows what the helper prints: a person would read a traceback with paths in it."""

    def fault(_store: object, reference: str) -> None:
        raise ValueError(reference)

    monkeypatch.setattr(SecretStore, "resolve", fault)
    for name, value in home.environ.items():
        monkeypatch.setenv(name, value)
    assert express.run(["key", "print", "work"]) is None
    ran = home.run("key", "print", "work")
    assert (ran.code, ran.out) == (1, "")
    assert "Something went wrong inside pkcc-tray (ValueError)" in ran.err


@pytest.mark.parametrize("words", [["key", "print", "work"], ["switch", "work"]])
def test_the_express_way_loads_nothing_that_costs(home: UserHome, tray: Serving, words: list[str]) -> None:
    import subprocess

    code = (
        f"import sys\nsys.argv = {['tray', *words]}\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "import tray.__main__\nfrom tray.cli import fast_path\nassert fast_path.run(sys.argv[1:]) == 0\n"
        "print(*[name for name in ('re', 'json', 'socket', 'tray.cli.main', 'tray.terminal.output',"
        " 'profiles.secrets.store',"
        f" 'profiles.profile.store', 'typing', 'threading', 'functools', 'tray.app') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env=home.environ, cwd=home.root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"{KEY}\n\n" if words[0] == "key" else done.stdout.endswith("\n\n")


def test_no_key_is_left_in_any_file_by_the_way_through_the_tray(home: UserHome, tray: Serving) -> None:
    for words in (("switch", "work"), ("key", "print", "work"), ("status",)):
        home.spawn(*words)
    tray.process.kill()
    _, errors = tray.process.communicate()
    assert KEY not in errors
    assert files_with(KEY, home.root) == []


def test_preferences_are_shown_and_set(home: UserHome) -> None:
    assert home.ok("preference").out.splitlines() == [
        "on_drift                notify",
        "key_cache_minutes       15",
        "key_print_through_tray  on",
        "check_for_updates       on",
        "key_guard               on",
        "usage                   off",
        "health_minutes          5",
        "auto_fallback           ask",
        "favourites_only         off",
        "manager_idle_minutes    30",
        "manager_shortcuts       on",
        "new_keys                auto",
        "catalog_hours           24",
    ]
    assert home.ok("preference", "on_drift", "ignore").out == "on_drift  ignore\n"
    assert home.ok("preference", "on_drift").out == "on_drift  ignore\n"
    assert home.ok("preference", "--json").json()["data"]["preferences"] == {
        "on_drift": "ignore",
        "key_cache_minutes": 15,
        "key_print_through_tray": True,
        "check_for_updates": True,
        "key_guard": True,
        "usage": False,
        "health_minutes": 5,
        "auto_fallback": "ask",
        "favourites_only": False,
        "manager_idle_minutes": 30,
        "manager_shortcuts": True,
        "new_keys": "auto",
        "catalog_hours": 24,
    }
    assert home.run("preference", "on_drift", "panic").code == 2
    unknown = home.run("preference", "colour")
    assert unknown.code == 3
    assert "There is no preference 'colour'" in unknown.err
