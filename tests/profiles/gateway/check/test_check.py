"""What a user is told of a gateway is what is wrong with it, in time, and never with the key in it."""

from __future__ import annotations

import base64
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.gateway.certificates import make_authority, self_signed_context
from support.gateway.stand_in import Hosted, Proxy, Raw, deaf_port

from profiles.base.secret import Secret
from profiles.gateway.asking import http as asking
from profiles.gateway.asking.network import proxy_for
from profiles.gateway.asking.no_answer import trouble_step
from profiles.gateway.asking.steps import Step, Veil
from profiles.gateway.asking.what_failed import certificate_problem
from profiles.gateway.check import check as sequence
from profiles.gateway.check.check import check_gateway
from profiles.gateway.check.question import Question
from profiles.portkey.editions import AIRS, PORTKEY
from profiles.profile.render import render
from profiles.profile.rendering import header_value
from profiles.profile.schema.parse import parse_profile

KEY = "pk-CANARY-4711-of-the-portkey-key"
PROVIDER = {"kind": "provider", "provider": "@anthropic-prod"}
VERTEX = {"dialect": "vertex", "models": {"default": "claude@1"}}


def question(
    url: str, environ: dict[str, str] | None = None, *, along_route: bool = False, **fields: Any
) -> Question:
    """A question for a profile at that URL: `/v1` is added where its dialect needs it."""
    data = {"name": "work", "route": PROVIDER, "api_key": "keyring:work", **fields}
    gateway = url if data.get("dialect", "messages") == "messages" else f"{url}/v1"
    rendered = render(parse_profile({**data, "gateway": gateway, "allow_plain_http": True}))
    headers = [(name, Secret(header_value(name, text, lambda _: KEY))) for name, text in rendered.headers]
    return Question(rendered, gateway, Secret(KEY), headers, [Secret(KEY)], environ or {}, along_route)


def told(steps: list[Step]) -> str:
    return "\n".join(f"{step.verdict} {step.step}: {step.text} | {step.hint}" for step in steps)


def failure(steps: list[Step]) -> Step:
    """The last step, which must be the only one that failed."""
    assert [step for step in steps if step.verdict == "failed"] == [steps[-1]], told(steps)
    assert steps[-1].hint
    assert "NAME" not in steps[-1].hint, "a command is to be pasted"
    return steps[-1]


@pytest.fixture
def hosted() -> Iterator[Hosted]:
    with Hosted(KEY) as running:
        yield running


# The hosted gateway ------------------------------------------------------------------------------------

FORMS: dict[str, dict[str, Any]] = {
    "helper": {},
    "token and header": {"key_delivery": "settings"},
    "header": {"key_in": "header"},
    "token": {"key_delivery": "settings", "key_in": "token"},
    "vertex": VERTEX,
    "vertex helper": {**VERTEX, "key_delivery": "helper"},
    "bedrock": {"dialect": "bedrock", "models": {"default": "us.claude"}},
}


@pytest.mark.parametrize("form", FORMS)
def test_a_good_key_is_accepted_in_every_form_and_nothing_costs(hosted: Hosted, form: str) -> None:
    steps = check_gateway(question(hosted.url, **FORMS[form]))
    assert {step.verdict for step in steps} == {"ok"}, told(steps)
    assert [step.step for step in steps] == ["connection", "gateway", "provider"]
    assert all(step.ms is not None and 0 <= step.ms < 5000 for step in steps)
    assert [(asked.method, asked.path) for asked in hosted.asked] == [
        ("GET", "/v1/models"),
        ("GET", "/v1/providers?page_size=100"),
    ]
    # With a provider or config header Portkey would send it on to the provider.
    for asked in hosted.asked:
        assert not {*asked.headers} & {"x-portkey-provider", "x-portkey-config", "x-portkey-virtual-key"}


def test_a_key_that_is_refused_says_so(hosted: Hosted) -> None:
    hosted.key = "another"
    step = failure(check_gateway(question(hosted.url)))
    assert (step.step, step.exit_code) == ("gateway", 6)
    assert "does not accept this key (401 AB05)" in step.text
    assert "Unauthorized access" in step.text
    assert "`pkcc-tray key rotate work`" in step.hint


def test_a_key_that_is_good_but_handed_over_the_wrong_way_is_told_apart(hosted: Hosted) -> None:
    """Else a user would replace a good key for ever."""
    hosted.key = "another"
    check_gateway(question(hosted.url, key_delivery="settings"))
    assert len(hosted.asked) == 1  # there is no other way to try
    hosted.key = KEY
    hosted.takes_bearer = False
    step = failure(check_gateway(question(hosted.url)))
    assert "not as a bearer token" in step.text
    assert "key_delivery settings" in step.hint
    step = failure(check_gateway(question(hosted.url, key_delivery="settings", key_in="token")))
    assert "key_in token_and_header" in step.hint
    assert check_gateway(question(hosted.url, key_delivery="settings"))[-1].verdict == "ok"


