"""A project's file that would have one's sign-in at a secret manager sent elsewhere: no key, no program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from profiles.base.secret_references.managers import MANAGERS
from profiles.claude_code.routing_names import MESSAGES
from profiles.profile.rendering import Rendered
from profiles.routes.guard.asker import SIGN_INS, Asker
from profiles.routes.guard.judge import judge
from profiles.routes.guard.refusal import Refusal
from profiles.routes.guard.sources import SourceReader
from profiles.routes.guard.words import refusal_line

GW = "https://gw.example"
VAULT = "vault-kv://secret/portkey/jane#api_key"
NAMED = "vault-kv://secret/portkey/jane?address=https://bao.acme.example#api_key"


def verdict(root: Path, reference: str, kind: str, **env: str) -> Refusal | None:
    """Of a session in a project whose shared file, or the user's own, says that."""
    home, project = root / "home" / "settings.json", root / "project"
    shared = project / ".claude" / "settings.json"
    for path in (home, shared):
        path.parent.mkdir(parents=True, exist_ok=True)
    home.write_text(json.dumps({"env": {MESSAGES.base_url: GW, **(env if kind == "user" else {})}}))
    shared.write_text(json.dumps({"env": env if kind == "project" else {}}))
    sources = SourceReader().read(str(project), str(home))
    environ = {"CLAUDE_CODE_ENTRYPOINT": "cli", MESSAGES.base_url: GW}
    rendered = Rendered("work", "messages", {MESSAGES.base_url: GW}, [], True, reference)
    return judge(
        "work", Asker(False, environ, {}, str(project), "1:2"), sources, [rendered], lambda *_: False
    )


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        (VAULT, "VAULT_ADDR"),
        (VAULT, "BAO_ADDR"),
        (VAULT, "VAULT_SKIP_VERIFY"),
        (NAMED, "BAO_CACERT"),
        ("aws-secret://portkey", "AWS_ENDPOINT_URL_SECRETS_MANAGER"),
        ("aws-parameter:///portkey", "AWS_CONFIG_FILE"),
        ("pass-store:ai/portkey", "PASSWORD_STORE_EXTENSIONS_DIR"),
        ("credential:portkey", "CREDENTIALS_DIRECTORY"),
        ("infisical://p/prod/KEY", "INFISICAL_API_URL"),
    ],
)
def test_a_project_does_not_choose_where_one_signs_in(tmp_path: Path, reference: str, name: str) -> None:
    """Else a clone has the user's Vault token sent to its own server, as soon as a session starts in it."""
    refusal = verdict(tmp_path, reference, "project", **{name: "https://evil.example"})
    assert refusal is not None
    assert (refusal.what, refusal.name) == ("sign_in", name)
    line = refusal_line("work", refusal, GW)
    assert f"sets {name}, which decides where you sign in for the key; take that line out" in line
    assert "evil" not in line


@pytest.mark.parametrize(
    ("reference", "kind", "name"),
    [
        (VAULT, "user", "VAULT_ADDR"),
        (NAMED, "project", "VAULT_ADDR"),
        (VAULT, "project", "AWS_ENDPOINT_URL"),
        ("aws-secret://portkey", "project", "AWS_PROFILE"),
        ("keyring:work", "project", "VAULT_ADDR"),
        ('cmd:["vault", "x"]', "project", "VAULT_ADDR"),
    ],
)
def test_what_is_one_s_own_or_decides_nothing_keeps_no_key_back(
    tmp_path: Path, reference: str, kind: str, name: str
) -> None:
    assert verdict(tmp_path, reference, kind, **{name: "https://dev.example"}) is None


def test_every_variable_of_the_table_is_read_from_settings_files() -> None:
    names = [name for row in MANAGERS for name in row.steered_by]
    assert [name for name in names if not name.startswith(SIGN_INS)] == []
