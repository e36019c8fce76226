"""Input that is nearly right, to every reader: it is taken or refused readably, and never a fault.

Two lanes. Readers are called themselves, thousands a second: only PkccError may come out. Commands are run
whole (in this process, keys in a real vault): two lines of error, no traceback, no secret, no file changed.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.client.command import EXECUTABLE
from support.home.user_home import KEY, SETTINGS, Ran, UserHome
from torture.fuzz_account import account_readers
from torture.fuzz_explained import config_readers
from torture.fuzz_kept import KeptCatalog
from torture.fuzz_session import session_readers
from torture.fuzz_teams import team_readers
from torture.mutation import PIECES, mutated
from torture.row import Row

from profiles.base.errors import PkccError
from profiles.claude_code.header_lines import foreign_lines, merge, split_lines
from profiles.claude_code.owned_slots import MODEL
from profiles.claude_code.settings.parse import actual_values, parse_settings
from profiles.files.json_documents import parse_json
from profiles.importing.exports import KINDS as EXPORT_KINDS
from profiles.importing.exports import read_exports
from profiles.importing.sources import KINDS
from profiles.portkey.config.config import check_config
from profiles.profile.schema.parse import FieldError, parse_profile
from profiles.switching.edit.new_text import Filled
from profiles.switching.edit.plan import plan_edit
from profiles.switching.edit.standing import Standing
from profiles.switching.memory.state import Memory
from tray.cli.verbs import VERBS
from tray.ipc import client as ipc_client
from tray.ipc import server as ipc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INPUTS = 240_000  # in the long form: readers; and of whole commands
COMMANDS = 12_000
LIMIT_S = 10.0  # for one input
_SETTINGS = (
    SETTINGS,
    b'\xef\xbb\xbf{\r\n\t"env": {"ANTHROPIC_BASE_URL": "https://x", "A": 1e999, "A": null},\r\n\t"b": 1\r\n}',
    b'{"apiKeyHelper": "x", "env":{"ANTHROPIC_CUSTOM_HEADERS":"X-C: \\u00e9\\nx-portkey-api-key: k\\r\\n"}}',
    b'{"env": { }, "hooks": {"a": [{"b": "\\ud83d\\ude00"}]}}\n',
    b"",
)
_CONFIG: dict[str, Any] = {
    "strategy": {
        "mode": "conditional",
        "conditions": [{"query": {"metadata.a": {"$eq": 1}}, "then": "x"}],
        "default": "x",
    },
    "targets": [
        {"name": "x", "provider": "@a", "weight": 0.5, "retry": {"attempts": 3}},
        {"virtual_key": "v"},
    ],
    "cache": {"mode": "simple", "max_age": 60},
}
_PROFILE: dict[str, Any] = {
    "schema_version": 1,
    "name": "work",
    "dialect": "messages",
    "route": {"kind": "config", "inline": _CONFIG},
    "models": {"sonnet": "claude-sonnet-4-5"},
    "metadata": {"_user": "é"},
    "extra_headers": {"X-A": "1"},
    "extra_env": {"A_TOKEN": "keyring:work"},
    "api_key": 'cmd:["pass", "x"]',
}
_PORTKEY = {
    "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
    "ANTHROPIC_AUTH_TOKEN": KEY,
    "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @a\nx-portkey-api-key: " + KEY,
}
_SHELL = "".join(f"export {name}='{value}'\n" for name, value in _PORTKEY.items())
_SHELL += 'if true; then\nA="${B:-x}$(date)\\"" export C=$\'\\x41\' # no\nfi\n'
_EXPORTS = {
    "fish": "".join(f"set -gx {name} '{value}'\n" for name, value in _PORTKEY.items()),
    "powershell": "".join(f"$env:{name} = '{value}'\n" for name, value in _PORTKEY.items()),
    "nushell": "".join(f"$env.{name} = '{value}'\n" for name, value in _PORTKEY.items()),
    "dotenv": "".join(f'{name}="{value}"\n' for name, value in _PORTKEY.items()),
}
_HEADERS = (
    b'X-Corp: 1\\nx-portkey-provider: @a\\r\\nX-Portkey-Config : {\\"a\\":1}',
    b"\\u000ax-portkey-api-key:k\\n\\n: \\nno colon\\n X: y",
)
_IPC = (
    b'{"v":1,"do":"key","name":"work"}\n',
    b'{"v":1,"do":"switch","name":"a","as":"b","in":"/"}\n',
    b'{"v":1,"ok":true,"text":"a\\n\\u00e9","notes":"b\\nc"}\n',
)
# No path here leads out of the throw-away directory: what is typed may be written to.
_WORDS = (
    *(
        "work",
        "--json",
        "--debug",
        "--",
        "-h",
        "--help",
        "",
        "-",
        "é",
        "\ud800",
        "x" * 3000,
        "a=b",
        "=",
        "--=",
    ),
    *("--key-stdin", "--provider", "@a", "--config", "pc-x", "--dialect", "vertex", "--model", "--metadata"),
    *(
        "k=v",
        "--header",
        "--env",
        "--key-ref",
        "env:X",
        "cmd:[]",
        "--settings",
        "nowhere.json",
        "--config-dir",
    ),
    *(
        "--name",
        "--from",
        "ccs",
        "--dry-run",
        "--replace",
        "--force",
        "--stdin",
        "--project",
        ".",
        "nowhere/x",
    ),
    *("metadata.k", "route", "null", "{}", "[]", "--file", "--all", "a\nb", "\x1b[2J", "%s", "1e999", "~"),
)
# Those that take long by themselves, or become another program: only as processes of their own.
_SPAWNED = ("demo", "exec", "doctor", "check")
_ENDLESS = ("tray", "manage")  # they go on until somebody ends them; rows of their own have them
_LEFT_OUT = (*_ENDLESS, *_SPAWNED)
# A key as one writes it, with nothing grown onto it: then it is known for one wherever else it stands.
_WHOLE_KEY = re.compile(rb"""(?:^|[\s"'=:])""" + KEY.encode() + rb"""(?:$|[\s"'\\;,])""")
_FAULT = ("Traceback", "Something went wrong inside")


class HungError(Exception):
    """One input took longer than the limit."""


def run(seconds: float | None, seed: int) -> Row:
    """The row. `seconds` is shared by the two lanes; None: 240,000 inputs to readers, 12,000 commands."""
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        return _Fuzz(Path(name), seconds, random.Random(seed)).row()


class _Fuzz:
    def __init__(self, directory: Path, seconds: float | None, rng: random.Random) -> None:
        self.directory = directory
        self.home = UserHome(directory / "home")
        self.home.environ["EDITOR"] = "true"
        self.home.add("work", "--provider", "@a", "--key-delivery", "settings")
        self.home.add("home", "--provider", "@a", "--gateway", "http://127.0.0.1:9")
        self.limit_s = None if seconds is None else seconds / 2
        self.rng = rng
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self.database = _database(directory)
        self.team: KeptCatalog | None = None

    def row(self) -> Row:
        self._lane(INPUTS, self._readers())
        self._lane(COMMANDS, self._commands())
        return Row("Fuzz", dict(self.counts), self.failures)

    def _lane(self, full: int, targets: list[tuple[str, Callable[[], None]]]) -> None:
        began, number = time.monotonic(), 0
        while number < full if self.limit_s is None else time.monotonic() - began < self.limit_s:
            name, once = targets[number % len(targets)]
            number += 1
            self.counts[name] += 1
            try:
                with _time_limit():
                    once()
            except (PkccError, FieldError):
                self.counts[f"{name}: refused"] += 1
            except Exception as error:  # noqa: BLE001 - whatever else comes out is what is looked for
                self.failures.append(f"{name}: {type(error).__name__}: {str(error)[:200]}")

    # Readers ---------------------------------------------------------------------------------------------

    def _readers(self) -> list[tuple[str, Callable[[], None]]]:
        exports = [
            (f"exports, {kind}", lambda kind=kind: self._exports(kind))  # type: ignore[misc]
            for kind in EXPORT_KINDS
        ]
        return [
            ("settings bytes", self._settings),
            ("profile bytes", lambda: self._profile(_json(_PROFILE))),
            ("config bytes", lambda: self._config(_json(_CONFIG))),
            ("header text", self._header),
            ("request lines", self._request),
            ("answer lines", self._answer),
            *exports,
            *account_readers(self.rng, self.directory),
            *config_readers(self.rng),
            *session_readers(self.rng, self.directory),
            *team_readers(self.rng, self.directory),
        ]

    def _mutated(self, *seeds: bytes) -> bytes:
        return mutated(self.rng, self.rng.choice(seeds), seeds)

    def _settings(self) -> None:
        data = self._mutated(*_SETTINGS)
        settings = parse_settings(data, "F")
        actual_values(settings)
        filled = Filled(
            {"ANTHROPIC_BASE_URL": "https://y"}, "x-portkey-provider: @b", "pkcc-tray key print w"
        )
        plan = plan_edit(
            Standing(settings, None, Memory()), Memory(), filled, keep_blanks=self.rng.random() < 0.5
        )
        written = settings.encode(plan.text or "")
        before = _foreign(b"{}" if settings.blank else data)
        if _foreign(written, plan.memory.displaced.get(MODEL)) != before:
            raise AssertionError(f"foreign values changed: {data[:300]!r}")

    def _profile(self, seed: bytes) -> None:
        parse_profile(
            parse_json("F", self._mutated(seed, _json({"name": "a", "route": {}})), unique_keys=True)
        )

    def _config(self, seed: bytes) -> None:
        data = parse_json("F", self._mutated(seed, b'{"provider": "openai", "api_key": "keyring:x"}'))
        check_config(data, self_hosted=self.rng.random() < 0.5)

    def _header(self) -> None:
        raw = '"' + self._mutated(*_HEADERS).decode("utf-8", "replace").replace('"', "'") + '"'
        with suppress(ValueError):
            json.loads(raw)  # only what a JSON file can hold comes here
            lines = split_lines(raw)
            merged = merge(foreign_lines(lines, {}), "x-portkey-provider: @b")
            if "\n" in json.loads(merged) and not isinstance(json.loads(merged), str):
                raise AssertionError(raw)

    def _request(self) -> None:
        request = ipc._parse(self._mutated(*_IPC))
        if request is not None and not all(isinstance(value, str) for value in request.values()):
            raise AssertionError(str(request))

    def _answer(self) -> None:
        with suppress(ValueError):  # as `ask` does
            ipc_client._understand(self._mutated(*_IPC))

    def _exports(self, kind: str) -> None:
        read_exports(self._mutated(_EXPORTS.get(kind, _SHELL).encode(), _SHELL.encode()), "F", kind)

    # Whole commands --------------------------------------------------------------------------------------

    def _commands(self) -> list[tuple[str, Callable[[], None]]]:
        imports = [
            (f"import, {kind}", lambda kind=kind: self._import(kind))  # type: ignore[misc]
            for kind in (*KINDS, "bundle")
        ]
        return [
            ("switch over settings", self._switch),
            ("arguments", self._arguments),
            ("the installed command", self._installed),
            ("profile file", self._profile_file),
            ("config file", self._config_file),
            ("remembered state", self._state_file),
            ("kept catalogs", self._kept_catalog),
            *imports,
        ]

    def _run(self, *argv: str, stdin: str = "", known: bool = True) -> Ran:
        """Run it, and hold it to what every command promises. Not `known`: it cannot tell the key for one."""
        before = self._files()
        ran = self.home.run(*argv, stdin=stdin)
        self.counts["commands run"] += 1
        self._hold(ran, argv, before, known=known)
        return ran

    def _hold(self, ran: Ran, argv: tuple[str, ...], before: dict[Path, bytes], *, known: bool) -> None:
        self.counts["commands that refused"] += ran.code != 0
        shown = " ".join(argv)[:200].encode("ascii", "backslashreplace").decode()
        if any(word in ran.text for word in _FAULT) and "--debug" not in argv:
            raise AssertionError(f"`{shown}`: {ran.err[:300]}")
        if "--debug" in argv and "Something went wrong inside" in ran.text:
            raise AssertionError(f"`{shown}`: {ran.err[-600:]}")
        if known and KEY in ran.text and argv[:2] != ("key", "print"):
            raise AssertionError(f"`{shown}` shows the key")
        if ran.code not in (0, 1, 2, 3, 4, 5, 6):
            raise AssertionError(f"`{shown}`: exit code {ran.code}")
        if ran.err.startswith("Error: ") and "--debug" not in argv:
            if len(ran.err.splitlines()) != 2:
                raise AssertionError(f"`{shown}`: {ran.err[:300]!r}")
            now = self._files()
            if now != before:
                paths = {*now, *before}
                wrote = sorted(path.name for path in paths if now.get(path) != before.get(path))
                raise AssertionError(f"`{shown}` was refused, and wrote {', '.join(wrote)}: {ran.err[:300]}")

    def _files(self) -> dict[Path, bytes]:
        """Everything below the home but locks and what is only kept for speed."""
        return {
            path: path.read_bytes()
            for path in self.home.root.rglob("*")
            if path.is_file() and not path.name.endswith("lock") and path.parent.name != "rendered"
        }

    def _switch(self) -> None:
        data = self._mutated(*_SETTINGS)
        self.home.settings.write_bytes(data)
        try:
            if self._run("switch", self.rng.choice(("work", "home"))).code == 0:
                json.loads(
                    self.home.settings.read_bytes().decode("utf-8-sig"), parse_int=str, parse_float=str
                )
                self._run("status")
                off = self._run("off")
                if off.code or self.home.settings.read_bytes() != data:
                    raise AssertionError(f"off does not give back {data[:300]!r} ({off.err})")
        finally:
            self.home.settings.write_bytes(SETTINGS)

    def _words(self, verbs: list[str]) -> list[str]:
        argv = self.rng.choice(verbs).split() if self.rng.random() < 0.9 else []
        for _ in range(self.rng.randint(0, 5)):
            word = self.rng.choice((*_WORDS, *verbs)) if self.rng.random() < 0.9 else self._piece()
            argv.insert(self.rng.randint(min(len(argv), 1), len(argv)), word.replace("\0", "").lstrip("/"))
        return argv

    def _installed(self) -> None:
        """As a process of its own, all that end by themselves; what `exec` runs is `true`, or nothing."""
        verbs = [verb.words for verb in VERBS if verb.words not in _ENDLESS]
        argv = self._words([*verbs, *_SPAWNED] if self.rng.random() < 0.5 else list(_SPAWNED))
        if argv[:1] == ["exec"]:
            argv = [word for word in argv if word != "--"] + self.rng.choice(([], ["--", "true"], ["--"]))
        argv = [word for word in argv if _typable(word)]
        if not argv or argv[0] in _ENDLESS or "--headless" in argv:
            return
        kept = self._files()
        try:
            done = subprocess.run(
                [EXECUTABLE, *argv],
                env=self.home.environ,
                cwd=self.home.root,
                input=KEY.encode() + b"\n",
                capture_output=True,
                timeout=LIMIT_S,
            )
            self.counts["processes"] += 1
            ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
            self._hold(ran, tuple(argv), kept, known=True)
        finally:
            self._put_back(kept)

    def _arguments(self) -> None:
        argv = self._words([verb.words for verb in VERBS if verb.words not in _LEFT_OUT])
        if not argv or argv[0] in _LEFT_OUT or "--headless" in argv:
            return
        kept = self._files()
        try:
            self._run(*argv, stdin=f"{KEY}\n")
        finally:
            self._put_back(kept)

    def _piece(self) -> str:
        return self.rng.choice(PIECES).decode("utf-8", "surrogateescape").replace("\0", "")

    def _put_back(self, kept: dict[Path, bytes]) -> None:
        now = self._files()
        for path in set(now) - set(kept):
            path.unlink()
        for path, data in kept.items():
            if now.get(path) != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)

    def _profile_file(self) -> None:
        path = self.home.profiles / "work.json"
        good = path.read_bytes()
        path.write_bytes(self._mutated(good, _json(_PROFILE)))
        try:
            self._run(
                *self.rng.choice(
                    (["show", "work"], ["list"], ["switch", "work", "--dry-run"], ["key", "list"])
                )
            )
        finally:
            path.write_bytes(good)

    def _config_file(self) -> None:
        path = self.home.root / "config.json"
        path.write_bytes(
            self._mutated(_json(_CONFIG), b'{"provider": "openai", "api_key": "' + KEY.encode() + b'"}')
        )
        self._run("config", "check", str(path))

    def _state_file(self) -> None:
        self._run("switch", "work")
        (state,) = (self.home.root / ".local/state/pkcc-tray/targets").glob("*/state.json")
        good = state.read_bytes()
        state.write_bytes(self._mutated(good))
        try:
            self._run(*self.rng.choice((["status"], ["off", "--dry-run"], ["history"], ["diff"])))
        finally:
            state.write_bytes(good)
            self._run("off")

    def _kept_catalog(self) -> None:
        if self.team is None:
            self.team = KeptCatalog(self.directory)
        mine, self.home = self.home, self.team.home
        kept = self._files()
        try:
            self.team.once(self.rng, self._run)
        finally:
            self._put_back(kept)
            self.home = mine

    def _import(self, kind: str) -> None:
        place = self.home.root / "imported"
        place.mkdir(exist_ok=True)
        for old in place.iterdir():
            old.unlink()
        settings = _json({"env": _PORTKEY, "apiKeyHelper": "echo " + KEY})
        name, seed = {
            "settings": ("settings.json", settings),
            "bundle": ("bundle.json", _json({"pkcc_tray_bundle": 1, "profiles": [_PROFILE]})),
            "cc-switch": ("cc-switch.db", self.database),
            "ccs": ("a.settings.json", settings),
            "claude-provider-switcher": (
                "profiles.json",
                _json({"profiles": {"a": {"type": "api", "env": _PORTKEY}}}),
            ),
        }.get(kind, ("file", _EXPORTS.get(kind, _SHELL).encode()))
        path = place / name
        path.write_bytes(data := self._mutated(seed))
        told = [] if kind == "bundle" or self.rng.random() < 0.3 else ["--from", kind]
        kept = self._files()
        try:
            argv = ("import", str(path), *told, "--prefix", "new-", *self.rng.choice((["--dry-run"], [])))
            self._run(*argv, known=_WHOLE_KEY.search(data) is not None)
        finally:
            self._put_back(kept)


