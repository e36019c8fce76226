"""What every place for secrets promises: one suite, inherited by each backend.

The system keyrings run keyring's own class for that system. On Linux against a real daemon; on macOS and
Windows the class's real code runs over a stand-in for the system's interface, so it can run anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from support.keyring.memory_backend import MemoryBackend
from support.keyring.secret_service import secret_service

from profiles.base.secret import Secret
from profiles.secrets.system_keyring import KeyringBackend
from profiles.secrets.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.secrets.backend import SecretBackend, SystemKeyring

    Open = Callable[[], SecretBackend]
    OpenKeyring = Callable[[], SystemKeyring]

VALUES = {
    "typical": "pk-live-" + "a1B2" * 8,
    "one character": "x",
    "the longest": "z" * 1280,
    "block length": "0123456789abcdef",
    "not ascii": "clé-ключ-鍵-🔑",
    "several lines": "x-first: 1\nx-second: 2\r\n",
    "spaces around": "  two  ",
    "quotes": """a"b'c\\d$e`f""",
}


class BackendContract:
    """Inherit, and give `open_backend`: a function that opens the same place again each time."""

    @pytest.fixture
    def open_backend(self) -> Open:
        raise NotImplementedError

    @pytest.mark.parametrize("text", VALUES.values(), ids=VALUES.keys())
    def test_a_stored_secret_comes_back_exactly_in_another_process_too(
        self, open_backend: Open, text: str
    ) -> None:
        open_backend().set("work", Secret(text))
        found = open_backend().get("work")
        assert found is not None
        assert found.reveal() == text

    def test_a_name_never_stored_is_none_not_an_error(self, open_backend: Open) -> None:
        backend = open_backend()
        assert backend.get("nobody") is None
        backend.set("somebody", Secret("s"))
        assert backend.get("nobody") is None

    def test_storing_again_leaves_only_the_new_value(self, open_backend: Open) -> None:
        backend = open_backend()
        for text in ("old", "newer", "newest"):
            backend.set("work", Secret(text))
            assert open_backend().get("work") == Secret(text)
        assert backend.delete("work")
        assert open_backend().get("work") is None  # no older value comes to light

    def test_keys_do_not_get_in_each_other_s_way(self, open_backend: Open) -> None:
        backend = open_backend()
        names = ["a", "b", "A.long-name_with.every-mark", "pkcc-tray"]
        for name in names:
            backend.set(name, Secret(f"of {name}"))
        assert [open_backend().get(name) for name in names] == [Secret(f"of {name}") for name in names]
        backend.delete("b")
        assert [name for name in names if open_backend().get(name)] == ["a", *names[2:]]

    def test_deleting_says_whether_there_was_one(self, open_backend: Open) -> None:
        backend = open_backend()
        assert backend.delete("work") is False
        backend.set("work", Secret("s"))
        assert backend.delete("work") is True
        assert open_backend().get("work") is None
        assert backend.delete("work") is False

    def test_names_lists_what_is_stored_where_the_system_can_list(self, open_backend: Open) -> None:
        backend = open_backend()
        assert backend.names() == []
        for name in ("b", "a"):
            backend.set(name, Secret("s"))
        assert open_backend().names() in (["a", "b"], [])

    def test_a_key_of_a_catalog_s_profile_is_kept_and_listed_like_another(self, open_backend: Open) -> None:
        """Listed is what a lost index is made of again: `acme/work` would be gone."""
        backend = open_backend()
        backend.set("acme/work", Secret("pk-1"))
        assert open_backend().get("acme/work") == Secret("pk-1")
        assert open_backend().names() in (["acme/work"], [])
        assert backend.delete("acme/work")
        assert open_backend().get("acme/work") is None

    def test_asking_whether_it_works_changes_nothing(self, open_backend: Open) -> None:
        backend = open_backend()
        backend.set("work", Secret("s"))
        before = backend.names()
        backend.check_usable()
        assert backend.names() == before
        assert open_backend().get("work") == Secret("s")


class KeyringContract(BackendContract):
    """What a system's keyring promises besides. Here all are open, so that nobody is asked anything."""

    @pytest.fixture
    def open_backend(self) -> OpenKeyring:
        raise NotImplementedError

    def test_looking_for_a_name_finds_what_reading_would(self, open_backend: OpenKeyring) -> None:
        keyring = open_backend()
        assert not keyring.has("work")
        keyring.set("work", Secret("s"))
        assert open_backend().has("work")
        assert not open_backend().has("other")
        keyring.delete("work")
        assert not open_backend().has("work")

    def test_an_open_one_asks_nothing(self, open_backend: OpenKeyring) -> None:
        keyring = open_backend()
        keyring.set("work", Secret("s"))
        assert keyring.is_open()
        assert not keyring.asking
        keyring.ask_again()
        assert keyring.get("work") == Secret("s")