def _auth(message: str, code: str, prefix: str = "Portkey Error") -> bytes:
    """As the hosted gateway refuses a key, on every path."""
    text = f"{prefix}: {message}. Error Code: {code}"
    return json.dumps(
        {"status": "failure", "message": text, "error": {"message": text, "code": code}}
    ).encode()


def _routed(kind: str, code: str | None = None) -> bytes:
    """As the hosted gateway refuses a route."""
    return json.dumps({"error": {"message": "no", "type": kind, "param": None, "code": code}}).encode()


REFUSALS: list[tuple[int, dict[str, str], bytes, int, str, str]] = [
    # status, headers, body; exit code, what the text says, what the hint says
    (403, {}, b'{"error": {"message": "no"}}', 6, "may not do this (403)", "rights"),
    (402, {}, b'{"data": {"errorCode": "AB09"}}', 6, "subscription is exhausted (402 AB09)", "Billing"),
    (412, {}, b'{"message": "x"}', 6, "budget is used up (412)", "limit"),
    (412, {}, _auth("API Key Usage Limit", "04"), 6, "The key's budget is used up (412 04)", "API Keys"),
    (412, {}, _auth("Workspace Usage Limit", "04"), 6, "workspace's budget is used up", "Workspaces"),
    (412, {}, _routed("workspace_exhaust_error", "04"), 6, "The workspace's budget", "Workspaces"),
    (412, {}, _routed("virtual_key_exhaust_error"), 6, "The provider's budget is used up", "Model Catalog"),
    (412, {}, _routed("integration_exhaust_error"), 6, "integration's budget for this", "Integrations"),
    (412, {}, _routed("usage_limits_policy_exhaust_error", "06"), 6, "A usage policy's budget", "policy"),
    (412, {}, _routed("model_not_allowed_error"), 6, "does not allow this model", "models.default MODEL"),
    (401, {}, _auth("Portkey API Key Expired", "01"), 6, "The key has expired (401 01)", "key rotate work"),
    (401, {}, _auth("Portkey Workspace Expired", "01"), 6, "workspace has expired", "Workspaces"),
    (401, {}, _auth("Unable to validate key", "033"), 6, "could not look at the key", "who run the gateway"),
    (401, {}, _auth("Invalid API Key", "03"), 6, "does not accept this key (401 03)", "key rotate work"),
    (401, {}, _routed("virtual_key_expired_error", "01"), 6, "behind the route has expired", "Renew"),
    (429, {}, _auth("apikey 5f0c rate limit", "05"), 6, "The key is over its rate limit", "later"),
    (429, {}, _auth("workspace 5f0c rate limit", "05"), 6, "The workspace is over its rate", "later"),
    (429, {}, _routed("virtual_key_rate_limit_error"), 6, "The provider is over its rate limit", "later"),
    (429, {}, _routed("integration_rate_limit_error"), 6, "The integration is over its rate limit", "later"),
    (429, {}, _routed("rate_limits_policy_exhaust_error"), 6, "A rate policy's limit is reached", "later"),
    (400, {}, b'{"error": {"code": "inline_forward_headers_blocked"}}', 6, "forward_headers", "pc-"),
    (400, {}, b'{"error": {"code": "inline_provider_url_blocked"}}', 6, "custom hosts", "@slug"),
    (400, {}, b'{"error": {"code": "inline_custom_host_blocked"}}', 6, "custom hosts", "@slug"),
    (429, {"retry-after": "30"}, b"{}", 6, "rate limit (429)", "in 30 seconds"),
    (429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, b"{}", 6, "rate limit", "after 2026-10-21 07:28"),
    (429, {"retry-after": "soon\x7f"}, b"{}", 6, "rate limit", "a little later"),
    (400, {}, b'{"error": "bad", "message": ""}', 6, 'refuses the question (400). It says: "bad"', "Logs"),
    (400, {}, b'{"message": "inline_provider_blocked"}', 6, "plain provider names", "@slug"),
    (400, {}, b'{"code": "inline_config_blocked", "message": "m"}', 6, "inline configs", "pc-"),
    (431, {}, b"{}", 6, "headers are too large", "shorter"),
    (446, {}, b"{}", 6, "guardrail", "Guardrails"),
    (408, {}, b"{}", 1, "gave up waiting", "again"),
    (500, {}, b'{"message": "fetch failed"}', 1, "failed to reach a provider", "API format"),
    (503, {}, b'{"message": "busy"}', 1, "in trouble (503)", "later"),
    (502, {"content-type": "text/html"}, b"<html>bad gateway", 1, "in trouble (502)", "again"),
    (403, {"content-type": "text/html"}, b"<html>blocked", 1, "firewall", "extra_headers"),
    (200, {"content-type": "text/html"}, b"<!doctype html><title>Welcome", 1, "a web page (200)", "sign-in"),
    (200, {}, b'{"hello": 1}', 1, "something else (200)", "path"),
    (200, {}, b"[" * 60000, 1, "something else (200)", "path"),
    (404, {}, b'{"message": "Not Found"}', 1, "no Portkey gateway", "path"),
    (404, {}, b"", 1, "no Portkey gateway", "path"),
    (511, {}, b"<html>", 1, "sign in first", "browser"),
    (407, {}, b"{}", 1, "proxy wants", "HTTPS_PROXY"),
    (418, {}, b"{}", 6, "refuses the question (418)", "Logs"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS, ids=[f"{case[0]}-{index}" for index, case in enumerate(REFUSALS)])
def test_every_refusal_has_words_of_its_own(
    hosted: Hosted, case: tuple[int, dict[str, str], bytes, int, str, str]
) -> None:
    status, headers, body, exit_code, text, hint = case
    hosted.answers["/v1/models"] = (status, headers, body)
    step = failure(check_gateway(question(hosted.url)))
    assert text in step.text
    assert hint in step.hint
    assert (step.step, step.exit_code) == ("gateway", exit_code)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_takes_the_key_to_another_place(hosted: Hosted, status: int) -> None:
    with Hosted(KEY) as other:
        location = {
            "location": f"http://user:{KEY}@localhost:{other.url.rpartition(':')[2]}/v1/models?k={KEY}"
        }
        hosted.answers["/v1/models"] = (status, location, b"")
        step = failure(check_gateway(question(hosted.url)))
        assert "another host, http://localhost:" in step.text
        assert step.exit_code == 1
        hosted.answers["/v1/models"] = (status, {"location": f"{hosted.url}/elsewhere"}, b"")
        assert hosted.url in failure(check_gateway(question(hosted.url))).hint
        hosted.answers["/v1/models"] = (status, {"location": "//[bad"}, b"")
        assert failure(check_gateway(question(hosted.url)))
        assert other.asked == []
    assert {asked.path for asked in hosted.asked} == {"/v1/models"}


RESET = {"next_usage_reset_at": "2026-12-01"}

# What the route names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("route", "rows", "verdict", "text", "hint"),
    [
        (PROVIDER, [{"slug": "anthropic-prod"}], "ok", "@anthropic-prod is there", ""),
        (PROVIDER, [{"slug": "anthropic-pord"}], "failed", "no provider", "Did you mean @anthropic-pord"),
        (PROVIDER, [], "failed", "no provider @anthropic-prod", "workspace"),
        (
            PROVIDER,
            [{"slug": "anthropic-prod", "status": "exhausted", "usage_limits": RESET}],
            "failed", "used up its budget", "2026-12-01",
        ),
        (
            PROVIDER,  # its budgets may be a list: that which is used up says when it is usable again
            [{"slug": "anthropic-prod", "status": "exhausted", "usage_limits": [
                {"credit_limit": 5, "current_usage": 1, "next_usage_reset_at": "2027-01-01T00:00:00Z"},
                {"credit_limit": 9, "current_usage": 9, **RESET},
            ]}],
            "failed", "used up its budget", "2026-12-01",
        ),
        (
            PROVIDER,
            [{"slug": "anthropic-prod", "status": "exhausted", "usage_limits": [RESET, {"credit_limit": 5}]}],
            "failed", "used up its budget", "Raise its limit",
        ),
        (PROVIDER, [{"slug": "anthropic-prod", "status": "exhausted"}], "failed", "budget", "limit"),
        (PROVIDER, [{"slug": "anthropic-prod", "status": "expired"}], "failed", "has expired", "Renew"),
        (PROVIDER, [{"slug": "anthropic-prod", "status": 7}], "warn", "not active: unknown", ""),
        (PROVIDER, [1, {"slug": 3}, {"slug": "anthropic-prod", "status": "active"}], "ok", "active", ""),
    ],
)  # fmt: skip
def test_a_provider_is_looked_up(
    hosted: Hosted, route: dict[str, str], rows: list[Any], verdict: str, text: str, hint: str
) -> None:
    hosted.providers = rows
    step = check_gateway(question(hosted.url, route=route))[-1]
    assert (step.step, step.verdict, step.exit_code) == ("provider", verdict, 6 if verdict == "failed" else 0)
    assert text in step.text
    assert hint in step.hint


