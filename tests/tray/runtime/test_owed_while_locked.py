"""What settings owe a catalog is written with its key, which lies in a keyring that is locked just then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.catalog_homes import Publisher, join, model, owes, unwritable, with_work
from support.desktop.recorded_tray import running_tray
from support.home.user_home import KEY, UserHome
from support.keyring.prompter import PASSWORD, prompter
from support.keyring.secret_service import SecretService, secret_service

from profiles.secrets.system_keyring import KeyringBackend
from tray.runtime.watch.keyring import KeyringWatch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service exists on Linux only")
LIMIT_S = 20.0


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    made = Publisher(tmp_path / "share")
    made.usual = {"profiles": with_work(key_delivery="settings")}
    made.publish()
    return made


@pytest.fixture
def bus(
    home: UserHome, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SecretService]:
    """The locked keyring of one whose settings hold a catalog's key, and lack its newest version."""
    with secret_service(tmp_path) as service:
        del home.environ["PKCC_SECRETS"]
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = service.address
        join(home, publisher)
        assert KEY in home.settings.read_text()
        publish_newer(publisher)
        with unwritable(monkeypatch):
            home.ok("catalog", "update")
        assert owes(home)
        service.lock()
        yield service


def publish_newer(publisher: Publisher, model: str = "claude-sonnet-6") -> None:
    publisher.publish(profiles=with_work(key_delivery="settings", models={"sonnet": model}))


@pytest.mark.parametrize(
    "command",
    [
        ("project", "rule", "add", "~/src/**", "--metadata", "a=b"),
        ("catalog", "update", "acme", "--unasked"),
    ],
    ids=lambda words: words[0],
)
def test_no_command_opens_a_keyring_s_question_for_it(
    home: UserHome, bus: SecretService, command: tuple[str, ...]
) -> None:
    """A window asks for a password that nothing the person does needs; the tray's own would hang on it."""
    with prompter(bus.address, PASSWORD) as person:
        home.ok(*command)
        assert (person.questions, owes(home)) == (0, True)
        home.ok("switch", "acme/work")  # which a person wants
        assert (person.questions, owes(home), model(home)) == (1, False, "claude-sonnet-6")


def test_a_newer_version_that_comes_by_itself_asks_nobody(
    home: UserHome, bus: SecretService, publisher: Publisher
) -> None:
    publish_newer(publisher, "claude-sonnet-7")
    with prompter(bus.address, PASSWORD) as person:
        home.ok("catalog", "update", "acme", "--unasked")
        assert (person.questions, owes(home)) == (0, True)


def test_a_click_does_not_wait_for_it(home: UserHome, bus: SecretService) -> None:
    """The worker would hang in a question for two minutes, and the menu with it."""
    with prompter(bus.address, PASSWORD) as person, running_tray(home) as tray:
        tray.runtime.choose("sync")
        assert (person.questions, owes(home)) == (0, True)


def test_it_is_written_once_any_program_has_the_keyring_unlocked(home: UserHome, bus: SecretService) -> None:
    """Else the version that the publisher took back stays until the person changes something."""
    with prompter(bus.address, PASSWORD), running_tray(home) as tray:
        watch = KeyringWatch(tray.app, tray.runtime.refresh_helpers, tray.runtime.write_owed)
        watch.start()
        try:
            watch.look()
            tray.settle()
            assert owes(home)
            KeyringBackend(bus.environ, limit_s=LIMIT_S).get("acme/work")  # by its owner's word
            deadline = time.monotonic() + LIMIT_S
            while owes(home):
                assert time.monotonic() < deadline
                time.sleep(0.02)
        finally:
            watch.stop()
    assert model(home) == "claude-sonnet-6"