class TestMemory(KeyringContract):
    @pytest.fixture
    def open_backend(self) -> OpenKeyring:
        backend = MemoryBackend()
        return lambda: backend


class TestVault(BackendContract):
    @pytest.fixture
    def open_backend(self, tmp_path: Path) -> Open:
        Vault(str(tmp_path / "data"), {}).init("key-file")
        return lambda: Vault(str(tmp_path / "data"), {})


class TestVaultFromTheEnvironment(BackendContract):
    @pytest.fixture
    def open_backend(self, tmp_path: Path) -> Open:
        import pyrage

        environ = {"PKCC_VAULT_IDENTITY": str(pyrage.x25519.Identity.generate())}
        Vault(str(tmp_path / "data"), environ).init("environment")
        return lambda: Vault(str(tmp_path / "data"), environ)


class TestGnomeKeyring(KeyringContract):
    @pytest.fixture
    def open_backend(self, tmp_path: Path) -> Iterator[OpenKeyring]:
        with secret_service(tmp_path) as service:
            yield lambda: KeyringBackend(service.environ, "linux")


class TestMacKeychain(KeyringContract):
    @pytest.fixture
    def open_backend(self, monkeypatch: pytest.MonkeyPatch) -> OpenKeyring:
        from keyring.backends import macOS

        monkeypatch.setattr(macOS, "api", FakeKeychain(), raising=False)
        return lambda: KeyringBackend({}, "darwin")


class TestWindowsCredentials(KeyringContract):
    @pytest.fixture
    def open_backend(self, monkeypatch: pytest.MonkeyPatch) -> OpenKeyring:
        from keyring.backends import Windows

        self.credentials = FakeCredentials()
        monkeypatch.setattr(Windows, "win32cred", self.credentials, raising=False)
        monkeypatch.setattr(Windows, "pywintypes", SimpleNamespace(error=WindowsError_), raising=False)
        return lambda: KeyringBackend({}, "win32")

    def test_a_key_stays_on_this_machine_and_does_not_roam_with_the_domain(self, open_backend: Open) -> None:
        open_backend().set("work", Secret("s"))
        assert {entry["Persist"] for entry in self.credentials.entries.values()} == {"this machine"}


class FakeKeychain:
    """The calls of keyring's `macOS.api` module."""

    class Error(Exception):
        pass

    class NotFound(Error):  # noqa: N818 - the library's name
        pass

    class KeychainDenied(Error):  # noqa: N818 - the library's name
        pass

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}

    def set_generic_password(self, keychain: None, service: str, name: str, password: str) -> None:
        self.items[service, name] = password

    def find_generic_password(self, keychain: None, service: str, name: str) -> str:
        if (service, name) not in self.items:
            raise self.NotFound
        return self.items[service, name]

    def delete_generic_password(self, keychain: None, service: str, name: str) -> None:
        if self.items.pop((service, name), None) is None:
            raise self.NotFound


class WindowsError_(Exception):  # noqa: N801, N818 - stands for pywintypes.error
    winerror = 1168  # ERROR_NOT_FOUND

    def __init__(self, funcname: str) -> None:
        self.funcname = funcname


class FakeCredentials:
    """The calls of `win32cred`: one credential a target, at most 2,560 bytes of UTF-16."""

    CRED_TYPE_GENERIC = 1
    CRED_PERSIST_ENTERPRISE = "roams"
    CRED_PERSIST_LOCAL_MACHINE = "this machine"

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, object]] = {}

    def CredRead(self, Type: int, TargetName: str) -> dict[str, object]:  # noqa: N802, N803
        if TargetName not in self.entries:
            raise WindowsError_("CredRead")
        return self.entries[TargetName]

    def CredWrite(self, credential: dict[str, object], flags: int) -> None:  # noqa: N802
        blob = str(credential["CredentialBlob"]).encode("utf-16-le")
        assert len(blob) <= 2560
        self.entries[str(credential["TargetName"])] = {**credential, "CredentialBlob": blob}

    def CredDelete(self, Type: int, TargetName: str) -> None:  # noqa: N802, N803
        if self.entries.pop(TargetName, None) is None:
            raise WindowsError_("CredDelete")