def test_a_provider_on_a_further_page_is_found(hosted: Hosted) -> None:
    hosted.total = 400
    assert check_gateway(question(hosted.url))[-1].verdict == "ok"
    hosted.providers = []
    assert "no provider" in failure(check_gateway(question(hosted.url))).text


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("route", "name"),
    [
        ({"kind": "config", "id": "pc-main-1"}, "config"),
        ({"kind": "virtual_key", "provider": "vertex-ai", "virtual_key": "vk-1"}, "virtual key"),
    ],
)
def test_configs_and_virtual_keys_are_looked_up(
    hosted: Hosted, route: dict[str, str], name: str, known: bool
) -> None:
    if not known:
        hosted.configs = hosted.virtual_keys = []
    steps = check_gateway(question(hosted.url, route=route))
    assert (steps[-1].step, steps[-1].verdict) == (name, "ok" if known else "failed"), told(steps)


def test_everything_inside_an_inline_config_is_looked_up(hosted: Hosted) -> None:
    inner = {"strategy": {"mode": "fallback"}, "targets": [{"provider": "@gone"}, {"virtual_key": "vk-1"}]}
    config = {"strategy": {"mode": "fallback"}, "targets": [{"provider": "@anthropic-prod/claude"}, inner]}
    steps = check_gateway(question(hosted.url, route={"kind": "config", "inline": config}))
    assert [(step.step, step.verdict) for step in steps[2:]] == [
        ("provider", "ok"),
        ("provider", "failed"),
        ("virtual key", "ok"),
        ("route", "warn"),  # whether the organisation takes inline configs only a request tells
    ]


