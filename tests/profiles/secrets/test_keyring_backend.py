"""The system keyring when it is well, locked, hanging, absent, or not what it seems.

Against a real daemon on a private bus, except where a failure only other systems have is told by its class.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.keyring.secret_service import SecretService, secret_service

from profiles.base.errors import NotUnlockedError, SecretUnavailableError
from profiles.base.secret import Secret
from profiles.secrets.keyring_patience import LIMIT_S
from profiles.secrets.system_keyring import SERVICE, KeyringBackend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
SHORT_S = 0.4  # in place of the 3 s that a keyring may be silent
VALUES = ["x", "0123456789abcde", "0123456789abcdef", "pk-" + "z" * 1277, "clé 🔑\nsecond line"]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SecretService]:
    with secret_service(tmp_path) as running:
        yield running


def fast_read(service: SecretService, name: str) -> str | None:
    from profiles.secrets.secret_service.bus import Connection
    from profiles.secrets.secret_service.reader import read_password

    return read_password(Connection(service.address, LIMIT_S, LIMIT_S), SERVICE, name)


def library(service: SecretService, monkeypatch: pytest.MonkeyPatch) -> object:
    """The keyring library as any other program would use it."""
    from keyring.backends.SecretService import Keyring

    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.address)
    return Keyring()


@pytest.mark.parametrize("text", VALUES)
def test_the_fast_reader_and_the_keyring_library_see_the_same_items(
    service: SecretService, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """A key stored by `keyring set pkcc-tray NAME` works, and so does the way back."""
    ring = library(service, monkeypatch)
    ring.set_password(SERVICE, "theirs", text)
    assert fast_read(service, "theirs") == text
    KeyringBackend(service.environ).set("ours", Secret(text))
    assert ring.get_password(SERVICE, "ours") == text
    assert fast_read(service, "ours") == text
    assert fast_read(service, "nobody") is None


def test_the_secret_crosses_the_bus_encrypted(service: SecretService) -> None:
    """Every program of the session may listen to the bus; the key must not be readable there."""
    KeyringBackend(service.environ).set("work", Secret("pk-needle-1"))
    argv = ["dbus-monitor", "--address", service.address, "--pcap"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as monitor:
        assert monitor.stdout is not None
        seen = monitor.stdout.read1()  # its header: it listens from here on, or from its first message
        while b"NameAcquired" not in seen and b"NameLost" not in seen:
            seen += monitor.stdout.read1()
        assert fast_read(service, "work") == "pk-needle-1"
        while b"GetSecret" not in seen:
            seen += monitor.stdout.read1()
        fast_read(service, "end-of-recording")
        while b"end-of-recording" not in seen:
            seen += monitor.stdout.read1()
        monitor.kill()
    assert b"needle" not in seen


def test_an_odd_answer_falls_back_to_the_library(
    service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from profiles.secrets.secret_service import reader as _secret_service

    backend = KeyringBackend(service.environ)
    backend.set("work", Secret("pk-1"))
    for error in (_secret_service.UnexpectedReplyError(), ValueError(), ConnectionResetError(), KeyError()):
        calls = []

        def fail(*_: object, error: Exception = error, calls: list[int] = calls) -> None:
            calls.append(1)
            raise error

        monkeypatch.setattr(_secret_service, "read_password", fail)
        assert backend.get("work") == Secret("pk-1")
        assert calls == [1]


def test_a_replaced_key_leaves_no_second_item_behind(service: SecretService) -> None:
    import secretstorage
    from jeepney.io.blocking import open_dbus_connection

    backend = KeyringBackend(service.environ)
    for text in ("one", "two", "three"):
        backend.set("work", Secret(text))
    with closing(open_dbus_connection(service.address)) as bus:
        items = list(secretstorage.search_items(bus, {"service": SERVICE}))
        assert [item.get_secret() for item in items] == [b"three"]


@pytest.mark.parametrize("reader", ["fast", "library"])
def test_a_key_that_is_replaced_while_it_is_read_is_not_missed(
    service: SecretService, monkeypatch: pytest.MonkeyPatch, reader: str
) -> None:
    """`key rotate` while Claude Code asks for the key: between finding the item and opening it."""
    import secretstorage

    from profiles.secrets.secret_service import reader as _secret_service

    backend = KeyringBackend(service.environ)
    backend.set("work", Secret("old"))
    replacements = iter(["new"])

    def replace_once() -> None:
        for text in replacements:
            KeyringBackend(service.environ).set("work", Secret(text))

    if reader == "fast":
        connection = _secret_service.Connection
        send = connection.send

        def send_late(self: _secret_service.Connection, message: object) -> int:
            if "GetSecret" in str(message.header.fields.values()):
                replace_once()
            return send(self, message)

        monkeypatch.setattr(connection, "send", send_late)
    else:
        get_secret = secretstorage.Item.get_secret

        def get_secret_late(self: secretstorage.Item) -> bytes:
            replace_once()
            return get_secret(self)

        monkeypatch.setattr(secretstorage.Item, "get_secret", get_secret_late)
        monkeypatch.setattr(_secret_service, "read_password", lambda *_: 1 / 0)
    assert backend.get("work") == Secret("new")
    assert next(replacements, None) is None


OPERATIONS: dict[str, Callable[[KeyringBackend], object]] = {
    "get": lambda backend: backend.get("work"),
    "set": lambda backend: backend.set("work", Secret("pk-new")),
    "delete": lambda backend: backend.delete("work"),
    "names": lambda backend: backend.names(),
    "probe": lambda backend: backend.check_usable(),
}
each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())


def refusal(backend: KeyringBackend, operation: Callable[[KeyringBackend], object]) -> SecretUnavailableError:
    with pytest.raises(SecretUnavailableError) as caught:
        operation(backend)
    error = caught.value
    assert "pkcc-tray key vault init" in error.hint
    assert "\n" not in error.title + error.hint
    return error


@each_operation
def test_a_hanging_daemon_costs_the_limit_and_says_what_to_do(
    service: SecretService, operation: Callable[[KeyringBackend], object]
) -> None:
    """Claude Code waits for the key: without a limit a stopped daemon would freeze it."""
    KeyringBackend(service.environ).set("work", Secret("pk-1"))
    backend = KeyringBackend(service.environ, limit_s=0.3)
    service.pause()
    started = time.monotonic()
    error = refusal(backend, operation)
    assert 0.25 < time.monotonic() - started < 2
    assert "did not answer" in error.title
    service.resume()
    assert KeyringBackend(service.environ).get("work") in (Secret("pk-1"), Secret("pk-new"), None)


def test_the_probe_leaves_nothing_in_the_user_s_keyring(service: SecretService) -> None:
    import secretstorage
    from jeepney.io.blocking import open_dbus_connection

    KeyringBackend(service.environ).check_usable()
    with closing(open_dbus_connection(service.address)) as bus:
        assert list(secretstorage.get_default_collection(bus).get_all_items()) == []


def test_a_call_that_can_never_be_ended_does_not_keep_the_process(tmp_path: Path) -> None:
    """As inside macOS's or Windows's own calls, which nothing can interrupt."""
    code = (
        "import sys, threading; sys.path.insert(0, sys.argv[1])\n"
        "from profiles.base.time_limit import within\n"
        "try: within(0.1, threading.Event().wait)\n"
        "except TimeoutError: print('in time')\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(ROOT)], capture_output=True, timeout=20, check=True)
    assert run.stdout.split() == [b"in", b"time"]


def test_an_abandoned_call_ends_and_leaves_no_thread_or_socket(service: SecretService) -> None:
    """The tray lives for weeks: each hanging call must not keep a thread and a connection."""
    backend = KeyringBackend(service.environ, limit_s=0.3)
    service.pause()
    refusal(backend, OPERATIONS["set"])
    for thread in threading.enumerate():
        if thread.name == "pkcc-time-limit":
            thread.join(5)
            assert not thread.is_alive()


@pytest.mark.parametrize("call", ["get('work')", "set('work', Secret('s'))"])
def test_a_process_with_a_hanging_daemon_ends_within_the_limit(service: SecretService, call: str) -> None:
    code = (
        "import os, sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from profiles.base.errors import SecretUnavailableError\n"
        "from profiles.base.secret import Secret\n"
        "from profiles.secrets.system_keyring import KeyringBackend\n"
        f"backend, began = KeyringBackend(os.environ, limit_s={SHORT_S}), time.monotonic()\n"
        f"try: backend.{call}\n"
        "except SecretUnavailableError as error: print(time.monotonic() - began, error.title)\n"
    )
    service.pause()
    run = subprocess.run(
        [sys.executable, "-c", code, str(ROOT)],
        env=service.environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    took, title = run.stdout.split(maxsplit=1)
    assert SHORT_S <= float(took) < SHORT_S + 2
    assert title == "The system keyring did not answer within 3 seconds\n"
    assert run.stderr == ""


@each_operation
def test_a_locked_keyring_nobody_can_unlock_is_said_to_be_locked(
    service: SecretService, operation: Callable[[KeyringBackend], object]
) -> None:
    KeyringBackend(service.environ).set("work", Secret("pk-1"))
    service.lock()
    backend = KeyringBackend(service.environ)
    if operation is OPERATIONS["names"]:  # GNOME Keyring tells these all the time
        assert operation(backend) == ["work"]
        return
    error = refusal(backend, operation)
    assert isinstance(error, NotUnlockedError)
    assert "not unlocked" in error.title
    assert "Unlock" in error.hint


@each_operation
def test_a_daemon_that_has_no_keyring_and_cannot_ask_for_one_is_not_taken_for_usable(
    tmp_path: Path, operation: Callable[[KeyringBackend], object]
) -> None:
    with secret_service(tmp_path, unlocked=False) as service:
        refusal(KeyringBackend(service.environ), operation)


@each_operation
def test_a_bus_without_a_secret_service_is_told_apart(
    tmp_path: Path, operation: Callable[[KeyringBackend], object]
) -> None:
    with secret_service(tmp_path, daemon=False) as service:
        refusal(KeyringBackend(service.environ), operation)


@each_operation
@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"DBUS_SESSION_BUS_ADDRESS": ""},
        *(
            {"DBUS_SESSION_BUS_ADDRESS": text}
            for text in ("unix:path=/nonexistent/bus", "scribble", "tcp:port=1", "unix:")
        ),
    ],
)
def test_no_bus_as_over_ssh_or_in_a_container_is_said_in_words(
    operation: Callable[[KeyringBackend], object], environ: dict[str, str]
) -> None:
    error = refusal(KeyringBackend(environ, "linux"), operation)
    assert "No system keyring can be reached" in error.title


class FailingLibrary:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error

    def delete_password(self, service: str, username: str) -> None:
        raise self.error


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_failures_of_other_systems_become_words_without_the_library_s_text(platform: str) -> None:
    """pywin32 raises `pywintypes.error`, no KeyringError; texts of libraries may hold what was stored."""
    import keyring.errors

    windows_error = type("error", (Exception,), {})
    cases = {
        "locked": keyring.errors.KeyringLocked("pk-needle"),
        "failed (PasswordSetError)": keyring.errors.PasswordSetError("pk-needle"),
        "failed (UnicodeEncodeError)": UnicodeEncodeError("ascii", "pk-needle", 0, 1, "pk-needle"),
        "failed (NameError)": NameError("api"),
        "Windows Credential Manager refused": windows_error(1312, "CredWrite", "pk-needle"),
    }
    for words, failure in cases.items():
        for name in ("get", "set", "delete", "probe"):
            backend = KeyringBackend({}, platform, lambda failure=failure: FailingLibrary(failure))
            error = refusal(backend, OPERATIONS[name])
            assert words in error.title
            assert "needle" not in error.title + error.hint
            assert error.__cause__ is None
            assert error.__suppress_context__


def test_a_keyring_that_forgets_is_not_usable() -> None:
    """The probe is a real round trip: a backend that takes everything and keeps nothing is found out."""

    class Forgetful(FailingLibrary):
        def get_password(self, service: str, username: str) -> str | None:
            return None

        def set_password(self, service: str, username: str, password: str) -> None:
            pass

        def delete_password(self, service: str, username: str) -> None:
            pass

    error = refusal(KeyringBackend({}, "darwin", lambda: Forgetful(OSError())), OPERATIONS["probe"])
    assert "something else" in error.title


PLAINTEXT_BACKEND = """
from keyring.backend import KeyringBackend
class Plaintext(KeyringBackend):
    priority = 9
    def get_password(self, service, username): return None
    def set_password(self, service, username, password):
        open(__file__ + '.leak', 'a').write(password)
    def delete_password(self, service, username): pass
