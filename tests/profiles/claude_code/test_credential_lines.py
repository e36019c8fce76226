"""Header lines with a credential: if these fail, one gateway gets the key of another, or it is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from faults.world import HOME, KEY, WORK, World

from profiles.claude_code.credential_lines import address_in_force, carries_credential, normal_address
from profiles.claude_code.header_lines import split_lines

CREDENTIAL = "CANARYlogin0815"
MINE = "https://mine.example"
LINE = f"Authorization: Bearer {CREDENTIAL}"


def original(*lines: str, base_url: str | None = MINE, ends: str = "\\n") -> bytes:
    """Settings with those header lines, in a spelling of their own."""
    address = f'"ANTHROPIC_BASE_URL":"{base_url}", ' if base_url else ""
    text = ends.join(line.replace('"', '\\"') for line in lines)
    return f'{{"env": {{ {address}"FOO":1,\n\t"ANTHROPIC_CUSTOM_HEADERS": "{text}"}}\n}}'.encode()


def furnished(root: Path, data: bytes) -> World:
    world = World(root).furnish(data)
    world.add({**HOME, "name": "mine", "gateway": MINE})
    world.add(
        {**HOME, "name": "also", "gateway": f"{MINE}/", "route": {"kind": "provider", "provider": "@b"}}
    )
    world.add({**WORK, "name": "vertex", "gateway": f"{MINE}/v1", "key_delivery": "helper"})
    return world


def lines_of(data: bytes | None) -> list[str]:
    text: str = json.loads(data or b"{}").get("env", {}).get("ANTHROPIC_CUSTOM_HEADERS", "")
    return [line for line in text.split("\n") if line and not line.startswith("x-portkey-")]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return furnished(tmp_path, original("X-Corp: 1", LINE, "X-B: 2"))


def test_another_gateway_does_not_get_it_and_off_puts_it_back_in_its_place(world: World) -> None:
    before = world.bytes()
    outcome = world.switch("home")
    assert CREDENTIAL not in (world.bytes() or b"").decode()
    assert lines_of(world.bytes()) == ["X-Corp: 1", "X-B: 2"]
    assert outcome.lines_out == [["Authorization", MINE]]
    assert world.in_clear() == []
    outcome = world.switcher().off()
    assert world.bytes() == before
    assert outcome.lines_back == [["Authorization", MINE]]
    assert world.kept() or not world.orphans()


@pytest.mark.parametrize(
    "line",
    [
        f"Proxy-Authorization: Basic {CREDENTIAL}",
        f"x-api-key: {CREDENTIAL}",
        f"API-Key: {CREDENTIAL}",
        f"x-litellm-api-key: Bearer {CREDENTIAL}",
        f"Ocp-Apim-Subscription-Key: {CREDENTIAL}",
        f"x-goog-api-key: {CREDENTIAL}",
        f"Cookie: session={CREDENTIAL}",
        f"X-License-Key: {CREDENTIAL}",
        f"X-Whatever: bearer {CREDENTIAL}",
        f"X-Other: sk-{CREDENTIAL}",
        f"\\u0041uthorization: Bearer {CREDENTIAL}",
        f"Authorization\\u003a Bearer {CREDENTIAL}",
        f"Authorization:Bearer \\u00e9{CREDENTIAL}",
    ],
)
@pytest.mark.parametrize("ends", ["\\n", "\\u000a", "\\r\\n"])
def test_whatever_carries_a_credential(tmp_path: Path, line: str, ends: str) -> None:
    world = furnished(tmp_path, before := original("X-Corp: 1", line, "X-B: 2", ends=ends))
    world.switch("home")
    assert CREDENTIAL not in (world.bytes() or b"").decode()
    assert world.in_clear() == []
    world.switch("work")
    world.switcher().off()
    assert world.bytes() == before


@pytest.mark.parametrize(
    "line", ["X-Corp: 1", "X-Tenant: 6f9619ff-8b86-d011-b42d-00c04fc964ff", "X-Empty-Token:"]
)
def test_other_lines_stay(tmp_path: Path, line: str) -> None:
    world = furnished(tmp_path, original(line))
    world.switch("home")
    assert lines_of(world.bytes()) == [line]


def test_profiles_of_its_own_gateway_keep_it_in_every_api_format(world: World) -> None:
    for name in ("mine", "also", "vertex", "mine"):
        assert world.switch(name).lines_out == []
        assert lines_of(world.bytes()) == ["X-Corp: 1", LINE, "X-B: 2"], name


def test_it_comes_back_with_its_gateway(world: World) -> None:
    """Else who goes to another gateway and back again would have lost their login there."""
    before = world.bytes()
    world.switch("mine")
    there = world.bytes()
    world.switch("home")
    outcome = world.switch("mine")
    world.later()
    assert world.bytes() == there
    assert outcome.lines_back == [["Authorization", MINE]]
    world.switcher().off()
    assert world.bytes() == before
    assert world.in_clear() == []


def test_without_an_address_in_the_file_it_is_anthropics(tmp_path: Path) -> None:
    world = furnished(tmp_path, before := original(LINE, base_url=None))
    assert world.switch("home").lines_out == [["Authorization", "https://api.anthropic.com"]]
    world.switcher().off()
    assert world.bytes() == before


def test_the_shells_address_counts_where_the_file_names_none(tmp_path: Path) -> None:
    world = furnished(tmp_path, original(LINE, base_url=None))
    world.environ["ANTHROPIC_BASE_URL"] = f"{MINE}/"
    assert world.switch("mine").lines_out == []
    assert world.switch("home").lines_out == [["Authorization", MINE]]


def test_a_line_written_under_a_profile_is_that_gateways(world: World) -> None:
    world.switch("home")
    text = (world.bytes() or b"").decode()
    world.settings.write_text(text.replace("X-B: 2", f"X-B: 2\\nx-api-key: pk-{CREDENTIAL}new"))
    assert world.switch("mine").lines_out == [["x-api-key", "https://api.portkey.ai"]]
    assert lines_of(world.bytes()) == ["X-Corp: 1", LINE, "X-B: 2"]
    world.switch("home")
    assert lines_of(world.bytes()) == ["X-Corp: 1", "X-B: 2", f"x-api-key: pk-{CREDENTIAL}new"]
    world.switcher().off()
    assert lines_of(world.bytes()) == ["X-Corp: 1", LINE, "X-B: 2", f"x-api-key: pk-{CREDENTIAL}new"]
    assert world.in_clear() == []


def test_an_address_that_somebody_else_wrote_does_not_get_to_keep_it(world: World) -> None:
    """Restored, the line is the user's still, though the file named a stranger meanwhile."""
    world.switch("mine")
    good = world.bytes() or b""
    world.settings.write_bytes(good.replace(MINE.encode(), b"https://evil.example"))
    assert world.switcher().restore().lines_out == []
    assert world.bytes() == good


