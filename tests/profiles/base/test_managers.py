"""The table of secret managers: how references are spelled, and what cannot be smuggled through one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.base.errors import UsageError
from profiles.base.secret_names import REFERENCE_PREFIXES
from profiles.base.secret_references.elsewhere import foreign_refusal
from profiles.base.secret_references.manager_row import Manager
from profiles.base.secret_references.managers import MANAGERS, manager_of
from profiles.base.secret_references.managers_documented import DOCUMENTED
from profiles.base.secret_references.parse import is_reference, parse_reference, runs_program

OWN_PREFIXES = {"keyring:", "vault:", "env:", "file:", "cmd:"}
UUID = "be8e0ad8-d545-4017-a55a-b02f014d4158"
ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:portkey/jane-qMoJyq"
NEEDLE = "pk_live_Q7z"

# A reference of each kind, and the words that its manager's program is given, after its name.
ASKED = [
    ("vault-kv://secret/portkey/jane#api_key", "kv get -mount=secret -field=api_key -- portkey/jane"),
    (
        "vault-kv://secret/jane?address=https://bao.acme.example:8200&namespace=ai/eu#api_key",
        "kv get -address=https://bao.acme.example:8200 -namespace=ai/eu -mount=secret -field=api_key -- jane",
    ),
    (
        "aws-secret://portkey/jane?region=eu-central-1&profile=work#api_key",
        "secretsmanager get-secret-value --secret-id=portkey/jane --query=SecretString"
        " --region=eu-central-1 --profile=work --output=json",
    ),
    (
        f"aws-secret://{ARN}",
        f"secretsmanager get-secret-value --secret-id={ARN} --query=SecretString"
        " --region=eu-central-1 --output=json",
    ),
    (
        "aws-parameter:///portkey/jane",
        "ssm get-parameter --with-decryption --name=/portkey/jane --query=Parameter.Value --output=json",
    ),
    ("pass-store:ai/portkey", "show -- ai/portkey"),
    (
        "keepassxc:/db/work.kdbx?key-file=/keys/work.keyx&attribute=api#AI/portkey",
        "show --quiet --show-protected --attributes=api --no-password --key-file=/keys/work.keyx"
        " -- /db/work.kdbx AI/portkey",
    ),
    ("credential:portkey", "portkey"),
    ("op://Private/Portkey/credential?attribute=otp", "read op://Private/Portkey/credential?attribute=otp"),
    (
        "gcp-secret://acme-prod/portkey#api_key",
        "secrets versions access latest --secret=portkey --project=acme-prod --quiet",
    ),
    (
        "azure-secret://acme/portkey",
        "keyvault secret show --vault-name=acme --name=portkey --query=value --output=json",
    ),
    (f"bws:{UUID}", f"secret get {UUID} --output=json"),
    (
        "keeper://w5cQhGjMzeZOc_x9i4BcmA/field/password",
        "secret notation -- keeper://w5cQhGjMzeZOc_x9i4BcmA/field/password",
    ),
    ("pass://Work/Portkey/password", "item view -- pass://Work/Portkey/password"),
    (
        "doppler://ai/prd/PORTKEY_API_KEY",
        "secrets get PORTKEY_API_KEY --plain --project=ai --config=prd --no-check-version",
    ),
    (
        "infisical://p-1/prod/PORTKEY_API_KEY?path=/ai",
        "secrets get PORTKEY_API_KEY --projectId=p-1 --env=prod --path=/ai --plain --silent",
    ),
]
BY_SCHEME = {text.partition(":")[0]: text for text, _ in reversed(ASKED)}


def manager(text: str) -> Manager:
    found = manager_of(text)
    assert found is not None
    return found


@pytest.mark.parametrize(("text", "words"), ASKED)
def test_each_reference_asks_for_just_that_secret(text: str, words: str) -> None:
    reference = parse_reference(text)
    assert str(reference) == text
    assert manager(text).arguments(reference.parts) == words.split()


def test_every_row_has_its_reference_here_and_its_prefix_is_known_where_secrets_are_told_apart() -> None:
    """A prefix that is missing there would have a config's reference taken for a secret in clear text."""
    assert set(BY_SCHEME) == {row.scheme for row in MANAGERS}
    assert {row.prefix for row in MANAGERS} == set(REFERENCE_PREFIXES) - OWN_PREFIXES
    for row in MANAGERS:
        assert row.form.startswith(row.prefix)
        assert runs_program(row.form) is bool(row.programs)


def test_the_documents_say_of_each_row_whether_it_was_run() -> None:
    """A company that chooses one by our list must know which ones nobody here has seen working."""
    text = (Path(__file__).parents[3] / "docs" / "keys.md").read_text("utf-8")
    table = text.partition("## Secret managers")[2].partition("*Tried*")[0].splitlines()
    for row in MANAGERS:
        (line,) = (line for line in table if line.startswith(f"| `{row.prefix}"))
        assert all(f"`{name}`" in line for name in row.programs)
        assert line.endswith("| not run here |") is (row in DOCUMENTED)


