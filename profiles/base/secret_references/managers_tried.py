"""Managers of secrets whose programs our tests run: rows of the table. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_references.manager_row import FILE, SPACED, WORD, WORDS, Manager

if TYPE_CHECKING:
    from collections.abc import Mapping

_ORIGIN = r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?|http://(?:localhost|127\.0\.0\.1)(?::\d{1,5})?"
_REGION = r"[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}"
_ARN = r"arn:aws[a-z-]*:(?:%s):[a-z0-9-]+:\d{12}:(?:%s)/?" + WORDS


def _named(parts: Mapping[str, str], *names: str) -> list[str]:
    """Options by name, each in one word as `--region=eu-central-1`; none for what is not given."""
    return [f"--{name}={parts[name]}" for name in names if name in parts]


def _vault(parts: Mapping[str, str]) -> list[str]:
    given = [f"-{name}={parts[name]}" for name in ("address", "namespace") if name in parts]
    return ["kv", "get", *given, f"-mount={parts['mount']}", f"-field={parts['key']}", "--", parts["path"]]


def _aws(parts: Mapping[str, str], identity: str) -> list[str]:
    """The region and the profile; an ARN names the region, which the program does not read there."""
    region = {"region": identity.split(":")[3]} if identity.startswith("arn:") else {}
    return [*_named({**region, **parts}, "region", "profile"), "--output=json"]


def _aws_secret(parts: Mapping[str, str]) -> list[str]:
    asked = ["secretsmanager", "get-secret-value", f"--secret-id={parts['name']}", "--query=SecretString"]
    return [*asked, *_aws(parts, parts["name"])]


def _aws_parameter(parts: Mapping[str, str]) -> list[str]:
    asked = ["ssm", "get-parameter", "--with-decryption", f"--name={parts['name']}"]
    return [*asked, "--query=Parameter.Value", *_aws(parts, parts["name"])]


def _aws_is_whole(parts: Mapping[str, str]) -> bool:
    return "profile" in parts and ("region" in parts or parts["name"].startswith("arn:"))


def _keepassxc(parts: Mapping[str, str]) -> list[str]:
    shown = ["show", "--quiet", "--show-protected", f"--attributes={parts.get('attribute', 'Password')}"]
    return [*shown, "--no-password", f"--key-file={parts['key-file']}", "--", parts["database"], parts["key"]]


_TLS_NAMES = "CACERT CAPATH SKIP_VERIFY TLS_SERVER_NAME HTTP_PROXY PROXY_ADDR CONFIG_PATH"
_TLS = [f"{product}_{name}" for product in ("VAULT", "BAO") for name in _TLS_NAMES.split()]
_AWS_STEERED = dict.fromkeys(
    ("AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_DATA_PATH"),
    "",
)
_AWS_REFUSED = "not signed in, no region, no right, no such name, or not reached"
_AWS_MEANINGS = {253: _AWS_REFUSED, 254: _AWS_REFUSED, 255: _AWS_REFUSED}
_AWS_OPTIONS = {"region": _REGION, "profile": WORD}

TRIED = (
    Manager(
        scheme="vault-kv",
        form="vault-kv://MOUNT/PATH#FIELD",
        needs="mount, path and #field, of letters, digits and . _ @ + = -",
        body=rf"(?P<mount>{WORD})/(?P<path>{WORDS})",
        key=WORD,
        key_needed=True,
        options={"address": _ORIGIN, "namespace": rf"{WORDS}/?"},
        programs={"vault": "Vault", "bao": "OpenBao"},
        arguments=_vault,
        meanings={1: "no such field", 2: "not signed in, no right, no such path, or not reached"},
        complaints={"Vault is sealed": ("it is sealed", "Have it unsealed, by `{program} operator unseal`")},
        sign_in="`{program} login`",
        changed="`vault kv patch -mount={mount} {path} {key}=-`, or with `bao`, reads it from its input",
        steered_by={
            "VAULT_ADDR": "address",
            "BAO_ADDR": "address",
            "VAULT_AGENT_ADDR": "",
            "BAO_AGENT_ADDR": "",
            **dict.fromkeys(_TLS, ""),
        },
        own_options=("address",),  # the program sends its user's token there
        whole=lambda parts: "address" in parts,
    ),
    Manager(
        scheme="aws-secret",
        form="aws-secret://NAME",
        needs="a name or an ARN, of letters, digits and . _ / @ + = -",
        body=rf"(?P<name>{WORDS}|{_ARN % ('secretsmanager', 'secret:')})",
        key=WORD,
        options=_AWS_OPTIONS,
        programs={"aws": "AWS Secrets Manager"},
        arguments=_aws_secret,
        reads="json",
        meanings=_AWS_MEANINGS,
        sign_in="`aws sso login`, or as your company has you sign in",
        changed="`aws secretsmanager put-secret-value` changes it",
        steered_by=_AWS_STEERED,
        own_options=("profile",),
        whole=_aws_is_whole,
    ),
    Manager(
        scheme="aws-parameter",
        form="aws-parameter://NAME",
        needs="a name or an ARN, of letters, digits and . _ / @ + = -",
        body=rf"(?P<name>/?{WORDS}|{_ARN % ('ssm', 'parameter')})",
        options=_AWS_OPTIONS,
        programs={"aws": "AWS Parameter Store"},
        arguments=_aws_parameter,
        reads="json",
        meanings=_AWS_MEANINGS,
        sign_in="`aws sso login`, or as your company has you sign in",
        changed="`aws ssm put-parameter --overwrite` changes it",
        steered_by=_AWS_STEERED,
        own_options=("profile",),
        whole=_aws_is_whole,
    ),
    Manager(
        scheme="pass-store",
        form="pass-store:PATH",
        needs="the path of an entry, of letters, digits and . _ / @ + = -",
        body=rf"(?P<path>{WORDS})",
        programs={"pass": "pass"},
        arguments=lambda parts: ["show", "--", parts["path"]],
        reads="first line",
        meanings={1: "no such entry", 2: "its GPG key is locked, or not there"},
        sign_in="Unlock your GPG key",
        changed="`pass edit {path}` changes it, on its first line",
        steered_by={"PASSWORD_STORE_": "", "GNUPGHOME": ""},
        limit_s=30.0,  # GPG may ask for a passphrase meanwhile
        may_ask=True,
    ),
    Manager(
        scheme="keepassxc",
        form="keepassxc:DATABASE?key-file=FILE#ENTRY",
        needs="a database and its key file by absolute paths, and #entry",
        body=rf"(?P<database>{FILE})",
        key=rf"{SPACED}(?:/{SPACED})*",
        key_needed=True,
        options={"key-file": FILE, "attribute": SPACED},
        needed_options=("key-file",),
        programs={"keepassxc-cli": "KeePassXC"},
        arguments=_keepassxc,
        meanings={1: "no such entry, a wrong key file, or a database that needs a password as well"},
        sign_in="The database must open with its key file alone",
        changed="Change the entry in KeePassXC",
        catalogs=False,
        whole=lambda parts: parts["database"][:1] != "~" and parts["key-file"][:1] != "~",
    ),
    Manager(
        scheme="credential",
        form="credential:NAME",
        needs="the name of a file in $CREDENTIALS_DIRECTORY, of letters, digits and . _ @ + = -",
        body=rf"(?P<name>{WORD})",
        programs={},
        arguments=lambda parts: [parts["name"]],
        steered_by={"CREDENTIALS_DIRECTORY": ""},
        sign_in="Run it in a unit with LoadCredentialEncrypted={name}",
        changed="`systemd-creds encrypt --name={name} - FILE` makes the file of it anew",
        catalogs=False,
    ),
)