def test_a_key_without_the_right_to_list_is_no_failure(hosted: Hosted) -> None:
    """Such keys are the usual ones: they serve Claude Code well."""
    hosted.may_list = False
    step = check_gateway(question(hosted.url))[-1]
    assert (step.verdict, step.exit_code) == ("warn", 0)
    assert "may not see the list" in step.text
    assert "the scope providers.list at the gateway's console" in step.hint


@pytest.mark.parametrize("code", ["033", "AB03"])
@pytest.mark.parametrize("along_route", [False, True])
def test_a_key_without_the_right_to_list_models_is_no_failure(
    hosted: Hosted, code: str, along_route: bool
) -> None:
    """Else its user would replace a key that serves Claude Code well; what else can be looked up, is."""
    hosted.answers["/v1/models"] = (403, {}, _auth("Forbidden!", code))
    steps = check_gateway(question(hosted.url, along_route=along_route))
    assert [(step.step, step.verdict) for step in steps[1:]] == [
        ("gateway", "warn"),
        ("provider", "ok"),
        *([("upstream", "warn")] if along_route else []),
    ]
    assert not any(step.exit_code for step in steps)
    for step in steps[1::2]:
        assert f"may not list models (403 {code})" in step.text
        assert "the scope models.list at the gateway's console → API Keys" in step.hint


def test_a_key_of_airs_without_the_right_to_list_models_says_so_of_its_provider(hosted: Hosted) -> None:
    hosted.answers["/v1/models"] = (403, {}, _auth("Forbidden!", "033", "AI Gateway Error"))
    steps = check_gateway(airs(hosted.url))
    assert [step.verdict for step in steps[1:]] == ["warn", "warn"]
    assert "may not list models" in steps[-1].text


@pytest.mark.parametrize(
    "answer", [(404, {}, b"{}"), (200, {}, b"<html>"), (500, {}, b"x"), (200, {}, b"[]")]
)
def test_a_gateway_without_such_a_list_is_no_failure(hosted: Hosted, answer: Any) -> None:
    hosted.answers["/v1/providers"] = answer
    assert check_gateway(question(hosted.url))[-1].verdict == "warn"


# The whole route ---------------------------------------------------------------------------------------

INLINE = {"kind": "config", "inline": {"provider": "anthropic", "api_key": "keyring:other"}}


def test_saved_only_organisations_are_found_out_when_asked_to(hosted: Hosted) -> None:
    hosted.blocked = "inline_config"
    assert check_gateway(question(hosted.url, route=INLINE))[-1].verdict == "warn"
    step = failure(check_gateway(question(hosted.url, route=INLINE, along_route=True)))
    assert (step.step, step.exit_code) == ("upstream", 6)
    assert "refuses inline configs" in step.text
    hosted.blocked = "inline_provider"
    plain = {"kind": "provider", "provider": "anthropic"}
    assert "plain provider names (anthropic)" in check_gateway(question(hosted.url, route=plain))[-1].text
    assert (
        "plain provider names"
        in failure(check_gateway(question(hosted.url, route=plain, along_route=True))).text
    )
    hosted.blocked = ""
    assert check_gateway(question(hosted.url, route=INLINE, along_route=True))[-1].verdict == "ok"
    assert {asked.method for asked in hosted.asked} == {"GET"}
    # Nor does a provider get to see the key: a gateway may hand other headers on.
    routed = [
        asked for asked in hosted.asked if {*asked.headers} & {"x-portkey-config", "x-portkey-provider"}
    ]
    assert [{*asked.headers} & {"authorization", "x-api-key"} for asked in routed] == [set()] * 3


# The way there -----------------------------------------------------------------------------------------


def test_a_name_without_an_address_is_told() -> None:
    step = failure(check_gateway(question("https://gateway.invalid")))
    assert (step.step, step.exit_code) == ("name", 1)
    assert "No address was found for gateway.invalid" in step.text


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ended.wait(20))
    monkeypatch.setattr(sequence, "CONNECT_LIMIT_S", 0.1)
    try:
        step = failure(check_gateway(question("https://gateway.invalid")))
    finally:
        ended.set()
    assert "not resolved within" in step.text


