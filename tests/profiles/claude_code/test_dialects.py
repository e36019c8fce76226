"""If these fail, requests go out in a format that the gateway at that address does not speak."""

from __future__ import annotations

from typing import get_args

import pytest

from profiles.claude_code.dialects import DIALECTS, Name, dialect_in_force, dialect_meant
from profiles.claude_code.routing_names import BASE_URLS, SWITCH_OF

VERTEX, BEDROCK, FOUNDRY = (SWITCH_OF[name] for name in ("vertex", "bedrock", "foundry"))


def test_a_profile_can_name_each_dialect_and_no_other() -> None:
    """Else a dialect that the model takes has no base URL, and a switch to it ends in a traceback."""
    assert get_args(Name) == tuple(DIALECTS)
    assert {*DIALECTS} <= {*BASE_URLS}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ((), "messages"),
        ((VERTEX,), "vertex"),
        ((BEDROCK,), "bedrock"),
        ((VERTEX, BEDROCK), "bedrock"),
        ((FOUNDRY, VERTEX), "vertex"),
        ((FOUNDRY,), "messages"),
    ],
)
def test_of_several_switches_the_client_s_first_counts(on: tuple[str, ...], expected: str) -> None:
    assert dialect_in_force(dict.fromkeys(on, "1").get) == expected
    assert dialect_meant(dict.fromkeys(on, "1").get) == expected


def test_a_base_url_alone_tells_an_import_the_dialect_but_not_the_client() -> None:
    """Anyone who forgot the switch gets a profile that has it; `doctor` says what the client really does."""
    values = {BASE_URLS["vertex"]: "https://api.portkey.ai/v1"}
    assert (dialect_in_force(values.get), dialect_meant(values.get)) == ("messages", "vertex")
    assert dialect_meant((values | {BASE_URLS["messages"]: "https://api.portkey.ai"}).get) == "messages"


@pytest.mark.parametrize("url", ["https://g.example", "https://g.example/", "https://g.example/v1/"])
def test_the_right_url_of_a_gateway_does_not_depend_on_how_it_was_given(url: str) -> None:
    assert DIALECTS["messages"].right_url(url) == "https://g.example"
    assert DIALECTS["bedrock"].right_url(url) == "https://g.example/v1"
