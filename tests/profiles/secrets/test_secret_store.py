from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from support.keyring.memory_backend import MemoryBackend
from support.keyring.secret_service import secret_service

from profiles.base.errors import ConflictError, NotFoundError, SecretUnavailableError, UsageError
from profiles.base.secret import Secret
from profiles.secrets.store import SecretStore
from profiles.secrets.system_keyring import KeyringBackend
from profiles.secrets.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[3]
LOCKED = SecretUnavailableError("The system keyring is locked", "Unlock it.")


class Home:
    """One user's data directory and system keyring; `store()` is another process's view of them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.keyring = MemoryBackend()
        self.index = directory / "keys.json"

    def store(self, environ: Mapping[str, str] | None = None) -> SecretStore:
        paths = SimpleNamespace(data_dir=str(self.directory))
        return SecretStore(paths, environ or {}, keyring=self.keyring)

    def holders(self) -> dict[str, str]:
        return json.loads(self.index.read_text())["keys"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


VAULT = {"PKCC_SECRETS": "vault"}


def test_a_key_goes_to_the_system_keyring_and_comes_back(home: Home) -> None:
    assert home.store().put("work", Secret("pk-1")) == "keyring:work"
    assert home.store().resolve("keyring:work") == Secret("pk-1")
    assert home.store().where("work") == "keyring"
    assert home.holders() == {"work": "keyring"}
    assert "pk-1" not in home.index.read_text()


def test_an_unchanged_key_is_not_written_again(home: Home) -> None:
    """macOS asks the user again after every rewrite."""
    home.store().put("work", Secret("pk-1"))
    stamp = home.index.stat().st_mtime_ns
    assert home.store().put("work", Secret("pk-1")) == "keyring:work"
    assert home.keyring.writes == 1
    assert home.index.stat().st_mtime_ns == stamp
    home.store().put("work", Secret("pk-2"))
    assert home.keyring.writes == 2


def test_a_keyring_that_garbles_a_key_is_found_out_at_once(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home.keyring, "set", lambda name, secret: home.keyring.values.update({name: "cut"}))
    with pytest.raises(SecretUnavailableError, match="come back"):
        home.store().put("work", Secret("pk-1"))


def test_no_keyring_and_no_vault_is_an_error_with_the_one_command_and_nothing_written(home: Home) -> None:
    home.keyring.refusal = LOCKED
    with pytest.raises(SecretUnavailableError, match="no safe place") as caught:
        home.store().put("work", Secret("pk-1"))
    assert caught.value.hint == "Make an encrypted vault: `pkcc-tray key vault init`."
    assert not home.directory.exists()


def test_without_a_keyring_an_initialised_vault_takes_new_keys(home: Home) -> None:
    home.keyring.refusal = LOCKED
    home.store().vault_init("key-file")
    assert home.store().put("work", Secret("pk-1")) == "keyring:work"
    assert home.store().where("work") == "vault"
    assert home.store().resolve("keyring:work") == home.store().resolve("vault:work") == Secret("pk-1")


def test_pkcc_secrets_vault_makes_the_vault_unasked_and_leaves_the_keyring_alone(home: Home) -> None:
    home.keyring.refusal = LOCKED
    home.store(VAULT).put("work", Secret("pk-1"))
    assert home.store(VAULT).resolve("keyring:work") == Secret("pk-1")
    assert (home.directory / "vault/identity.txt").exists()


def test_pkcc_secrets_keyring_never_falls_to_the_vault(home: Home) -> None:
    home.store().vault_init()
    home.keyring.refusal = LOCKED
    with pytest.raises(SecretUnavailableError, match="locked"):
        home.store({"PKCC_SECRETS": "keyring"}).put("work", Secret("pk-1"))


def test_an_unknown_choice_is_refused_rather_than_taken_for_auto(home: Home) -> None:
    with pytest.raises(UsageError, match="PKCC_SECRETS"):
        home.store({"PKCC_SECRETS": "plaintext"}).put("work", Secret("pk-1"))


def test_where_a_key_lies_decides_the_reading_not_the_environment_of_the_reader(home: Home) -> None:
    """Claude Code may start the helper without the variables of the terminal that stored the key."""
    home.store(VAULT).put("in-vault", Secret("pk-v"))
    home.store().put("in-keyring", Secret("pk-k"))
    for environ in ({}, VAULT, {"PKCC_SECRETS": "keyring"}, {"PKCC_SECRETS": "nonsense"}):
        assert home.store(environ).resolve("keyring:in-vault") == Secret("pk-v")
        assert home.store(environ).resolve("keyring:in-keyring") == Secret("pk-k")
    home.store().put("in-vault", Secret("pk-v2"))
    assert home.store().where("in-vault") == "vault"
    home.keyring.refusal = LOCKED
    with pytest.raises(SecretUnavailableError, match="locked"):
        home.store(VAULT).put("in-keyring", Secret("pk-k2"))


def test_reading_a_known_key_asks_no_backend_but_its_own(home: Home) -> None:
    home.store(VAULT).put("work", Secret("pk-1"))
    home.keyring.refusal = SecretUnavailableError("asked for nothing")
    assert home.store().resolve("keyring:work") == Secret("pk-1")


@pytest.mark.parametrize("damage", [None, b"", b"{", b'{"version": 1, "keys": 5}'])
def test_with_the_index_lost_or_damaged_every_key_is_still_found(home: Home, damage: bytes | None) -> None:
    home.store(VAULT).put("in-vault", Secret("pk-v"))
    home.store().put("in-keyring", Secret("pk-k"))
    home.index.unlink()
    if damage is not None:
        home.index.write_bytes(damage)
    store = home.store()
    assert store.names() == ["in-keyring", "in-vault"]
    assert (store.where("in-vault"), store.where("in-keyring")) == ("vault", "keyring")
    assert store.resolve("keyring:in-vault") == Secret("pk-v")
    assert store.resolve("keyring:in-keyring") == Secret("pk-k")
    store.put("third", Secret("pk-3"))
    assert home.holders() == {"in-keyring": "keyring", "in-vault": "vault", "third": "keyring"}
    if damage is not None:
        assert (home.directory / "keys.json.damaged").read_bytes() == damage


def test_a_key_stored_just_before_a_crash_is_found_and_listed(home: Home) -> None:
    """The backend is written first, the index after: what lies between must not be lost."""
    home.store(VAULT).put("work", Secret("pk-1"))
    home.index.write_text('{"version": 1, "keys": {}}')
    assert home.store().resolve("keyring:work") == Secret("pk-1")
    assert home.store().names() == ["work"]
    home.store().put("work", Secret("pk-2"))
    assert home.store().where("work") == "vault"
    home.keyring.values["other"] = "pk-o"
    assert home.store().resolve("keyring:other") == Secret("pk-o")


def test_a_lost_index_and_a_locked_keyring_is_not_reported_as_no_such_key(home: Home) -> None:
    home.keyring.refusal = LOCKED
    with pytest.raises(SecretUnavailableError, match="locked"):
        home.store().resolve("keyring:work")
    assert home.store().names() == []


def test_an_unknown_name_is_said_to_be_unknown_even_without_a_keyring(home: Home) -> None:
    home.store(VAULT).put("work", Secret("pk-1"))
    home.keyring.refusal = LOCKED
    with pytest.raises(NotFoundError, match="wrok") as caught:
        home.store().resolve("keyring:wrok")
    assert "key set wrok" in caught.value.hint
    with pytest.raises(NotFoundError):
        home.store().resolve("vault:wrok")


def test_a_name_whose_key_vanished_from_the_keyring_says_so(home: Home) -> None:
    home.store().put("work", Secret("pk-1"))
    home.keyring.values.clear()
    with pytest.raises(NotFoundError):
        home.store().resolve("keyring:work")
    assert home.store().names() == ["work"]
    home.store().delete("work")
    assert home.store().names() == []


def test_a_deleted_key_is_gone_everywhere(home: Home) -> None:
    home.store(VAULT).put("v", Secret("pk-v"))
    home.store().put("k", Secret("pk-k"))
    for name in ("v", "k"):
        home.store().delete(name)
        assert home.store().where(name) is None
        with pytest.raises(NotFoundError):
            home.store().resolve(f"keyring:{name}")
        with pytest.raises(NotFoundError):
            home.store().delete(name)
    assert home.keyring.values == {}
    assert home.store().names() == []


def test_a_key_that_cannot_be_deleted_now_stays_known(home: Home) -> None:
    home.store().put("work", Secret("pk-1"))
    home.keyring.refusal = LOCKED
    with pytest.raises(SecretUnavailableError):
        home.store().delete("work")
    assert home.store().names() == ["work"]


@pytest.mark.parametrize("environ", [{}, VAULT])
def test_names_that_differ_in_case_never_overwrite_each_other(home: Home, environ: dict[str, str]) -> None:
    """On macOS and Windows they would be one file."""
    home.store(environ).put("Work", Secret("pk-1"))
    with pytest.raises(ConflictError, match="Work"):
        home.store(environ).put("WORK", Secret("pk-2"))
    assert home.store(environ).resolve("keyring:work") == Secret("pk-1")
    assert home.store(environ).where("wORK") == home.store(environ).where("Work")
    home.store(environ).delete("work")
    assert home.store(environ).names() == []


def test_a_damaged_vault_entry_is_mended_by_storing_the_key_again(home: Home) -> None:
    home.store(VAULT).put("work", Secret("pk-1"))
    (home.directory / "vault/keys/work.age").write_bytes(b"scribble")
    with pytest.raises(SecretUnavailableError, match="damaged"):
        home.store(VAULT).resolve("keyring:work")
    home.store(VAULT).put("work", Secret("pk-2"))
    assert home.store(VAULT).resolve("keyring:work") == Secret("pk-2")


def test_storing_into_a_vault_that_cannot_be_opened_changes_nothing(home: Home) -> None:
    """A key written for an identity that is gone would be unreadable, and the old file lost."""
    home.store(VAULT).put("work", Secret("pk-1"))
    path = home.directory / "vault/keys/work.age"
    before = path.read_bytes()
    (home.directory / "vault/identity.txt").unlink()
    with pytest.raises(SecretUnavailableError, match="identity"):
        home.store(VAULT).put("work", Secret("pk-2"))
    assert path.read_bytes() == before


def test_the_keyring_is_probed_once_for_several_new_keys(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    probes = []
    monkeypatch.setattr(home.keyring, "check_usable", lambda: probes.append(1))
    store = home.store()
    for name in ("a", "b", "c"):
        store.put(name, Secret("pk"))
    assert probes == [1]


def test_a_refused_keyring_is_asked_again_the_next_time(home: Home) -> None:
    """After the user unlocked it, the very next try must succeed."""
    store = home.store()
    home.keyring.refusal = LOCKED
    with pytest.raises(SecretUnavailableError):
        store.put("work", Secret("pk-1"))
    home.keyring.refusal = None
    assert store.put("work", Secret("pk-1")) == "keyring:work"


PUT = """
import sys
sys.path.insert(0, sys.argv[1])
from types import SimpleNamespace
from profiles.base.secret import Secret
from profiles.secrets.store import SecretStore
store = SecretStore(SimpleNamespace(data_dir=sys.argv[2]), {"PKCC_SECRETS": "vault"})
sys.stdin.read()
for number in range(10):
    store.put(f"{sys.argv[3]}-{number}", Secret(f"pk-{sys.argv[3]}-{number}"))
    store.put("shared", Secret(f"pk-{sys.argv[3]}-{number}"))
