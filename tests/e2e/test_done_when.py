"""The whole main job as a new user does it, with the real client; then the settings are as they were."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from support.client.command import Command, is_readable_error
from support.client.real_client import run_once
from support.gateway.recorder import Recorder, turn
from support.keyring.secret_service import SecretService, secret_service

# An odd hand has typed this: tabs, one long line, an escape, a number that no computer holds.
ORIGINAL = (
    b'\xef\xbb\xbf{ "permissions": {"allow":[ "Read" ]},\r\n\t"env": {"USER_OWN":"\\u00e9",'
    b' "ANTHROPIC_API_KEY" : "sk-ant-of-the-user" }, "big": 1e999 }'
)
# Three seconds that the keyring may be silent, and a start on a busy machine; never three twice over.
HANG_LIMIT = 5.0


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SecretService]:
    with secret_service(tmp_path) as running:
        yield running


class User:
    """A user at a machine: the command, and what a program of that session has in its environment."""

    def __init__(self, home: Path, recorder: Recorder, session: dict[str, str] | None = None) -> None:
        self.home = home
        self.recorder = recorder
        self.session = session or {}
        self.command = Command(home, session)

    def add(self, name: str, key: str, delivery: str = "helper") -> None:
        gateway = f"{self.recorder.url}/{name}"
        options = ("--gateway", gateway, "--provider", "@anthropic-prod", "--key-delivery", delivery)
        self.command.add(name, *options, key=key)

    def assert_routed(self, name: str, key: str) -> None:
        """One prompt through the real client reaches that profile's gateway with that key."""
        self.recorder.clear()
        done = run_once(self.home, "ping", self.session)
        assert (done.returncode, done.stdout) == (0, "pong\n"), done.stderr
        sent = self.recorder.wait_for(turn("ping"))
        assert sent.path == f"/{name}/v1/messages?beta=true"
        assert sent.header("authorization") == f"Bearer {key}"
        assert sent.header("x-portkey-provider") == "@anthropic-prod"


def edit_by_hand(path: Path, old: str, new: str) -> bytes:
    """What an editor leaves behind; the bytes."""
    text = path.read_bytes()
    assert old.encode() in text
    edited = text.replace(old.encode(), new.encode())
    path.write_bytes(edited)
    return edited


def do_the_main_job(user: User, stored_in: str) -> None:
    command, recorder = user.command, user.recorder
    original = command.bytes()
    user.add("work", "pk-work-key")
    user.add("home", "pk-home-key", "settings")
    keys = {row["name"]: row["stored_in"] for row in command.data("key", "list")["keys"]}
    assert keys == {"work": stored_in, "home": stored_in}

    command.data("switch", "work")
    user.assert_routed("work", "pk-work-key")
    switched = command.bytes()
    command.data("switch", "home")
    user.assert_routed("home", "pk-home-key")
    command.data("undo")
    assert command.bytes() == switched
    assert command.data("status")["condition"] == "active"

    edited = edit_by_hand(command.settings, f"{recorder.url}/work", f"{recorder.url}/thief")
    status = command.data("status")
    assert (status["active"], status["condition"]) == ("work", "drift")
    (row,) = status["drift"]
    assert (row["slot"], row["kind"], row["alarming"]) == ("env.ANTHROPIC_BASE_URL", "changed", True)
    assert (row["expected"], row["actual"]) == (f"{recorder.url}/work", f"{recorder.url}/thief")

    command.data("restore")
    assert command.bytes() == switched
    user.assert_routed("work", "pk-work-key")

    command.data("undo", "--force")
    assert command.bytes() == edited
    assert command.data("status")["condition"] == "drift"

    command.data("off")
    assert command.bytes() == original
    assert (command.data("status")["active"], command.data("sessions")["sessions"]) == (None, [])


@pytest.mark.parametrize("original", [ORIGINAL, None], ids=["users-settings", "no-settings"])
def test_the_main_job_leaves_the_settings_as_they_were(
    recorder: Recorder, claude_home: Path, original: bytes | None
) -> None:
    user = User(claude_home, recorder)
    if original is not None:
        user.command.settings.write_bytes(original)
    do_the_main_job(user, "vault")


def test_the_main_job_with_the_system_keyring(
    recorder: Recorder, claude_home: Path, service: SecretService
) -> None:
    user = User(claude_home, recorder, {"DBUS_SESSION_BUS_ADDRESS": service.address})
    user.command.settings.write_bytes(ORIGINAL)
    do_the_main_job(user, "keyring")


@contextmanager
def locked(service: SecretService) -> Iterator[None]:
    service.lock()
    yield


@contextmanager
def stopped(service: SecretService) -> Iterator[None]:
    service.pause()
    try:
        yield
    finally:
        service.resume()


@pytest.mark.parametrize("out_of_order", [locked, stopped])
def test_a_keyring_out_of_order_is_told_and_harms_nothing(
    recorder: Recorder,
    claude_home: Path,
    service: SecretService,
    out_of_order: Callable[[SecretService], AbstractContextManager[None]],
) -> None:
    """A client that hangs, or settings half switched, and no word of what to do."""
    user = User(claude_home, recorder, {"DBUS_SESSION_BUS_ADDRESS": service.address})
    command = user.command
    command.settings.write_bytes(b'{"env": {"USER_OWN": "1"}}')
    user.add("work", "pk-work-key")
    user.add("written", "pk-written-key", "settings")
    command.data("switch", "work")
    before = command.bytes()

    with out_of_order(service):
        begun = time.monotonic()
        helper = command.run_helper(user.session)
        assert time.monotonic() - begun < HANG_LIMIT
        assert (helper.returncode, helper.stdout) == (5, "")
        assert is_readable_error(helper.stderr), helper.stderr

        refused = command.run("switch", "written")
        assert refused.returncode == 5
        assert is_readable_error(refused.stderr), refused.stderr
        assert command.bytes() == before
        assert command.data("status")["active"] == "work"

        client = run_once(claude_home, "ping", user.session)
        assert helper.stderr.splitlines()[0] in client.stdout + client.stderr
        carried = json.dumps([request.headers for request in recorder.requests])
        assert "pk-" not in carried
        assert command.bytes() == before