def test_a_strangers_line_goes_with_the_strangers_address(world: World) -> None:
    world.switch("mine")
    text = (world.bytes() or b"").decode()
    text = text.replace(MINE, "https://evil.example").replace("X-B: 2", "X-B: 2\\nCookie: theirs")
    world.settings.write_text(text)
    assert world.switcher().restore().lines_out == [["Cookie", "https://evil.example"]]
    assert lines_of(world.bytes()) == ["X-Corp: 1", LINE, "X-B: 2"]


def test_written_again_by_hand_it_is_not_doubled(world: World) -> None:
    world.switch("home")
    text = (world.bytes() or b"").decode()
    world.settings.write_text(text.replace("X-B: 2", f"X-B: 2\\n{LINE}"))
    world.switcher().off()
    assert lines_of(world.bytes()) == ["X-Corp: 1", "X-B: 2", LINE]


def test_undo_takes_it_out_and_puts_it_back(world: World) -> None:
    seen = [world.bytes()]
    for name in ("mine", "home", "mine"):
        world.switch(name)
        world.later()
        seen.append(world.bytes())
    for earlier in reversed(seen[:-1]):
        world.switcher().undo()
        world.later()
        assert world.bytes() == earlier
    assert world.in_clear() == []
    assert world.kept() == []


@pytest.mark.parametrize("line", [f"Authorization: Bearer {KEY}", f"x-api-key: {KEY}"])
def test_a_line_with_the_profiles_own_key_makes_way_for_the_profile(tmp_path: Path, line: str) -> None:
    """After an import of such settings it would go on with the old key when that is rotated."""
    world = furnished(tmp_path, before := original(line, base_url="https://api.portkey.ai"))
    assert world.switch("home").lines_out == [[line.partition(":")[0], ""]]
    assert KEY.encode() not in (world.bytes() or b"")
    world.add({**HOME, "name": "other", "route": {"kind": "provider", "provider": "@other"}})
    assert world.switch("other").lines_back == []
    world.switcher().off()
    assert world.bytes() == before


def test_a_profiles_own_line_stays_its_own(world: World) -> None:
    world.secrets.put("lite", world.secrets.resolve("keyring:work"))
    world.add({**HOME, "name": "own", "extra_headers": {"x-litellm-api-key": "keyring:lite"}})
    world.switch("own")
    assert any(line.startswith("x-litellm-api-key: ") for line in lines_of(world.bytes()))
    world.switch("mine")
    assert not any(line.startswith("x-litellm-api-key: ") for line in lines_of(world.bytes()))


