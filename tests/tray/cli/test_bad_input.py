"""What is wrong is told in two lines, with the right exit code; nothing is lost, and no secret is shown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from support.home.user_home import KEY, SETTINGS, Ran, UserHome
from support.missing import impossible, missing

LISTED = ["work", "@a,", "key", "in", "the", "file"]


@pytest.fixture
def home(home: UserHome) -> UserHome:
    """With a profile that writes its key into the settings: the hardest to keep secret."""
    home.add("work", "--provider", "@a", "--key-delivery", "settings")
    return home


def refused(ran: Ran, code: int, title: str) -> None:
    first, second = ran.err.splitlines()
    assert first.startswith("Error: ")
    assert title in first
    assert second.startswith("  ")
    assert second.strip()
    assert ran.code == code
    assert ran.out == ""
    assert "CANARY" not in ran.text


# The settings --------------------------------------------------------------------------------------------

BROKEN = [
    (b'{"env": {', "line 1, column 10: "),
    (b"// mine\n{}", "line 1, column 1: "),
    (b'{\n  "a": 1,\n}', "line 3, column 1: "),
    (b"[]", "line 1, column 1: "),
    (b'{"env": []}', "`env` is not an object"),
    (b'{"a": "\xff"}', "not UTF-8 text"),
    (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested"),
    (b'{"a": "' + b"x" * 50_000_000 + b'"}', "is larger than 16 MB"),
]


@pytest.mark.parametrize(("data", "title"), BROKEN, ids=[title for _, title in BROKEN])
def test_settings_that_cannot_be_read_stay_as_they_are(home: UserHome, data: bytes, title: str) -> None:
    home.settings.write_bytes(data)
    for argv in (["switch", "work"], ["switch", "work", "--dry-run"], ["off"], ["import"], ["diff", "work"]):
        refused(home.run(*argv), 1, title)
        assert home.settings.read_bytes() == data
    assert home.ok("status").out.startswith("profile   none\nstate     the settings file cannot be read")
    assert home.ok("list").out.split() == LISTED
    assert sorted(path.name for path in home.claude.iterdir()) == ["settings.json"]


def test_empty_or_missing_settings_are_no_mistake(home: UserHome) -> None:
    for data in (b"", b" \n", None):
        home.settings.unlink(missing_ok=True)
        if data is not None:
            home.settings.write_bytes(data)
        home.ok("switch", "work")
        assert home.env()["ANTHROPIC_AUTH_TOKEN"] == KEY
        home.ok("off")
        assert (home.settings.read_bytes() if home.settings.exists() else None) == data


def test_settings_that_are_no_file(home: UserHome) -> None:
    home.settings.unlink()
    home.settings.mkdir()
    refused(home.run("switch", "work"), 1, "settings.json is a directory")
    home.settings.rmdir()
    home.settings.symlink_to(home.settings.name)
    refused(home.run("switch", "work"), 1, "is a symbolic link that leads back to itself")
    home.settings.unlink()
    os.mkfifo(home.settings)
    refused(home.run("switch", "work"), 1, "is not a regular file")


def test_a_link_stays_a_link(home: UserHome) -> None:
    real = home.root / "dotfiles.json"
    home.settings.rename(real)
    home.settings.symlink_to("../dotfiles.json")
    home.ok("switch", "work")
    home.ok("off")
    assert home.settings.is_symlink()
    assert real.read_bytes() == SETTINGS


def unprivileged(home: UserHome, *argv: str, **options: Any) -> Ran:
    """Run a command to which file modes apply; root is above them, so it gives its privileges up."""
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            missing("setpriv (util-linux), by which root gives up its privileges,")
        prefix = ("setpriv", "--inh-caps=-all", "--bounding-set=-all", "--")
    return home.spawn(*argv, prefix=prefix, **options)


def test_settings_and_homes_that_one_may_not_touch(home: UserHome) -> None:
    assert unprivileged(home, "switch", "work").code == 0
    assert unprivileged(home, "off").code == 0
    home.settings.chmod(0)
    refused(unprivileged(home, "switch", "work"), 1, "settings.json cannot be read: permission denied")
    home.settings.chmod(0o644)
    home.claude.chmod(0o555)
    refused(unprivileged(home, "switch", "work"), 1, "settings.json cannot be written: permission denied")
    assert home.settings.read_bytes() == SETTINGS
    home.claude.chmod(0o755)
    (home.profiles / "work.json").chmod(0)
    refused(unprivileged(home, "switch", "work"), 1, "work.json cannot be read: permission denied")
    assert "broken: " in unprivileged(home, "list").out
    (home.profiles / "work.json").chmod(0o600)
    home.profiles.chmod(0)
    refused(unprivileged(home, "list"), 1, "profiles cannot be read: permission denied")
    home.profiles.chmod(0o700)
    assert home.settings.read_bytes() == SETTINGS


def test_a_home_that_cannot_be_written_can_still_be_looked_at(home: UserHome) -> None:
    empty = home.root / "empty"
    empty.mkdir(mode=0o555)
    home.environ["HOME"] = str(empty)
    assert unprivileged(home, "list").code == 0
    assert unprivileged(home, "status").code == 0
    ran = unprivileged(home, "add", "x", "--provider", "@a", "--key-stdin", stdin=KEY)
    refused(ran, 1, "cannot be made: permission denied")
    assert list(empty.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_full_disk_loses_nothing(home: UserHome) -> None:
    small = home.root / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", small], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        impossible(f"cannot mount here: {mounted.stderr.decode().strip()}")
    try:
        settings = small / "settings.json"
        settings.write_bytes(SETTINGS)
        with (small / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(4096))
        refused(
            home.run("switch", "work", "--settings", str(settings)), 1, "cannot be written: no space left"
        )
        assert settings.read_bytes() == SETTINGS
        assert sorted(os.listdir(small)) == ["filler", "settings.json"]
        refused(
            home.run(
                "add", "x", "--provider", "@a", "--key-stdin", "--config-dir", str(small / "c"), stdin=KEY
            ),
            1,
            "no space left",
        )
        (small / "filler").unlink()
        home.ok("switch", "work", "--settings", str(settings))
        home.ok("off", "--settings", str(settings))
        assert settings.read_bytes() == SETTINGS
    finally:
        subprocess.run(["umount", small], check=True)


def test_settings_that_keep_changing_are_left_to_whoever_changes_them(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    from profiles.files.atomic_replace import ChangedMeanwhileError
    from profiles.switching.one_file import file as one_file

    def always(*_: object) -> bool:
        raise ChangedMeanwhileError

    monkeypatch.setattr(one_file, "replacing_file", always)
    refused(home.run("switch", "work"), 4, "settings.json keeps changing while it is being edited")
    assert home.settings.read_bytes() == SETTINGS


# The profile's file --------------------------------------------------------------------------------------

PROFILES = [
    ("{", "work.json line 1, column 2: "),
    ("[]", "work.json: a profile is a JSON object"),
    ('{"schema_version": 9}', "schema_version: is 9, but this pkcc-tray knows only up to 2: update it"),
    ({"api_key": KEY}, "work.json: api_key: That is not a reference to a secret: a key in clear text"),
    ({"extra_headers": {"Authorization2": "x", "X-Token": KEY}}, "work.json: extra_headers: X-Token looks"),
    ({"extra_env": {"MY_SECRET": KEY}}, "work.json: extra_env: MY_SECRET looks like a secret"),
    ({"apikey": KEY}, "work.json: apikey: is not a field of a profile"),
    ({"route": {"kind": KEY}}, "work.json: route: `kind` must be virtual_key, provider, config or none"),
    ({"route": {"kind": "config", "inline": {"provider": "x", "api_key": KEY}}}, "work.json: route.inline: "),
    ({"name": "other"}, "work.json: name: is 'other', but the file is called 'work'"),
    ({"metadata": {"a": {"b": KEY}}}, "work.json: metadata.a: must be text in double quotes"),
    ({"gateway": f"https://user:{KEY}@gw"}, "work.json: gateway: must hold no user name, password, query"),
    ("\0", "work.json line 1, column 1: "),
    ("[" * 100_000, "work.json is nested too deeply"),
]


@pytest.mark.parametrize(("content", "title"), PROFILES, ids=[title[:40] for _, title in PROFILES])
def test_a_wrong_profile_names_file_and_field_and_is_not_used(
    home: UserHome, content: str | dict[str, object], title: str
) -> None:
    text = content if isinstance(content, str) else json.dumps({**home.stored(), **content})
    (home.profiles / "work.json").write_text(text)
    refused(home.run("switch", "work"), 1, title)
    for argv in (["show", "work"], ["set", "work", "label", "x"], ["export"], ["copy", "work", "b"]):
        refused(home.run(*argv), 1, title)
    assert home.settings.read_bytes() == SETTINGS
    assert (home.profiles / "work.json").read_text() == text
    listed = home.ok("list")
    assert "broken: " in listed.out
    assert "CANARY" not in listed.text + home.ok("list", "--json").text


def test_files_that_are_no_profiles_are_passed_over(home: UserHome) -> None:
    for name in ("notes.txt", ".hidden.json", "no name.json", "work.json~", "nul.json"):
        (home.profiles / name).write_text("{}")
    assert home.ok("list").out.split() == LISTED


# Text that becomes a header ------------------------------------------------------------------------------

SMUGGLED = ("a\rX-Evil: 1", "a\nX-Evil: 1", "a\0b", "a\x7fb", "a\u2028b", "é", " a", "a ", "", "\ud800")
FIELDS = [
    ("--provider", "route.provider"),
    ("--virtual-key", "route.virtual_key"),
    ("--config", "route.id"),
    ("--trace-id", "trace_id"),
    ("--header", "extra_headers.X-A"),
    ("--sonnet", "models.sonnet"),
    ("--model", "models.default"),
    ("--gateway", "gateway"),
    ("--region", "vertex.region"),
    ("--project-id", "vertex.project_id"),
    ("--env", "extra_env.FOO"),
]


@pytest.mark.parametrize(("option", "field"), FIELDS, ids=[option for option, _ in FIELDS])
def test_no_field_smuggles_a_header_in(home: UserHome, option: str, field: str) -> None:
    before = home.stored()
    for text in SMUGGLED:
        value = {"--header": f"X-A={text}", "--env": f"FOO={text}"}.get(option, text)
        dialect = ("--dialect", "vertex") if field.startswith("vertex") else ()
        route = () if option in ("--provider", "--virtual-key", "--config") else ("--provider", "@a")
        if value:  # an option with an empty value is one not given
            # A config may be called so at Portkey, and cannot be looked up without a key.
            code = 1 if option == "--config" and value.isprintable() else 2
            refused(home.run("add", "new", f"{option}={value}", *dialect, *route), code, "")
        if field not in ("route.virtual_key", "route.id"):
            refused(home.run("set", "work", field, text), 2, "")
        assert not (home.profiles / "new.json").exists()
    for name in ("X\nEvil", "X Evil", "X:Evil", "é", "x-portkey-api-key", "Authorization"):
        refused(home.run("set", "work", f"extra_headers.{name}", "1"), 2, "")
    assert home.stored() == before


@pytest.mark.parametrize("text", ["a\nX-Evil: 1", "a\rb", "a\0b", "\ud800", "x" * 129], ids=ascii)
def test_metadata_is_one_line_of_json_whatever_it_holds(home: UserHome, text: str) -> None:
    refused(home.run("add", "new", "--provider", "@a", f"--metadata=k={text}"), 2, "metadata")
    refused(home.run("set", "work", "metadata.k", text), 2, "metadata")
    home.ok("set", "work", "metadata.k", 'é"\\')
    home.ok("switch", "work")
    header = home.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert header.isascii()
    assert r'{"k": "\u00e9\"\\"}' in header


def test_a_label_cannot_draw_on_the_terminal(home: UserHome) -> None:
    refused(home.run("set", "work", "label", "\x1b[2J"), 2, "label: must be on one line")


NAMES = ["", ".", "..", "a/b/c", "-x", ".x", "a b", "é", "x" * 65, "con", "NUL.txt", "a\n", "x.", "~"]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_that_is_none(home: UserHome, name: str) -> None:
    before = (["add", "--provider", "@a"], ["copy"], ["rename"], ["switch"], ["remove"], ["show"])
    for words in before:
        old = ["work"] if words[0] in ("copy", "rename") else []
        argv = [*words, "--", *old, name]
        refused(home.run(*argv), 2, "cannot be the name of a profile")
    assert [path.name for path in home.profiles.iterdir()] == ["work.json"]


GATEWAYS = [
    ("messages", "https://gw.example/v1", "the right URL is https://gw.example"),
    ("messages", "https://gw.example/v1/", "the right URL is https://gw.example"),
    ("messages", "https://gw.example/v1/messages", "the right URL is https://gw.example"),
    ("messages", "https://gw.example/v1/proxy/", "the right URL is https://gw.example"),
    ("vertex", "https://gw.example/v1/messages", "the right URL is https://gw.example/v1"),
    ("vertex", "https://gw.example", "the right URL is https://gw.example/v1"),
    ("bedrock", "https://gw.example/x/", "the right URL is https://gw.example/x/v1"),
    ("messages", "http://gw.example", "plain http would send the key unencrypted"),
    ("messages", "gw.example", "must be a URL such as https://api.portkey.ai"),
    ("messages", "ftp://gw.example", "must be a URL such as"),
    ("messages", f"https://gw.example/?k={KEY}", "must hold no user name, password, query or fragment"),
    ("messages", "https://gw.example:x", "must be a URL such as"),
]


@pytest.mark.parametrize(("dialect", "url", "title"), GATEWAYS, ids=[f"{d} {u}"[:40] for d, u, _ in GATEWAYS])
def test_a_base_url_that_is_wrong_for_its_dialect_is_told_the_right_one(
    home: UserHome, dialect: str, url: str, title: str
) -> None:
    argv = ["add", "new", "--dialect", dialect, "--provider", "@a", "--model", "m", "--gateway", url]
    refused(home.run(*argv), 2, title)
    if url.startswith("http://"):
        home.ok(*argv, "--allow-plain-http")


# The surroundings ----------------------------------------------------------------------------------------


def test_no_home_is_told(home: UserHome) -> None:
    for value in ("", "relative/path"):
        home.environ["HOME"] = value
        refused(home.run("list"), 1, "Your home directory is not known: HOME is empty or relative")
    home.environ["PKCC_CONFIG_DIR"] = str(home.own)
    home.environ["CLAUDE_CONFIG_DIR"] = str(home.claude)
    assert home.ok("list").out.split()[:4] == LISTED[:4]  # its key lies in the home that is not known


def test_without_home_the_system_s_own_record_counts(home: UserHome) -> None:
    # `env -i` and cron jobs have none. Nothing is read or written there: `--version` and `--help` only.
    ran = home.spawn("list", "--config-dir", str(home.own), "--settings", str(home.settings),
                     env={"PATH": "/usr/bin:/bin"})  # fmt: skip
    assert (ran.code, ran.out.split()) == (0, LISTED)


def test_a_file_in_the_way_of_our_directory(home: UserHome) -> None:
    blocked = home.root / "file"
    blocked.write_text("")
    argv = ("add", "x", "--provider", "@a", "--config-dir", str(blocked), "--key-stdin")
    refused(home.run(*argv, stdin=KEY), 1, "cannot be")


def test_a_document_of_a_newer_version_is_never_called_damaged(home: UserHome) -> None:
    """Moving it away, which is the remedy for a damaged one, would lose the way back."""
    home.ok("switch", "work")
    (home.root / "mine").mkdir()
    home.ok("project", "add", str(home.root / "mine"), "--metadata", "a=b")
    home.ok("project", "rule", "add", str(home.root / "x"), "--metadata", "a=b")
    home.ok("preference", "on_drift", "ignore")
    (home.root / "other").mkdir()
    home.ok("target", "add", "other", str(home.root / "other"))
    commands = {
        "state.json": (["switch", "work"], ["off"], ["status"]),
        "projects.json": (["project", "list"], ["off"]),
        "rules.json": (["project", "rule", "list"], ["project", "sync"]),
        "preferences.json": (["preference"],),
        "targets.json": (["target", "list"], ["switch", "work"]),
        "keys.json": (["key", "list"], ["key", "print", "work"]),
        "vault.json": (["key", "print", "work"],),
        "work.json": (["show", "work"], ["switch", "work"]),
    }
    for name, runs in commands.items():
        found = [home.profiles / name] if name == "work.json" else home.root.rglob(name)
        path = next(path for path in found if name != "state.json" or str(home.settings) in path.read_text())
        before = path.read_bytes()
        version = "schema_version" if name == "work.json" else "version"
        newer = json.dumps({**json.loads(before), version: 9}).encode()
        path.write_bytes(newer)
        for argv in runs:
            ran = home.run(*argv)
            secret = name in ("keys.json", "vault.json")
            assert ran.code == (5 if secret else 1), (name, argv, ran)
            assert ("pdate" in ran.err, "damaged" in ran.err) == (True, False), ran.err
            assert path.read_bytes() == newer
        path.write_bytes(before)
    home.ok("off")


def test_a_remembered_state_that_is_damaged_is_told(home: UserHome) -> None:
    home.ok("switch", "work")
    written = home.settings.read_bytes()
    (state,) = (home.root / ".local/state/pkcc-tray/targets").glob("*/state.json")
    for text in ("{", '{"version": 2}', '{"version": true}', '{"version": 0}', "[]"):
        state.write_text(text)
        for argv in (["switch", "work"], ["off"], ["undo"], ["status"]):
            refused(home.run(*argv), 1, "state.json is damaged")
    assert home.settings.read_bytes() == written


def test_a_directory_that_was_removed_under_us(home: UserHome) -> None:
    gone = home.root / "gone"
    gone.mkdir()
    script = f'cd "{gone}" && rmdir "{gone}" && exec "{sys.executable}" -m tray status'
    done = subprocess.run(["sh", "-c", script], env=home.environ, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_lock_held_for_long_is_waited_for_and_then_told(home: UserHome) -> None:
    # Another pkcc-tray at work: ours must neither barge in nor lose the switch.
    home.ok("switch", "work")
    home.ok("off")
    (lock,) = (home.root / ".local/state/pkcc-tray/targets").glob("*/lock")
    import fcntl

    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        released = threading.Timer(0.3, lambda: fcntl.flock(held, fcntl.LOCK_UN))
        released.start()
        started = time.monotonic()
        home.ok("switch", "work")
        assert time.monotonic() - started >= 0.25
        released.join()


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="this system has no /dev/zero")
@pytest.mark.parametrize("opened_for_writing", [False, True])
@pytest.mark.parametrize("argv", [("config", "check", "-"), ("key", "set", "work")], ids=" ".join)
def test_input_without_an_end_or_that_gives_nothing(
    home: UserHome, argv: tuple[str, ...], opened_for_writing: bool
) -> None:
    """An endless one would take all memory; what `nohup` leaves for input can only be written."""
    place, mode = (os.devnull, "wb") if opened_for_writing else ("/dev/zero", "rb")
    with open(place, mode) as stream:
        limit = 'ulimit -v 2000000; exec "$@"'
        command = ["sh", "-c", limit, "sh", sys.executable, "-m", "tray", *argv]
        done = subprocess.run(
            command, env=home.environ, cwd=home.root, stdin=stream, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 2, done
    assert len(done.stderr.splitlines()) == 2
