"""Keys from real secret managers: had, and each failure told in words with what to do.

What fails here is a session without a key, for as long as nobody knows where to sign in.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import managers
from support.client.command import Command, is_readable_error
from support.client.real_client import run_once
from support.gateway.account import HostedAccount
from support.gateway.real_gateway import dead_port
from support.gateway.recorder import Recorder
from support.gateway.stand_in import deaf_port
from support.home.user_home import files_with
from support.root_only import require_root

KEY = "pk-of-acme-1"
REFERENCE = "vault-kv://secret/portkey/jane#api_key"


class Person:
    """A home with a profile whose key lies in a manager, and the programs of managers in its PATH."""

    def __init__(self, home: Path) -> None:
        (home / "project").mkdir(parents=True, exist_ok=True)
        self.home = home
        self.command = Command(home)
        self.environ = {"PATH": f"{home / 'bin'}:/usr/bin:/bin"}

    def names(self, reference: str) -> None:
        """The profile has its key from there."""
        done = self.command.run("add", "acme", "--provider", "@a", "--key-ref", reference)
        assert done.returncode == 0, done.stderr

    def key(self, **environ: str) -> str:
        done = self.command.run("key", "print", "acme", env={**self.environ, **environ})
        assert done.returncode == 0, done.stderr
        return done.stdout.removesuffix("\n")

    def refusal(self, **environ: str) -> str:
        """The two lines that are said when there is no key."""
        done = self.command.run("key", "print", "acme", env={**self.environ, **environ})
        assert (done.returncode, done.stdout) == (5, ""), done
        assert is_readable_error(done.stderr)
        assert KEY not in done.stderr
        return done.stderr

    def by_hand(self, refusal: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """The last command that a refusal names, typed into a shell."""
        return subprocess.run(
            ["/bin/sh", "-c", re.findall("`([^`]+)`", refusal)[-1]], capture_output=True, text=True,
            env={"HOME": str(self.home), **self.environ, **environ}, check=False, timeout=30,
        )  # fmt: skip


@pytest.fixture
def person() -> Iterator[Person]:
    """With a short path: GPG's agent listens at a socket in the home."""
    with tempfile.TemporaryDirectory(prefix="pkcc-") as home:
        yield Person(Path(home))


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[managers.OpenBao]:
    with managers.openbao(tmp_path_factory.mktemp("openbao")) as running:
        running.put("portkey/jane", KEY)
        yield running


@pytest.fixture
def signed_in(person: Person, bao: managers.OpenBao) -> Person:
    """A token that may read one path, in the environment."""
    managers.install(person.home / "bin", "bao")
    person.environ |= {"BAO_ADDR": bao.address, "BAO_TOKEN": bao.token()}
    return person


def test_openbao_gives_the_key_to_a_token_that_may_read_it(signed_in: Person, bao: managers.OpenBao) -> None:
    signed_in.names(REFERENCE)
    assert signed_in.key() == KEY
    with dead_port() as port:  # the reference's own address is the one that counts
        signed_in.command.run("set", "acme", "api_key", REFERENCE.replace("#", f"?address={bao.address}#"))
        assert signed_in.key(BAO_ADDR=f"http://127.0.0.1:{port}") == KEY


def test_a_person_signs_in_and_replaces_the_key_by_the_words_they_are_told(
    signed_in: Person, bao: managers.OpenBao
) -> None:
    bao.put("portkey/joe", KEY)
    signed_in.names("vault-kv://secret/portkey/joe#api_key")
    token = signed_in.environ.pop("BAO_TOKEN")
    refusal = signed_in.refusal()
    assert "OpenBao gave no key (exit 2: not signed in" in refusal
    assert "`bao login`" in refusal
    managers.run("bao", "login", "-", environ={"HOME": str(signed_in.home), **signed_in.environ}, given=token)
    assert signed_in.by_hand(refusal).stdout == KEY
    assert signed_in.key() == KEY
    told = signed_in.command.run("key", "rotate", "acme", "--stdin", stdin="pk-2\n").stderr
    change = re.findall("`([^`]+)`", told)[0].replace("vault", "bao").split()
    managers.run(*change, environ={"HOME": str(signed_in.home), **signed_in.environ}, given="pk-of-acme-2")
    assert signed_in.key() == "pk-of-acme-2"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("vault-kv://secret/portkey/nobody#api_key", "(exit 2: not signed in, no right, no such path"),
        ("vault-kv://other/portkey/jane#api_key", "(exit 2: not signed in, no right, no such path"),
        ("vault-kv://secret/finance/jane#api_key", "(exit 2: not signed in, no right, no such path"),
        ("vault-kv://secret/portkey/jane#apikey", "(exit 1: no such field)"),
        ("vault-kv://secret/portkey/large#api_key", "more than 64 kB"),
        ("vault-kv://secret/portkey/page#api_key", "a line break"),
    ],
)
def test_openbao_without_such_a_key(
    signed_in: Person, bao: managers.OpenBao, reference: str, said: str
) -> None:
    bao.put("portkey/large", "x" * 70_000)
    bao.put("portkey/page", f"{KEY}\nand more")
    signed_in.names(reference)
    refusal = signed_in.refusal()
    assert said in refusal
    if "exit" in said:
        assert signed_in.by_hand(refusal).returncode == int(said[6])


