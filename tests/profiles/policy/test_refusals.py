"""If these fail, what an administrator forbids is done all the same, or nobody says who forbids it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from profiles.base.errors import ForbiddenError
from profiles.policy import refusals
from profiles.policy.in_force import policy_in_force
from profiles.policy.values import NOTHING_FORCED, ManagedBy, Policy

ACME = ManagedBy("Acme IT", "", "https://it.acme.example/ai")


def refused(check: Callable[[], None]) -> tuple[str, str]:
    with pytest.raises(ForbiddenError) as caught:
        check()
    assert caught.value.exit_code == 4
    return caught.value.title, caught.value.hint


def test_without_a_policy_everything_is_allowed() -> None:
    policy = policy_in_force()
    assert policy == NOTHING_FORCED
    refusals.check_changes(policy)
    refusals.check_host(policy, "http://anywhere.example")
    refusals.check_profile(policy, "work")
    refusals.check_off(policy)
    refusals.check_delivery(policy, "settings")
    refusals.check_key_reference(policy, "env:A")
    refusals.check_metadata(policy, {})
    for what in refusals.SWITCHES:
        refusals.check_allowed(policy, what)


@pytest.mark.parametrize(
    ("allowed", "url", "fits"),
    [
        ("api.portkey.ai", "https://api.portkey.ai/v1", True),
        ("api.portkey.ai", "https://API.portkey.ai:8443", True),
        ("api.portkey.ai", "https://api.portkey.ai.evil.example", False),
        ("api.portkey.ai", "https://evil.example/api.portkey.ai", False),
        ("api.portkey.ai", "https://api.portkey.ai@evil.example", False),
        ("*.acme.example", "https://gw.acme.example", True),
        ("*.acme.example", "https://a.b.acme.example", True),
        ("*.acme.example", "https://acme.example", False),
        ("*.acme.example", "https://evilacme.example", False),
        ("localhost:8787", "http://localhost:8787", True),
        ("localhost:8787", "http://localhost:8788", False),
        ("gw.example:443", "https://gw.example", True),
        ("[::1]", "http://[::1]:8787", True),
        ("[::1]:8787", "http://[::1]:8787/v1", True),
        ("api.portkey.ai", "no address", False),
    ],
)
def test_a_gateway_is_judged_by_its_host(allowed: str, url: str, fits: bool) -> None:
    policy = Policy(ACME, allowed_gateway_hosts=(allowed,))
    if fits:
        refusals.check_host(policy, url)
    else:
        assert refused(lambda: refusals.check_host(policy, url)) == (
            f"Acme IT allows no gateway but {allowed}",
            "`pkcc-tray policy show` says where that stands. Contact: https://it.acme.example/ai",
        )


def test_an_empty_list_allows_nothing_and_a_long_one_is_cut() -> None:
    none = Policy(allowed_gateway_hosts=())
    assert refused(lambda: refusals.check_host(none, "https://a")) == (
        "Your administrator allows no gateway",
        "`pkcc-tray policy show` says where that stands.",
    )
    many = Policy(ACME, allowed_profiles=("a", "b", "c", "d", "e"))
    title, _ = refused(lambda: refusals.check_profile(many, "z"))
    assert title == "Acme IT allows no profile but a, b, c and 2 more"


def test_the_required_profile_is_the_only_one_and_off_is_no_way_round() -> None:
    policy = Policy(ACME, required_profile="acme/work")
    refusals.check_profile(policy, "acme/work")
    for check in (lambda: refusals.check_profile(policy, "mine"), lambda: refusals.check_off(policy)):
        assert refused(check)[0] == "Acme IT requires the profile acme/work"
    unreadable = Policy(ACME, required_profile="")
    assert refused(lambda: refusals.check_profile(unreadable, "work"))[0] == (
        "Acme IT requires a profile that cannot be read"
    )


def test_a_broken_policy_refuses_changes_and_leaves_the_way_off_open() -> None:
    policy = Policy(
        ACME, required_profile="work", broken="/etc/pkcc-tray/policy.json is not valid JSON, line 4"
    )
    assert refused(lambda: refusals.check_changes(policy)) == (
        "/etc/pkcc-tray/policy.json is not valid JSON, line 4",
        "Changes are refused until your administrator fixes it; sessions go on.",
    )
    refusals.check_off(policy)


def test_patterns_of_profiles() -> None:
    policy = Policy(ACME, allowed_profiles=("acme/*", "work"))
    for name in ("acme/a", "work"):
        refusals.check_profile(policy, name)
    for name in ("acmes/a", "Work", "workshop"):
        refused(lambda name=name: refusals.check_profile(policy, name))


def test_a_key_is_judged_by_its_scheme_and_never_shown() -> None:
    policy = Policy(ACME, allowed_key_schemes=("keyring", "vault-kv"))
    refusals.check_key_reference(policy, "keyring:work")
    refusals.check_key_reference(policy, "vault-kv://secret/a#b")
    for reference in ("env:A", "sk-pasted-by-mistake", "keyrings:a"):
        title, hint = refused(lambda reference=reference: refusals.check_key_reference(policy, reference))
        assert title == "Acme IT allows no place for keys but keyring, vault-kv"
        assert "sk-" not in title + hint


def test_required_metadata_is_asked_for_with_the_command_that_gives_it() -> None:
    policy = Policy(ACME, required_metadata=("unit", "repo"), forced_metadata={"unit": "a"})
    refusals.check_metadata(policy, {"repo": "x"})
    assert refused(lambda: refusals.check_metadata(policy, {"repo": ""})) == (
        "Acme IT requires the metadata key 'repo' in this directory",
        "`pkcc-tray project add --metadata repo=NAME` gives it.",
    )


def test_the_delivery_and_what_is_switched_off() -> None:
    policy = Policy(ACME, key_delivery="helper", allow_import=False)
    refusals.check_delivery(policy, "helper")
    assert refused(lambda: refusals.check_delivery(policy, "settings"))[0] == (
        "Acme IT allows no key delivery but helper"
    )
    assert refused(lambda: refusals.check_allowed(policy, "allow_import"))[0] == (
        "Acme IT does not allow importing profiles"
    )
