"""Keys from a manager's own program: what it is given, what of its output is the key, what is said else."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from profiles.base.errors import PkccError, SecretUnavailableError
from profiles.base.secret import Secret
from profiles.base.secret_references.manager_row import Manager
from profiles.base.secret_references.managers import MANAGERS, manager_of
from profiles.base.secret_references.parse import parse_reference
from profiles.secrets.managers import ask
from profiles.secrets.store import SecretStore

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs with a #! line")

RECORDER = """#!/bin/sh
{ for word in "$@"; do printf '%s\\n' "$word"; done; printf '%s' "$PWD"; } >"$HOME/asked"
[ ! -t 0 ] && read -r line && exit 9
printf '%s' "$ANSWER"
echo pk-on-standard-error >&2
exit "${CODE:-0}"
"""
EXAMPLES = {
    "vault-kv": "vault-kv://secret/portkey/jane#api_key",
    "aws-secret": "aws-secret://portkey/jane#api_key",
    "aws-parameter": "aws-parameter:///portkey/jane",
    "pass-store": "pass-store:ai/portkey",
    "keepassxc": "keepassxc:~/work.kdbx?key-file=~/work.keyx#AI/Portkey key",
    "op": "op://Private/Portkey API/credential",
    "gcp-secret": "gcp-secret://acme-prod/portkey",
    "azure-secret": "azure-secret://acme/portkey",
    "bws": "bws:be8e0ad8-d545-4017-a55a-b02f014d4158",
    "keeper": "keeper://w5cQhGjMzeZOc_x9i4BcmA/field/password",
    "pass": "pass://Work/Portkey/password",
    "doppler": "doppler://ai/prd/PORTKEY_API_KEY",
    "infisical": "infisical://p-1/prod/PORTKEY_API_KEY",
}
ANSWERS = {
    "aws-secret": json.dumps(json.dumps({"api_key": "pk-1"})),
    "aws-parameter": '"pk-1"',
    "azure-secret": '"pk-1"',
    "bws": '{"id": "x", "value": "pk-1"}',
    "pass-store": "pk-1\nuser: jane\n",
}
ROWS = [row for row in MANAGERS if row.programs]


class Machine:
    """A home, and a directory of programs that write down what they are asked."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.bin = home / "bin"
        self.bin.mkdir()
        self.environ = {"HOME": str(home), "PATH": f"{self.bin}:/usr/bin:/bin"}

    def install(self, name: str, script: str = RECORDER) -> None:
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o700)

    def resolve(self, reference: str, **environ: str) -> Secret:
        paths = SimpleNamespace(data_dir=str(self.home / "data"))
        return SecretStore(paths, {**self.environ, **environ}).resolve(reference)

    def refusal(self, reference: str, **environ: str) -> SecretUnavailableError:
        with pytest.raises(SecretUnavailableError) as caught:
            self.resolve(reference, **environ)
        assert caught.value.exit_code == 5
        assert "\n" not in caught.value.title + caught.value.hint
        return caught.value


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.scheme)
def test_each_program_is_asked_for_one_secret_without_a_shell_outside_of_the_project(
    row: Manager, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`ksm` and `infisical` read a file of the current directory, which a clone may bring along."""
    project = machine.home / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    machine.install(next(iter(row.programs)))
    text = EXAMPLES[row.scheme]
    assert machine.resolve(text, ANSWER=ANSWERS.get(row.scheme, "pk-1\n")) == Secret("pk-1")
    parts = {
        name: each.replace("~", str(machine.home)) if name != "reference" else each
        for name, each in parse_reference(text).parts.items()
    }
    *words, directory = (machine.home / "asked").read_text().split("\n")
    assert (words, directory) == (row.arguments(parts), str(machine.home))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.scheme)
def test_without_its_program_its_name_is_said(row: Manager, machine: Machine) -> None:
    machine.environ["PATH"] = str(machine.bin)
    error = machine.refusal(EXAMPLES[row.scheme])
    assert all(f"`{name}`" in error.title for name in row.programs)
    assert row.title in error.title
    assert "Install" in error.hint


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.scheme)
def test_a_program_that_fails_is_told_with_the_command_to_try_and_the_way_to_sign_in(
    row: Manager, machine: Machine
) -> None:
    name = next(iter(row.programs))
    machine.install(name)
    error = machine.refusal(EXAMPLES[row.scheme], ANSWER="pk-1", CODE="2")
    assert "gave no key (exit 2: " in error.title
    assert f"`{name} " in error.hint
    assert row.sign_in.format(program=name) in error.hint
    assert "pk-" not in error.title + error.hint  # what it said may hold the secret


def test_a_program_in_the_current_directory_is_not_run(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.install("vault")
    monkeypatch.chdir(machine.bin)
    for path in ("", ".", "bin", ":"):
        assert "not installed" in machine.refusal(EXAMPLES["vault-kv"], PATH=path).title
    assert not (machine.home / "asked").exists()


def test_openbao_is_asked_where_vault_is_not_there(machine: Machine) -> None:
    machine.install("bao")
    assert machine.resolve(EXAMPLES["vault-kv"], ANSWER="pk-1") == Secret("pk-1")
    assert "OpenBao gave no key" in machine.refusal(EXAMPLES["vault-kv"], CODE="1").title
    assert "no such field" in machine.refusal(EXAMPLES["vault-kv"], CODE="1").title


@pytest.mark.parametrize(
    ("scheme", "answer", "said"),
    [
        ("vault-kv", "", "is empty"),
        ("vault-kv", "two\nlines", "a line break"),
        ("vault-kv", "x" * 2000, "too long"),
        ("vault-kv", "pk-\u00e9", "outside ASCII"),
        ("aws-parameter", "null", "is no text"),
        ("aws-parameter", "None", "is no JSON"),
        ("aws-secret", json.dumps("pk-1"), "is no JSON"),
        ("aws-secret", json.dumps('{"other": "pk-1"}'), "has no 'api_key' in it"),
        ("aws-secret", json.dumps('{"api_key": 5}'), "is no text"),
        ("aws-secret", json.dumps("[" * 100_000), "more than 64 kB"),
        ("bws", "[]", "has no 'value' in it"),
        ("pass-store", "\npk-1", "is empty"),
    ],
)
def test_an_answer_that_is_no_key_is_not_sent_as_one(
    scheme: str, answer: str, said: str, machine: Machine
) -> None:
    manager = manager_of(EXAMPLES[scheme])
    assert manager is not None
    path = machine.home / "answer"
    path.write_text(answer)
    machine.install(next(iter(manager.programs)), f'#!/bin/sh\ncat "{path}"\n')
    error = machine.refusal(EXAMPLES[scheme])
    assert said in error.title
    assert "pk-" not in error.title + error.hint


def test_a_program_that_prints_without_end_is_ended(machine: Machine) -> None:
    machine.install("vault", "#!/bin/sh\nyes\n")
    assert "more than 64 kB" in machine.refusal(EXAMPLES["vault-kv"]).title


def test_a_program_that_hangs_is_ended_in_time(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.install("vault", "#!/bin/sh\nexec sleep 600\n")
    hasty = manager_of(EXAMPLES["vault-kv"])
    assert hasty is not None
    assert hasty.limit_s == 10
    monkeypatch.setattr(ask, "manager_of", lambda _: hasty._replace(limit_s=0.3))
    error = machine.refusal(EXAMPLES["vault-kv"])
    assert "Vault gave no key within 0.3 seconds" in error.title
    assert "vault kv get" in error.hint


def test_systemd_s_credential_is_the_first_line_of_its_file(machine: Machine) -> None:
    given = machine.home / "credentials"
    given.mkdir()
    (given / "portkey").write_text("pk-1\n")
    assert machine.resolve("credential:portkey", CREDENTIALS_DIRECTORY=str(given)) == Secret("pk-1")
    for where in ({}, {"CREDENTIALS_DIRECTORY": ""}, {"CREDENTIALS_DIRECTORY": "credentials"}):
        assert "$CREDENTIALS_DIRECTORY is not set" in machine.refusal("credential:portkey", **where).title
    assert (
        "LoadCredentialEncrypted=" in machine.refusal("credential:x", CREDENTIALS_DIRECTORY=str(given)).hint
    )
    (given / "two").write_text("two words\n")
    with pytest.raises(PkccError) as caught:
        machine.resolve("credential:two", CREDENTIALS_DIRECTORY=str(given))
    assert caught.value.exit_code == 5


def test_a_home_that_is_not_there_keeps_no_key_back(machine: Machine) -> None:
    machine.install("vault", "#!/bin/sh\npwd >&2; echo pk-1\n")
    assert machine.resolve(EXAMPLES["vault-kv"], HOME=os.path.join(machine.home, "gone")) == Secret("pk-1")