def test_a_port_where_nothing_listens_is_told() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        step = failure(check_gateway(question(f"http://127.0.0.1:{bound.getsockname()[1]}")))
    assert (step.step, step.exit_code) == ("connection", 1)
    assert "refuses the connection" in step.text


def quickly(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], list[Step]]) -> Step:
    """The failure, with limits a test can wait for; it must come within them."""
    monkeypatch.setattr(asking, "CONNECT_LIMIT_S", 0.3)
    monkeypatch.setattr(asking, "ANSWER_LIMIT_S", 0.3)
    started = time.monotonic()
    step = failure(ask())
    assert time.monotonic() - started < 3
    assert step.exit_code == 1
    return step


def test_a_connection_that_is_never_taken_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux leaves a connection waiting when the queue is full")
    with deaf_port() as port:
        step = quickly(monkeypatch, lambda: check_gateway(question(f"http://127.0.0.1:{port}")))
    assert "does not take the connection" in step.text


def test_a_question_for_which_no_time_was_left_is_no_fault_of_the_connection() -> None:
    """Of a slow gateway, whose first answer took it all: no firewall is to be looked for."""
    step = trouble_step(asking.Trouble("connect", "timeout", "", 2), "gw.example", "")
    assert ("No time was left" in step.text, "firewall" in step.hint) == (True, False)


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with Raw(silent=True) as raw:
        step = quickly(monkeypatch, lambda: check_gateway(question(raw.url)))
        assert "does not answer it" in step.text
        secured = raw.url.replace("http:", "https:")
        step = quickly(monkeypatch, lambda: check_gateway(question(secured)))
        assert "TLS handshake" in step.text


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_given_up_after_the_total(start: bytes) -> None:
    """Each byte comes in time, so only a limit on the whole helps."""
    with Raw(start + b"x" * 10_000, drip_s=0.02) as raw:
        started = time.monotonic()
        step = failure(check_gateway(question(raw.url), total_s=0.5))
        assert 0.4 < time.monotonic() - started < 2
    assert "does not answer it" in step.text


@pytest.mark.parametrize("count", [1_000, 10_000])
def test_a_workspace_with_many_models_is_no_stranger(hosted: Hosted, count: int) -> None:
    """At about 600 models the list was cut and the gateway called no Portkey gateway."""
    rows = [{"id": f"@of-{number % 50}/model-{number}", "object": "model"} for number in range(count)]
    hosted.answers["/v1/models"] = (200, {}, json.dumps({"object": "list", "data": rows}).encode())
    hosted.configs = [{"slug": f"pc-{number}", "name": "x" * 400} for number in range(count)]
    steps = check_gateway(question(hosted.url, route={"kind": "config", "id": f"pc-{count - 1}"}))
    assert [step.verdict for step in steps] == ["ok"] * 3, told(steps)
    assert f"{count} models listed" in steps[1].text


def test_a_list_beyond_all_bounds_is_still_portkeys_and_is_read_no_further(hosted: Hosted) -> None:
    body = b'{"object": "list", "data": [' + b'{"id": "m"},' * 2_000_000
    hosted.answers |= {"/v1/models": (200, {}, body), "/v1/providers": (200, {}, body)}
    steps = check_gateway(question(hosted.url))
    assert [step.verdict for step in steps] == ["ok"] * 3, told(steps)
    assert "more models than are read here" in steps[1].text
    assert hosted.asked[-1].path == "/v1/providers/anthropic-prod"


# Prisma AIRS -------------------------------------------------------------------------------------------


def airs(url: str, **fields: Any) -> Question:
    return question(url, **fields)._replace(edition=AIRS)


def test_airs_is_asked_as_its_pages_say_and_shows_a_provider_by_its_models(hosted: Hosted) -> None:
    """There a gateway key lists models only, and goes into the Authorization line."""
    rows = [{"id": "@anthropic-prod/a"}, {"id": "@anthropic-prod/b"}, {"id": "@other/c"}, {"id": 3}, 4]
    hosted.answers["/v1/models"] = (200, {}, json.dumps({"object": "list", "data": rows}).encode())
    steps = check_gateway(airs(hosted.url))
    assert steps[-1][:3] == ("provider", "ok", "@anthropic-prod is there, with 2 models")
    missing = check_gateway(airs(hosted.url, route={"kind": "provider", "provider": "@anthropic-pord"}))[-1]
    assert (missing.verdict, missing.hint) == ("failed", "Did you mean @anthropic-prod?")
    config = check_gateway(airs(hosted.url, route={"kind": "config", "id": "pc-1"}))[-1]
    assert (config.verdict, "Prisma AIRS AI Gateway lists no configs" in config.text) == ("warn", True)
    assert {asked.path for asked in hosted.asked} == {"/v1/models"}