def test_a_token_that_is_over_and_a_server_that_is_down(signed_in: Person, bao: managers.OpenBao) -> None:
    signed_in.names(REFERENCE)
    with dead_port() as port:
        assert "or not reached" in signed_in.refusal(BAO_ADDR=f"http://127.0.0.1:{port}")
    bao.run("token", "revoke", signed_in.environ["BAO_TOKEN"])
    assert "not signed in" in signed_in.refusal()


def test_a_server_that_is_sealed_is_said_to_be_with_what_opens_it(person: Person, tmp_path: Path) -> None:
    """After each restart of the server: who reads "not signed in" signs in, in vain, and asks for rights."""
    managers.install(person.home / "bin", "bao")
    person.names(REFERENCE)
    with managers.openbao(tmp_path) as sealed:
        sealed.put("portkey/jane", KEY)
        person.environ |= {"BAO_ADDR": sealed.address, "BAO_TOKEN": sealed.token()}
        assert person.command.run("switch", "acme", env=person.environ).returncode == 0
        assert person.key() == KEY
        sealed.run("operator", "seal")
        refusal = person.refusal()
        assert "OpenBao gave no key (exit 2: it is sealed)" in refusal
        assert "`bao operator unseal`" in refusal
        checked = person.command.run("check", "acme", env=person.environ)
        assert (checked.returncode, "it is sealed" in checked.stdout + checked.stderr) == (5, True), checked
        found = person.command.findings(person.environ)["helper-fails"]
        assert ("it is sealed" in found["what"], "operator unseal" in str(found)) == (True, True), found


def test_a_server_that_hangs_holds_claude_code_up_for_ten_seconds_at_most(signed_in: Person) -> None:
    signed_in.names(REFERENCE)
    began = time.monotonic()
    with deaf_port() as port:
        assert "gave no key within 10 seconds" in signed_in.refusal(BAO_ADDR=f"http://127.0.0.1:{port}")
    assert time.monotonic() - began < 20


def test_the_client_reaches_the_gateway_with_a_key_that_no_file_holds(
    claude_home: Path, recorder: Recorder, bao: managers.OpenBao
) -> None:
    key = f"pk-{secrets.token_hex(12)}"
    bao.put("portkey/new", key)
    person = Person(claude_home)
    managers.install(person.home / "bin", "bao")
    environ = {**person.environ, "BAO_ADDR": bao.address}
    managers.run("bao", "login", "-", environ={"HOME": str(claude_home), **environ}, given=bao.token())
    reference = "vault-kv://secret/portkey/new#api_key"
    added = person.command.run(
        "add", "acme", "--provider", "@a", "--gateway", recorder.url, "--key-ref", reference
    )
    assert added.returncode == 0, added.stderr
    assert person.command.run("switch", "acme", env=environ).returncode == 0
    ran = run_once(claude_home, "ping", environ)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert {call.header("authorization") for call in recorder.model_calls} == {f"Bearer {key}"}
    assert files_with(key, claude_home) == []

    settings = claude_home / "project" / ".claude" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    recorder.clear()
    with Recorder() as stranger:
        settings.write_text(json.dumps({"env": {"BAO_ADDR": stranger.url}}))
        run_once(claude_home, "ping", environ)
        assert stranger.requests == []  # the token would have been in them
    assert key not in str(recorder.requests)


