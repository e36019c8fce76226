"""What a switch remembers of proxies and certificates in the settings file."""

from __future__ import annotations

import json

import pytest

from profiles.claude_code.settings.parse import parse_settings
from profiles.switching.reading.surroundings import is_as_remembered, remembered, surroundings_in

SALT = "00" * 16


def _remembered(env: dict[str, object], **top: object) -> dict[str, str]:
    return remembered(parse_settings(json.dumps({"env": env, **top}).encode(), "settings.json"), SALT)


def test_what_stood_there_at_the_switch_is_known_again() -> None:
    """A company's proxy in the user's own file would be taken for a stranger's."""
    known = _remembered(
        {"HTTPS_PROXY": "http://proxy.corp:3128", "NODE_EXTRA_CA_CERTS": "/etc/ca.pem", "X": 1}
    )
    assert known == {"HTTPS_PROXY": "http://proxy.corp:3128", "NODE_EXTRA_CA_CERTS": "/etc/ca.pem"}
    assert is_as_remembered("HTTPS_PROXY", "http://proxy.corp:3128", known, SALT)
    assert not is_as_remembered("HTTPS_PROXY", "http://stranger:3128", known, SALT)
    assert not is_as_remembered("ALL_PROXY", "http://proxy.corp:3128", known, SALT)


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTPS_PROXY", "http://ann:s3cret@proxy:3128"), ("proxyAuthHelper", "/bin/token --pass s3cret")],
)
def test_a_proxy_s_login_is_remembered_as_a_hash(name: str, value: str) -> None:
    """A password of the user's would lie in our state in clear text."""
    known = _remembered({}, **{name: value}) if name == "proxyAuthHelper" else _remembered({name: value})
    assert "s3cret" not in json.dumps(known)
    assert is_as_remembered(name, value, known, SALT)
    assert not is_as_remembered(name, value + "x", known, SALT)


def test_a_blank_is_told_apart_from_nothing() -> None:
    """A blank in the settings beats the shell's proxy."""
    settings = parse_settings(b'{"env": {"HTTPS_PROXY": ""}}', "settings.json")
    assert surroundings_in(settings) == {"HTTPS_PROXY": ""}


def test_a_state_of_before_knows_nothing_amiss() -> None:
    """An upgrade would refuse keys behind a proxy that was always there."""
    assert is_as_remembered("HTTPS_PROXY", "http://proxy", None, SALT)