def test_a_dry_run_says_it_and_writes_nothing(world: World) -> None:
    before = world.bytes()
    outcome = world.switcher().switch("home", dry_run=True)
    assert outcome.lines_out == [["Authorization", MINE]]
    assert (world.bytes(), world.kept()) == (before, [])


def test_what_stays_is_not_kept_in_the_keyring(world: World) -> None:
    """A secret there that nothing names would stay for ever."""
    world.switch("mine")
    assert world.orphans() == []
    world.switch("home")
    assert world.orphans() == []


# Projects --------------------------------------------------------------------------------------------------


def project_lines(directory: Path) -> list[str]:
    return lines_of((directory / ".claude" / "settings.local.json").read_bytes())


def test_a_project_that_follows_carries_it_only_to_its_gateway(world: World) -> None:
    world.switch("mine")
    directory = world.register("repo", metadata={"a": "b"})
    assert project_lines(directory) == ["X-Corp: 1", LINE, "X-B: 2"]
    world.switch("home")
    assert project_lines(directory) == ["X-Corp: 1", "X-B: 2"]
    world.switch("mine")
    assert project_lines(directory) == ["X-Corp: 1", LINE, "X-B: 2"]


def test_a_project_pinned_to_another_gateway_does_not_carry_it(world: World) -> None:
    """Its header string hides the user's, whose lines it repeats: to its own gateway."""
    world.switch("mine")
    directory = world.register("repo", profile="home")
    assert project_lines(directory) == ["X-Corp: 1", "X-B: 2"]
    other = world.register("other", profile="vertex")
    assert project_lines(other) == ["X-Corp: 1", LINE, "X-B: 2"]


def test_a_projects_own_line_belongs_to_where_it_went_before(world: World) -> None:
    world.switch("mine")
    directory = world.root / "repo"
    (directory / ".claude").mkdir(parents=True)
    own = {"env": {"ANTHROPIC_CUSTOM_HEADERS": f"Cookie: {CREDENTIAL}"}}
    (directory / ".claude" / "settings.local.json").write_text(json.dumps(own))
    before = (directory / ".claude" / "settings.local.json").read_bytes()
    world.register("repo", metadata={"a": "b"})
    assert f"Cookie: {CREDENTIAL}" in project_lines(directory)
    (found,) = world.switch("home").projects
    assert f"Cookie: {CREDENTIAL}" not in project_lines(directory)
    assert found.lines_out == [["Cookie", MINE]]
    world.switcher().off()
    assert (directory / ".claude" / "settings.local.json").read_bytes() == before


def test_a_teams_line_goes_to_the_address_that_its_file_names_and_to_no_other(world: World) -> None:
    """The team's file leads elsewhere; the project's own, which beats it, leads to the profile's gateway."""
    directory = world.root / "repo"
    (directory / ".claude").mkdir(parents=True)
    env = {"ANTHROPIC_BASE_URL": "https://team.example", "ANTHROPIC_CUSTOM_HEADERS": f"X-Team: 1\n{LINE}team"}
    (directory / ".claude" / "settings.json").write_text(json.dumps({"env": env}))
    world.switch("mine")
    world.register("repo", metadata={"a": "b"})
    assert project_lines(directory) == ["X-Team: 1"]
    env.pop("ANTHROPIC_BASE_URL")
    (directory / ".claude" / "settings.json").write_text(json.dumps({"env": env}))
    world.switcher().write_projects()
    assert project_lines(directory) == ["X-Team: 1", f"{LINE}team"]


# The rules -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Gw.example", "https://gw.example/v1/"),
        ("https://gw.example:443/v1", "https://gw.example"),
        ("http://gw.example:80/a", "HTTP://gw.example/a/"),
    ],
)
def test_one_gateway_has_one_address_however_it_is_spelled(one: str, other: str) -> None:
    assert normal_address(one) == normal_address(other)


def test_another_port_path_or_scheme_is_another_gateway() -> None:
    urls = ["https://gw.example", "http://gw.example", "https://gw.example:8443", "https://gw.example/a"]
    assert len({normal_address(url) for url in urls}) == len(urls)


def test_the_provider_that_is_switched_on_decides() -> None:
    values: dict[str, Any] = {"ANTHROPIC_BASE_URL": "https://a", "CLAUDE_CODE_USE_FOUNDRY": "1"}
    assert address_in_force(values.get) == "https://services.ai.azure.com"
    assert (
        address_in_force({**values, "ANTHROPIC_FOUNDRY_RESOURCE": "x"}.get)
        == "https://x.services.ai.azure.com"
    )
    assert address_in_force({**values, "CLAUDE_CODE_USE_FOUNDRY": "0"}.get) == "https://a"


def test_an_empty_value_is_no_credential() -> None:
    assert not carries_credential(split_lines('"Authorization:"')[0])
