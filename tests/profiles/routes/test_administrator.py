"""When an administrator's settings are a profile's very own route: else `exec` would go past them."""

from __future__ import annotations

import pytest

from profiles.profile.rendering import Rendered
from profiles.routes.managed.administrator import held, holder_of
from profiles.routes.sources import Source

URL = "https://gw.example"
WORK = Rendered("work", "messages", {"ANTHROPIC_BASE_URL": URL}, [["x-portkey-provider", "@a"]], True, "k")
BASE = {"env.ANTHROPIC_BASE_URL": URL}
LINE = {"header.x-portkey-provider": "@a"}
HELPER = {"apiKeyHelper": "/usr/bin/pkcc-tray key print work"}
BLANK = {
    "env.ANTHROPIC_AUTH_TOKEN": "",
    "env.CLAUDE_CODE_USE_VERTEX": "",
    "env.ANTHROPIC_VERTEX_BASE_URL": "",
}


def managed(values: dict[str, str], path: str = "m") -> Source:
    return Source("managed", path, values, headers_set=any(slot.startswith("header.") for slot in values))


@pytest.mark.parametrize(
    "values",
    [
        BASE,
        BASE | LINE,
        BASE | HELPER,
        BASE | LINE | HELPER | BLANK,
        BASE | LINE | {"env.ANTHROPIC_MODEL": "m"},
    ],
)
def test_the_profile_s_own_route_is_held(values: dict[str, str]) -> None:
    assert holder_of([managed(values), Source("user", "u", {}, headers_set=False)], WORK) == "m"


@pytest.mark.parametrize(
    "values",
    [
        {},
        LINE | HELPER,
        BASE | {"env.ANTHROPIC_BASE_URL": "https://gw.other.example"},
        BASE | {"header.x-portkey-provider": "@b"},
        BASE | {"header.x-team": "a"},  # one string: the provider is gone
        BASE | LINE | {"header.x-team": "a"},  # which `exec` would leave out
        BASE | LINE | {"header.x-portkey-custom-host": "https://other.example"},
        BASE | LINE | {"apiKeyHelper": "/usr/bin/pkcc-tray key print other"},
        BASE | LINE | {"apiKeyHelper": "/opt/key"},
        BASE | LINE | {"apiKeyHelper": ""},
        BASE | LINE | {"env.ANTHROPIC_AUTH_TOKEN": "shared"},
        BASE | LINE | {"env.CLAUDE_CODE_USE_VERTEX": "1"},
        BASE | LINE | {"env.CLAUDE_CODE_USE_GATEWAY": "1"},
    ],
)
def test_anything_else_is_another_route(values: dict[str, str]) -> None:
    assert holder_of([managed(values)], WORK) == ""


def test_of_several_files_the_first_decides_and_lines_are_one_string() -> None:
    files = [managed({"header.x-team": "a"}, "first"), managed(BASE | LINE, "second")]
    assert holder_of(files, WORK) == ""
    assert holder_of(files[::-1], WORK) == "second"


def test_no_profile_is_asked_for_where_nobody_decides() -> None:
    """It would cost a reading of all profiles at each `status`."""
    assert held([Source("user", "u", BASE, headers_set=False)], pytest.fail) is None
