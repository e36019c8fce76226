from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from support.home.passphrase_vault import PASSPHRASE, lay_identity
from support.missing import impossible

from profiles.base.errors import ConflictError, DamagedEntryError, SecretUnavailableError
from profiles.base.secret import Secret
from profiles.secrets.vault import Vault


def new_vault(home: Path, mode: str = "key-file", **environ: str) -> Vault:
    vault = Vault(str(home), environ)
    vault.init(mode)  # type: ignore[arg-type]
    return vault


@pytest.fixture
def restored_umask() -> object:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.usefixtures("restored_umask")
def test_nobody_else_can_read_the_vault_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    os.umask(umask)
    vault = new_vault(tmp_path / "data")
    vault.set("work", Secret("pk-1"))
    vault.set("work", Secret("pk-2"))
    paths = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    assert {path.name for path in paths} >= {"vault.json", "identity.txt", "keys", "work.age"}
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_no_file_holds_the_key_in_plain_text(tmp_path: Path) -> None:
    new_vault(tmp_path).set("work", Secret("pk-needle-1"))
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and b"pk-needle" in p.read_bytes()]


def age_tool() -> str:
    tool = os.environ.get("PKCC_TEST_AGE") or shutil.which("age")
    if tool is None:
        reason = "the `age` tool is not installed (apt install age)"
        impossible(reason)
    return tool


def test_the_age_tool_reads_a_key_so_nobody_depends_on_this_program(tmp_path: Path) -> None:
    new_vault(tmp_path).set("work", Secret("pk-1"))
    argv = [age_tool(), "-d", "-i", tmp_path / "vault/identity.txt", tmp_path / "vault/keys/work.age"]
    assert subprocess.run(argv, capture_output=True, check=True).stdout == b"pk-1"


def test_a_key_that_the_age_tool_wrote_is_read(tmp_path: Path) -> None:
    vault = new_vault(tmp_path)
    recipient = json.loads((tmp_path / "vault/vault.json").read_text())["recipient"]
    argv = [age_tool(), "-r", recipient, "-o", tmp_path / "vault/keys/work.age"]
    subprocess.run(argv, input=b"pk-1", check=True)
    assert vault.get("work") == Secret("pk-1")


def test_a_passphrase_vault_opens_with_the_passphrase_only(tmp_path: Path) -> None:
    lay_identity(tmp_path / "vault")
    right = {"PKCC_VAULT_PASSPHRASE": PASSPHRASE}
    new_vault(tmp_path, "passphrase", **right).set("work", Secret("pk-1"))
    assert Vault(str(tmp_path), right).get("work") == Secret("pk-1")
    with pytest.raises(SecretUnavailableError, match="passphrase is wrong") as caught:
        Vault(str(tmp_path), {"PKCC_VAULT_PASSPHRASE": "wrong horse"}).get("work")
    assert "horse" not in caught.value.title + caught.value.hint
    with pytest.raises(SecretUnavailableError, match="nothing here can ask"):
        Vault(str(tmp_path), {}).get("work")


def test_a_passphrase_is_asked_twice_when_made_and_once_a_session(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(prompt: str) -> Secret:
        asked.append(prompt)
        return Secret("typed")

    vault = Vault(str(tmp_path), {}, ask)
    vault.init("passphrase")
    assert len(asked) == 2
    assert not (tmp_path / "vault/identity.txt").exists()
    assert b"AGE-SECRET-KEY" not in (tmp_path / "vault/identity.age").read_bytes()
    vault.set("work", Secret("pk-1"))
    later = Vault(str(tmp_path), {}, ask)
    assert later.get("work") == later.get("work") == Secret("pk-1")
    assert len(asked) == 3


def test_a_mistyped_new_passphrase_makes_no_vault_that_nobody_can_open(tmp_path: Path) -> None:
    answers = iter(["typed", "tpyed"])
    vault = Vault(str(tmp_path), {}, lambda _: Secret(next(answers)))
    with pytest.raises(SecretUnavailableError, match="differ"):
        vault.init("passphrase")
    assert not vault.initialised()
    assert not (tmp_path / "vault/identity.age").exists()


def test_an_empty_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretUnavailableError, match="empty"):
        Vault(str(tmp_path), {}, lambda _: Secret("")).init("passphrase")