JOB = Path(__file__).parents[2] / "packaging" / "fleet" / "rotate" / "rotate_key.py"
KEY_ID = "550e8400-e29b-41d4-a716-446655440000"


def test_the_company_s_job_rotates_a_key_and_its_user_has_it_at_once(
    signed_in: Person, bao: managers.OpenBao
) -> None:
    bao.put("portkey/kim", KEY)
    bao.run("kv", "patch", "-mount=secret", "portkey/kim", "note=-", given="kept")
    signed_in.names("vault-kv://secret/portkey/kim#api_key")
    with HostedAccount("pk-service") as portkey:

        def rotate(path: str, **changed: str) -> subprocess.CompletedProcess[str]:
            environ = {
                "HOME": str(signed_in.home), **signed_in.environ, "BAO_TOKEN": managers.ROOT_TOKEN,
                "PORTKEY_URL": portkey.url, "PORTKEY_SERVICE_KEY": "pk-service", **changed,
            }  # fmt: skip
            return subprocess.run(
                [sys.executable, str(JOB), KEY_ID, path], env=environ, capture_output=True, text=True,
                check=False, timeout=60,
            )  # fmt: skip

        done = rotate("portkey/kim")
        assert done.returncode == 0, done.stderr
        assert signed_in.key() == portkey.rotated[KEY_ID] != KEY
        assert signed_in.key() not in done.stdout + done.stderr
        assert bao.run("kv", "get", "-mount=secret", "-field=note", "portkey/kim") == "kept"
        before = dict(portkey.rotated)
        assert rotate("portkey/nobody").returncode != 0
        assert rotate("portkey/kim", BAO_TOKEN="over").returncode != 0
        assert portkey.rotated == before  # nothing was rotated that cannot be stored


def test_doctor_says_which_program_is_missing_and_then_that_nobody_signed_in(
    person: Person, bao: managers.OpenBao
) -> None:
    person.names(REFERENCE)
    person.command.run("switch", "acme")
    found = person.command.findings(person.environ)["key-program"]
    assert "`vault` or `bao` is not installed" in found["what"]
    managers.install(person.home / "bin", "bao")
    findings = person.command.findings({**person.environ, "BAO_ADDR": bao.address})
    assert "key-program" not in findings
    assert "not signed in" in findings["helper-fails"]["what"]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    home = tmp_path_factory.mktemp("aws")
    managers.install(home / "bin", "aws")
    with managers.moto(home) as environ:
        environ |= {"PATH": f"{home / 'bin'}:/usr/bin:/bin"}
        stored = {"HOME": str(home), "AWS_DEFAULT_REGION": "eu-central-1", **environ}
        secret = ["aws", "secretsmanager", "create-secret", "--output=json"]
        managers.run(*secret, "--name=portkey/jane", f"--secret-string={KEY}", environ=stored)
        inside = json.dumps({"api_key": KEY, "number": 5})
        made = managers.run(*secret, "--name=portkey/json", f"--secret-string={inside}", environ=stored)
        binary = ["--name=portkey/binary", "--secret-binary=cGstMQ=="]
        managers.run(*secret, *binary, environ=stored)
        parameter = ["--name=/portkey/jane", "--type=SecureString", f"--value={KEY}"]
        managers.run("aws", "ssm", "put-parameter", *parameter, environ=stored)
        yield {**environ, "ARN": json.loads(made)["ARN"]}


REGION = "?region=eu-central-1"


@pytest.mark.parametrize(
    "reference",
    [
        f"aws-secret://portkey/jane{REGION}",
        f"aws-secret://portkey/json{REGION}#api_key",
        "aws-secret://ARN#api_key",
        f"aws-parameter:///portkey/jane{REGION}",
    ],
)
def test_aws_gives_the_key(person: Person, aws: dict[str, str], reference: str) -> None:
    person.names(reference.replace("ARN", aws["ARN"]))
    assert person.key(**aws) == KEY


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        (f"aws-secret://portkey/nobody{REGION}", "AWS Secrets Manager gave no key (exit 25"),
        ("aws-secret://portkey/jane", "no region"),
        (f"aws-secret://portkey/jane{REGION}&profile=none", "AWS Secrets Manager gave no key (exit 25"),
        (f"aws-parameter:///portkey/nobody{REGION}", "AWS Parameter Store gave no key (exit 25"),
        (f"aws-secret://portkey/json{REGION}", "What AWS Secrets Manager gave has a space"),
        (f"aws-secret://portkey/json{REGION}#apikey", "has no 'apikey' in it"),
        (f"aws-secret://portkey/json{REGION}#number", "is no text"),
        (f"aws-secret://portkey/binary{REGION}", "is no text"),
    ],
)
def test_aws_without_such_a_key(person: Person, aws: dict[str, str], reference: str, said: str) -> None:
    person.names(reference)
    assert said in person.refusal(**aws)