SMUGGLED = [
    "-address=http://evil.example", "--endpoint-url=http://evil.example", "-", "file:///etc/passwd",
    "fileb:///etc/passwd", "http://evil.example", "@/etc/passwd", "..", "a/../../b", "a..b", "%2e%2e/b",
    "%2fa", "a\nb", "a\0b", "a\r", "a\tb", "a;id", "$(id)", "`id`", "a|b", "a&b", 'a"b', "a'b", "a\\b",
    "\u2024\u2024/b", "\uff0e\uff0e/b", "a\u202eb", "\u2010address=x", "a\u00a0b", "a//b", "/", "a/", "",
]  # fmt: skip
HARMLESS = {"/": {"infisical"}, "a/": {"vault-kv"}}  # the root of its paths, and a namespace
VERBATIM = {row.scheme for row in MANAGERS if row.verbatim}
PIECES = [
    (text, piece)
    for text, _ in ASKED
    if text.partition(":")[0] not in VERBATIM
    for piece in parse_reference(text).parts.values()
    if piece != text
]


@pytest.mark.parametrize("smuggled", SMUGGLED)
def test_nothing_but_a_plain_word_can_be_any_part_of_a_reference(smuggled: str) -> None:
    """Seen with the real programs: `-address=…` had the user's token sent there, `file://…` a local file."""
    spelled = [text.replace(piece, smuggled, 1) for text, piece in PIECES]
    taken = {text.partition(":")[0] for text in spelled if is_reference(text)}
    assert taken == HARMLESS.get(smuggled, set())


@given(st.text(max_size=30), st.sampled_from(PIECES))
def test_whatever_stands_in_a_part_is_one_word_without_a_dash_at_its_front(
    typed: str, place: tuple[str, str]
) -> None:
    text, piece = place
    bad = text.replace(piece, typed, 1)
    if is_reference(bad):
        words = manager(bad).arguments(parse_reference(bad).parts)
        assert all(word.isascii() and word.isprintable() and ".." not in word for word in words)
        before = manager(text).arguments(parse_reference(text).parts)
        dashed = [word for word in words if word.startswith("-")]
        assert {word.partition("=")[0] for word in dashed} <= {word.partition("=")[0] for word in before} | {
            "--region"
        }


@pytest.mark.parametrize(
    "text",
    [
        "vault-kv:secret/jane#key",
        "vault-kv://secret#key",
        "vault-kv://secret/jane",
        "vault-kv://secret/jane#",
        "vault-kv://secret/jane?address=https://a.example&address=https://b.example#k",
        "vault-kv://secret/jane?token=x#k",
        "vault-kv://secret/jane?address=http://a.example#k",
        "vault-kv://secret/jane?address=https://me:pw@a.example#k",
        "vault-kv://secret/jane?address=https://a.example/path#k",
        "vault-kv://secret/" + "a" * 1000 + "#k",
        "aws-secret://a?region=../x",
        "aws-secret://arn:aws:iam::123456789012:secret:x",
        "pass-store://a",
        "pass-store:a#b",
        "keepassxc:work.kdbx?key-file=/k#e",
        "keepassxc:/work.kdbx#e",
        "bws:not-an-id",
        "VAULT-KV://secret/jane#k",
    ],
)
def test_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_reference(text)


@pytest.mark.parametrize("row", MANAGERS, ids=lambda row: row.scheme)
def test_a_key_pasted_behind_a_manager_s_prefix_is_not_shown(row: Manager) -> None:
    with pytest.raises(UsageError) as caught:
        parse_reference(f"{row.prefix}{NEEDLE} /")
    assert NEEDLE not in f"{caught.value.title} {caught.value.hint}"
    assert row.form in caught.value.hint


def test_a_file_that_came_along_names_no_command_and_no_server_that_a_token_goes_to() -> None:
    assert foreign_refusal('cmd:["id"]') == "names a command"
    assert "the profile" in foreign_refusal("aws-secret://a?profile=admin")
    assert "the address" in foreign_refusal("vault-kv://s/j?address=https://evil.example#k")
    assert [
        foreign_refusal(text) for text in ("vault-kv://s/j#k", "file:/a", "keyring:a", "vault-kv://")
    ] == [""] * 4


def test_what_a_running_tray_may_keep_names_all_that_decides_which_key_it_is() -> None:
    """A key from the tray's own VAULT_ADDR or AWS_PROFILE would be another than the session's."""

    def whole(text: str) -> bool:
        return manager(text).whole(parse_reference(text).parts)

    assert not whole("vault-kv://secret/jane#k")
    assert whole("vault-kv://secret/jane?address=https://a.example#k")
    assert not whole("aws-secret://jane?region=eu-central-1")
    assert whole("aws-secret://jane?region=eu-central-1&profile=work")
    assert not whole(f"aws-secret://{ARN}")
    assert whole(f"aws-secret://{ARN}?profile=work")
    assert not whole("pass-store:a")
    assert not whole("op://v/i/f")