@pytest.mark.parametrize("known_by", ["host", "words"])
def test_airs_words_name_its_own_console(hosted: Hosted, known_by: str) -> None:
    """A company's own gateway before it is known by what it says."""
    refused = _auth("Workspace Usage Limit Exceeded", "04", "AI Gateway Error")
    hosted.answers["/v1/models"] = (412, {}, refused)
    asked = airs(hosted.url) if known_by == "host" else question(hosted.url)
    step = failure(check_gateway(asked))
    assert "Strata Cloud Manager → Workspaces" in step.hint
    assert "AI Gateway Error: Workspace" in step.text


@pytest.mark.parametrize("status", [401, 403, 412, 500])
@pytest.mark.parametrize("text", ["Invalid API Key", "Unable to validate key", "Workspace Usage Limit"])
def test_the_console_that_is_named_is_the_gateways(hosted: Hosted, status: int, text: str) -> None:
    """A company's own gateway speaks as Portkey's does: its users were sent to Portkey's console."""
    hosted.answers["/v1/models"] = (status, {}, _auth(text, "03"))
    own = check_gateway(question(hosted.url))
    assert "portkey.ai" not in told(own)
    portkeys = check_gateway(question(hosted.url)._replace(edition=PORTKEY))
    assert "portkey.ai" in told(portkeys)


def test_a_failed_guardrail_that_lets_requests_pass_is_no_failure(hosted: Hosted) -> None:
    hosted.answers["/v1/models"] = (246, {}, b'{"object": "list", "data": []}')
    steps = check_gateway(question(hosted.url, along_route=True))
    assert steps[-1][:2] == ("upstream", "warn")
    assert "guardrail failed (246)" in steps[-1].text


def test_an_answer_without_end_is_read_no_further() -> None:
    with Raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000, holds=True) as raw:
        assert "something else" in failure(check_gateway(question(raw.url))).text


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", "closed the connection"), (b"SSH-2.0-OpenSSH_9.2\r\n", "no HTTP"), (b"\x00\xff" * 40, "no HTTP")],
)
def test_what_is_no_web_server_is_told(data: bytes, text: str) -> None:
    with Raw(data) as raw:
        step = failure(check_gateway(question(raw.url)))
        assert text in step.text
        assert (
            "no TLS" in failure(check_gateway(question(raw.url.replace("http:", "https:")))).text or not data
        )


# TLS ---------------------------------------------------------------------------------------------------