def test_aws_without_a_sign_in(person: Person, aws: dict[str, str]) -> None:
    person.names(f"aws-secret://portkey/jane{REGION}")
    refusal = person.refusal(**{**aws, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""})
    assert "not signed in" in refusal
    assert "aws sso login" in refusal


def test_pass_gives_the_first_line_of_an_entry(person: Person) -> None:
    managers.require_program("pass")
    home = {"HOME": str(person.home)}
    (person.home / ".gnupg").mkdir(mode=0o700)
    try:
        made = [
            "--batch",
            "--passphrase",
            "",
            "--quick-gen-key",
            "jane@acme.example",
            "default",
            "default",
            "never",
        ]
        managers.run("gpg", *made, environ=home)
        managers.run("pass", "init", "jane@acme.example", environ=home)
        managers.run("pass", "insert", "-m", "ai/portkey", environ=home, given=f"{KEY}\nuser: jane\n")
        person.names("pass-store:ai/portkey")
        assert person.key() == KEY
        person.command.run("set", "acme", "api_key", "pass-store:ai/nobody")
        assert "pass gave no key (exit 1: no such entry)" in person.refusal()
    finally:
        managers.run("gpgconf", "--kill", "all", environ=home)


def test_keepassxc_opens_with_a_key_file(person: Person) -> None:
    managers.require_program("keepassxc-cli")
    database, key_file = person.home / "work.kdbx", person.home / "my keys" / "work.keyx"
    key_file.parent.mkdir()
    key_file.write_bytes(secrets.token_bytes(64))
    home = {"HOME": str(person.home), "QT_QPA_PLATFORM": "offscreen"}
    opened = ["--no-password", "-k", str(key_file)]
    managers.run(
        "keepassxc-cli", "db-create", "-q", "--set-key-file", str(key_file), str(database), environ=home
    )
    managers.run("keepassxc-cli", "mkdir", "-q", *opened, str(database), "AI", environ=home)
    entry = ["-p", "-u", "jane", str(database), "AI/Portkey key"]
    managers.run("keepassxc-cli", "add", "-q", *opened, *entry, environ=home, given=f"{KEY}\n")
    person.names("keepassxc:~/work.kdbx?key-file=~/my keys/work.keyx#AI/Portkey key")
    assert person.key() == KEY
    of_its_user = f"keepassxc:{database}?key-file={key_file}&attribute=UserName#AI/Portkey key"
    person.command.run("set", "acme", "api_key", of_its_user)
    assert person.key() == "jane"
    person.command.run("set", "acme", "api_key", f"keepassxc:{database}?key-file={key_file}#AI/none")
    assert "KeePassXC gave no key (exit 1: no such entry" in person.refusal()
    key_file.write_bytes(secrets.token_bytes(64))
    assert "a wrong key file" in person.refusal()


def test_systemd_s_credential_as_a_unit_is_given_it(person: Person) -> None:
    require_root()
    managers.require_program("systemd-creds")
    home = {"HOME": str(person.home)}
    sealed, given = person.home / "portkey.cred", person.home / "credentials"
    managers.run("systemd-creds", "encrypt", "--name=portkey", "-", str(sealed), environ=home, given=KEY)
    assert files_with(KEY, person.home) == []
    given.mkdir()
    managers.run(
        "systemd-creds", "decrypt", "--name=portkey", str(sealed), str(given / "portkey"), environ=home
    )
    person.names("credential:portkey")
    assert person.key(CREDENTIALS_DIRECTORY=str(given)) == KEY
    assert "$CREDENTIALS_DIRECTORY is not set" in person.refusal()
