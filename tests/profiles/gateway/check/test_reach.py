"""Whether a gateway answers is found out without a key: what is asked all day must tell nobody anything."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.gateway.stand_in import Hosted, Raw, deaf_port

from profiles.gateway.asking.http import Answer, Asker
from profiles.gateway.asking.steps import Step
from profiles.gateway.check import reach
from profiles.gateway.check.reach import NETWORK, reach_gateway

KEY = "pk-CANARY-4711-of-the-portkey-key"
FAR = "http://gateway.example"  # reached by a proxy that answers itself, as a network between would


@pytest.fixture
def hosted() -> Iterator[Hosted]:
    with Hosted(KEY) as running:
        yield running


def asked(url: str, environ: dict[str, str] | None = None, total_s: float = 5.0) -> Step:
    (step,) = reach_gateway(url, environ or {}, total_s)
    return step


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_a_gateway_that_wants_a_key_answers_and_is_asked_nothing_else(hosted: Hosted) -> None:
    assert asked(hosted.url)[:3] == ("gateway", "ok", "it answers")
    assert asked(f"{hosted.url}/v1").verdict == "ok"
    assert {(each.method, each.path) for each in hosted.asked} == {("GET", "/v1/models")}
    assert not {"authorization", "x-api-key", "x-portkey-api-key"} & {*hosted.asked[0].headers}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"object": "list", "data": []}'),
        (401, b'{"status": "failure", "message": "Portkey Error"}'),
        (403, b'{"success": false}'),
        (400, b'{"message": "Either x-portkey-config or x-portkey-provider header is required"}'),
        (429, b'{"error": {"message": "slow down"}}'),
    ],
)
def test_whatever_a_gateway_says_to_one_without_a_key_it_is_there(
    hosted: Hosted, status: int, body: bytes
) -> None:
    hosted.answers["/v1/models"] = (status, {}, body)
    assert asked(hosted.url).verdict != "failed"


@pytest.mark.parametrize("status", [500, 502, 503])
def test_one_in_trouble_is_not_there(hosted: Hosted, status: int) -> None:
    hosted.answers["/v1/models"] = (status, {}, b"<html>Bad gateway</html>")
    step = asked(hosted.url)
    assert (step.step, step.verdict) == ("gateway", "failed")
    assert f"in trouble ({status})" in step.text


def test_nothing_that_listens_and_nothing_that_answers() -> None:
    step = asked(f"http://127.0.0.1:{free_port()}")
    assert (step.step, step.verdict, step.exit_code) == ("connection", "failed", 1)
    assert "nothing listens there" in step.text
    with deaf_port() as port:
        assert asked(f"http://127.0.0.1:{port}", total_s=0.3).verdict == "failed"
    with Raw(b"\0\1\2 no http at all") as raw:
        assert asked(raw.url).verdict == "failed"


def test_something_else_at_its_port_is_no_gateway(hosted: Hosted) -> None:
    hosted.answers["/v1/models"] = (404, {"content-type": "text/html"}, b"<html>My blog</html>")
    assert "no Portkey gateway" in asked(hosted.url).text


@pytest.mark.parametrize(
    ("status", "headers"), [(302, {"location": "https://login.example/?next=1"}), (511, {})]
)
def test_a_network_that_wants_a_sign_in_is_not_the_gateway_s_fault(
    hosted: Hosted, status: int, headers: dict[str, str]
) -> None:
    hosted.answers["/v1/models"] = (status, headers, b"<html>Welcome</html>")
    step = asked(FAR, {"HTTP_PROXY": hosted.url})
    assert (step.step, step.verdict) == (NETWORK, "failed")
    assert "sign in" in step.text


@settings(max_examples=60, deadline=None)
@given(
    status=st.integers(100, 599),
    body=st.one_of(
        st.binary(max_size=200), st.sampled_from([b"{}", b"[[[", b'{"data": {}}', b"\xff" * 70000])
    ),
    location=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
    tls=st.booleans(),
)
def test_no_answer_of_a_gateway_fails_and_each_is_one_step_with_words(
    status: int, body: bytes, location: str, tls: bool
) -> None:
    answer = Answer(status, {"location": location, "content-type": "text/html"}, body, 1, 1, "")
    scheme = "https" if tls else "http"
    with mock.patch.object(Asker, "get", return_value=answer):
        step = asked(f"{scheme}://gateway.example")
    assert step.verdict in ("ok", "warn", "failed")
    assert (step.text + step.hint).isprintable()
    assert bool(step.exit_code) == (step.verdict == "failed")


def test_without_any_network_that_is_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "has_way_out", lambda: False)
    step = asked("https://gateway.invalid")
    assert (step.step, step.text) == (NETWORK, "This machine has no network")
    # One of this machine needs none.
    assert asked(f"http://127.0.0.1:{free_port()}").step == "connection"


def test_a_proxy_s_password_is_not_shown() -> None:
    step = asked("https://gateway.invalid", {"HTTPS_PROXY": f"http://jane:CANARY-11@127.0.0.1:{free_port()}"})
    assert step.verdict == "failed"
    assert "CANARY" not in step.text + step.hint
