"""What the installed client makes of administrators' settings: where requests go, and with whose key.

What `doctor` says of a half-managed machine rests on this table, and how several sources are put together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.client.administrator import with_managed, with_windows
from support.client.real_client import run_once, write_settings
from support.gateway.recorder import Recorder

from profiles.claude_code.settings.managed import Managed
from profiles.claude_code.settings.managed.combine import combined, inherited

FILE, DROP_IN = "managed-settings.json", "managed-settings.d/{}.json"
URL = {"ANTHROPIC_BASE_URL": "GATEWAY/managed"}
LINES = {"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @managed"}
HELPER = {"apiKeyHelper": "echo key-of-managed"}
MODEL = {"ANTHROPIC_MODEL": "managed-model"}
USER: dict[str, Any] = {
    "env": {
        "ANTHROPIC_BASE_URL": "GATEWAY/user",
        "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @user\nx-mine: yes",
        "ANTHROPIC_MODEL": "user-model",
    },
    "apiKeyHelper": "echo key-of-user",
}
TOKEN = {**USER, "env": USER["env"] | {"ANTHROPIC_AUTH_TOKEN": "token-of-user"}}
VERTEX = {
    **USER,
    "env": USER["env"]
    | {
        "CLAUDE_CODE_USE_VERTEX": "1",
        "CLAUDE_CODE_SKIP_VERTEX_AUTH": "1",
        "ANTHROPIC_VERTEX_BASE_URL": "GATEWAY/vertex",
        "ANTHROPIC_VERTEX_PROJECT_ID": "p",
    },
}
BLANKS = dict.fromkeys(("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "CLAUDE_CODE_USE_VERTEX"), "")
SHELLS = {"ANTHROPIC_BASE_URL": "GATEWAY/shell", "ANTHROPIC_AUTH_TOKEN": "token-of-shell"}
HOST = {**SHELLS, "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST": "1"}
INHERITS = {"wslInheritsWindowsSettings": True}
OFFLINE = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1", "CLAUDE_CODE_MAX_RETRIES": "0"}


class Sent(NamedTuple):
    """What a model call says: the first part of its path, its two keys, provider, model."""

    to: str
    bearer: str
    key: str
    provider: str
    model: str


class Case(NamedTuple):
    """`files` of the administrator's, and what is sent with them by that user in that shell."""

    files: Mapping[str, Any]
    sent: Sent
    user: Mapping[str, Any] = USER
    shell: Mapping[str, str] = {}


def sent(to: str, bearer: str, key: str = "", provider: str = "@user", model: str = "user-model") -> Sent:
    return Sent(to, bearer, key or bearer, provider, model)


CASES = {
    "1 nothing": Case({}, sent("user", "key-of-user")),
    "2 URL alone": Case({FILE: {"env": URL}}, sent("managed", "key-of-user")),
    "3 URL and lines": Case(
        {FILE: {"env": URL | LINES}}, sent("managed", "key-of-user", provider="@managed")
    ),
    "4 helper alone": Case({FILE: HELPER}, sent("user", "key-of-managed")),
    "5 all": Case(
        {FILE: {"env": URL | LINES | MODEL, **HELPER}},
        sent("managed", "key-of-managed", provider="@managed", model="managed-model"),
    ),
    "6 a token of the user's": Case(
        {FILE: {"env": URL, **HELPER}}, sent("managed", "token-of-user", "key-of-managed"), user=TOKEN
    ),
    "7 a token of the shell's": Case(
        {FILE: {"env": URL, **HELPER}}, sent("managed", "token-of-shell", "key-of-managed"), shell=SHELLS
    ),
    "7 a key of the shell's": Case(
        {FILE: {"env": URL, **HELPER}},
        sent("managed", "key-of-managed", "sk-shell"),
        shell={"ANTHROPIC_API_KEY": "sk-shell"},
    ),
    "8 a host's flag": Case(
        {FILE: {"env": URL | LINES, **HELPER}},
        Sent("shell", "token-of-shell", "", "", "claude-opus-5-5"),
        shell=HOST,
    ),
    "C its blank": Case(
        {FILE: {"env": URL | {"CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST": ""}, **HELPER}},
        Sent("shell", "token-of-shell", "", "", "claude-opus-5-5"),
        shell=HOST,
    ),
    "9 drop-ins": Case(
        {
            FILE: {"env": URL},
            DROP_IN.format("10-a"): {"env": MODEL | {"ANTHROPIC_BASE_URL": "GATEWAY/10"}},
            DROP_IN.format("90-b"): {"env": {"ANTHROPIC_BASE_URL": "GATEWAY/90"}},
        },
        sent("90", "key-of-user", model="managed-model"),
    ),
    "10 a helper in a drop-in": Case(
        {FILE: {"env": URL}, DROP_IN.format("10-a"): HELPER}, sent("managed", "key-of-managed")
    ),
    "B the blanks": Case(
        {FILE: {"env": URL | LINES | MODEL | BLANKS, **HELPER}},
        sent("managed", "key-of-managed", provider="@managed", model="managed-model"),
        user=TOKEN | VERTEX,
        shell=SHELLS,
    ),
    "F the user's Vertex": Case(
        {FILE: {"env": URL, **HELPER}},
        Sent("vertex", "key-of-managed", "", "@user", "user-model"),
        user=VERTEX,
    ),
    "E no such helper": Case(
        {FILE: {"env": URL, "apiKeyHelper": "/opt/none/pkcc-tray key print work"}},
        Sent("managed", "", "", "@user", "user-model"),
    ),
}


