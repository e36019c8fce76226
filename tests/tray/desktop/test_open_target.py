"""Opening pages and files with the user's own programs; a stand-in for `xdg-open` notes what it is given."""

from __future__ import annotations

import os
import queue
import stat
import sys
import time
from pathlib import Path

import pytest

from profiles.base.errors import PkccError
from profiles.portkey.editions import EDITIONS
from tray.desktop.open_target import open_target

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="xdg-open and open of Linux and macOS")

LIMIT_S = 10.0
PAGES = list(dict.fromkeys(page.url for each in EDITIONS for page in each.pages))
LOGS = PAGES[0]


class Opener:
    """The stand-in: what it was called with arrives through a pipe; `ends_with` is its exit code."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.problems: queue.SimpleQueue[PkccError] = queue.SimpleQueue()
        self._pipe = directory / "pipe"
        os.mkfifo(self._pipe)
        self._program = directory / ("open" if sys.platform == "darwin" else "xdg-open")
        monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")
        self.ends_with(0)

    def ends_with(self, code: int, first: str = "") -> None:
        report = f'printf "%s\\n" "$#" "$1" "$(ps -o sid= -p $$)" > "{self._pipe}"'
        self._program.write_text(f"#!/bin/sh\n{report}\n{first}\nexit {code}\n")
        self._program.chmod(stat.S_IRWXU)

    def open(self, target: str, limit_s: float = LIMIT_S) -> list[str]:
        """How many arguments it got, the first, and the session it runs in."""
        open_target(target, self.problems.put, limit_s)
        return self._pipe.read_text().splitlines()

    def remove(self) -> None:
        self._program.unlink()


@pytest.fixture
def opener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opener:
    return Opener(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "target", [*PAGES, "/home/Mäx 'n' \"Co\"/.claude/settings.json", "/a b/$(touch x);`id`&|*", "/-rf"]
)
def test_the_target_arrives_as_it_is_with_no_shell_between(opener: Opener, target: str) -> None:
    count, first, _ = opener.open(target)
    assert (count, first) == ("1", target)
    assert opener.problems.empty()


def test_the_browser_does_not_end_with_the_tray_s_terminal(opener: Opener) -> None:
    """Ctrl-C in the terminal goes to the whole session of it."""
    session = opener.open(LOGS)[2]
    assert int(session) != os.getsid(0)


def test_one_that_fails_is_told_with_what_to_do(opener: Opener) -> None:
    opener.ends_with(3)
    opener.open(LOGS)
    problem = opener.problems.get(timeout=LIMIT_S)
    assert (problem.title, problem.hint) == (f"Nothing here opens {LOGS}", "Open it by hand.")


def test_none_installed_is_told_too(opener: Opener) -> None:
    opener.remove()
    os.environ["PATH"] = str(opener._program.parent)
    open_target("/x", opener.problems.put)
    assert opener.problems.get(timeout=LIMIT_S).title == "Nothing here opens /x"


def test_one_that_stays_open_is_left_alone_and_nobody_waits(opener: Opener) -> None:
    gate = opener._pipe.with_name("gate")
    os.mkfifo(gate)
    opener.ends_with(1, first=f'read word < "{gate}"')
    began = time.monotonic()
    opener.open(LOGS, limit_s=0.05)
    assert time.monotonic() - began < LIMIT_S
    with pytest.raises(queue.Empty):
        opener.problems.get(timeout=0.3)
    gate.write_text("go\n")


def test_all_pages_are_of_a_known_console() -> None:
    consoles = ("https://app.portkey.ai/", "https://stratacloudmanager.paloaltonetworks.com")
    assert all(page.startswith(consoles) for page in PAGES)
