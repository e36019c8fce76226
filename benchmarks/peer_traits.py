"""What a switch leaves undone, seen from outside: in the files, and in its system calls."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from pathlib import Path
from typing import Any

from benchmarks.peers import KEY, Peer, PeerHome

_ROUTING = re.compile(r"ANTHROPIC_|CLAUDE_CODE_|CLOUD_ML_REGION")
_OWNED = ("apiKeyHelper", "model", "forceLoginMethod")
_EARLIER = {"CLAUDE_CODE_USE_VERTEX": "1", "ANTHROPIC_VERTEX_BASE_URL": "https://earlier.example/v1"}
_CALLS = "fsync,fdatasync,flock,fcntl,mkdir,mkdirat,openat,rename,renameat,renameat2"
_SWITCHES = 20


def settings_text(*, entries: int = 3, earlier: bool = False) -> bytes:
    """Settings as people have them: other tools' keys, their own layout, numbers and letters of all kinds."""
    tools = ",\n".join(
        f'    "tool-{number}": {{"command": "npx", "args": ["-y", "caf\\u00e9", "größe"], "limit": 1e3}}'
        for number in range(entries)
    )
    env = {"EDITOR": "vim", "BASH_DEFAULT_TIMEOUT_MS": "60000", **(_EARLIER if earlier else {})}
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in env.items())
    return (
        '{\n  "$schema": "https://json.schemastore.org/claude-code-settings.json",\n'
        '  "permissions": {"allow": ["Bash(git diff:*)", "Read"], "deny": []},\n'
        f'  "env": {{\n{lines}\n  }},\n  "x-tools": {{\n{tools}\n  }},\n'
        '  "x-spend": 0.10,\n  "cleanupPeriodDays": 30\n}\n'
    ).encode()


def foreign_kept(before: bytes, after: bytes) -> str:
    """Whether what isn't routing is as it was: `bytes`, only `values`, or `no`."""
    lines = iter(_lines(after))
    if all(line in lines for line in _lines(before)):
        return "bytes"
    (env, rest), (env_after, rest_after) = _foreign(before), _foreign(after)
    return "values" if env.items() <= env_after.items() and rest == rest_after else "no"


def _lines(text: bytes) -> list[bytes]:
    """With their ends, but without the comma that a new neighbour brings."""
    return [re.sub(rb",(\r?\n)$", rb"\1", line) for line in text.splitlines(keepends=True)]