class Machine:
    """A home, a gateway that records, and what an administrator laid down."""

    def __init__(self, home: Path, recorder: Recorder, top: Path) -> None:
        self.home, self.recorder, self.top = home, recorder, top

    def text(self, value: Any) -> str:
        """As JSON, with the gateway's address; a text stays one."""
        text = value if isinstance(value, str) else json.dumps(value)
        return text.replace("GATEWAY", self.recorder.url).replace("HOME", str(self.home))

    def texts(self, files: Mapping[str, Any]) -> dict[str, str]:
        return {name: self.text(value) for name, value in files.items()}

    def asks(
        self, prefix: list[str], user: Mapping[str, Any] = USER, shell: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Its exit code and what it says; nothing of it reaches Anthropic."""
        write_settings(self.home, json.loads(self.text(user)))
        done = run_once(self.home, "ping", OFFLINE | self.texts(shell or {}), prefix=prefix)
        return done.returncode, done.stdout + done.stderr

    @property
    def sent(self) -> set[Sent]:
        """What its model calls say."""
        return {
            Sent(
                call.path.split("/")[1],
                (call.header("authorization") or "").removeprefix("Bearer").strip(),
                call.header("x-api-key") or "",
                call.header("x-portkey-provider") or "",
                call.model,
            )
            for call in self.recorder.model_calls
        }


@pytest.fixture
def machine(claude_home: Path, recorder: Recorder, tmp_path: Path) -> Machine:
    return Machine(claude_home, recorder, tmp_path)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_where_requests_go_and_with_whose_key(machine: Machine, case: Case) -> None:
    prefix = with_managed(machine.top, machine.texts(case.files)) if case.files else []
    machine.asks(prefix, case.user, case.shell)
    assert machine.sent == {case.sent}


PROGRAM = {"policyHelper": {"path": "HOME/policy"}}
LOGIN = "require a first-party login"
NOTHING_SENT: dict[str, tuple[Any, str]] = {
    "11 a blank URL": ({"env": {"ANTHROPIC_BASE_URL": ""}}, "proxy"),
    "A broken": ("{,}", FILE),
    "D a login": ({"forceLoginMethod": "console", "env": URL, **HELPER}, LOGIN),
    "D an organization": ({"forceLoginOrgUUID": "6f0a7bde-7b8a-4c3e-9a31-1f2d3c4b5a69", "env": URL}, LOGIN),
    "D other providers": ({"allowedProviders": ["anthropic"]}, "allow Claude Code to use"),
    "no such program": (PROGRAM, "policyHelper failed: cannot stat path"),
    "a program without a path": ({"policyHelper": {"path": "policy"}}, "path must be absolute"),
}


@pytest.mark.parametrize(("root", "said"), NOTHING_SENT.values(), ids=NOTHING_SENT)
def test_what_keeps_sessions_from_the_gateway(machine: Machine, root: Any, said: str) -> None:
    code, words = machine.asks(with_managed(machine.top, machine.texts({FILE: root})))
    assert (code, machine.sent) == (1, set()), words
    assert said in words


@pytest.mark.parametrize(
    ("setting", "prints", "expected"),
    [
        (PROGRAM, {"managedSettings": {"env": URL, **HELPER}}, sent("managed", "key-of-managed")),
        (PROGRAM, {"env": URL}, sent("file", "key-of-user", provider="@managed")),
        (
            {"policyHelpers": {"linux": {**PROGRAM["policyHelper"], "outputBehavior": "merge"}}},
            {"managedSettings": {"env": URL}},
            sent("managed", "key-of-user", provider="@managed"),
        ),
    ],
    ids=["instead", "prints none", "merged"],
)
def test_a_program_s_output_takes_the_place_of_all(
    machine: Machine, setting: dict[str, Any], prints: Any, expected: Sent
) -> None:
    program = machine.home / "policy"
    program.write_text(f"#!/bin/sh\ncat <<'E'\n{machine.text(prints)}\nE\n")
    program.chmod(0o755)
    files = {FILE: setting, DROP_IN.format("10"): {"env": LINES | {"ANTHROPIC_BASE_URL": "GATEWAY/file"}}}
    machine.asks(with_managed(machine.top, machine.texts(files)))
    assert machine.sent == {expected}


class Sources(NamedTuple):
    """The registry's text for the machine, Windows' file, and the file of /etc."""

    registry: Mapping[str, Any]
    windows: Mapping[str, Any] | None
    etc: Mapping[str, Any] | None = None


MERGE = {"managedSourcesBehavior": "merge"}
SEVERAL = {
    "each variable": Sources({"env": LINES}, {"env": URL | MODEL}),
    "a pair": Sources({"env": LINES}, {"env": URL | MODEL, **HELPER}),
    "a pair that is merged": Sources(MERGE | {"env": LINES}, {"env": URL | MODEL, **HELPER}),
    "a blank": Sources({"env": LINES | {"ANTHROPIC_MODEL": ""}}, {"env": URL | MODEL}),
    "nothing said above": Sources({"env": {}}, {"env": URL, **HELPER}),
    "a helper above": Sources(HELPER, {"env": URL}),
    "/etc beside the registry": Sources({"env": LINES}, None, {"env": URL}),
    "/etc beside Windows' file": Sources({}, {"env": LINES}, {"env": URL}),
    "/etc alone": Sources({}, None, {"env": URL}),
}


@pytest.mark.parametrize("sources", SEVERAL.values(), ids=SEVERAL)
def test_of_several_sources_the_client_makes_what_we_do(machine: Machine, sources: Sources) -> None:
    """Believed otherwise, `status` names a wrong file, and the guard judges by a route that is not taken."""
    registry = machine.text(INHERITS | sources.registry)
    files = {} if sources.windows is None else machine.texts({FILE: sources.windows})
    prefix = with_windows(machine.top / "windows", files, registry)
    if sources.etc is not None:
        prefix += with_managed(machine.top / "etc", machine.texts({FILE: sources.etc}))
    machine.asks(prefix)
    assert machine.sent == {_expected(machine, registry, sources)}


def _expected(machine: Machine, registry: str, sources: Sources) -> Sent:
    """What follows from those that count by our own table, over the user's settings."""
    flag = Managed("flag", json.dumps(INHERITS).encode())
    policy = [Managed("HKLM", registry.encode())]
    windows, etc = (
        [] if root is None else [Managed(FILE, machine.text(root).encode())] for root in sources[1:]
    )
    files = windows if combined(policy, []) else inherited([flag, *windows], etc)
    roots = [json.loads(each.data) for each in combined(policy, files)] + [json.loads(machine.text(USER))]
    env: dict[str, str] = {}
    for root in reversed(roots):
        env |= root.get("env", {})
    helper = next(root["apiKeyHelper"] for root in roots if "apiKeyHelper" in root).split()[1]
    provider = env["ANTHROPIC_CUSTOM_HEADERS"].split("\n")[0].partition(": ")[2]
    to = env["ANTHROPIC_BASE_URL"].rpartition("/")[2]
    return sent(to, helper, provider=provider, model=env["ANTHROPIC_MODEL"] or "claude-opus-5-5")
