"""No answer of a gateway makes us wait, fills the memory, or is a fault."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_client import (
    client,
    known,
    problem,
)
from support.gateway.account_rows import model, provider
from support.gateway.stand_in import Raw

from profiles.gateway.account.account import Account
from profiles.gateway.account.known import Known


@pytest.mark.parametrize("at_once", [20_000, 1000])
def test_ten_thousand_models_are_all_there(hosted: HostedAccount, account: Account, at_once: int) -> None:
    hosted.models = [model("a", f"m-{number}") for number in range(10_000)]
    hosted.most_models = at_once
    found = account.models()
    assert [each.id for each in known(found)] == [f"@a/m-{number}" for number in range(10_000)]
    assert isinstance(found, Known)
    assert found.whole


def test_every_page_of_a_list_is_read(hosted: HostedAccount, account: Account) -> None:
    hosted.providers = [provider(f"p-{number}") for number in range(230)]
    assert [each.slug for each in known(account.providers())] == [f"p-{number}" for number in range(230)]
    assert len(hosted.asked) == 3


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        ([provider("a")], 500),
        ([provider("a")] * 100, None),
        ([], 7),
        ([provider("a")], -1),
        ([provider("a")], float("inf")),
    ],
)
def test_a_gateway_that_knows_no_pages_or_lies_of_their_number_does_not_keep_us(
    hosted: HostedAccount, account: Account, rows: list[Any], total: Any
) -> None:
    hosted.answers["/v1/providers"] = json.dumps({"data": rows, "total": total}).encode()
    found = account.providers()
    assert {each.slug for each in known(found)} == {row["slug"] for row in rows}
    assert isinstance(found, Known)
    assert found.whole == (total in (None, -1, float("inf")))
    assert len(hosted.asked) <= 2


def test_a_list_that_breaks_off_is_shown_as_far_as_it_came(hosted: HostedAccount, account: Account) -> None:
    hosted.providers = [provider(f"p-{number}") for number in range(150)]
    hosted.refuses_page = 1
    found = account.providers()
    assert len(known(found)) == 100
    assert isinstance(found, Known)
    assert not found.whole


def test_a_gateway_that_never_answers_keeps_nobody_waiting(tmp_path: Path) -> None:
    with Raw(silent=True) as silent, client(silent.url, tmp_path, limit_s=0.3) as account:
        began = time.monotonic()
        offer = account.offer()
        assert time.monotonic() - began < 2
    assert {problem(each).kind for each in offer} == {"no_answer"}


def test_a_gateway_that_drips_its_answer_keeps_nobody_waiting(tmp_path: Path) -> None:
    data = b'HTTP/1.1 200 OK\r\ncontent-length: 90000\r\n\r\n{"data": [' + b" " * 80_000
    with Raw(data, drip_s=0.01) as slow, client(slow.url, tmp_path, limit_s=0.4) as account:
        began = time.monotonic()
        assert problem(account.providers()).kind == "no_answer"
        assert time.monotonic() - began < 2


def test_an_answer_without_end_is_not_read_to_it(tmp_path: Path) -> None:
    data = b'HTTP/1.1 200 OK\r\n\r\n{"data": [' + b'{"slug": "a"},' * 1_700_000
    with Raw(data) as endless, client(endless.url, tmp_path, limit_s=20) as account:
        assert "too long" in problem(account.providers()).title


def test_an_answer_of_very_many_small_values_is_not_gone_through(tmp_path: Path) -> None:
    """A million of them in 20 MB would take a gigabyte."""
    body = b'{"data": [' + b"{}," * 500_000 + b"{}]}"
    data = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    with Raw(data) as vast, client(vast.url, tmp_path, limit_s=20) as account:
        assert "too long" in problem(account.providers()).title


GARBAGE = [
    b"", b"null", b"[]", b"7", b'"x"', b"<html>", b'{"data": {}}', b'{"data": "x"}',
    b'{"data": [1, null, []]}', b'{"data": [{}]}', b'{"data": [{"slug": 1}]}', b'{"data": [{"slug": ""}]}',
    b"\xff\xfe", b"[" * 100_000,
    b'{"data": [{"slug": "\\u001b[2J"}]}', b'{"data":' * 50_000, b'{"data": [' + b"9" * 5000 + b"]}",
    b'{"y": "\\n", "data": [{"slug": "a", "x": ' + b"[" * 600 + b"]" * 600 + b"}]}",
    b'{"data": [{"slug": "\\ud800"}]}', b'{"data": [{"slug": "' + b"a" * 300 + b'"}]}',
]  # fmt: skip


@pytest.mark.parametrize("body", GARBAGE, ids=lambda body: body[:30])
def test_garbage_is_no_provider_and_no_fault(hosted: HostedAccount, account: Account, body: bytes) -> None:
    hosted.answers["/v1/providers"] = body
    assert problem(account.providers()).kind == "no_gateway"


def test_what_is_shown_of_a_good_row_cannot_reach_the_terminal_as_it_came(
    hosted: HostedAccount, account: Account
) -> None:
    bad = provider("good", name="\x1b]0;x\x07\u202e", status=["x"], usage_limits={"a": 1})
    hosted.providers = [bad, {"slug": "a\nb"}]
    (only,) = known(account.providers())
    assert only.name.isprintable()
    assert (only.status, only.budgets) == ("", ())