def _foreign(text: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is no routing, of `env` and of the rest. A program may add to `env` what it keeps there itself."""
    settings = json.loads(text.decode("utf-8-sig"))
    env = {name: value for name, value in settings.pop("env", {}).items() if not _ROUTING.match(name)}
    return env, {name: value for name, value in settings.items() if name not in _OWNED}


def traits(directory: Path, peer: Peer) -> dict[str, str]:
    """What was seen, by the heading of the table."""
    return {
        **_after_a_switch(directory / "plain", peer),
        "line ends CRLF": _crlf(directory / "crlf", peer),
        "route of before, still in force": _stale(directory / "stale", peer),
        "symbolic link": _link(directory / "link", peer),
        **_calls(directory / "calls", peer),
        **_beside_a_writer(directory / "writer", peer),
    }


def _after_a_switch(directory: Path, peer: Peer) -> dict[str, str]:
    before = settings_text()
    home = PeerHome(directory, peer, before)
    for name in ("one", "two"):
        _must(home, name)
    places = sorted({_place(home, path) for path in home.files() if KEY.encode() in path.read_bytes()})
    return {
        "foreign content kept": foreign_kept(before, home.settings.read_bytes()),
        "key in clear text in": "; ".join(places) or "no file",
    }


def _place(home: PeerHome, path: Path) -> str:
    """A file by what it is, with its mode: a name with a date in it says nothing more."""
    name = re.sub(r"\d{6,}[\w-]*", "…", str(path.relative_to(home.path)))
    return f"`{name}` ({path.stat().st_mode & 0o777:o})"


def _must(home: PeerHome, name: str) -> None:
    done = home.run(*home.switching(name))
    if done.returncode or not home.is_right(name):
        raise RuntimeError(f"{home.peer.name} did not switch: {done.stdout}{done.stderr}")


def _crlf(directory: Path, peer: Peer) -> str:
    before = settings_text().replace(b"\n", b"\r\n")
    home = PeerHome(directory, peer, before)
    _must(home, "one")
    after = home.settings.read_bytes()
    return "kept" if after.count(b"\r\n") == after.count(b"\n") else "changed to LF"


def _stale(directory: Path, peer: Peer) -> str:
    home = PeerHome(directory, peer, settings_text(earlier=True))
    _must(home, "one")
    env = json.loads(home.settings.read_bytes())["env"]
    return ", ".join(f"`{name}`" for name in _EARLIER if env.get(name)) or "none"


def _link(directory: Path, peer: Peer) -> str:
    home = PeerHome(directory, peer, settings_text(), link=True)
    if home.run(*home.switching("one")).returncode:
        return "refused"
    if not home.settings.is_symlink():
        return "replaced by a file"
    return "kept" if home.is_right("one") else "kept, target not changed"


def _calls(directory: Path, peer: Peer) -> dict[str, str]:
    """What reaches the disk for certain, and who is kept out meanwhile, by the system calls of one switch."""
    home = PeerHome(directory, peer, settings_text())
    _must(home, "one")
    trace = directory / "trace"
    strace = shutil.which("strace") or "strace"
    argv = [strace, "-f", "-y", "-qq", "-s", "400", "-e", f"trace={_CALLS}", "-o", str(trace)]
    if home.run(*argv, *home.switching("two")).returncode or not home.is_right("two"):
        raise RuntimeError(f"{peer.name} did not switch under strace")
    # A call that strace resumes later is told twice; both halves name what is looked for in the first.
    text = trace.read_text()
    folder = re.escape(os.path.realpath(home.settings.parent))
    moved = re.search(rf'rename\w*\(.*"{folder}/settings\.json"', text)
    synced = re.search(rf"f(?:data)?sync\(\d+<{folder}/", text)
    synced_folder = re.search(rf"f(?:data)?sync\(\d+<{folder}>", text)
    locked = re.search(r'flock\(|F_(?:OFD_)?SETLKW?|openat\(.*\.lock", [^)]*O_EXCL', text)
    clients = re.search(rf'mkdir\w*\(.*"{folder}/settings\.json\.lock"', text)
    return {
        "replaced whole": "by rename" if moved else "written in place",
        "fsync": " and ".join(
            word for word, seen in (("file", synced), ("directory", synced_folder)) if seen
        ) or "none",
        "locks": " and ".join(word for word, seen in (("own", locked), ("the client's", clients)) if seen)
        or "none",
    }  # fmt: skip


def _beside_a_writer(directory: Path, peer: Peer) -> dict[str, str]:
    """Twenty switches while another program saves as Claude Code does, its lock included."""
    home = PeerHome(directory, peer, settings_text())
    writer = _Writer(home.settings)
    writer.start()
    refused = 0
    for number in range(_SWITCHES):
        refused += home.run(*home.switching(("one", "two")[number % 2])).returncode != 0
    writer.stop.set()
    writer.join()
    kept = writer.kept()
    seen = "the file can't be read" if kept is None else f"{writer.saves - kept} of {writer.saves}"
    seen += f", {refused} of {_SWITCHES} switches refused" if refused else ""
    return {"another program's saves lost": seen, "half a file read": str(writer.torn)}


class _Writer(threading.Thread):
    """Saves one more key each time. Every save is read again at once, so that a lost one is known as such."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.lock = path, path.with_name("settings.json.lock")
        self.stop = threading.Event()
        self.saves = self.torn = 0

    def run(self) -> None:
        while not self.stop.wait(0.01):
            try:
                self.lock.mkdir()
            except FileExistsError:
                continue
            try:
                self._save()
            finally:
                self.lock.rmdir()

    def _save(self) -> None:
        try:
            settings = json.loads(self.path.read_bytes())
        except ValueError:
            self.torn += 1
            return
        settings[f"save-{self.saves}"] = True
        temporary = self.path.with_name(f"settings.json.tmp.{self.saves}")
        temporary.write_text(json.dumps(settings, indent=2))
        temporary.replace(self.path)
        self.saves += 1

    def kept(self) -> int | None:
        """How many of its keys the file has at the end; None when it can't be parsed."""
        try:
            settings = json.loads(self.path.read_bytes())
        except ValueError:
            return None
        return sum(f"save-{number}" in settings for number in range(self.saves))
