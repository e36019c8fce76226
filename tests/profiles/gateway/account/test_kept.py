"""What an account answered is there again at once, and without a network; no secret is in it."""

from __future__ import annotations

import base64
import json
import os
import stat
import time
from pathlib import Path

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_client import (
    KEY,
    SINCE,
    Clock,
    client,
    everything,
    known,
    locations,
    place_of,
    problem,
)
from support.gateway.account_rows import auth_error, provider
from support.gateway.stand_in import Raw

from profiles.gateway.account.account import Account
from profiles.gateway.account.known import Known
from profiles.gateway.account.lookups import Lookups
from profiles.gateway.account.remembered import remember, remembered_place


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "state").rglob("*") if path.is_file()]


def test_what_was_listed_before_is_there_without_a_network(
    hosted: HostedAccount, tmp_path: Path, clock: Clock
) -> None:
    place = place_of(hosted.url, KEY)
    with Account(Lookups(place, locations(tmp_path), clock=clock)) as account:
        before = [known(each) for each in account.offer()]
    asked_at, asked = clock.now, len(hosted.asked)
    clock.now += 3600
    with Account(Lookups(place, locations(tmp_path), online=False, clock=clock)) as account:
        offer = account.offer()
        assert [known(each) for each in offer] == before
        assert {each.asked_at for each in offer if isinstance(each, Known)} == {asked_at}
        assert problem(account.policies()).kind == "not_asked"
    assert len(hosted.asked) == asked


def test_a_gateway_that_is_gone_leaves_what_it_answered_before_with_the_reason(
    tmp_path: Path, clock: Clock
) -> None:
    with (
        HostedAccount(KEY) as hosted,
        client(hosted.url, tmp_path, clock=clock) as account,
    ):
        before, asked_at = known(account.providers()), clock.now
        clock.now += 60
        for refusal in (auth_error(429, "x", "05"), auth_error(412, "x", "04"), (503, {})):
            hosted.refuses = refusal
            found = account.providers()
            assert known(found) == before
            assert isinstance(found, Known)
            assert found.asked_at == asked_at
            assert found.problem is not None
        hosted.refuses = auth_error(401, "Portkey API Key Expired", "01")
        assert "expired" in problem(account.providers()).title
        hosted.refuses = (503, {})
        problem(account.providers())  # a key that is refused sees nothing of before


def test_nothing_is_asked_again_that_is_young_enough(
    hosted: HostedAccount, account: Account, clock: Clock
) -> None:
    first = account.providers(60)
    clock.now += 59
    assert account.providers(60) == first
    assert len(hosted.asked) == 1
    clock.now += 2
    account.providers(60)
    assert len(hosted.asked) == 2
    clock.now -= 3600  # the clock was set back: what seems to come from later is not young
    account.providers(60)
    assert len(hosted.asked) == 3


def test_what_has_not_changed_is_not_sent_again_and_is_as_old_as_the_question(
    hosted: HostedAccount, account: Account, clock: Clock
) -> None:
    before = known(account.models())
    clock.now += 60
    found = account.models()
    assert "if-none-match" in hosted.asked[-1].headers
    assert known(found) == before
    assert isinstance(found, Known)
    assert found.asked_at == clock.now
    hosted.models = hosted.models[:1]
    assert known(account.models()) == before[:1]


def test_an_etag_that_cannot_be_sent_back_does_not_stop_later_questions(
    hosted: HostedAccount, account: Account, tmp_path: Path, clock: Clock
) -> None:
    known(account.models())
    (path,) = files(tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"etag": '"\u00e9\n'}))
    clock.now += 60
    found = account.models()
    assert isinstance(found, Known)
    assert (found.problem, found.asked_at) == (None, clock.now)


def test_an_answer_from_a_cache_on_the_way_is_as_old_as_that_says(tmp_path: Path, clock: Clock) -> None:
    body = b'{"data": [{"slug": "a"}]}'
    head = b"HTTP/1.1 200 OK\r\nage: 90\r\ncontent-length: %d\r\n\r\n" % len(body)
    with (
        Raw(head + body) as cache,
        client(cache.url, tmp_path, clock=clock) as account,
    ):
        found = account.configs()
    assert isinstance(found, Known)
    assert found.asked_at == clock.now - 90


