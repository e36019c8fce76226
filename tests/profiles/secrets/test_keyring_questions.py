"""A keyring that asks its user: a real daemon that is locked, and a stand-in for the person at its window."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

if sys.platform != "linux":
    pytest.skip("the Secret Service is Linux's", allow_module_level=True)

from support.desktop.private_bus import BusService
from support.home.user_home import ROOT
from support.keyring.prompter import PASSWORD, prompter
from support.keyring.secret_service import SecretService, secret_service

from profiles.base.errors import NotUnlockedError, SecretUnavailableError
from profiles.base.secret import Secret
from profiles.files.locks import locked as files_locked
from profiles.secrets.keyring_patience import LIMIT_S, PATIENCE_S
from profiles.secrets.secret_service.bus import BUS_NAME, DEFAULT, Connection
from profiles.secrets.system_keyring import KeyringBackend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jeepney import Message

SHORT_S = 0.4  # in place of the 3 s a keyring may be silent, where it is to be found silent
PATIENT_S = 20.0  # where it is not: a daemon on a busy machine answers late

OPERATIONS: dict[str, Callable[[KeyringBackend], object]] = {
    "get": lambda backend: backend.get("work"),
    "set": lambda backend: backend.set("work", Secret("pk-new")),
    "delete": lambda backend: backend.delete("work"),
    "probe": lambda backend: backend.check_usable(),
}
each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())


def patient(service: SecretService, **options: Any) -> KeyringBackend:
    """A keyring that may be silent for longer than usual."""
    return KeyringBackend(service.environ, **{"limit_s": PATIENT_S, **options})


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[SecretService]:
    """A keyring with one key in it, locked."""
    with secret_service(tmp_path) as running:
        patient(running).set("work", Secret("pk-1"))
        running.lock()
        yield running


@each_operation
def test_a_question_that_is_answered_after_the_limit_gives_the_key(
    locked: SecretService, operation: Callable[[KeyringBackend], object]
) -> None:
    """Giving up after 3 s costs a user the whole session: Claude Code keeps the failure."""
    asked = []
    limit_s = 4 * SHORT_S  # which the daemon has to keep before it asks
    backend = patient(locked, limit_s=limit_s, on_question=lambda: asked.append(1))
    with prompter(locked.address, None) as person, person.replying(PASSWORD, after_s=1.5 * limit_s):
        result = operation(backend)
        assert person.questions == 1
    assert asked
    assert not backend.asking
    if operation is OPERATIONS["get"]:
        assert result == Secret("pk-1")


@each_operation
def test_a_dismissed_question_is_asked_once_a_process(
    locked: SecretService, operation: Callable[[KeyringBackend], object]
) -> None:
    """A user who closes the window has said no: five more of them are five more clicks for nothing."""
    backend = patient(locked)
    with prompter(locked.address, "") as person:
        for other in (operation, *OPERATIONS.values()):
            with pytest.raises(NotUnlockedError, match="not unlocked"):
                other(backend)
        assert person.questions == 1
        person.answer = PASSWORD
        backend.ask_again()
        assert backend.get("work") == Secret("pk-1")


@each_operation
def test_without_a_keyring_the_user_is_asked_once_to_make_one(
    tmp_path: Path, operation: Callable[[KeyringBackend], object]
) -> None:
    """First use, or KeePassXC with no database open: reading it gave five questions, `add` twelve."""
    with secret_service(tmp_path, unlocked=False) as service, prompter(service.address, "") as person:
        backend = patient(service)
        for other in (operation, *OPERATIONS.values()):
            with pytest.raises(NotUnlockedError, match="not unlocked"):
                other(backend)
        assert person.questions == 1
        backend.ask_again()
        person.answer = "a password for the new one"
        backend.set("work", Secret("pk-2"))
        assert backend.get("work") == Secret("pk-2")


def test_a_question_that_nobody_answers_ends_and_a_late_answer_counts(locked: SecretService) -> None:
    """A helper must not wait for ever; and to end a question aborts the daemon (GNOME Keyring 42.1)."""
    backend = patient(locked, patience_s=3 * SHORT_S)
    with prompter(locked.address, None) as person:
        began = time.monotonic()
        with pytest.raises(NotUnlockedError, match="nobody answered"):
            backend.get("work")
        assert 3 * SHORT_S <= time.monotonic() - began < 3 * SHORT_S + PATIENT_S
        assert not backend.asking
        with pytest.raises(NotUnlockedError):  # nor is it asked again
            backend.get("work")
        person.reply(PASSWORD)
        assert person.closed.wait(20)
        assert person.questions == 1
    assert patient(locked).get("work") == Secret("pk-1")


def test_the_user_has_two_minutes_and_the_daemon_three_seconds() -> None:
    assert (LIMIT_S, PATIENCE_S) == (3, 120)


def test_a_daemon_that_stops_while_it_asks_is_given_up_in_the_limit(locked: SecretService) -> None:
    """A window whose program hangs is no window that a user can answer."""
    backend = KeyringBackend(locked.environ, limit_s=SHORT_S)
    with prompter(locked.address, None) as person:
        stopping = threading.Thread(target=lambda: person.asked.wait(20) and locked.pause())
        stopping.start()
        with pytest.raises(SecretUnavailableError, match="did not answer") as caught:
            backend.get("work")
        stopping.join()
    assert not isinstance(caught.value, NotUnlockedError)  # nobody said no
    locked.resume()


def test_a_daemon_that_ends_while_it_asks_is_not_waited_for(locked: SecretService) -> None:
    backend = patient(locked)
    with prompter(locked.address, None) as person:

        def end() -> None:
            assert locked.daemon is not None
            assert person.asked.wait(20)
            locked.daemon.kill()

        ending = threading.Thread(target=end)
        ending.start()
        with pytest.raises(SecretUnavailableError, match="No system keyring"):
            backend.get("work")
        ending.join()


def test_many_who_ask_at_once_make_one_question(locked: SecretService) -> None:
    """Ten sessions at login, one window."""
    backend = patient(locked)
    found: list[Secret | None] = []
    with prompter(locked.address, None) as person:
        threads = [threading.Thread(target=lambda: found.append(backend.get("work"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        assert person.asked.wait(20)
        assert backend.asking or found == []
        person.reply(PASSWORD)
        for thread in threads:
            thread.join(20)
        assert person.questions == 1
    assert found == [Secret("pk-1")] * 8


def test_looking_asks_nobody(locked: SecretService) -> None:
    """`list`, `status` and `doctor` only look: a window that pops up for them is in the way."""
    backend = patient(locked)
    with prompter(locked.address, "") as person:
        assert backend.has("work")
        assert backend.names() == ["work"]
        assert not backend.is_open()
        with pytest.raises(NotUnlockedError):  # what is locked may hide others
            backend.has("other")
        assert person.questions == 0
        person.answer = PASSWORD
        backend.get("work")
        assert backend.is_open()
        assert not backend.has("other")


class Library:
    """macOS's or Windows's own call: it returns when its window is answered, and cannot be asked anything."""

    def __init__(self) -> None:
        self.answered = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answered.wait(20)
        return "pk-1"

    def set_password(self, service: str, username: str, password: str) -> None:
        self.answered.wait(20)

    def delete_password(self, service: str, username: str) -> None:
        self.answered.wait(20)


def test_macos_is_waited_for_while_its_window_may_be_open() -> None:
    """The first read after an upgrade asks "allow access?": nobody answers that within 3 s."""
    library = Library()
    backend = KeyringBackend(
        {}, "darwin", lambda: library, limit_s=SHORT_S / 2, on_question=library.answered.set
    )
    assert backend.get("work") == Secret("pk-1")
    assert not backend.asking


def test_macos_is_not_waited_for_longer_than_the_user_is() -> None:
    library = Library()
    backend = KeyringBackend({}, "darwin", lambda: library, limit_s=SHORT_S / 2, patience_s=SHORT_S)
    with pytest.raises(NotUnlockedError, match="nobody answered"):
        backend.get("work")
    library.answered.set()


def test_windows_asks_nobody_so_it_is_not_waited_for() -> None:
    library = Library()
    backend = KeyringBackend({}, "win32", lambda: library, limit_s=SHORT_S / 2)
    began = time.monotonic()
    with pytest.raises(SecretUnavailableError, match="did not answer"):
        backend.get("work")
    assert time.monotonic() - began < SHORT_S / 2 + 5
    library.answered.set()


class Wallet:
    """A Secret Service that opens its window inside a call, as KWallet did: no prompt is named."""

    def __init__(self, address: str, *, alive: bool) -> None:
        self._alive = alive
        self.asked = threading.Event()
        self._held: list[Message] = []
        self._service = BusService(address, BUS_NAME, self._called)
        self._service.start()

    def _called(self, method: str, call: Message) -> None:
        if method == "SearchItems":
            self._held.append(call)
            self.asked.set()
        elif self._alive:
            self._service.reply(call, "o", "/collection")

    def answer(self) -> None:
        self._service.reply(self._held[0], "ao", ["/item"])

    def close(self) -> None:
        self._service.close()


@pytest.mark.parametrize(
    ("alive", "answered", "outcome"),
    [(True, True, "found"), (True, False, "UnansweredError"), (False, False, "TimeoutError")],
)
def test_a_window_inside_a_call_is_told_from_a_service_that_hangs(
    tmp_path: Path, alive: bool, answered: bool, outcome: str
) -> None:
    asked = threading.Event()
    with (
        secret_service(tmp_path, daemon=False) as service,
        contextlib.closing(Wallet(service.address, alive=alive)) as wallet,
    ):
        bus = Connection(service.address, SHORT_S, 4 * SHORT_S, wallet.answer if answered else asked.set)
        with bus:
            try:
                bus.call(DEFAULT, "SearchItems", "a{ss}", ({"service": "x"},))
                seen = "found"
            except TimeoutError as error:
                seen = type(error).__name__
        assert asked.is_set() is (alive and not answered)
    assert seen == outcome


# Several processes -----------------------------------------------------------------------------------------

ASKING = """
import os, sys
from profiles.base.errors import NotUnlockedError
from profiles.secrets.system_keyring import KeyringBackend
told = lambda: print("waits", flush=True)
try:
    backend = KeyringBackend(os.environ, limit_s=20.0, turn_path=sys.argv[1], on_question=told)
    print(backend.get("work").reveal())
