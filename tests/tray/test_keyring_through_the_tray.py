"""Commands that ask a running tray whose keyring asks its user."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from keyring_prompter import PASSWORD, prompter
from secret_service import SecretService, secret_service
from serving import ROOT, Serving, serving
from user_home import KEY, Ran, UserHome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service exists on Linux only")

MAIN = str(ROOT / "tray" / "__main__.py")
LIMIT_S = 20.0


@pytest.fixture
def bus(tmp_path: Path, home: UserHome) -> Iterator[SecretService]:
    """The home's keyring, with a key each for a helper's profile and for one that writes it; locked."""
    with secret_service(tmp_path) as service:
        del home.environ["PKCC_SECRETS"]
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = service.address
        home.add("work")
        home.add("written", "--provider", "@a", "--key-delivery", "settings")
        service.lock()
        yield service


@pytest.fixture
def tray(home: UserHome, bus: SecretService) -> Iterator[Serving]:
    with serving(home.environ, home.root, MAIN) as running:
        yield running


def at_once(*commands: Callable[[], Ran]) -> Callable[[], list[Ran]]:
    """Start them all; what is returned waits for them."""
    done: list[Ran] = []
    threads = [threading.Thread(target=lambda run=run: done.append(run())) for run in commands]
    for thread in threads:
        thread.start()

    def wait() -> list[Ran]:
        for thread in threads:
            thread.join(LIMIT_S)
        return done

    return wait


def test_a_switch_that_waits_for_the_keyring_says_what_it_did(
    home: UserHome, bus: SecretService, tray: Serving
) -> None:
    """After 2 s the command did it all once more, and said of the tray's switch "active already"."""
    with prompter(bus.address, None) as person:
        ended = at_once(lambda: home.spawn("switch", "written"))
        assert person.asked.wait(LIMIT_S)
        threading.Event().wait(2.5)  # longer than a command waits for a silent tray
        person.reply(PASSWORD)
        (ran,) = ended()
        assert person.questions == 1
    assert ran.code == 0, ran
    assert "already" not in ran.out
    assert "written is active" in ran.out
    assert KEY in home.settings.read_text()
    assert tray.said() == "change"


@pytest.mark.parametrize("command", [("switch", "written"), ("key", "print", "work")])
def test_a_dismissed_question_is_not_asked_once_more_by_the_command(
    home: UserHome, bus: SecretService, tray: Serving, command: tuple[str, ...]
) -> None:
    """A command that then tried alone would open the window again that its user has just closed."""
    before = home.settings.read_bytes()
    with prompter(bus.address, "") as person:
        ran = home.spawn(*command)
        assert person.questions == 1
    assert ran.code == 5
    assert ran.out == ""
    assert ran.err.startswith("Error: The system keyring was not unlocked")
    assert home.settings.read_bytes() == before


def test_sessions_that_ask_at_once_open_one_window(home: UserHome, bus: SecretService, tray: Serving) -> None:
    with prompter(bus.address, None) as person:
        ended = at_once(*[lambda: home.spawn("key", "print", "work")] * 4)
        assert person.asked.wait(LIMIT_S)
        person.reply(PASSWORD)
        assert ended() == [(0, f"{KEY}\n", "")] * 4
        assert person.questions == 1


def test_an_open_question_outlives_the_one_that_asked_first(
    home: UserHome, bus: SecretService, tray: Serving
) -> None:
    """The session that asked was closed: the next one must not open a second window."""
    with prompter(bus.address, None) as person:
        first = subprocess.Popen(
            [sys.executable, "-m", "tray", "key", "print", "work"],
            env=home.environ, cwd=home.root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        assert person.asked.wait(LIMIT_S)
        first.kill()
        first.wait()
        ended = at_once(lambda: home.spawn("key", "print", "work"))
        person.reply(PASSWORD)
        assert ended() == [(0, f"{KEY}\n", "")]
        assert person.questions == 1
