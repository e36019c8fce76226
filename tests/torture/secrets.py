"""A canary key through every command, failure and log level: afterwards it is found only where it must be.

Every command of the program is run as a process of its own, plain, with --json and with --debug, under
umask 000 and 077, once with the vault and once with a real keyring on a bus that is listened to. Looked
through afterwards: what was printed, the arguments and environment of every process that was started
(strace), the home, file modes, the bus's traffic, the tray's log, and what a crash of the tray may dump.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from support.catalog_homes import Publisher
from support.gateway.account import HostedAccount
from support.gateway.account_rows import policy
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, UserHome
from support.keyring.secret_service import secret_service
from torture.row import Row
from torture.secrets_manager import audit_manager
from torture.secrets_team import LINES as TEAM_LINES
from torture.secrets_team import walk_as_a_team
from torture.watching import watch

from tray.cli.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "CANARY"  # a part of every secret here
OLD = "sk-ant-CANARY-of-before-the-first-switch"
NEW = "pk-CANARY-rotated"
DEAD = "http://127.0.0.1:9"  # nobody listens there: the gateway that cannot be reached
_START_LIMIT_S = 20.0
# What is typed for each command. Several lines where there are several ways; failures on purpose among them.
_INVOCATIONS: dict[str, list[str]] = {
    "add": [
        "add third --provider @c --gateway http://127.0.0.1:9 --key-stdin",
        "add work --provider @a --key-stdin",
    ],
    "list": ["list"],
    "show": ["show work", "show file"],
    "edit": ["edit work"],
    "set": ["set work metadata.team a", f"set work api_key {KEY}", f"set work extra_env.A_TOKEN {KEY}"],
    "rename": ["rename third fourth"],
    "copy": ["copy file fifth"],
    "remove": ["remove fifth", "remove work"],
    "switch": ["switch file --dry-run", "switch file", "switch work", f"switch {KEY}"],
    "exec": ["exec work -- true"],
    "off": ["off --dry-run", "off"],
    "undo": ["undo"],
    "history": ["history"],
    "tidy": ["tidy"],
    "status": ["status", "status --short"],
    "sessions": ["sessions"],
    "diff": ["diff", "diff work", "diff file"],
    "restore": ["restore --dry-run", "restore"],
    "adopt": ["adopt"],
    "project add": ["project add project --metadata a=b"],
    "project list": ["project list"],
    "project show": ["project show project"],
    "project remove": ["project remove project"],
    "project sync": ["project sync"],
    "project rule add": ["project rule add ~/p/* --profile work"],
    "project rule list": ["project rule list"],
    "project rule remove": ["project rule remove ~/p/*"],
    "target add": ["target add other other.json"],
    "target list": ["target list"],
    "target remove": ["target remove other"],
    "trust add": ["trust add https://gateway.example/v1 --profile work", f"trust add {KEY} --profile work"],
    "trust list": ["trust list"],
    "trust remove": ["trust remove https://gateway.example/v1 --profile work"],
    "key set": ["key set spare --stdin", f"key set {KEY}x --value {KEY}"],
    "key print": ["key print work", "key print nothing"],
    "key list": ["key list"],
    "key rotate": ["key rotate work --stdin"],
    "key remove": ["key remove spare", "key remove work"],
    "key vault init": ["key vault init"],
    "explain": ["explain work", "explain --file config.json", "explain work --id pc-1"],
    "config new": [
        "config new --fallback @a ./config.json",
        f"config new --to openai --key-ref {KEY}",
        f"config new --to @a --set api_key={KEY} --override token={KEY} -o new.json",
    ],
    "config check": ["config check config.json"],
    "config show": ["config show work", "config show file"],
    "config push": ["config push config.json --profile work --yes"],
    "config pull": ["config pull pc-1 --profile work"],
    "config diff": ["config diff config.json pc-1 --profile work"],
    "config list": ["config list --profile work"],
    "check": ["check work"],
    "models": ["models work"],
    "usage": ["usage work --by user"],
    "budget": ["budget work"],
    "import": [
        "import settings-of-old.json --dry-run",
        "import settings-of-old.json --name old",
        "import broken.json",
    ],
    "export": ["export", "export work"],
    "tray": ["tray --no-such-option"],  # the real one has a part of its own
    "quit": ["quit"],
    "preference": ["preference"],
    "statusline": ["statusline --says work", "statusline --says work --beside true"],
    "statusline on": ["statusline on"],
    "statusline off": ["statusline off"],
    "statusline status": ["statusline status"],
    "autostart on": ["autostart on"],
    "autostart off": ["autostart off"],
    "autostart status": ["autostart status"],
    "desktop install": ["desktop install"],
    "desktop remove": ["desktop remove"],
    "uninstall": ["uninstall --dry-run", "uninstall"],  # nobody can be asked: it takes nothing away
    "doctor": ["doctor"],
    "schema": ["schema"],
    "completion": ["completion bash"],
    "demo": ["demo"],
    "manage": ["manage --page nowhere/at/all/of/it"],  # the real one has a part of its own
}
_COMMANDS = {*_INVOCATIONS, *TEAM_LINES}
# Where the key is to be seen: printed for the helper, and in the environment of a program that `exec` runs.
_PRINTS = ("key print",)
_HANDS_ON = ("exec",)
_LEVELS: tuple[list[str], ...] = ([], ["--json"], ["--debug"])


def run(seconds: float | None, seed: int) -> Row:
    """The row, about a minute; under 120 `seconds` each umask is tried at one log level, drawn by lot."""
    rng = random.Random(seed)
    counts: Counter[str] = Counter()
    failures: list[str] = []
    failures += [f"{words}: a new command that the audit does not know" for words in unknown()]
    if shutil.which("strace") is None:
        _lack("strace, which shows what each process is started with", counts, failures)
    thorough = seconds is None or seconds >= 120
    # Homes that know nothing of each other, two at a time: one alone keeps one processor busy.
    with ProcessPoolExecutor(2, get_context("fork")) as pool:
        parts = [
            pool.submit(_under_umask, umask, _LEVELS if thorough else (rng.choice(_LEVELS),))
            for umask in (0o000, 0o077)
        ]
        parts.append(pool.submit(_with_keyring))
        for part in parts:
            row = part.result()
            counts.update(row.counts)
            failures += row.failures
    return Row("Secrets audit", dict(counts), failures)


def _under_umask(umask: int, levels: tuple[list[str], ...]) -> Row:
    counts: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        audit = _Audit(Path(name), umask, counts, failures)
        audit.commands(levels)
        audit.account()
        audit.damage()
        audit.tray()
        audit.manager()
        audit.files()
    return Row(f"umask {umask:03o}", dict(counts), failures)


def _with_keyring() -> Row:
    counts: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name:
        _bus(Path(name), counts, failures)
    return Row("keyring", dict(counts), failures)


def unknown() -> list[str]:
    """The commands that the audit does not type."""
    return sorted({verb.words for verb in VERBS} - _COMMANDS)


class _Audit:
    """One home, one umask."""

    def __init__(self, root: Path, umask: int, counts: Counter[str], failures: list[str]) -> None:
        self.root, self.umask, self.counts, self.failures = root, umask, counts, failures
        self.home = UserHome(root / "home")
        self.home.environ |= {"EDITOR": "true", "SHELL": "/bin/sh"}
        self.trace = root / "trace"
        self.publisher = Publisher(self.home.root / "published")

    def fails(self, what: str) -> None:
        self.failures.append(f"umask {self.umask:03o}: {what}")

    def spawn(self, line: str, level: list[str], stdin: str = f"{KEY}\n") -> None:
        """Run it, watched; what it prints and starts must be clean."""
        words = line.split()
        verb = next(" ".join(words[:n]) for n in (3, 2, 1) if " ".join(words[:n]) in _COMMANDS)
        argv = words[:1] + level + words[1:] if level and "--" not in words else words
        typed = KEY in line  # as an argument, by mistake: the process list is then not ours to fix
        prefix = [] if typed else watch(self.trace)
        try:
            ran = self.home.spawn(*argv, stdin=stdin, prefix=prefix, umask=self.umask)
        except subprocess.TimeoutExpired:
            self.fails(f"`{line}` does not end")
            return
        self.counts["commands"] += 1
        self.counts[f"exit code {ran.code}"] += 1
        if CANARY in ran.text and verb not in _PRINTS:
            self.fails(f"`{line.replace(KEY, 'KEY')}` {' '.join(level)} prints the key")
        if verb in _PRINTS and CANARY in ran.err:
            self.fails(f"`{line}` prints the key on standard error")
        if "Traceback" in ran.text and level != ["--debug"]:
            self.fails(f"`{line.replace(KEY, 'KEY')}` prints a traceback")
        if prefix and self.trace.exists():
            self.counts["processes watched"] += (text := self.trace.read_text(errors="replace")).count(
                "execve("
            )
            if CANARY in text and verb not in _HANDS_ON:
                self.fails(f"`{line}` starts a process with the key in its arguments or environment")

    def commands(self, levels: tuple[list[str], ...]) -> None:
        """Everything that can be typed, over settings that hold secrets of the user's own."""
        home = self.home
        (home.root / "project").mkdir()
        home.settings.write_text(_settings_of_old())
        (home.root / "settings-of-old.json").write_text(_settings_of_old())
        (home.root / "broken.json").write_text(f'{{"env": {{"ANTHROPIC_AUTH_TOKEN": "{OLD}"')
        (home.root / "config.json").write_text(
            f'{{"provider": "openai", "api_key": "{OLD}", "oops": "{OLD}"}}'
        )
        for level in levels:
            self.spawn(f"add work --provider @a --gateway {DEAD} --key-stdin", level)
            self.spawn("add file --provider @b --key-delivery settings --key-stdin", level)
            self.spawn("switch work", level)
            for lines in _INVOCATIONS.values():
                for line in lines:
                    self.spawn(line, level)
            walk_as_a_team(home, self.publisher, lambda line, level=level: self.spawn(line, level))
            self.spawn("switch file", level)
            if CANARY in (closed := home.settings.read_text()) and home.settings.stat().st_mode & 0o077:
                self.fails("the settings hold the key and others can read them")
            if KEY not in closed and NEW not in closed:
                self.fails(
                    "the settings of a profile that writes its key do not hold it: the audit sees nothing"
                )
            for line in ("status", "diff", "list", "history", "export", "doctor"):
                self.spawn(line, level)
            self.spawn("off", level)
            for name in ("third", "fourth", "fifth", "old"):
                self.spawn(f"remove {name}", level)

    def account(self) -> None:
        """Lists and costs of an account that repeats the key, and holds a secret: what is kept of them."""
        with HostedAccount(KEY) as hosted:
            hosted.configs["pc-main-000000"][-1]["name"] = f"of {KEY}"
            hosted.providers[0]["api_key"] = OLD
            held = {"provider": "openai", "api_key": OLD, "metadata": {"of": KEY}}
            saved = hosted.save("Held", held)
            (self.home.root / "held.json").write_text(json.dumps({"provider": "openai", "api_key": OLD}))
            self.spawn(f"add there --provider @anthropic-prod --gateway {hosted.url} --key-stdin", [])
            hosted.refuses = (401, {"message": f"no {KEY} here", "data": {"errorCode": "AB05"}})
            for line in ("models there", "usage there"):
                self.spawn(line, ["--debug"])
            hosted.refuses = None
            hosted.models.append({"id": f"@anthropic-prod/{KEY}"})
            self.guided(hosted)
            for line in (
                "models there", "usage there", "usage there --by metadata team", "budget there",
                "config list --profile there",
                f"config list --versions {saved} --profile there", f"config pull {saved} --profile there",
                f"config pull {saved} --profile there -o pulled-without-secrets --force",
                f"config diff held.json {saved} --profile there",
                f"explain there --id {saved}", "explain --file held.json",
                f"config push held.json --profile there --id {saved} --yes",
                f"config push held.json --profile there --id {saved} --yes --with-secrets",
            ):  # fmt: skip
                for level in ([], ["--json"], ["--debug"]):
                    self.spawn(line, level)
            self.budget(hosted)
        kept = [path for path in self.home.root.rglob("account/*/*.json") if path.is_file()]
        self.counts["kept answers of an account"] += len(kept)
        if len(kept) < 5:
            self.fails("nothing of the account was kept: the audit sees nothing")

    def budget(self, hosted: HostedAccount) -> None:
        """A tray that asks what is left, of a policy that is called by the key: what it keeps of that."""
        hosted.policies = [{**policy(f"of {KEY}", 10), "conditions": [], "group_by": [], "current_usage": 9}]
        hosted.used = {}
        self.spawn("switch there", [])
        self.spawn("preference usage on", [])
        record = self.home.root / ".local/state/pkcc-tray/budgets.json"
        record.unlink(missing_ok=True)  # what the command kept before: here it is the tray that asks
        with subprocess.Popen(["/bin/sleep", "60"]) as session:
            listed = self.home.claude / "sessions" / f"{session.pid}.json"
            listed.parent.mkdir(exist_ok=True)
            listed.write_text(json.dumps({"pid": session.pid, "cwd": "/"}))
            with running_tray(self.home, self.umask):
                deadline = time.monotonic() + _START_LIMIT_S
                while not record.exists() and time.monotonic() < deadline:
                    time.sleep(0.05)
            listed.unlink()
            session.kill()
        self.spawn("off", [])
        if not record.exists() or "policy" not in record.read_text():
            self.fails("the tray kept no budget: the audit sees nothing")

    def guided(self, hosted: HostedAccount) -> None:
        """A person adds a profile by choosing from what that account offers, in a list and by numbers."""
        for term_type in ("xterm", "dumb"):
            environ = {**self.home.environ, "TERM": term_type}
            argv = ["add", f"guided-{term_type}", "--gateway", hosted.url]
            with terminal(argv, environ, self.home.root) as person:
                person.answer("give it later): ", f"{KEY}-wrong")
                person.answer("give it later): ", KEY)
                for question in ("Where do requests go?", "Which models?", "Store and switch now?"):
                    person.expect(question)
                    person.answer("Return chooses" if term_type == "xterm" else "[1]: ", "")
                if term_type == "xterm":
                    person.answer("what is spent? (Y/n): ", "")
                if person.finish() != 0 or "is in use now" not in person.screen:
                    self.fails(f"a guided add comes to no end on {term_type}")
            self.counts["guided adds"] += 1
            if CANARY in person.screen:
                self.fails(f"a guided add on {term_type} shows the key")

    def damage(self) -> None:
        """Failures: no vault, a damaged one, settings and profiles that cannot be read, no room to write."""
        home = self.home
        vault = home.root / ".local" / "share" / "pkcc-tray" / "vault"
        lines = (
            "switch file",
            "key print work",
            "key list",
            "status",
            "key rotate work --stdin",
            "check work",
        )
        away = vault.with_name("away")
        for level in ([], ["--debug"]):
            vault.rename(away)
            for line in lines:
                self.spawn(line, level)
            shutil.rmtree(vault, ignore_errors=True)
            away.rename(vault)
            kept = {path: path.read_bytes() for path in vault.rglob("*") if path.is_file()}
            for path in kept:
                path.write_bytes(b"age-encryption.org/v1\n" + KEY.encode())
            for line in lines:
                self.spawn(line, level)
            for path, data in kept.items():
                path.write_bytes(data)
            before = home.settings.read_bytes()
            home.settings.write_bytes(before.rstrip().removesuffix(b"}") + KEY.encode())
            for line in lines:
                self.spawn(line, level)
            home.settings.write_bytes(before)

    def tray(self) -> None:
        """A tray that has given out the key: its log, its environment, its arguments, what it would dump."""
        with running_tray(self.home, self.umask) as tray:
            self.spawn("key print work", [])
            self.spawn("switch file", [])
            self.spawn("off", [])
            own = Path("/proc") / str(tray.pid)
            for part in ("cmdline", "environ"):
                self.counts["process entries"] += 1
                if CANARY.encode() in (own / part).read_bytes():
                    self.fails(f"the key is in the tray's {part}")
            limits = (own / "limits").read_text().splitlines()
            if next(line for line in limits if line.startswith("Max core file size")).split()[4] != "0":
                self.fails("a crash of the tray may write the keys in its memory into a core dump")

    def manager(self) -> None:
        """The manager over all that was done until now, a profile that writes its key in use."""
        self.spawn("switch file", [])
        self.spawn(f"join published --key {self.publisher.key} --yes --no-switch --key-stdin", [])
        audit_manager(self.home, self.umask, self.counts, self.fails)
        self.spawn("off", [])

    def files(self) -> None:
        """Nothing of ours holds the key in the clear, and nobody else can read what is ours."""
        home = self.home
        users_own = {home.settings, home.root / "project"} | set(home.root.glob("*.json"))
        for path in sorted(home.root.rglob("*")):
            status = path.lstat()
            if stat.S_ISREG(status.st_mode):
                self.counts["files"] += 1
                if CANARY.encode() in path.read_bytes() and path not in users_own:
                    self.fails(f"{path.relative_to(home.root)} holds the key")
            ours = "pkcc-tray" in path.parts
            if ours and not stat.S_ISLNK(status.st_mode) and status.st_mode & 0o077:
                self.fails(f"{path.relative_to(home.root)} has mode {stat.S_IMODE(status.st_mode):03o}")


