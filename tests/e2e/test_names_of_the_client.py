"""The names in our table of what decides where requests go, against those that the installed client knows.

A provider or proxy that a new client learns of, and we do not, takes the key away unseen.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.client.real_client import require_client, run_once, write_settings
from support.gateway.recorder import Recorder

from profiles.claude_code.owned_slots import MODEL_KEYS, OWNED_ENV
from profiles.claude_code.routing_names import (
    BASE_URLS,
    GATEWAY_SWITCH,
    HOST_AUTH,
    HOST_FLAG,
    OTHER_SETTINGS,
    PROVIDERS,
    SKIP_AUTH,
    SURROUNDINGS,
    SWITCHES,
)

OURS = {*BASE_URLS.values(), *SWITCHES, *SKIP_AUTH, GATEWAY_SWITCH, *SURROUNDINGS}
OURS |= {OTHER_SETTINGS, *(name for provider in PROVIDERS for name in provider.address)}

# Names of the same make that send no request for a model, and no key, anywhere; with what they are instead.
ROUTES_NOTHING = {
    "features and tools of the client": (
        "CLAUDE_CODE_USE_CCR_V2 CLAUDE_CODE_USE_NATIVE_FILE_SEARCH "
        "CLAUDE_CODE_USE_POWERSHELL_TOOL MCP_PROXY_PATH MCP_PROXY_URL FAVICON_PROXY_HOST GIT_PROXY_COMMAND"
    ),
    "addresses of Anthropic's other services, none of which gets a model's requests": (
        "CLAUDE_BRIDGE_BASE_URL CLAUDE_CODE_API_BASE_URL CLAUDE_CODE_ARTIFACTS_API_BASE_URL "
        "CLAUDE_CODE_ARTIFACT_ASSET_BASE_URL CLAUDE_CODE_ARTIFACT_LIVE_BASE_URL "
        "CLAUDE_CODE_ARTIFACT_SYNC_BASE_URL CLAUDE_CODE_ARTIFACT_VIEWER_BASE_URL CLAUDE_CODE_GB_BASE_URL "
        "CLAUDE_CODE_MEMORY_API_BASE_URL CLAUDE_RUNNER_API_BASE_URL VOICE_STREAM_BASE_URL "
        "_CLAUDE_CODE_ASSUME_FIRST_PARTY_BASE_URL"
    ),
    "the client's own machines in Anthropic's cloud": (
        "CCR_AGENT_PROXY_CA_CERT_B64 CCR_AGENT_PROXY_CA_WATCH_ENABLED "
        "CCR_AGENT_PROXY_CONNECTION_LIMITS_DISABLED CCR_AGENT_PROXY_ENABLED CCR_AGENT_PROXY_FRAME_HOSTS "
        "CCR_AGENT_PROXY_INCLUDE_HOSTS CCR_AGENT_PROXY_JAVA_STORE_DIRECT_DISABLED "
        "CCR_AGENT_PROXY_LONG_POOL_IDLE_DISABLED "
        "CCR_AGENT_PROXY_MAX_BUSY_TUNNELS CCR_AGENT_PROXY_NO_PROXY_LOCAL_ONLY "
        "CCR_AGENT_PROXY_NSS_RECORDS_DISABLED CCR_AGENT_PROXY_RECEIVE_GATE_DISABLED "
        "CCR_AGENT_PROXY_RELAY_MODE CCR_AGENT_PROXY_TOKEN_FILE_DESCRIPTOR "
        "CCR_AGENT_PROXY_UPLOAD_GATE_DISABLED CLAUDE_CODE_AGENT_PROXY_GH_SHIM "
        "CLAUDE_CODE_AGENT_PROXY_GIT_CONFIG CLAUDE_CODE_AGENT_PROXY_GIT_HOSTS "
        "CLAUDE_CODE_WEBFETCH_USE_CCR_PROXY CLAUDE_CODE_WEBSEARCH_USE_CCR_PROXY "
        "CLAUDE_GATEWAY_PROXY_IS_EGRESS_BOUNDARY CLAUDE_RUNNER_USE_GIT_PROXY "
        "SELF_HOSTED_RUNNER_AGENT_PROXY_URL SELF_HOSTED_RUNNER_SKIP_AGENT_PROXY_CHECK"
    ),
    "how a proxy is used that another name names": (
        "CLAUDE_CODE_DISABLE_PROXY_SCHEME_REPAIR CLAUDE_CODE_ENABLE_PROXY_AUTH_HELPER "
        "CLAUDE_CODE_PROXY_AUTH_HELPER_TTL_MS CLAUDE_CODE_PROXY_RESOLVES_HOSTS "
        "CLAUDE_CODE_SIMULATE_PROXY_USAGE NODE_USE_ENV_PROXY"
    ),
    "proxies of the client's sandbox and of its telemetry": (
        "CLAUDE_CODE_HTTPS_PROXY CLAUDE_CODE_HTTP_PROXY grpc_proxy no_grpc_proxy"
    ),
    "who the client is, not whom it believes": (
        "AZURE_CLIENT_CERTIFICATE_PASSWORD AZURE_CLIENT_CERTIFICATE_PATH "
        "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN CLAUDE_CODE_CLIENT_CERT"
    ),
    "fewer certificates are believed, not more": (
        "CLAUDE_CODE_DISABLE_LOOPED_CROSS_CERT_DROP CLAUDE_CODE_DISABLE_SELF_NAMED_CERT_DROP"
    ),
    "names inside the program, no variables": (
        "CACERT_UPDATES CERTIFICATE_CONFIGURATION_ENV_VARIABLE COERCERTL COERCERTLFULL "
        "PROXY_HEADER_PATTERN use_proxy"
    ),
}
HARMLESS = {name for names in ROUTES_NOTHING.values() for name in names.split()}

_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$")
# What marks a word as the name of a variable; the latter two hold for text as well.
_READ, _QUOTED = (b".", b'env["'), (b'"', b"'", b"`", b"{", b",")
# A part that every name of that make has → the whole make, and how such a name must stand there.
_MAKES = {
    b"CLAUDE_CODE_USE_": (re.compile(r"CLAUDE_CODE_USE_[A-Z0-9_]+"), _READ + _QUOTED),
    b"_BASE_URL": (re.compile(r"[A-Z_][A-Z0-9_]*_BASE_URL"), _READ + _QUOTED),
    b"_AUTH": (re.compile(r"CLAUDE_CODE_SKIP_[A-Z0-9_]+_AUTH"), _READ + _QUOTED),
    b"PROXY": (re.compile(r"[A-Z0-9_]*PROXY[A-Z0-9_]*"), _READ),
    b"_proxy": (re.compile(r"[a-z]+(_[a-z]+)?_proxy"), (b"env.", b'env["')),
    b"CERT": (re.compile(r"[A-Z0-9_]*CERT[A-Z0-9_]*"), _READ),
    b"_CA_": (re.compile(r"[A-Z0-9_]*_CA_[A-Z0-9_]*"), _READ),
    b"TLS_REJECT": (re.compile(r"[A-Z0-9_]*TLS_REJECT[A-Z0-9_]*"), _READ),
}


def words_with(program: mmap.mmap, part: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each whole word that holds the part, and what stands before it."""
    at = program.find(part)
    while at >= 0:
        start, end = at, at + len(part)
        while start and program[start - 1] in _WORD:
            start -= 1
        while end < len(program) and program[end] in _WORD:
            end += 1
        yield program[start:end], program[max(start - 5, 0) : start]
        at = program.find(part, end)


