"""What a server or git says when there is no catalog, in words that help."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from profiles.base.programs.run import Ran
from profiles.catalogs.fetching.git_words import refusal as git_refusal
from profiles.catalogs.fetching.https_words import refusal, retry_after
from profiles.catalogs.fetching.source import source_of
from profiles.gateway.asking.http import Answer

DAY_S = 86_400.0


@pytest.mark.parametrize(
    ("said", "why", "reason"),
    [
        (
            "fatal: could not read Username for 'https://h': terminal prompts disabled",
            "unreachable",
            "Username",
        ),
        ("remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'x'", "unreachable", "login"),
        ("git@h: Permission denied (publickey).", "unreachable", "SSH keys"),
        ("Host key verification failed.", "unreachable", "host key"),
        ("fatal: repository 'https://h/' not found", "unreachable", "no such repository"),
        ("fatal: couldn't find remote ref main", "withdrawn", "branch"),
        ("fatal: unable to access 'https://h/': Could not resolve host: h", "unreachable", "address"),
        (
            "ssh: Could not resolve hostname h: Name or service not known\nfatal: Could not read from remote "
            "repository.\n\nPlease make sure you have the correct access rights",
            "unreachable",
            "no address was found for h",
        ),
        (
            "ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote "
            "repository.\n\nPlease make sure you have the correct access rights",
            "unreachable",
            "h does not answer",
        ),
        (
            "fatal: unable to access 'https://h/': SSL certificate problem: expired",
            "unreachable",
            "certificate",
        ),
        ("fatal: fetch-pack: invalid index-pack output", "refused", "damaged"),
        ("", "unreachable", "exit 128"),
        ("fatal: \x1b[31msomething new\x07", "unreachable", "something new"),
    ],
)
def test_git_is_understood(said: str, why: str, reason: str) -> None:
    error = git_refusal(Ran(128, b"", said.encode()), source_of("https://h/x.git"), too_large=False)
    assert (error.why, reason in error.reason) == (why, True), error.reason
    assert error.title.isprintable()
    assert error.hint


def _answer(status: int, body: bytes = b"{}", **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body, 1, 1, "")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (_answer(404), "withdrawn"), (_answer(410), "withdrawn"), (_answer(401), "unreachable"),
        (_answer(500), "unreachable"), (_answer(304), "unreachable"), (_answer(206), "unreachable"),
        (_answer(200, b"<html>Sign in"), "unreachable"), (_answer(200, content_encoding="gzip"), "refused"),
        (_answer(200)._replace(cut=True), "refused"), (_answer(200, b"x" * 101), "refused"),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_catalog_is_refused(answer: Answer, why: str) -> None:
    error = refusal(answer, 100)
    assert error is not None
    assert error.why == why
    assert refusal(_answer(200), 100) is None


def test_a_server_is_left_alone_for_as_long_as_it_wants_but_not_for_years() -> None:
    """A slip, or spite, would keep everyone from updates for ever."""
    busy = refusal(_answer(429, retry_after="7200"), 100)
    assert busy is not None
    assert (busy.retry_after_s, busy.of("acme").retry_after_s) == (7200, 7200)
    assert retry_after("999999999") == 7 * DAY_S
    noon = datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp()
    assert retry_after("Sun, 29 Nov 2026 12:10:00 GMT", now=noon) == 600
    assert retry_after("Sun, 29 Nov 2020 12:00:00 GMT", now=noon) == 0
    assert retry_after("soon") is None
    assert retry_after("-5") is None