"""


def test_a_plaintext_backend_that_happens_to_be_installed_never_gets_a_key(tmp_path: Path) -> None:
    """As `keyrings.alt` would, where no Secret Service runs; keyring's own scan picks it (the control)."""
    plugin = tmp_path / "plugin"
    (plugin / "plain_backend-1.dist-info").mkdir(parents=True)
    (plugin / "plain_backend.py").write_text(PLAINTEXT_BACKEND)
    (plugin / "plain_backend-1.dist-info/METADATA").write_text("Name: plain-backend\nVersion: 1\n")
    entry = "[keyring.backends]\nplain = plain_backend\n"
    (plugin / "plain_backend-1.dist-info/entry_points.txt").write_text(entry)
    leak = plugin / "plain_backend.py.leak"
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONPATH": f"{plugin}:{ROOT}"}
    control = "import keyring; keyring.set_password('pkcc-tray', 'work', 'pk-needle')"
    ours = (
        "import os; from types import SimpleNamespace\n"
        "from profiles.base.errors import NotUnlockedError, SecretUnavailableError\n"
        "from profiles.secrets.store import SecretStore\nfrom profiles.base.secret import Secret\n"
        "store = SecretStore(SimpleNamespace(data_dir=os.environ['HOME'] + '/data'), os.environ)\n"
        "try: store.put('work', Secret('pk-needle'))\n"
        "except SecretUnavailableError as error: print(error.hint)\n"
    )
    if sys.platform == "linux":  # elsewhere the system's own keyring would be asked
        run = subprocess.run(
            [sys.executable, "-c", ours], env=environ, check=True, capture_output=True, text=True
        )
        assert run.stdout == "Make an encrypted vault: `pkcc-tray key vault init`.\n"
        assert not leak.exists()
        assert not [p for p in tmp_path.rglob("data/**") if p.is_file() and b"needle" in p.read_bytes()]
        subprocess.run([sys.executable, "-c", control], env=environ, check=True)
        assert leak.read_text() == "pk-needle"
