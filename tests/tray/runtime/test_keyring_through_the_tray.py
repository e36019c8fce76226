"""Commands that ask a running tray whose keyring asks its user."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from support.desktop.recorded_tray import running_tray
from support.gateway.serving import ROOT, Serving, serving
from support.home.user_home import KEY, Ran, UserHome
from support.keyring.prompter import PASSWORD, prompter
from support.keyring.secret_service import SecretService, secret_service

from profiles.base.locations import find_locations
from profiles.base.secret import Secret
from profiles.secrets.system_keyring import KeyringBackend
from tray.actions.keys.sessions_without_key import note_refusal
from tray.runtime.watch.keyring import KeyringWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service exists on Linux only")

MAIN = str(ROOT / "tray" / "__main__.py")
LIMIT_S = 20.0
LOG = ".local/state/pkcc-tray/tray.log"


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
    assert "written is in use" in ran.out
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


def test_others_can_switch_while_a_keyring_asks(home: UserHome, bus: SecretService) -> None:
    """The one that waits held the settings' lock: every other was given up after 10 s."""
    with prompter(bus.address, None) as person:
        ended = at_once(lambda: home.spawn("switch", "written"))
        assert person.asked.wait(LIMIT_S)
        assert home.spawn("switch", "work").code == 0
        assert home.spawn("key", "set", "spare", "--stdin", stdin="pk-spare", env=vault_of(home)).code == 0
        person.reply(PASSWORD)
        (ran,) = ended()
    assert ran.code == 0, ran
    assert KEY in home.settings.read_text()


def vault_of(home: UserHome) -> dict[str, str]:
    return {**home.environ, "PKCC_SECRETS": "vault"}


def test_the_tray_goes_on_watching_while_a_keyring_asks(home: UserHome, bus: SecretService) -> None:
    """Two minutes without an alarm are long enough to take a key away."""
    home.ok("switch", "work")
    with prompter(bus.address, None) as person, running_tray(home) as tray:
        tray.settle()
        click = threading.Thread(target=tray.runtime.choose, args=["profile:written"])
        click.start()
        assert person.asked.wait(LIMIT_S)
        home.edit_settings("https://api.portkey.ai", "https://evil.example")
        tray.settle()
        assert tray.runtime.state.condition == "drift"
        person.reply(PASSWORD)
        click.join(LIMIT_S)
        assert tray.runtime.state.active == "written"
        assert person.questions == 1


def test_settings_are_not_put_back_by_themselves_where_a_keyring_would_ask(
    home: UserHome, bus: SecretService
) -> None:
    """A change that takes a key away would go unnoticed for as long as the question stays open."""
    with prompter(bus.address, PASSWORD):
        home.ok("switch", "written")
    bus.lock()
    with prompter(bus.address, None) as person, running_tray(home) as tray:
        tray.on_drift = "restore"
        tray.settle()
        tray.edit("https://api.portkey.ai", "https://evil.example")
        assert (person.questions, tray.runtime.state.condition) == (0, "drift")
        assert tray.told
        click = threading.Thread(target=tray.runtime.choose, args=["restore"])
        click.start()
        assert person.asked.wait(LIMIT_S)
        tray.settle()  # the worker is free meanwhile
        person.reply(PASSWORD)
        click.join(LIMIT_S)
        assert tray.runtime.state.condition == "active"
        assert person.questions == 1


def test_sessions_ask_again_once_the_keyring_is_unlocked(home: UserHome, bus: SecretService) -> None:
    """Claude Code keeps the failure of its helper: the user would have to start every session again."""
    home.ok("switch", "work")
    before = home.settings.read_bytes()
    with prompter(bus.address, "") as person, real_tray(home):
        assert home.spawn("key", "print", "work").code == 5
        written = home.settings.stat().st_mtime_ns
        person.answer = PASSWORD
        assert KeyringBackend(bus.environ, limit_s=LIMIT_S).get("work") == Secret(
            KEY
        )  # another program has it unlocked
        until(lambda: home.settings.stat().st_mtime_ns != written)
        assert home.spawn("key", "print", "work") == (0, f"{KEY}\n", "")
        assert person.questions == 2
    assert home.settings.read_bytes() == before


def test_a_session_that_asked_before_the_tray_ran_is_told_too(home: UserHome, bus: SecretService) -> None:
    """At login an editor may come before the tray, and both before the keyring."""
    home.ok("switch", "work")
    with prompter(bus.address, "") as person:
        assert home.spawn("key", "print", "work").code == 5
        person.answer = PASSWORD
        KeyringBackend(bus.environ, limit_s=LIMIT_S).get("work")
        written = home.settings.stat().st_mtime_ns
        with real_tray(home):
            until(lambda: home.settings.stat().st_mtime_ns != written)


def test_a_key_that_is_given_after_a_refusal_is_everybody_s(home: UserHome, bus: SecretService) -> None:
    """macOS tells nobody that its keychain was unlocked; a key that is given does."""
    with prompter(bus.address, "") as person, serving(home.environ, home.root, MAIN) as tray:
        assert home.spawn("key", "print", "work").code == 5
        person.answer = PASSWORD
        KeyringBackend(bus.environ, limit_s=LIMIT_S).get("work")
        assert home.spawn("switch", "work").code == 0  # a wish of the person: the tray may ask again
        assert tray.said() == "change"
        assert home.spawn("key", "print", "work").code == 0
        assert tray.said() == "given"


class App:
    """What the watch needs of the app."""

    def __init__(self, home: UserHome, *, is_open: bool) -> None:
        self.environ = {"PKCC_SECRETS": "vault"}  # no bus: what it hears is said here
        self.locations = find_locations(home.environ)
        self.secrets = self.backends = self
        self.is_open = is_open

    def keyring_is_open(self) -> bool:
        return self.is_open

    def owes_catalogs(self) -> bool:
        return False

    def ask_again(self) -> None: ...


def test_settings_are_only_written_anew_where_a_session_went_without_a_key(home: UserHome) -> None:
    """Each writing has every running session ask its helper: not for every program that unlocks a keyring."""
    app = App(home, is_open=False)
    refreshed: list[int] = []
    watch = KeyringWatch(app, lambda: refreshed.append(1), lambda: None)  # type: ignore[arg-type]
    watch.look()
    watch.given()
    assert refreshed == []
    note_refusal(app.locations)
    watch.look()
    assert refreshed == []  # it is locked still: the session would only be refused again
    app.is_open = True
    watch.look()
    watch.look()
    watch.given()
    assert refreshed == [1]


@contextmanager
def real_tray(home: UserHome) -> Iterator[None]:
    """A whole tray without an icon, which has taken its first look at the keyring."""
    tray = subprocess.Popen(
        [sys.executable, MAIN, "tray", "--headless"],
        env=home.environ, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: home.spawn("key", "print", "no-such").code == 3 and (home.root / LOG).exists())
        yield
    finally:
        tray.terminate()
        tray.wait(LIMIT_S)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