"""


def test_processes_that_store_keys_at_once_lose_none(home: Home) -> None:
    """The tray and a command line, on a vault that neither has made yet."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", PUT, str(ROOT), str(home.directory), tag], stdin=subprocess.PIPE
        )
        for tag in ("one", "two", "three")
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.close()  # all start storing now
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    expected = {f"{tag}-{number}" for tag in ("one", "two", "three") for number in range(10)}
    assert set(home.holders()) == expected | {"shared"}
    for name in expected:
        assert home.store().resolve(f"keyring:{name}") == Secret(f"pk-{name}")
    assert home.store().resolve("keyring:shared").reveal() in {
        f"pk-{tag}-9" for tag in ("one", "two", "three")
    }


def test_with_a_real_keyring_the_whole_way_works_and_survives_a_lost_index(tmp_path: Path) -> None:
    with secret_service(tmp_path) as service:
        store = SecretStore(SimpleNamespace(data_dir=str(tmp_path / "data")), service.environ)
        assert store.put("work", Secret("pk-1")) == "keyring:work"
        assert store.put("work", Secret("pk-2")) == "keyring:work"
        (tmp_path / "data/keys.json").unlink()
        assert store.names() == ["work"]
        assert store.resolve("keyring:work") == Secret("pk-2")
        store.delete("work")
        assert store.names() == []
        assert KeyringBackend(service.environ).get("work") is None