def _typable(word: str) -> bool:
    """Whether the system's arguments can hold it."""
    try:
        return len(os.fsencode(word)) < 100_000
    except UnicodeEncodeError:
        return False


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1).encode()


def _database(directory: Path) -> bytes:
    path = directory / "cc-switch.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE providers (app_type TEXT, name TEXT, settings_config TEXT)")
        row = ("claude", "a", json.dumps({"env": _PORTKEY}))
        connection.execute("INSERT INTO providers VALUES (?, ?, ?)", row)
        connection.commit()
    return path.read_bytes()


def _foreign(data: bytes, model: object = None) -> Any:
    """What a reader that is not ours finds in settings, numbers as spelled, without what a switch may set.

    `model`: the user's own, in JSON, where the switch remembers to put that back.
    """
    found = json.loads(data.decode("utf-8-sig"), parse_int=str, parse_float=str)
    if isinstance(model, str):
        found["model"] = json.loads(model)
    found.pop("apiKeyHelper", None)
    env = found.pop("env", {})
    return found, {
        name: value
        for name, value in env.items()
        if not name.startswith(("ANTHROPIC_", "CLAUDE_CODE_", "CLOUD_ML", "AWS_BEARER"))
    }


@contextmanager
def _time_limit() -> Iterator[None]:
    """A hang becomes an exception; only the main thread can be interrupted so."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def hung(*_: object) -> None:
        raise HungError(f"no end after {LIMIT_S:g} s")

    before = signal.signal(signal.SIGALRM, hung)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
