"""Which edition of Portkey a base URL leads to: whose console a user is sent to."""

from __future__ import annotations

import pytest

from profiles.portkey.editions import AIRS, EDITIONS, PORTKEY, SELF_HOSTED, edition_of, gateway_named


@pytest.mark.parametrize(
    ("url", "edition"),
    [
        ("https://api.portkey.ai", PORTKEY),
        ("https://api.portkey.ai/v1", PORTKEY),
        ("https://eu.api.portkey.ai", PORTKEY),
        ("https://AIGW.portkey.ai/v1", AIRS),
        ("https://mcp-aigw.portkey.ai", AIRS),
        ("https://aigw.portkey.ai.evil.example", SELF_HOSTED),
        ("https://evil.example/aigw.portkey.ai", SELF_HOSTED),
        ("http://127.0.0.1:8787", SELF_HOSTED),
        ("https://[bad", SELF_HOSTED),
        ("", SELF_HOSTED),
    ],
)
def test_the_host_tells_the_edition_and_nothing_else_does(url: str, edition: object) -> None:
    assert edition_of(url) is edition


def test_each_hosted_edition_is_known_by_its_own_address_and_name() -> None:
    for edition in (PORTKEY, AIRS):
        assert edition_of(edition.gateway) is edition
        assert gateway_named(f" {edition.name.upper()} ") == edition.gateway
    assert gateway_named("self-hosted") == gateway_named("nonsense") == ""
    assert len({edition.name for edition in EDITIONS}) == len(EDITIONS)
