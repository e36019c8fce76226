"""On a real desktop's notification service: a notice is seen, its button is pressed, and the press arrives.

`PKCC_SCREENSHOTS` names a directory where the pictures are kept.
"""

from __future__ import annotations

import os
import queue
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.desktop.notification_service import LIMIT_S
from support.desktop.private_bus import private_bus, require

from tray.notices.choose import make_notifier
from tray.notices.notice import Notice, Notifier

DRIFT = Notice(
    "drift",
    "Claude Code's route was changed by something else",
    "changed: env.ANTHROPIC_BASE_URL: https://api.portkey.ai → https://evil.example/<b>x</b>&y",
    (("restore", "Restore"), ("adopt", "Adopt"), ("ignore", "Ignore")),
    urgent=True,
)
_CONFIG = """[global]
    font = DejaVu Sans 11
    width = 420
    height = 200
    origin = top-right
    dmenu = {chooser}
    {more}
"""


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold within the time limit; a foreign program tells of nothing by itself."""
    end = time.monotonic() + LIMIT_S
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Desktop:
    """Xvfb, a session bus and dunst; its menu of actions is answered with the one called `choice`."""

    def __init__(self, environ: dict[str, str], directory: Path, markup: str) -> None:
        self.markup = markup
        self.environ = environ
        self.directory = directory

    def run(self, *argv: str) -> str:
        done = subprocess.run(
            argv, env=self.environ, capture_output=True, text=True, check=True, timeout=LIMIT_S
        )
        return done.stdout.strip()

    def displayed(self) -> int:
        return int(self.run("dunstctl", "count", "displayed"))

    def screenshot(self, name: str) -> int:
        """Keep a picture; returns how many colours are in it (an empty screen has one)."""
        kept = Path(os.environ.get("PKCC_SCREENSHOTS") or self.directory)
        path = kept / f"{name}-{self.markup}.png"
        self.run("import", "-window", "root", str(path))
        return int(self.run("identify", "-format", "%k", str(path)))


@pytest.fixture(params=["", "markup = full", "markup = no"])
def desktop(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desktop]:
    require("Xvfb", "dunst", "dunstctl", "import")
    chooser = tmp_path / "chooser"
    chooser.write_text("#!/bin/sh\nexec grep -m1 Restore\n")
    chooser.chmod(0o700)
    config = tmp_path / "dunstrc"
    config.write_text(_CONFIG.format(chooser=chooser, more=request.param))
    with private_bus(tmp_path / "session") as bus, (tmp_path / "log").open("wb") as log:
        environ = {
            "HOME": str(tmp_path),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "DBUS_SESSION_BUS_ADDRESS": bus.address,
        }
        read_end, write_end = os.pipe()
        argv = [
            "Xvfb",
            "-noreset",
            "-screen",
            "0",
            "800x400x24",
            "-nolisten",
            "tcp",
            "-displayfd",
            str(write_end),
        ]
        screen = subprocess.Popen(argv, env=environ, stdout=log, stderr=log, pass_fds=[write_end])
        os.close(write_end)
        service = None
        try:
            with os.fdopen(read_end) as ready:
                number = ready.readline().strip()
            assert number, (tmp_path / "log").read_text()
            environ["DISPLAY"] = f":{number}"
            service = subprocess.Popen(["dunst", "-config", config], env=environ, stdout=log, stderr=log)
            its = Desktop(environ, tmp_path, request.param.rpartition(" ")[2] or "default")
            assert eventually(lambda: _answers(its)), (tmp_path / "log").read_text()
            yield its
        finally:
            for process in (service, screen):
                if process is not None:
                    process.terminate()
                    process.wait(LIMIT_S)


def _answers(desktop: Desktop) -> bool:
    try:
        desktop.displayed()
    except subprocess.CalledProcessError:
        return False
    return True


@pytest.fixture
def pressed() -> queue.SimpleQueue[tuple[str, str]]:
    return queue.SimpleQueue()


@pytest.fixture
def notifier(desktop: Desktop, pressed: queue.SimpleQueue[tuple[str, str]]) -> Iterator[Notifier]:
    its = make_notifier(desktop.environ, lambda key, action: pressed.put((key, action)))
    yield its
    its.stop()


def test_an_alarm_is_seen_and_its_button_restores(
    desktop: Desktop, notifier: Notifier, pressed: queue.SimpleQueue[tuple[str, str]]
) -> None:
    notifier.show(DRIFT)
    assert eventually(lambda: desktop.displayed() == 1)
    assert eventually(lambda: desktop.screenshot("notice") > 10)
    desktop.run("dunstctl", "context")
    assert pressed.get(timeout=LIMIT_S) == ("drift", "restore")


def test_a_click_on_a_single_button_arrives(
    desktop: Desktop, notifier: Notifier, pressed: queue.SimpleQueue[tuple[str, str]]
) -> None:
    notifier.show(Notice("undo", "Switched to work", "", (("undo", "Undo"),)))
    assert eventually(lambda: desktop.displayed() == 1)
    desktop.run("dunstctl", "action")
    assert pressed.get(timeout=LIMIT_S) == ("undo", "undo")


def test_it_is_replaced_and_withdrawn(desktop: Desktop, notifier: Notifier) -> None:
    notifier.show(DRIFT)
    assert eventually(lambda: desktop.displayed() == 1)
    notifier.show(DRIFT._replace(title="Replaced"))
    notifier.show(Notice("other", "Another", "one"))
    assert eventually(lambda: desktop.displayed() == 2)
    assert eventually(lambda: desktop.screenshot("notices") > 10)
    notifier.withdraw("drift")
    assert eventually(lambda: desktop.displayed() == 1)