def test_the_last_of_a_span_that_ends_now_is_one_answer(
    hosted: HostedAccount, account: Account, clock: Clock, tmp_path: Path
) -> None:
    account.graph("cost", SINCE, 300)
    clock.now += 60
    account.graph("cost", SINCE, 300)
    assert len(hosted.asked) == 1
    account.graph("cost", SINCE._replace(provider="red"), 300)
    assert len(hosted.asked) == len(files(tmp_path)) == 2


def test_what_is_kept_is_for_the_user_alone_and_holds_no_key(
    hosted: HostedAccount, account: Account, tmp_path: Path
) -> None:
    secret = "sk-of-a-provider-0815"
    hosted.save("Secret", {"provider": "openai", "api_key": secret})
    hosted.providers = [
        provider("anthropic-prod", api_key=secret, x={"aws_secret_access_key": {"v": secret}})
    ]
    for found in everything(account):
        known(found)
    assert known(account.config("pc-secret-000001"))["api_key"] == secret
    assert len(files(tmp_path)) > 5
    for path in files(tmp_path):
        assert KEY not in str(path)
        data = path.read_text()
        assert KEY not in data
        assert secret not in data
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_an_answer_that_repeats_the_key_is_shown_and_kept_without_it(
    hosted: HostedAccount, account: Account, tmp_path: Path
) -> None:
    hosted.providers = [provider("a", name=f"for {KEY}", extra=[KEY]), provider(f"of-{KEY}")]
    encoded = base64.b64encode(KEY.encode()).decode()
    hosted.answers["/v1/configs"] = json.dumps(
        {"data": [{"slug": "pc-1", "name": f"é{KEY}", KEY: encoded, "id": encoded}]}
    ).encode()
    (listed,), (config,) = known(account.providers()), known(account.configs())
    assert (listed.slug, listed.name, config.slug, config.name) == ("a", "", "pc-1", "")
    kept = "".join(path.read_text() for path in files(tmp_path))
    assert "pc-1" in kept
    for each in (KEY, encoded):
        assert each not in f"{listed}{config}{kept}"
    del hosted.answers["/v1/configs"]
    hosted.refuses = (400, {"message": f"bad {KEY} {KEY[::-1]}"})
    assert KEY not in str(problem(account.configs()))


def test_another_key_sees_nothing_of_what_is_kept(
    hosted: HostedAccount, account: Account, tmp_path: Path
) -> None:
    known(account.providers())
    with Account(Lookups(place_of(hosted.url, KEY + "2"), locations(tmp_path), online=False)) as other:
        assert problem(other.providers()).kind == "not_asked"


def test_a_file_that_cannot_be_read_or_written_is_no_fault(
    hosted: HostedAccount, account: Account, tmp_path: Path
) -> None:
    known(account.providers())
    (path,) = files(tmp_path)
    for data in (b"", b"[]", b'{"version": 1}', b"\xff", b'{"version": 2, "asked_at": 1e999}', b"[" * 10_000):
        path.write_bytes(data)
        known(account.providers(1e9))
    path.unlink()
    path.mkdir()
    known(account.providers())


@pytest.mark.parametrize("moment", [1e300, -1, float("nan"), "x", None])
def test_an_answer_kept_at_no_moment_is_none(
    hosted: HostedAccount, account: Account, tmp_path: Path, moment: object
) -> None:
    known(account.providers())
    (path,) = files(tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"asked_at": moment}))
    with client(hosted.url, tmp_path, online=False) as offline:
        assert problem(offline.providers()).kind == "not_asked"


def test_what_nobody_asked_for_in_a_month_goes(hosted: HostedAccount, tmp_path: Path) -> None:
    with client(hosted.url, tmp_path) as account:
        known(account.providers())
        (old,) = files(tmp_path)
        os.utime(old, (time.time() - 31 * 24 * 3600,) * 2)
        known(account.configs())
    assert not old.exists()


def test_an_account_that_is_asked_daily_is_never_forgotten(hosted: HostedAccount, tmp_path: Path) -> None:
    """Else completion, prices and the offer of a company's gateway are blank once a month."""
    place, kept_in = place_of(hosted.url, KEY), locations(tmp_path)
    remember(kept_in, place, "keyring:work")
    (where,) = files(tmp_path)
    os.utime(where, (time.time() - 31 * 24 * 3600,) * 2)
    remember(kept_in, place, "keyring:work")
    with client(hosted.url, tmp_path) as account:
        known(account.providers())
    assert remembered_place(kept_in, hosted.url, "keyring:work") is not None