def test_another_identity_in_the_environment_is_told_apart_from_damage(tmp_path: Path) -> None:
    import pyrage

    right, wrong = (str(pyrage.x25519.Identity.generate()) for _ in range(2))
    new_vault(tmp_path, "environment", PKCC_VAULT_IDENTITY=right).set("work", Secret("pk-1"))
    assert not list(tmp_path.rglob("identity*"))
    cases = {"not the one": wrong, "holds no age identity": "AGE-SECRET-KEY-1XX", "not set": ""}
    for words, text in cases.items():
        with pytest.raises(SecretUnavailableError, match=words) as caught:
            Vault(str(tmp_path), {"PKCC_VAULT_IDENTITY": text}).get("work")
        assert not text or text not in caught.value.title + caught.value.hint


@pytest.mark.parametrize("kept", [0, 1, 50, 150, -1])
def test_a_truncated_key_is_reported_with_the_command_that_mends_it(tmp_path: Path, kept: int) -> None:
    vault = new_vault(tmp_path)
    vault.set("work", Secret("pk-1"))
    path = tmp_path / "vault/keys/work.age"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DamagedEntryError) as caught:
        vault.get("work")
    assert "pkcc-tray key set work" in caught.value.hint
    vault.set("work", Secret("pk-2"))
    assert vault.get("work") == Secret("pk-2")


def test_any_changed_byte_of_a_key_is_noticed(tmp_path: Path) -> None:
    vault = new_vault(tmp_path)
    vault.set("work", Secret("pk-1"))
    path = tmp_path / "vault/keys/work.age"
    whole = path.read_bytes()
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(DamagedEntryError):
            vault.get("work")


@pytest.mark.parametrize("content", [b"", b"scribble", b"# public key only\n", b"\xff\xfe"])
def test_a_damaged_or_missing_identity_is_reported_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    new_vault(tmp_path).set("work", Secret("pk-1"))
    identity = tmp_path / "vault/identity.txt"
    identity.write_bytes(content)
    with pytest.raises(SecretUnavailableError, match="no age identity"):
        Vault(str(tmp_path), {}).get("work")
    identity.unlink()
    with pytest.raises(SecretUnavailableError, match="missing") as caught:
        Vault(str(tmp_path), {}).get("work")
    assert "backup" in caught.value.hint


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", '{"version": 1, "identity": "key-file", "recipient": "age1x"}', '{"version": 1}'],
)
def test_a_damaged_header_is_mended_by_init_without_losing_a_key(tmp_path: Path, content: str) -> None:
    new_vault(tmp_path).set("work", Secret("pk-1"))
    header = tmp_path / "vault/vault.json"
    header.write_text(content)
    with pytest.raises(SecretUnavailableError, match="damaged") as caught:
        Vault(str(tmp_path), {}).get("work")
    assert "Move it away" in caught.value.hint
    header.unlink()
    assert new_vault(tmp_path).get("work") == Secret("pk-1")


def test_a_newer_vault_is_refused_in_words(tmp_path: Path) -> None:
    vault = new_vault(tmp_path)
    header = tmp_path / "vault/vault.json"
    header.write_text(json.dumps({**json.loads(header.read_text()), "version": 2}))
    with pytest.raises(SecretUnavailableError, match="by a newer"):
        Vault(str(tmp_path), {}).check_usable()
    with pytest.raises(SecretUnavailableError, match="by a newer"):
        vault.set("work", Secret("pk-1"))


def test_making_a_vault_twice_keeps_the_first(tmp_path: Path) -> None:
    new_vault(tmp_path).set("work", Secret("pk-1"))
    with pytest.raises(ConflictError):
        new_vault(tmp_path)
    assert Vault(str(tmp_path), {}).get("work") == Secret("pk-1")


def test_without_a_vault_the_error_is_the_one_command_to_run(tmp_path: Path) -> None:
    vault = Vault(str(tmp_path), {})
    for refused in (vault.check_usable, lambda: vault.set("work", Secret("pk-1"))):
        with pytest.raises(SecretUnavailableError) as caught:
            refused()
        assert "pkcc-tray key vault init" in caught.value.hint
    assert not (tmp_path / "vault").exists()


def test_a_temporary_or_foreign_file_is_not_listed_as_a_key(tmp_path: Path) -> None:
    vault = new_vault(tmp_path)
    vault.set("work", Secret("pk-1"))
    for name in (".work.age.pkcc-1.tmp", "note.txt", "bad name.age", ".age"):
        (tmp_path / "vault/keys" / name).write_bytes(b"")
    assert vault.names() == ["work"]