READ = """
import os, sys
sys.path.insert(0, sys.argv[1])
from types import SimpleNamespace
from profiles.secrets.store import SecretStore
store = SecretStore(SimpleNamespace(data_dir=sys.argv[2]), os.environ)
print(store.resolve("keyring:work").reveal())
print(*sorted(sys.modules))
"""
HEAVY = {
    "keyring", "secretstorage", "pydantic", "platformdirs", "dataclasses", "asyncio", "subprocess",
    "threading", "argparse", "pathlib", "logging", "inspect", "importlib.metadata",
}  # fmt: skip


def loaded_by_reading(data_dir: Path, environ: dict[str, str]) -> set[str]:
    run = subprocess.run(
        [
            sys.executable,
            "-S",
            "-c",
            f"import sys; sys.path.extend({sys.path!r})\n{READ}",
            str(ROOT),
            str(data_dir),
        ],
        env=environ,
        check=True,
        capture_output=True,
        text=True,
    )
    secret, modules = run.stdout.splitlines()
    assert secret == "pk-1"
    return set(modules.split())


def test_reading_from_the_vault_loads_nothing_heavy(tmp_path: Path) -> None:
    """Claude Code waits for `key print`: each of these costs 10 to 100 ms."""
    SecretStore(SimpleNamespace(data_dir=str(tmp_path)), VAULT).put("work", Secret("pk-1"))
    modules = loaded_by_reading(tmp_path, {"PATH": os.environ["PATH"]})
    assert "pyrage" in modules
    assert not modules & (HEAVY | {"jeepney", "cryptography", "socket", "profiles.files.locks"})