@contextmanager
def running_tray(home: UserHome, umask: int = 0o077) -> Iterator[subprocess.Popen[bytes]]:
    """The installed tray without an icon, until the end of the block; it answers already."""
    # As on a machine that keeps core dumps.
    argv = ["/bin/sh", "-c", 'ulimit -c "$(ulimit -H -c)"; exec "$@"', "sh"]
    argv += [sys.executable, "-m", "tray", "tray", "--headless"]
    with subprocess.Popen(
        argv,
        env=home.environ,
        cwd=home.root,
        umask=umask,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            socket_path = home.root / ".local" / "state" / "pkcc-tray" / "run" / "tray.sock"
            deadline = time.monotonic() + _START_LIMIT_S
            while not socket_path.exists():
                if time.monotonic() > deadline or process.poll() is not None:
                    raise RuntimeError("the tray did not start")
                time.sleep(0.05)
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def _bus(root: Path, counts: Counter[str], failures: list[str]) -> None:
    """With a real keyring: anyone who listens to the whole bus hears no key."""
    if not all(map(shutil.which, ("dbus-daemon", "dbus-monitor", "gnome-keyring-daemon"))):
        _lack("dbus-monitor and gnome-keyring, for the traffic of a real keyring", counts, failures)
        return
    heard = root / "heard"
    with ExitStack() as stack:
        service = stack.enter_context(secret_service(root))
        listening = [shutil.which("dbus-monitor") or "", "--address", service.address]
        listener = stack.enter_context(subprocess.Popen(listening, stdout=heard.open("wb")))
        stack.callback(listener.terminate)
        home = UserHome(root / "home")
        home.environ |= {"PKCC_SECRETS": "keyring", "DBUS_SESSION_BUS_ADDRESS": service.address}
        for argv in (
            ["add", "work", "--provider", "@a", "--key-stdin"],
            ["key", "print", "work"],
            ["switch", "work"],
            ["key", "rotate", "work", "--stdin"],
            ["doctor"],
            ["key", "list"],
            ["key", "remove", "work", "--force"],
        ):
            ran = home.spawn(*argv, stdin=f"{KEY}\n")
            counts["commands with a keyring"] += 1
            if ran.code not in (0, 1) or (argv[:2] == ["key", "print"]) != (KEY in ran.out):
                failures.append(f"with a keyring `{' '.join(argv)}` ends with {ran.code}")
    traffic = heard.read_bytes()
    counts["bus traffic, bytes"] += len(traffic)
    if b"CreateItem" not in traffic:
        failures.append("nothing was heard on the bus: the audit sees nothing")
    if CANARY.encode() in traffic or b"67, 65, 78, 65, 82, 89" in traffic or b"43 41 4e 41 52 59" in traffic:
        failures.append("the key goes over the session bus in the clear")


def _lack(what: str, counts: Counter[str], failures: list[str]) -> None:
    """Say what is left out for want of a program; where everything should be installed it is a failure."""
    counts[f"left out, not installed: {what}"] += 1
    if os.environ.get("CI") == "true":
        failures.append(f"not installed: {what}")


def _settings_of_old() -> str:
    return (
        '{\n  "env": {\n    "ANTHROPIC_BASE_URL": "https://api.portkey.ai",\n'
        f'    "ANTHROPIC_AUTH_TOKEN": "{OLD}",\n'
        f'    "ANTHROPIC_CUSTOM_HEADERS": "Authorization: Bearer {OLD}\\nx-portkey-api-key: {OLD}\\n'
        'x-portkey-provider: @old"\n  },\n  "model": "opus"\n}\n'
    )
