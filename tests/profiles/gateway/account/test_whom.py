"""A key goes to its own gateway alone, as that takes it, and for nothing that it would send on."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_client import (
    KEY,
    SINCE,
    client,
    known,
    locations,
    problem,
)
from support.gateway.certificates import make_authority
from support.gateway.stand_in import Proxy, Raw

from profiles.base.errors import UsageError
from profiles.base.secret import Secret
from profiles.gateway.account.account import Account
from profiles.gateway.account.lookups import Lookups
from profiles.gateway.account.place import Place, place_at
from profiles.portkey.editions import AIRS, SELF_HOSTED


def test_of_prisma_airs_only_models_are_asked_with_the_key_as_it_takes_it(
    hosted: HostedAccount, tmp_path: Path
) -> None:
    with client(hosted.url, tmp_path, AIRS) as account:
        offer = account.offer()
        assert len(known(offer.models)) == 3
        assert [each.slug for each in known(offer.providers)] == ["anthropic-prod", "bedrock-eu"]
        found = problem(offer.configs)
        assert found.kind == "no_account"
        assert "Strata Cloud Manager" in found.hint
        problem(account.graph("cost", SINCE))
    (asked,) = hosted.asked
    assert (asked.path, asked.headers["authorization"]) == ("/v1/models", f"Bearer {KEY}")
    assert "x-portkey-api-key" not in asked.headers


def test_another_host_that_knows_prices_gets_neither_the_key_nor_the_profiles_own_headers(
    hosted: HostedAccount, tmp_path: Path
) -> None:
    with HostedAccount("another") as prices:
        edition = AIRS._replace(prices=prices.url)
        own = (("x-firewall", Secret("of-the-company")),)
        with Account(Lookups(Place(hosted.url, Secret(KEY), edition, own), locations(tmp_path))) as account:
            known(account.price("anthropic", "claude-sonnet-5-5"))
    (asked,) = prices.asked
    assert KEY not in str(asked)
    assert "of-the-company" not in str(asked)
    assert hosted.asked == []


NO_ROUTE = (
    b'{"status":"failure","message":"Either x-portkey-config or x-portkey-provider header is required"}'
)
LIMITED = b'{"type": "error", "error": {"type": "rate_limit_error", "message": "x"}}'
STRANGERS = {
    "the open-source gateway": b"HTTP/1.1 400 Bad Request\r\ncontent-length: %d\r\n\r\n" % len(NO_ROUTE)
    + NO_ROUTE,
    "another gateway": b'HTTP/1.1 200 OK\r\ncontent-length: 27\r\n\r\n{"data": [{"id": "gpt-x"}]}',
    "a limit of somebody else's": b"HTTP/1.1 429 Wait\r\ncontent-length: %d\r\n\r\n" % len(LIMITED) + LIMITED,
    "a web page": b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_gateway_of_ones_own_without_an_account_is_asked_for_nothing_but_models(
    tmp_path: Path, stranger: str
) -> None:
    """It sends what it does not know on to the provider."""
    with Raw(STRANGERS[stranger]) as gateway, client(gateway.url, tmp_path, SELF_HOSTED) as account:
        offer = account.offer()
        problem(offer.providers)
        problem(offer.configs)
        problem(account.create_config("n", {}))
    assert {data.split()[1] for data in gateway.received} == {b"/v1/models"}


def test_a_gateway_of_ones_own_that_portkey_manages_has_an_account(
    hosted: HostedAccount, tmp_path: Path
) -> None:
    with client(hosted.url, tmp_path, SELF_HOSTED) as account:
        known(account.providers())
        hosted.lacks = {"models.list"}
        known(account.configs())
    with client(hosted.url, tmp_path / "other", SELF_HOSTED) as account:
        known(account.configs())  # its refusal to list models is Portkey's own


def test_a_gateway_of_ones_own_is_asked_for_its_models_once(hosted: HostedAccount, tmp_path: Path) -> None:
    with client(hosted.url, tmp_path, SELF_HOSTED) as account:
        account.offer()
    assert [asked.path for asked in hosted.asked].count("/v1/models") == 1


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://gateway.example",
            "ftp://gateway.example",
            "gateway.example",
            "",
            "https://[",
            "http://::1",
        ),
        *("https://u:p@gateway.example", "https://gateway.example/?a=", "https://gateway.example#"),
    ],
)
def test_no_key_goes_unencrypted_over_a_network_or_to_a_url_with_more_in_it(url: str) -> None:
    with pytest.raises(UsageError):
        place_at(url, Secret(KEY))


def test_a_place_is_the_profiles_own_gateway() -> None:
    for gateway in ("https://api.portkey.ai", "https://api.portkey.ai/v1", "https://api.portkey.ai/v1/"):
        assert place_at(gateway, Secret(KEY)).root == "https://api.portkey.ai"
    assert place_at("http://localhost:8787", Secret(KEY)).edition is SELF_HOSTED
    assert place_at("http://gateway.example", Secret(KEY), plain_http=True).host == "gateway.example"
    assert KEY not in repr(place_at("https://api.portkey.ai", Secret(KEY)))


def test_proxies_certificates_and_the_profiles_own_headers_are_those_of_the_client(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with HostedAccount(KEY, authority.server_context()) as hosted, Proxy() as proxy:
        environ = {"HTTPS_PROXY": proxy.url, "NODE_EXTRA_CA_CERTS": str(authority.path)}
        place = Place(hosted.url, Secret(KEY), SELF_HOSTED, (("X-Firewall", Secret("a")),), environ)
        with Account(Lookups(place, locations(tmp_path))) as account:
            known(account.models())
        with Account(Lookups(place, locations(tmp_path), online=False)) as account:
            known(
                account.models()
            )  # a header's text that is no secret does not keep anything from being kept
        assert hosted.asked[0].headers["x-firewall"] == "a"
        assert [asked.method for asked in proxy.asked] == ["CONNECT"]
        with Account(Lookups(place._replace(environ={}), locations(tmp_path / "other"))) as account:
            assert "certificate" in problem(account.models()).title
        with Account(
            Lookups(place._replace(environ={"HTTPS_PROXY": "socks5://x:y@h"}), locations(tmp_path / "o"))
        ) as account:
            found = problem(account.models())
            assert "only http and https" in found.title
            assert "x:y" not in found.title


def test_three_lists_are_asked_for_at_once(hosted: HostedAccount, tmp_path: Path) -> None:
    """One after the other, a slow account would keep the page of a new profile waiting thrice as long."""
    hosted.together = Barrier(3)
    with client(hosted.url, tmp_path) as account:
        for found in account.offer():
            known(found)