def test_reading_from_the_secret_service_loads_no_keyring_library(tmp_path: Path) -> None:
    with secret_service(tmp_path) as service:
        SecretStore(SimpleNamespace(data_dir=str(tmp_path)), service.environ).put("work", Secret("pk-1"))
        modules = loaded_by_reading(tmp_path, service.environ)
    assert "jeepney" in modules
    assert not modules & (HEAVY | {"pyrage", "jeepney.io.blocking", "profiles.files.locks"})


def test_a_vault_made_by_hand_and_one_made_by_the_store_are_the_same(tmp_path: Path) -> None:
    Vault(str(tmp_path), {}).init("key-file")
    with pytest.raises(ConflictError):
        SecretStore(SimpleNamespace(data_dir=str(tmp_path)), {}).vault_init()


def test_a_kept_value_of_the_users_is_stored_found_and_forgotten(home: Home) -> None:
    """The switcher keeps displaced values here, under names that no user may choose."""
    reference = home.store().put("displaced.1f", Secret("sk-1"))
    assert home.store().resolve(reference) == Secret("sk-1")
    assert home.store().where("displaced.1f") == "keyring"
    home.store().delete("displaced.1f")
    assert home.store().where("displaced.1f") is None


def test_two_places_of_one_user_do_not_share_their_keys(tmp_path: Path) -> None:
    """A key set for one `--config-dir` would replace the other's of the same name, and take it away."""
    with secret_service(tmp_path) as service:

        def store(own_dir: str | None) -> SecretStore:
            data_dir = str(tmp_path / (own_dir or "usual").strip("/"))
            return SecretStore(SimpleNamespace(data_dir=data_dir, own_dir=own_dir), service.environ)

        places = {None: "pk-usual", "/a": "pk-a", "/b": "pk-b"}
        for own_dir, text in places.items():
            store(own_dir).put("work", Secret(text))
        for own_dir, text in places.items():
            assert store(own_dir).resolve("keyring:work") == Secret(text)
        assert KeyringBackend(service.environ).get("work") == Secret("pk-usual")
        store("/a").put("only-a", Secret("pk-only-a"))
        os.unlink(tmp_path / "a" / "keys.json")
        assert store("/a").names() == ["only-a", "work"]
        assert store("/a").resolve("keyring:work") == Secret("pk-a")
        store("/a").delete("work")
        assert store("/b").resolve("keyring:work") == Secret("pk-b")