def test_certificates_are_told_apart(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    trusting = {"NODE_EXTRA_CA_CERTS": str(authority.path)}
    cases = [
        (authority.server_context(), {}, "leads to no authority"),
        (authority.server_context(expired=True), trusting, "has expired"),
        (authority.server_context("gateway.example"), trusting, "for another host"),
        (self_signed_context(tmp_path), trusting, "self-signed"),
    ]
    for context, environ, text in cases:
        with Hosted(KEY, context) as hosted:
            step = failure(check_gateway(question(hosted.url, environ)))
            assert (step.step, step.exit_code) == ("connection", 1)
            assert text in step.text
            assert hosted.asked == []  # the key was sent to nobody


@pytest.mark.parametrize(
    ("code", "message", "problem"),
    [
        (0x800B0101, "Ein erforderliches Zertifikat befindet sich nicht im Gültigkeitszeitraum.", "expired"),
        (0x800B010F, "Der CN-Name des Zertifikats stimmt nicht mit dem übergebenen Wert überein.", "host"),
        (0x800B0109, "Eine Zertifikatkette endete in einem nicht vertrauten Stammzertifikat.", "untrusted"),
    ],
)
def test_windows_is_understood_in_every_language(code: int, message: str, problem: str) -> None:
    assert certificate_problem(code, message) == problem


@pytest.mark.parametrize("variable", ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"])
def test_the_variables_that_claude_code_follows_are_followed(tmp_path: Path, variable: str) -> None:
    authority = make_authority(tmp_path)
    with Hosted(KEY, authority.server_context()) as hosted:
        steps = check_gateway(question(hosted.url, {variable: str(authority.path)}))
        assert "TLSv1.3" in steps[0].text
        assert steps[-1].verdict == "ok"
        steps = check_gateway(question(hosted.url, {variable: str(tmp_path / "nowhere.pem")}))
    assert (steps[0].step, steps[0].verdict, steps[-1].verdict) == ("certificates", "warn", "failed")
    assert variable in steps[0].text


# Proxies -----------------------------------------------------------------------------------------------

PASSWORD = "s3cret-of-the-proxy"


def test_the_proxy_is_used_and_its_password_never_shown(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with Hosted(KEY, authority.server_context()) as hosted, Proxy() as proxy:
        url = proxy.url.replace("http://", f"http://jane:{PASSWORD}@")
        environ = {"HTTPS_PROXY": url, "NODE_EXTRA_CA_CERTS": str(authority.path)}
        steps = check_gateway(question(hosted.url, environ))
        assert {step.verdict for step in steps} == {"ok"}, told(steps)
        assert f"through {proxy.url}" in steps[0].text
        assert PASSWORD not in told(steps)
        assert [asked.method for asked in proxy.asked] == ["CONNECT"]
        assert proxy.asked[0].headers["proxy-authorization"].startswith("Basic ")
        assert KEY not in str(proxy.asked)
        check_gateway(question(hosted.url, {**environ, "NO_PROXY": "example.com 127.0.0.1"}))
        assert len(proxy.asked) == 1


@pytest.mark.parametrize(
    ("status", "text"),
    [(407, "user name and password"), (403, "does not let"), (502, "cannot reach"), (418, "(418)")],
)
@pytest.mark.parametrize("secured", [True, False])
def test_a_proxy_that_refuses_is_named(status: int, text: str, secured: bool) -> None:
    with Proxy(refuses=status) as proxy:
        url = f"{'https' if secured else 'http'}://gateway.invalid"
        step = failure(
            check_gateway(question(url, {"https_proxy": proxy.url.replace("//", f"//me:{PASSWORD}@")}))
        )
    if secured:
        assert (step.step, step.exit_code) == ("connection", 1)
        assert text in step.text
        assert proxy.url in step.text
    assert PASSWORD not in told([step])


def test_a_proxy_that_repeats_its_password_gets_it_nowhere() -> None:
    with Raw(b'HTTP/1.1 400 x\r\n\r\n{"message": "not ' + PASSWORD.encode() + b'"}') as raw:
        proxy = raw.url.replace("//", f"//jane:{PASSWORD}@")
        step = failure(check_gateway(question("http://gateway.invalid", {"HTTP_PROXY": proxy})))
        assert b"Proxy-Authorization" in raw.received[0]
    assert PASSWORD not in told([step])


def test_only_the_given_environment_counts(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The HTTP client has rules of its own for proxies and ~/.netrc, which Claude Code does not follow."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login jane password from-netrc\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert check_gateway(question(hosted.url))[-1].verdict == "ok"


@pytest.mark.parametrize(
    ("proxy", "text"),
    [
        ("http://proxy.invalid:3128", "has no address"),
        ("socks5://127.0.0.1:1080", "only http and https"),
        ("http://proxy.invalid:port", "cannot be read"),
        ("http://[", "has no address"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_told(proxy: str, text: str) -> None:
    step = failure(check_gateway(question("https://gateway.invalid", {"HTTP_PROXY": proxy})))
    assert text in step.text


def test_a_proxy_where_nothing_listens_is_told() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        environ = {"ALL_PROXY": f"127.0.0.1:{bound.getsockname()[1]}"}
        step = failure(check_gateway(question("https://gateway.invalid", environ)))
    assert "The proxy http://127.0.0.1" in step.text
    assert "refuses the connection" in step.text


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "p:1"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "https_proxy": "http://q:1"}, "http://q:1"),
        ({"HTTP_PROXY": "http://p:1", "ALL_PROXY": "http://q:1"}, "http://p:1"),
        ({"HTTPS_PROXY": "", "HTTP_PROXY": "http://p:1"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example, gw.corp.example"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".Corp.example"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*.corp.example"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "gw.corp.example:8443"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "gw.corp.example:443"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "orp.example corp"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "no_proxy": "other", "NO_PROXY": "*"}, "http://p:1"),
    ],
)
def test_the_proxy_is_chosen_as_the_client_chooses_it(environ: dict[str, str], proxy: str | None) -> None:
    assert proxy_for("https://gw.corp.example:8443/v1", environ) == proxy


# Nothing of the key ------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 "


def answers() -> st.SearchStrategy[bytes]:
    """Any bytes; and such as come near to HTTP, the key in every part of them."""
    piece = st.one_of(
        st.binary(max_size=40), st.sampled_from([KEY.encode(), b'{"message": "', b'"}', b"<html>", b"\0"])
    )
    text = st.lists(piece, max_size=6).map(b"".join)
    status = st.sampled_from(
        [b"200", b"204", b"301", b"302", b"400", b"401", b"403", b"404", b"412", b"429", b"500", b"999"]
    )
    name = st.sampled_from(
        [b"location", b"retry-after", b"content-type", b"content-length", b"transfer-encoding", b"x"]
    )
    line = st.tuples(name, text).map(b": ".join)
    head = st.tuples(status, text, st.lists(line, max_size=3)).map(
        lambda parts: (
            HEAD + parts[0] + b" " + parts[1] + b"\r\n" + b"".join(each + b"\r\n" for each in parts[2])
        )
    )
    return st.one_of(text, st.tuples(head, text).map(lambda parts: parts[0] + b"\r\n" + parts[1]))


@pytest.fixture(scope="module")
def raw() -> Iterator[Raw]:
    with Raw() as running:
        yield running


@settings(max_examples=300, deadline=None)
@given(data=answers())
@example(data=HEAD + b'401 x\r\n\r\n{"message": "' + KEY.upper().encode() + b'"}')
@example(
    data=HEAD + b'400 x\r\n\r\n{"message": "' + "\0".join(KEY).encode().replace(b"\0", b"\\u0000") + b'"}'
)
@example(data=HEAD + b'400 x\r\n\r\n{"message": "' + b"y" * 110 + KEY.encode() + b'"}')
@example(data=HEAD + b"302 x\r\nlocation: https://" + KEY.encode() + b".example/\r\n\r\n")
@example(data=HEAD + b"302 x\r\nlocation: https://[" + KEY.encode() + b"\r\n\r\n")
@example(data=HEAD + b"429 x\r\nretry-after: " + KEY.encode() + b"\r\n\r\n{}")
@example(data=HEAD + b'200 x\r\n\r\n{"data": 1' + b"0" * 9000 + b"}")
def test_whatever_a_server_answers_the_key_is_not_shown_and_nothing_breaks(raw: Raw, data: bytes) -> None:
    raw.data = data
    steps = check_gateway(question(raw.url, key_delivery="settings", along_route=True), total_s=5)
    assert steps
    for step in steps:
        for text in (step.text, step.hint):
            assert text.isprintable()
            assert KEY[:12].lower() not in text.lower()
            assert len(text) < 400


@pytest.mark.parametrize("text", [KEY, KEY.upper(), " ".join(KEY), KEY[3:14], "x" + KEY[-9:], f"a\n{KEY}"])
def test_a_text_that_repeats_a_piece_of_the_key_is_not_quoted(text: str) -> None:
    assert Veil([Secret(KEY)]).quote(f"Invalid key {text} given") == ""


ENCODED = {
    "base64": lambda data: base64.b64encode(data).decode(),
    "base64 for URLs": lambda data: base64.urlsafe_b64encode(data).decode(),
    "base32": lambda data: base64.b32encode(data).decode(),
    "hex": lambda data: data.hex(),
    "HEX with colons": lambda data: data.hex(":").upper(),
    "URL": lambda data: "".join(f"%{byte:02x}" for byte in data),
    "URL twice": lambda data: "".join(f"%25{byte:02X}" for byte in data),
    "JSON": lambda data: "".join(f"\\u{byte:04x}" for byte in data),
    "JSON in JSON": lambda data: "".join(f"\\\\u{byte:04x}" for byte in data),
    "C": lambda data: "".join(f"\\x{byte:02x}" for byte in data),
    "octal": lambda data: "".join(f"\\{byte:03o}" for byte in data),
    "HTML": lambda data: "".join(f"&#{byte};" for byte in data),
    "HTML in hex": lambda data: "".join(f"&#x{byte:x};" for byte in data),
    "UTF-16 in base64": lambda data: base64.b64encode(data.decode().encode("utf-16-le")).decode(),
    "UTF-16 in hex": lambda data: data.decode().encode("utf-16-be").hex(),
    "swapped case": lambda data: data.decode().swapcase(),
    "reversed": lambda data: data.decode()[::-1],
    "base64 in a URL": lambda data: quote(base64.b64encode(data).decode(), safe=""),
}


@pytest.mark.parametrize("encode", ENCODED.values(), ids=ENCODED)
@pytest.mark.parametrize("before", ["", "x", "Bearer ", "x-portkey-api-key: ", '{"key": "'])
def test_a_key_is_not_shown_in_any_spelling_in_which_a_gateway_repeats_it(
    encode: Callable[[bytes], str], before: str
) -> None:
    """An error such as "invalid credentials cGstQ0FO…" would be copied into a bug report."""
    veil = Veil([Secret(KEY)])
    for piece in (KEY, KEY[2:], KEY[5:17]):
        assert veil.quote(f"Invalid: {encode((before + piece).encode())} given") == "", piece


def test_words_that_are_no_key_are_quoted() -> None:
    veil = Veil([Secret(KEY)])
    for text in (
        "Either x-portkey-config or x-portkey-provider header is required",
        "a" * 100,
        "0123456789abcdef",
    ):
        assert veil.quote(text) == text


def test_other_texts_are_quoted_on_one_line_and_shortened() -> None:
    veil = Veil([Secret(KEY)])
    assert veil.quote("a\n b\x1b[31m") == "a b\N{REPLACEMENT CHARACTER}[31m"
    assert len(veil.quote("y" * 500)) == 120
    assert Veil([Secret("ab")]).quote("cab") == ""
    assert Veil([Secret("--")]).quote("a-b") == "a-b"


def test_a_secret_in_a_step_of_ours_is_masked_all_the_same() -> None:
    code = base64.b64encode(KEY.encode()).decode()
    step = Veil([Secret(KEY)]).over(Step("x", "ok", f"a {KEY}", f"b {code}"))
    assert KEY not in told([step])
    assert code not in told([step])