except NotUnlockedError as error:
    print("refused")
"""


@contextlib.contextmanager
def processes(locked: SecretService, path: Path, count: int = 6) -> Iterator[list[subprocess.Popen[str]]]:
    """So many processes that ask for the key at once; none is left over."""
    argv = [sys.executable, "-c", ASKING, str(path)]
    environ = locked.environ | {"PYTHONPATH": str(ROOT)}
    asking = [subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    try:
        yield asking
    finally:
        for process in asking:
            process.kill()
            process.communicate()


@pytest.mark.parametrize(("answer", "said"), [(PASSWORD, "pk-1"), ("", "refused")])
def test_processes_that_ask_at_once_ask_one_by_one(
    locked: SecretService, tmp_path: Path, answer: str, said: str
) -> None:
    """Each session runs a helper of its own. GNOME Keyring answered some of them no more, or ended."""
    with prompter(locked.address, None) as person, processes(locked, tmp_path / "x" / "lock") as asking:
        assert [process.stdout.readline() for process in asking if process.stdout] == ["waits\n"] * 6
        person.reply(answer)
        assert [process.communicate(timeout=20)[0].strip() for process in asking] == [said] * 6
        assert person.questions == 1
    assert locked.daemon is not None
    assert locked.daemon.poll() is None


def test_who_waits_for_another_process_s_question_says_so_and_does_not_wait_for_ever(
    locked: SecretService, tmp_path: Path
) -> None:
    path, told = str(tmp_path / "lock"), []
    backend = patient(locked, patience_s=3 * SHORT_S, turn_path=path, on_question=lambda: told.append(1))
    with files_locked(path), prompter(locked.address, PASSWORD) as person:
        with pytest.raises(NotUnlockedError, match="nobody answered"):
            backend.get("work")
        assert (told, person.questions, backend.asking) == ([1], 0, False)
    backend.ask_again()
    with prompter(locked.address, PASSWORD):
        assert backend.get("work") == Secret("pk-1"), "the turn is free again"


def test_nobody_waits_for_a_turn_where_the_keyring_is_open(tmp_path: Path) -> None:
    """Another session's question must not keep a key back that can be read."""
    path = str(tmp_path / "lock")
    with secret_service(tmp_path) as service, files_locked(path):
        backend = patient(service, patience_s=60, turn_path=path, on_question=pytest.fail)
        backend.set("work", Secret("pk-1"))
        assert backend.get("work") == Secret("pk-1")


def test_a_turn_that_cannot_be_taken_keeps_nobody_from_a_key(locked: SecretService, tmp_path: Path) -> None:
    """A read-only home, or a full disk."""
    (tmp_path / "file").write_text("")
    backend = patient(locked, turn_path=str(tmp_path / "file" / "lock"))
    with prompter(locked.address, PASSWORD):
        assert backend.get("work") == Secret("pk-1")