def test_who_wants_the_vault_hears_nothing_of_a_keyring(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking one may start its daemon, which then prompts: five times for one `add`."""

    def asked(*_: object) -> None:
        raise AssertionError("the keyring was asked")

    for name in ("get", "set", "names", "check_usable"):
        monkeypatch.setattr(home.keyring, name, asked)
    store = home.store({"PKCC_SECRETS": "vault"})
    assert store.where("work") is None
    assert store.names() == []
    store.put("work", Secret("pk-1"))
    home.index.unlink()
    store = home.store({"PKCC_SECRETS": "vault"})
    assert store.where("other") is None
    assert store.names() == ["work"]
    assert store.resolve("keyring:work").reveal() == "pk-1"


def test_a_key_moves_to_the_vault_and_back_under_the_same_reference(home: Home) -> None:
    home.store().vault_init()
    home.store().put("work", Secret("pk-1"))
    home.store().move("work", "vault")
    assert home.holders() == {"work": "vault"}
    assert home.keyring.values == {}
    assert home.store().resolve("keyring:work") == Secret("pk-1")
    home.store().move("work", "vault")  # as it is already
    home.store().move("work", "keyring")
    assert home.holders() == {"work": "keyring"}
    assert home.store().resolve("keyring:work") == Secret("pk-1")
    assert Vault(str(home.directory), {}).names() == []
    with pytest.raises(NotFoundError):
        home.store().move("nobody", "vault")


def test_a_key_that_cannot_be_written_elsewhere_stays_where_it_is(home: Home) -> None:
    home.store().put("work", Secret("pk-1"))
    with pytest.raises(SecretUnavailableError, match="no vault yet"):
        home.store().move("work", "vault")
    assert home.store().resolve("keyring:work") == Secret("pk-1")
    assert home.holders() == {"work": "keyring"}


def test_the_preference_says_where_new_keys_go_unless_the_environment_does(home: Home) -> None:
    """Keys that are in the keyring are found there all the same."""
    config = home.directory / "config"
    paths = SimpleNamespace(data_dir=str(home.directory), config_dir=str(config))
    home.store().put("old", Secret("pk-0"))
    config.mkdir()
    (config / "preferences.json").write_text('{"new_keys": "vault"}')
    store = SecretStore(paths, {}, keyring=home.keyring)
    store.put("work", Secret("pk-1"))
    assert home.holders() == {"old": "keyring", "work": "vault"}
    assert store.resolve("keyring:old") == Secret("pk-0")
    SecretStore(paths, {"PKCC_SECRETS": "keyring"}, keyring=home.keyring).put("forced", Secret("pk-2"))
    assert home.holders()["forced"] == "keyring"
