"""A fault, what doctor says to do about it, and that done: the fault is gone, and nothing with it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from support.home.doctor_home import DoctorHome
from support.root_only import NOBODY, require_root

Rows = list[dict[str, Any]]

# How bad each finding is: a problem, where nothing else is said.
_WARNINGS = (
    *("bedrock-model", "bent-model", "client-missing", "client-old", "clock", "crash-leftovers", "first-run"),
    *("guard-off", "helper-anothers", "helper-slow", "key-in-backup", "key-in-project", "key-in-settings"),
    *("key-in-shell", "metadata", "profile-edited", "profile-name", "proxy", "retired-model"),
    *("settings-gone", "settings-moved", "stale-lock", "status-line-gone", "synced", "trackable"),
    *("two-installations", "wsl"),
)
_NOTES = (
    *("blanks", "client-version", "new-version", "own-login", "profile-advice", "trusted"),
    *("status-line-hidden", "status-line-replaced"),
)
_BY_SITUATION = (  # test_doctor_… says which
    *("autostart", "certificates", "drift", "editor-variable", "own-start", "profile-broken", "profile-mode"),
    *("shell-variable", "vault-closed"),
)


class Row(NamedTuple):
    """`remedy` begins the command, or a part of the advice, that must take the fault away.

    A command is typed into a shell, and so is one that stands in backticks in the advice; where only words
    are there, `act` does what they say. `user`: it happens to one who is not root, whom modes hold back.
    `takes`: the files of the user's that the remedy may take away or replace.
    """

    check: str
    remedy: str
    plant: Callable[[DoctorHome], object]
    act: Callable[[DoctorHome], object] | None = None
    user: bool = False
    takes: tuple[str, ...] = ()
    then: tuple[str, ...] = ()  # what doctor finds afterwards and did not before

    @property
    def id(self) -> str:
        return f"{self.check}-{self.remedy}-{getattr(self.plant, '__name__', '')}".replace(" ", "_")


def try_row(row: Row, directory: Path) -> None:
    """Plant the fault, do what doctor says, and look again."""
    with _home(row, directory) as home:
        row.plant(home)
        before = _found(home, row)
        finding = _finding_of(row, before)
        files = _files_of_the_user(home)
        if row.check == "not-writable":
            _check_a_switch_says_it(home, row, finding)
        if row.act is not None:
            row.act(home)
            after = _found(home, row)
        else:
            command = command_of(row, finding)
            after = _typed(home, row, command)
            _check_nothing_lost(home, row, files, command)
    left = [each for each in after if each["check"] == row.check]
    assert left == [], "the remedy did not help"
    new = {each["check"] for each in after if each["severity"] != "note"} - {each["check"] for each in before}
    new.discard("helper-slow")  # on a busy machine doctor is right to say it
    assert row.user or new <= {*row.then}, after  # the tests' own Python may be out of another user's reach


def command_of(row: Row, finding: dict[str, Any]) -> str:
    """The line to type: the finding's command, or the one in the advice's backticks."""
    if shown(finding["command"]).startswith(row.remedy):
        return str(finding["command"])
    sentences = re.split(r"(?<=\.) ", str(finding["advice"]))
    inside = re.search(r"`([^`]+)`", next(each for each in sentences if row.remedy in each))
    assert inside is not None, finding
    return inside[1]


def shown(command: str) -> str:
    """A command without the options that say which places it is about."""
    return re.sub(r"(?<=^pkcc-tray) --config-dir \S+|(?<=^pkcc-tray) --settings \S+", "", command)


def _finding_of(row: Row, found: Rows) -> dict[str, Any]:
    of_kind = [each for each in found if each["check"] == row.check]
    matching = [
        each
        for each in of_kind
        if shown(each["command"]).startswith(row.remedy) or row.remedy in each["advice"]
    ]
    assert matching, of_kind or found
    assert all(each["what"] and each["why"] for each in of_kind)
    severity = "warning" if row.check in _WARNINGS else "note" if row.check in _NOTES else "problem"
    assert row.check in _BY_SITUATION or matching[0]["severity"] == severity
    return matching[0]


def _check_a_switch_says_it(home: DoctorHome, row: Row, finding: dict[str, Any]) -> None:
    what, _, then = str(finding["why"]).rpartition(". So ")
    if then == "nothing can be switched.":
        before = home.settings.read_bytes()
        refused = home.spawn("statusline", "on", prefix=_as_user(row))
        assert refused.code == 1, refused
        assert f"{what}. " in refused.err
        assert finding["command"] in refused.err
        assert home.settings.read_bytes() == before


@contextmanager
def _home(row: Row, directory: Path) -> Iterator[DoctorHome]:
    if row.user:
        require_root()
        with tempfile.TemporaryDirectory() as reachable:  # pytest's own only their owner may look into
            os.chmod(reachable, 0o755)
            home = DoctorHome(Path(reachable) / "home")
            for path in (home.root, *home.root.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
            yield from _released(home)
    else:
        yield from _released(DoctorHome(directory / "home"))


def _released(home: DoctorHome) -> Iterator[DoctorHome]:
    home.program(home.programs / "sudo", 'exec "$@"')
    try:
        yield home
    finally:
        for place in reversed(_mounted_below(home.root.parent)):
            subprocess.run(["umount", place], check=True)
        if os.geteuid() == 0 and shutil.which("chattr"):
            subprocess.run(["chattr", "-R", "-f", "-ia", home.root.parent], check=False)


def _mounted_below(directory: Path) -> list[str]:
    known = Path("/proc/self/mountinfo")
    places = [line.split(" ")[4] for line in known.read_text().splitlines()] if known.exists() else []
    return [place for place in places if Path(place).is_relative_to(directory)]


def _as_user(row: Row) -> list[str]:
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if row.user else []


def _found(home: DoctorHome, row: Row) -> Rows:
    if not row.user:
        return home.findings()
    found: Rows = home.spawn("doctor", "--json", prefix=_as_user(row)).json()["data"]["findings"]
    return found


def _typed(home: DoctorHome, row: Row, command: str) -> Rows:
    """What doctor finds after the command, in the very shell in which it was typed."""
    prefix = [] if "sudo " in command else _as_user(row)
    if not command.startswith(("unset ", "export ")):
        home.type(command, prefix)
        return _found(home, row)
    script = f"{command}\nexec pkcc-tray doctor --json"
    ran = subprocess.run(
        [*prefix, "/bin/sh", "-c", script], env=home.environ, cwd=home.at, capture_output=True, check=False
    )
    found: Rows = json.loads(ran.stdout)["data"]["findings"]
    return found


def _files_of_the_user(home: DoctorHome) -> dict[Path, bytes]:
    own = (home.own, home.data, home.root / ".local/state", home.root / ".config/autostart")
    files = [path for path in home.root.rglob("*") if path.is_file() and not path.is_symlink()]
    if home.settings.is_file():
        files.append(home.settings)  # which may be a link
    return {path: path.read_bytes() for path in files if not any(map(path.is_relative_to, own))}


def _check_nothing_lost(home: DoctorHome, row: Row, files: dict[Path, bytes], command: str) -> None:
    """Whatever the user had is there still, but for what the command names, and what is a profile's."""
    for path, data in files.items():
        name = str(path.relative_to(home.root))
        if name in row.takes:
            continue
        assert path.is_file(), (command, name)
        if path != home.settings and str(path) not in command and ".git" not in path.parts:
            assert path.read_bytes() == data, (command, name)
    texts = [files.get(home.settings, b""), home.settings.read_bytes() if home.settings.is_file() else b""]
    kept = [[word in text for word in (b'"model"', b'"EDITOR"')] for text in texts]
    assert kept[0] == kept[1], command