@pytest.fixture(scope="module")
def program() -> Iterator[mmap.mmap]:
    with (
        require_client().open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
    ):
        yield mapped


@pytest.fixture(scope="module")
def known(program: mmap.mmap) -> set[str]:
    """The names of those makes that the client's program reads."""
    found = set()
    for part, (make, before) in _MAKES.items():
        for word, prefix in words_with(program, part):
            if prefix.endswith(before) and make.fullmatch(name := word.decode()):
                found.add(name)
    return {name for name in found if name not in ("_BASE_URL", "CLAUDE_CODE_USE_")}


def test_the_client_knows_no_name_that_is_new_to_us(known: set[str]) -> None:
    new = known - OURS - HARMLESS
    assert not new, (
        "The client has learnt names that may decide where a key goes. Try each one with the client: "
        "one that does belongs into profiles/claude_code/routing_names.py, one that does not into this file. "
        f"{sorted(new)}"
    )


def test_each_variable_of_a_model_is_a_field_of_a_profile(program: mmap.mmap) -> None:
    """A model, or how `/model` shows it, would go along from one profile to the next, and be in none."""
    make = re.compile(r"(ANTHROPIC|CLAUDE_CODE)_([A-Z_]+_)?MODEL(_[A-Z]+)*")
    found = {word.decode() for word, prefix in words_with(program, b"_MODEL") if prefix.endswith(_READ)}
    others = {
        name for name in {*filter(make.fullmatch, found)} - {*OWNED_ENV} if name.startswith("ANTHROPIC_")
    }
    assert others == {"ANTHROPIC_SMALL_FAST_MODEL_AWS_REGION"}  # where a model is asked, and not which
    assert found >= {*MODEL_KEYS.values()}


def test_the_search_finds_what_it_is_for(known: set[str]) -> None:
    """Else the test above could pass because it had found nothing."""
    expected = {*BASE_URLS.values(), *SWITCHES, GATEWAY_SWITCH, "HTTPS_PROXY", "https_proxy", "NO_PROXY"}
    assert expected | {"NODE_EXTRA_CA_CERTS", "NODE_TLS_REJECT_UNAUTHORIZED", "SSL_CERT_FILE"} <= known


def test_the_table_and_the_list_hold_no_name_that_the_client_has_forgotten(program: mmap.mmap) -> None:
    assert [name for name in sorted(OURS | HARMLESS) if program.find(name.encode()) < 0] == []
    assert not OURS & HARMLESS


@pytest.mark.parametrize("where", ["shell", "user", "project"])
def test_what_is_said_to_route_nothing_routes_nothing(
    claude_home: Path, recorder: Recorder, where: str
) -> None:
    """A name on the list that did send the key elsewhere would be an open door with a reason beside it."""
    with Recorder() as stranger:
        value = {
            name: stranger.url if re.search(r"URL|PROXY$|proxy$|HOST$", name) else "1" for name in HARMLESS
        }
        route = {"ANTHROPIC_BASE_URL": recorder.url, "ANTHROPIC_AUTH_TOKEN": "pk-of-the-gateway"}
        user = route | (value if where == "user" else {})
        write_settings(claude_home, {"env": user})
        if where == "project":
            settings = claude_home / "project" / ".claude" / "settings.json"
            settings.parent.mkdir()
            settings.write_text(json.dumps({"env": value}))
        done = run_once(claude_home, "ping", value if where == "shell" else None)
        sent = json.dumps([request.headers for request in stranger.requests])
    assert done.returncode == 0, done.stdout + done.stderr
    assert [call.header("authorization") for call in recorder.model_calls] == ["Bearer pk-of-the-gateway"]
    assert "pk-of-the-gateway" not in sent
    assert stranger.model_calls == []


def test_the_host_s_flags_are_in_the_table() -> None:
    assert {HOST_FLAG, HOST_AUTH} <= OURS
