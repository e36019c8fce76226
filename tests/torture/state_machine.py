"""Everything that may happen to a settings file, in any order, against what must hold whatever happened.

The moves: our commands, Claude Code saving its own settings, an editor (in place, and torn), drift, a command
killed at one of its system calls, profiles that change, projects that are added, moved and forgotten, and a
team's catalog (`story_catalog`). Commands run whole, in this process with a real vault; killed ones in a
process of their own under strace.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from support.home.user_home import KEY, Ran, UserHome
from torture.row import Row
from torture.story_catalog import SAFE, WORK, CatalogStory

from profiles.claude_code.settings.json_text import parse_document, parse_object
from tray.cli.verbs import CHANGES, find_verb

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS = 30
STORIES, AT_ONCE = 400, 4  # hypothesis begins each time with the simplest story, which is dull
OLD = "sk-ant-CANARY-of-before-the-first-switch"
CALLS = ("openat", "rename", "fsync", "unlink", "mkdir", "rmdir", "write", "fchmod", "link")
# A user's own values in owned keys, and a spelling that no JSON library gives back.
ORIGINAL = (
    '{\r\n\t"model": "opus",\r\n\t"big": 1e999, "env": {"FOO": "1",\r\n'
    f'\t\t"ANTHROPIC_API_KEY": "{OLD}",\r\n'
    '\t\t"ANTHROPIC_BASE_URL": "https://mine.example",  "BAR": "\\u00e9"},\r\n\t"permissions": {"allow": []}}'
)
PROFILES = {
    "work": ("--provider", "@anthropic-prod", "--metadata", "team=a"),
    "file": ("--provider", "@b", "--key-delivery", "settings"),
    "vertex": (
        *("--dialect", "vertex", "--provider", "vertex-ai", "--virtual-key", "vk"),
        *("--model", "claude-sonnet-4-5@20250929"),
    ),
}
OWNED_HERE = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
)  # of the user's own values, those that profiles replace
_CLEARING = ("switch", "off", "undo", "restore")  # whichever comes first takes away what a killed one left
NAMES = st.sampled_from(sorted(PROFILES))
ANY_NAMES = st.sampled_from([*sorted(PROFILES), WORK, SAFE])
PLACES = st.sampled_from(("one", "two"))
TALLY: Counter[str] = Counter()  # how much was done, over all stories
STORY: list[str] = []  # the commands of the story that is being told


class SettingsMachine(CatalogStory):
    """One home. What it should be is kept beside it: `active`, the user's own values, foreign members."""

    @initialize(followed=st.booleans())
    def furnish(self, followed: bool) -> None:
        STORY.clear()
        self.directory = Path(tempfile.mkdtemp(prefix="pkcc-"))
        self.home = UserHome(self.directory / "home")
        self.home.settings.write_bytes(ORIGINAL.encode())
        for name, options in PROFILES.items():
            self.home.add(name, *options)
        self.active: str | None = None
        self.drifted = self.torn = False
        self.struck = False  # a command was killed, and none that changes something has come since
        self.exact = True  # nothing but us has written since the first switch: `off` gives the bytes back
        self.before: bytes = ORIGINAL.encode()
        self.mine = dict(self._owned())
        # What was active, and drifted, before each step; and what a profile's file held that it changed.
        self.undoable: list[tuple[str | None, bool, tuple[Path, bytes] | None]] = []
        self.projects: set[str] = set()
        self.begin_catalog(followed=followed)

    def teardown(self) -> None:
        if hasattr(self, "directory"):
            try:
                self._put_back()
            finally:
                shutil.rmtree(self.directory)

    # What is looked at -----------------------------------------------------------------------------------

    def _owned(self) -> dict[str, str]:
        env = json.loads(self.home.settings.read_bytes())["env"]
        return {name: env[name] for name in OWNED_HERE if env.get(name)}

    def _foreign(self) -> list[tuple[str, str]]:
        """Every member that is not ours, as it is spelled, in order."""
        text = self.home.settings.read_bytes().decode()
        root = parse_document(text)
        env = next(member for member in root.members if member.key == "env")
        members = [member for member in root.members if member.key not in ("env", "apiKeyHelper")]
        members += [
            member
            for member in parse_object(text, env.value_start).members
            if not member.key.startswith(("ANTHROPIC_", "CLAUDE_CODE_", "CLOUD_ML_", "AWS_BEARER_"))
        ]
        return [(member.key, text[member.value_start : member.value_end]) for member in members]

    def _run(self, *argv: str, codes: tuple[int, ...] = (0,), stdin: str = "") -> Ran:
        """One of our commands: foreign members stay as they are spelled, and a torn file as it is."""
        TALLY["commands"] += 1
        TALLY["about a catalog"] += argv[0] in ("catalog", "join")
        if argv != ("status", "--json"):
            STORY.append(" ".join(argv))
        data = self.home.settings.read_bytes()
        foreign = None if self.torn else self._foreign()
        ran = self.home.run(*argv, stdin=stdin)
        assert "Something went wrong inside" not in ran.text, (argv, ran)
        if self.torn:
            assert self.home.settings.read_bytes() == data, f"{argv} wrote over a torn file"
        else:
            assert ran.code in codes, (argv, ran)
            assert self._foreign() == foreign, f"{argv} changed what is not ours"
            if argv[0] in _CLEARING:
                self.struck = False
            verb = find_verb(list(argv))
            if verb is not None and verb.words in (CHANGES | {"catalog update"}) and not self.drifted:
                self.owes = False
        return ran

    def _step(self, active: str | None) -> None:
        self.undoable.append((self.active, self.drifted, None))
        self.active, self.drifted = active, False

    # Ours ------------------------------------------------------------------------------------------------

    @rule(name=ANY_NAMES)
    def switch(self, name: str) -> None:
        before = self.home.settings.read_bytes()
        known = self.has_profile(name)
        self._run("switch", name, codes=(0,) if known else (3,))
        if known and not self.torn:
            if self.home.settings.read_bytes() != before:
                self._step(name)
            self.active, self.drifted = name, False

    @rule()
    def off(self) -> None:
        self._run("off")
        if not self.torn:
            self._off_was_done()

    def _off_was_done(self) -> None:
        assert self._owned() == self.mine, "off does not put back what the user had"
        if self.exact:
            assert self.home.settings.read_bytes() == self.before, "off does not give the bytes back"
        if self.active is not None:
            self._step(None)

    @precondition(lambda self: self.undoable and not self.torn and not self.drifted)
    @rule(count=st.integers(1, 3))
    def undo(self, count: int) -> None:
        count = min(count, len(self.undoable))
        drift_comes_back = any(drifted for _, drifted, _ in self.undoable[-count:])
        words = ("undo", *([str(count)] if count > 1 else []))
        if self._run(*words, codes=(0, 4) if drift_comes_back else (0,)).code:
            return  # the key would go where that led: a person is asked first
        held: dict[Path, bytes] = {}
        for _ in range(count):
            self.active, self.drifted, changed = self.undoable.pop()
            if changed is not None:
                held[changed[0]] = changed[1]
        for path, data in held.items():
            assert path.read_bytes() == data, f"undo does not bring {path.name} back"

    @precondition(lambda self: self.active and not self.torn)
    @rule()
    def restore(self) -> None:
        self._run("restore")
        self.drifted = False
        self.undoable.clear()  # whether that was a step depends on what had drifted

    @precondition(lambda self: not self.torn)
    @rule()
    def tidy(self) -> None:
        self._run("tidy", codes=(4,) if self.drifted else (0,))
        self.undoable.clear()

    @rule(name=NAMES)
    def look(self, name: str) -> None:
        for argv in (["list"], ["diff", name], ["history"], ["key", "list"]):
            ran = self._run(*argv, codes=(0, 1))
            assert KEY not in ran.text
            assert OLD not in ran.text

    # Others ----------------------------------------------------------------------------------------------

    @precondition(lambda self: not self.torn)
    @rule(model=st.sampled_from(("haiku", "sonnet", "opus")))
    def claude_saves(self, model: str) -> None:
        """As the client does: all parsed and indented again, one value changed, renamed over, mode kept."""
        text = self.home.settings.read_bytes().decode().replace("1e999", '"much"')
        data = json.loads(text)
        data["model"] = model
        fresh = self.home.settings.with_name("settings.json.tmp.1.ab")
        fresh.write_text(json.dumps(data, indent=2, ensure_ascii=False))
        fresh.chmod(self.home.settings.stat().st_mode & 0o7777)
        fresh.replace(self.home.settings)
        self._others_wrote()

    @precondition(lambda self: not self.torn)
    @rule(name=st.sampled_from(("EDITOR", "FOO", "é")), value=st.text(max_size=8))
    def editor_saves(self, name: str, value: str) -> None:
        """A foreign variable, written in place into the text as it is."""
        text = self.home.settings.read_bytes().decode()
        root = parse_document(text)
        env = next(member for member in root.members if member.key == "env")
        comma = "," if parse_object(text, env.value_start).members else ""
        added = f"{json.dumps(name)} : {json.dumps(value)}{comma}"
        place = env.value_start + 1
        self.home.settings.write_bytes((text[:place] + added + text[place:]).encode())
        self._others_wrote()

    @precondition(lambda self: not self.torn)
    @rule()
    def editor_tears(self) -> None:
        """An editor that truncates and writes, caught in the middle."""
        self.whole = self.home.settings.read_bytes()
        self.home.settings.write_bytes(self.whole[: len(self.whole) // 2])
        self.torn = True

    @precondition(lambda self: self.torn)
    @rule()
    def editor_finishes(self) -> None:
        self.home.settings.write_bytes(self.whole)
        self.torn = False

    @precondition(lambda self: self.active and not self.torn)
    @rule(url=st.sampled_from(("https://evil.example", "https://other.example")))
    def somebody_drifts(self, url: str) -> None:
        text = self.home.settings.read_bytes().decode()
        data = json.loads(text.replace("1e999", '"much"'))
        name = "ANTHROPIC_VERTEX_BASE_URL" if self.active == "vertex" else "ANTHROPIC_BASE_URL"
        old = json.dumps(data["env"].get(name, ""))
        if old in text and old != '""':
            self.home.settings.write_bytes(text.replace(old, json.dumps(url), 1).encode())
            self.drifted = True
            self._others_wrote()

    def _others_wrote(self) -> None:
        TALLY["saves by others"] += 1
        STORY.append("another wrote (drift)" if self.drifted else "another wrote")
        self.exact = False
        self.undoable.clear()  # undo then goes by values, and has tests of its own

    # Crashes, profiles, projects -------------------------------------------------------------------------

    @precondition(lambda self: shutil.which("strace") and not self.torn)
    @rule(name=ANY_NAMES, call=st.sampled_from(CALLS), when=st.integers(1, 12))
    def killed(self, name: str, call: str, when: int) -> None:
        self._killed_at("switch", name, at=(call, when))
        told = self._status()
        now = told["active"]
        assert now in (self.active, name), f"killed at {call} {when}: neither the old nor the new profile"
        if now == name:  # written over what had drifted, unless it was that profile and the kill came first
            self.drifted = self.drifted and self.active == name and bool(told["drift"])
        self.active = now
        self.undoable.clear()
        self.exact = self.exact and not self.drifted

    def _killed_at(self, *argv: str, at: tuple[str, int]) -> None:
        """A command of ours in a process of its own, killed at that call if it comes so far."""
        TALLY["kills"] += 1
        self.struck = True
        call, when = at
        STORY.append(f"{' '.join(argv)}, killed at {call} {when}")
        foreign = self._foreign()
        inject = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}"]
        inject += ["-e", f"inject={call}:signal=SIGKILL:when={when}"]
        settings_lock = self.home.settings.with_name("settings.json.lock")
        self.home.spawn(*argv, prefix=inject)
        json.loads(self.home.settings.read_bytes().decode().replace("1e999", "1"))
        assert self._foreign() == foreign, f"killed at {call} {when}: foreign members changed"
        if settings_lock.exists():  # else the next command waits the client's ten seconds for it
            settings_lock.rmdir()

    def _status(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self._run("status", "--json").out)["data"]
        return data

    @rule(name=NAMES, team=st.text(alphabet='abé\\"', max_size=5))
    def profile_changes(self, name: str, team: str) -> None:
        drifted = self.drifted and name == self.active
        path = self.home.profiles / f"{name}.json"
        before = path.read_bytes()
        self._run("set", name, "metadata.team", team or "x", codes=(0, 4) if drifted else (0,))
        if self.torn or self.drifted:
            self.undoable.clear()
        elif path.read_bytes() != before:
            self.undoable.append((self.active, False, (path, before)))
        if name == self.active and not self.torn:
            self.drifted = bool(self._status()["drift"])

    @precondition(lambda self: not self.torn)
    @rule(place=PLACES)
    def project_added(self, place: str) -> None:
        (self.home.root / place).mkdir(exist_ok=True)
        self._run("project", "add", place, "--metadata", f"project={place}")
        self.projects.add(place)
        self.undoable.clear()

    @precondition(lambda self: self.projects and not self.torn)
    @rule()
    def project_moved_away(self) -> None:
        place = min(self.projects)
        shutil.rmtree(self.home.root / place, ignore_errors=True)

    @precondition(lambda self: self.projects and not self.torn)
    @rule()
    def project_forgotten(self) -> None:
        place = min(self.projects)
        self._run("project", "remove", place)
        self.undoable.clear()
        self.projects.discard(place)
        left = self.home.root / place / ".claude" / "settings.local.json"
        assert not left.exists(), left.read_text()

    # What always holds -----------------------------------------------------------------------------------

    @invariant()
    def no_secret_outside_its_place(self) -> None:
        if not hasattr(self, "home"):
            return
        for path in self._files():
            if b"CANARY" in (data := path.read_bytes()):
                # A project outside git carries the header lines of a profile that writes its key.
                carried = path.name == "settings.local.json" and OLD.encode() not in data and self.projects
                unfinished = self.struck and ".pkcc-" in path.name and path.parent == self.home.claude
                assert path == self.home.settings or carried or unfinished, f"{path} holds a secret"
                written_key = KEY.encode() in data
                assert not written_key or path.stat().st_mode & 0o077 == 0, f"others can read {path}"

    @invariant()
    def status_is_true(self) -> None:
        if not hasattr(self, "home"):
            return
        data = self._status()
        if self.torn:
            assert data["condition"] == "unparsable", data
            return
        assert data["active"] == self.active, data
        assert bool(data["drift"]) is self.drifted, data

    @invariant()
    def nothing_is_left_lying_about(self) -> None:
        if hasattr(self, "home") and not self.torn:
            left = [p for p in self.home.claude.rglob("*") if ".pkcc-" in p.name or p.suffix == ".lock"]
            assert self.struck or not left, left

    def _files(self) -> Iterator[Path]:
        return (path for path in self.home.root.rglob("*") if path.is_file())

    def _put_back(self) -> None:
        """At the end of every story the user gets back what was theirs."""
        if self.torn:
            self.editor_finishes()
        if self.home.run("off").code == 0:
            assert self._owned() == self.mine, "the user's own values did not come back"
            env = json.loads(self.home.settings.read_bytes())["env"]
            ours = {name: value for name, value in env.items() if "x-portkey" in str(value)}
            assert not ours, ours


def run(seconds: float | None, seed: int) -> Row:
    """The row: 400 stories of 30 moves each, or as many as begin within `seconds`."""
    failures: list[str] = []
    TALLY.clear()
    if shutil.which("strace") is None:
        TALLY["left out, not installed: strace, to kill commands"] = 1
        if os.environ.get("CI") == "true":
            failures.append("not installed: strace")
    began, rounds = time.monotonic(), 0
    while rounds * AT_ONCE < STORIES if seconds is None else time.monotonic() - began < seconds:
        machine = seeded(seed + rounds)(SettingsMachine)
        rounds += 1
        try:
            run_state_machine_as_test(machine, settings=_settings())
        except Exception as error:  # noqa: BLE001 - a broken promise, or a fault of any kind
            story = "; ".join(STORY)[-1500:]
            failures.append(
                f"seed {seed + rounds - 1}: {type(error).__name__}: {str(error)[:600]} after {story}"
            )
            break  # the next ones would most likely say the same
    return Row("State machine", {"stories": rounds * AT_ONCE, **TALLY}, failures)


def _settings() -> settings:
    return settings(
        max_examples=AT_ONCE,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.generate,),  # shrinking takes minutes; the story is told with the failure
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
