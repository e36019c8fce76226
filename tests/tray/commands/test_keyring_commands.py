"""Commands over a keyring that asks its user: one question a command, and what is said of its answer."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from support.home.user_home import KEY, SETTINGS, UserHome
from support.keyring.prompter import PASSWORD, prompter
from support.keyring.secret_service import SecretService, secret_service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def bus(tmp_path: Path, home: UserHome) -> Iterator[SecretService]:
    """The home's keyring, with the key of the profile `work` in it, locked."""
    with secret_service(tmp_path) as service:
        del home.environ["PKCC_SECRETS"]
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = service.address
        home.add("work")
        service.lock()
        yield service


@pytest.mark.parametrize(
    "command", [["key", "print", "work"], ["check", "work"], ["exec", "work", "--", "id"]]
)
def test_a_dismissed_question_is_one_question_and_exit_code_5(
    home: UserHome, bus: SecretService, command: list[str]
) -> None:
    """Claude Code runs the helper by itself: a user closed window after window."""
    with prompter(bus.address, "") as person:
        ran = home.run(*command)
        assert person.questions == 1
    assert "not unlocked" in ran.text
    assert "no key" not in ran.text.lower()
    assert KEY not in ran.text
    if command[0] != "check":  # which tells of it as a step
        assert ran.code == 5


def test_a_dismissed_question_is_no_missing_key(home: UserHome, bus: SecretService) -> None:
    """A user who reads "MISSING" stores the key again, or takes it for lost."""
    (home.root / ".local/share/pkcc-tray/keys.json").unlink()  # nothing tells any more where the key lies
    with prompter(bus.address, "") as person:
        switched = home.ok("switch", "work")
        assert "no key is stored" not in switched.text
        assert "MISSING" not in home.ok("key", "list").out
        assert "not stored" not in home.ok("show", "work").out
        home.run("doctor")
        assert person.questions == 0  # those only look
        ran = home.run("key", "rotate", "work", "--stdin", stdin="pk-new\n")
        assert (ran.code, person.questions) == (5, 1)
        assert "not unlocked" in ran.err


def test_adding_a_profile_asks_once(home: UserHome, tmp_path: Path) -> None:
    """Without a default collection it was twelve windows."""
    with secret_service(tmp_path, unlocked=False) as service, prompter(service.address, "") as person:
        del home.environ["PKCC_SECRETS"]
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = service.address
        ran = home.run("add", "work", "--provider", "@a", "--key-stdin", stdin=f"{KEY}\n")
        assert (ran.code, person.questions) == (5, 1)
        assert "not unlocked" in ran.err


def test_at_a_terminal_it_is_said_what_is_waited_for(home: UserHome, bus: SecretService) -> None:
    """A command that stands still while a window hides behind another one looks broken."""
    ours, theirs = pty.openpty()
    with prompter(bus.address, None) as person:
        command = subprocess.Popen(
            [sys.executable, "-m", "tray", "key", "print", "work"],
            env=home.environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
        )  # fmt: skip
        os.close(theirs)
        said = b""
        while b"\n" not in said:
            said += os.read(ours, 1000)
        person.reply(PASSWORD)
        out, _ = command.communicate(timeout=20)
    os.close(ours)
    assert said.decode().strip() == "Waiting for you to unlock the keyring …"
    assert out.decode() == f"{KEY}\n"


def test_what_is_piped_is_the_key_alone(home: UserHome, bus: SecretService) -> None:
    """Claude Code shows what the helper writes to standard error."""
    with prompter(bus.address, None) as person:
        answering = threading.Thread(target=lambda: person.reply(PASSWORD))
        answering.start()
        ran = home.spawn("key", "print", "work")
        answering.join(20)
    assert ran == (0, f"{KEY}\n", "")


def test_uninstall_leaves_no_key_in_the_keyring_and_nothing_half_done_without_it(
    home: UserHome, bus: SecretService
) -> None:
    """A key that stays there after its list is gone is found by nobody, and handed to the next who asks."""
    home.ok("switch", "work")
    with prompter(bus.address, "") as person:
        ran = home.run("uninstall", "--yes")
        assert (ran.code, person.questions) == (5, 1)
    assert home.settings.read_bytes() == SETTINGS
    assert "work" in home.ok("list").out
    with prompter(bus.address, PASSWORD):
        home.ok("uninstall", "--yes")
        assert not (home.root / ".local/share/pkcc-tray").exists()
        home.ok("add", "work", "--provider", "@a", "--key-ref", "keyring:work")
        assert home.run("key", "print", "work").code == 3
