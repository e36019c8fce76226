"""The real client when the keyring that holds the key is locked: it waits for its user, or is told later."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from support.client.command import EXECUTABLE, Command
from support.client.real_client import ClientSession, client_env, run_once
from support.gateway.recorder import Recorder, turn
from support.keyring.prompter import PASSWORD, prompter
from support.keyring.secret_service import SecretService, secret_service

from profiles.secrets.system_keyring import KeyringBackend

KEY = "pk-CANARY-in-a-locked-keyring"
LONGER_THAN_A_DAEMON_MAY_BE_SILENT_S = 4.0
LIMIT_S = 60.0


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SecretService]:
    with secret_service(tmp_path) as service:
        yield service


@pytest.fixture
def keyed(claude_home: Path, recorder: Recorder, bus: SecretService) -> Command:
    """A home whose active profile has its key in a keyring that is locked."""
    command = Command(claude_home, {"DBUS_SESSION_BUS_ADDRESS": bus.address})
    command.add("work", "--provider", "@a", "--gateway", recorder.url, key=KEY)
    command.data("switch", "work")
    bus.lock()
    return command


def test_a_session_that_starts_while_the_keyring_is_locked_has_its_key(
    keyed: Command, recorder: Recorder, bus: SecretService
) -> None:
    """Given up after 3 s, the whole session sent its requests without a key."""
    with prompter(bus.address, None) as person:

        def answer_late() -> None:
            assert person.asked.wait(LIMIT_S)
            threading.Event().wait(LONGER_THAN_A_DAEMON_MAY_BE_SILENT_S)
            person.reply(PASSWORD)

        answering = threading.Thread(target=answer_late)
        answering.start()
        prompt = f"question {uuid4().hex}"
        done = run_once(keyed.home, prompt, {"DBUS_SESSION_BUS_ADDRESS": bus.address})
        answering.join()
    assert done.returncode == 0, done.stdout + done.stderr
    asked = recorder.wait_for(turn(prompt))
    assert asked.header("authorization") == f"Bearer {KEY}"


def test_a_session_that_went_without_its_key_has_it_once_the_keyring_is_unlocked(
    keyed: Command, recorder: Recorder, bus: SecretService
) -> None:
    """The client keeps a failure for minutes: the user would have to start it again."""
    with (
        prompter(bus.address, "") as person,
        tray_of(keyed, bus),
        ClientSession(keyed.home, {"DBUS_SESSION_BUS_ADDRESS": bus.address}) as session,
    ):

        def ask() -> str | None:
            prompt = f"question {uuid4().hex}"
            session.send(prompt)
            return recorder.wait_for(turn(prompt)).header("authorization")

        first = ask()
        assert KEY not in (first or "")
        assert person.questions == 1
        person.answer = PASSWORD
        KeyringBackend({"DBUS_SESSION_BUS_ADDRESS": bus.address}).get("work")  # any other program
        deadline = time.monotonic() + LIMIT_S
        while ask() != f"Bearer {KEY}":
            assert time.monotonic() < deadline


@contextmanager
def tray_of(command: Command, bus: SecretService) -> Iterator[None]:
    tray = subprocess.Popen(
        [EXECUTABLE, "tray", "--headless"],
        cwd=command.home / "project",
        env=client_env(command.home, {"DBUS_SESSION_BUS_ADDRESS": bus.address}),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + LIMIT_S
        while not (command.home / ".local/state/pkcc-tray/tray.log").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield
    finally:
        tray.terminate()
        tray.wait(LIMIT_S)
