"""If these fail, a published file can bring a secret or a command onto a machine."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from profiles.catalogs.format.model import MOST_BYTES, CatalogError
from profiles.catalogs.format.parse import parse
from profiles.catalogs.format.patterns import check_pattern, fits, in_words
from profiles.catalogs.format.texts import check_remote, check_suggestion
from profiles.portkey.addresses import host_of
from tests.support.catalogs import ACME, SAFE, WORK, acme, data_of


def profile(**changed: object) -> dict[str, Any]:
    return acme(profiles=[WORK, {**SAFE, **changed}])


def with_key(text: str) -> dict[str, Any]:
    return profile(key={"suggest": text})


def test_a_catalog_says_what_its_publisher_wrote() -> None:
    catalog = parse(data_of(acme(**{"x-owner": "team ai"})))
    work, safe = catalog.profiles
    assert (catalog.name, catalog.serial, catalog.default) == ("acme", 43, "work")
    assert work.suggest == "vault-kv://secret/portkey/{user}#api_key"
    assert work.host == "api.portkey.ai"
    assert safe.fields["route"]["inline"] == ACME["configs"]["safe"]
    assert "key" not in work.fields


def test_the_example_of_the_documents_is_a_catalog() -> None:
    text = (Path(__file__).parents[3] / "docs" / "catalogs.md").read_text("utf-8")
    found = re.findall(r"```json\n(\{.*?)```", text, re.DOTALL)
    assert [parse(example.encode()).name for example in found] == ["acme"]


NEVER = {
    "a gateway's key": (profile(label="sk-ant-api03-aaaaaaaaaaaaaaaaaaaaaaaa"), "profiles[1].label"),
    "a key in metadata": (profile(metadata={"team": "pk-AbC123dEf456GhI789jKl"}), "profiles[1].metadata"),
    "a key of its own": (profile(api_key="keyring:mine"), "profiles[1].api_key"),
    "a command": (with_key('cmd:["sh","-c","id"]'), "profiles[1].key.suggest must not name cmd"),
    "a variable": (with_key("env:AWS_SECRET_ACCESS_KEY"), "profiles[1].key.suggest must not name env"),
    "a file": (with_key("file:/etc/shadow"), "profiles[1].key.suggest must not name file"),
    "another key of mine": (with_key("keyring:private"), "profiles[1].key.suggest must not name keyring"),
    "my vault token sent away": (
        with_key("vault-kv://s/p?address=https://evil.example#k"),
        "profiles[1].key.suggest",
    ),
    "an option": (with_key("vault-kv://-address=https://evil.example/p#k"), "profiles[1].key.suggest"),
    "a file by AWS": (with_key("aws-secret://file:///etc/hostname"), "profiles[1].key.suggest"),
    "up a directory": (with_key("pass-store:../../other"), "profiles[1].key.suggest"),
    "a lock on nothing": (profile(locked=["models.opos"]), "profiles[1].locked"),
    "an unknown input": (with_key("pass-store:portkey/{me}"), "profiles[1].key.suggest names the input 'me'"),
    "a config's file": (profile(route={"kind": "config", "path": "/etc/passwd"}), "profiles[1].route.path"),
    "plain http": (profile(allow_plain_http=True), "profiles[1].allow_plain_http"),
    "trust": (profile(trusted=["url:https://evil.example"]), "profiles[1].trusted"),
    "code that loads": (
        profile(extra_env={"NODE_OPTIONS": "-r /x.js"}),
        "profiles[1].extra_env.NODE_OPTIONS makes",
    ),
    "another proxy": (profile(extra_env={"HTTPS_PROXY": "http://evil"}), "profiles[1].extra_env.HTTPS_PROXY"),
    "authorization": (profile(extra_headers={"Authorization": "op://a/b/c"}), "profiles[1].extra_headers"),
    "x-api-key": (profile(extra_headers={"x-api-key": "op://a/b/c"}), "profiles[1].extra_headers"),
    "Portkey's key": (
        profile(extra_headers={"x-portkey-api-key": "op://a/b/c"}),
        "profiles[1].extra_headers",
    ),
    "a second secret": (
        profile(extra_headers={"x-service-token": "op://a/b/c"}),
        "profiles[1].extra_headers",
    ),
    "the key sent on": (
        profile(extra_headers={"x-portkey-custom-host": "https://evil.example"}),
        "profiles[1].extra_headers.x-portkey-custom-host may have the gateway send the key on",
    ),
    "another site": (profile(extra_headers={"Host": "evil.example"}), "profiles[1].extra_headers Host has"),
    "a config in a header": (profile(extra_headers={"X-Portkey-Config": "{}"}), "profiles[1]"),
    "the key sent on by a config": (
        acme(configs={"safe": {"targets": [{"provider": "@a", "custom_host": "https://evil.example/v1"}]}}),
        "profiles[1].route.inline.targets[0].custom_host sends requests on",
    ),
    "the key sent on by an address that another reader takes for one elsewhere": (
        acme(
            configs={
                "safe": {"targets": [{"provider": "@a", "custom_host": "https://api.portkey.ai\\.evil"}]}
            }
        ),
        "profiles[1].route.inline.targets[0].custom_host must be a plain address",
    ),
    "the key sent on by one deep in it": (
        acme(
            configs={
                "safe": {
                    "strategy": {"mode": "fallback"},
                    "targets": [
                        {
                            "targets": [
                                {"provider": "@a", "custom_host": "https://evil.example/api.portkey.ai"}
                            ]
                        }
                    ],
                }
            }
        ),
        "custom_host sends requests on",
    ),
    "another host": (profile(gateway="https://evil.example"), "profiles[1].gateway"),
    "a name up the tree": (profile(name="../../x"), "profiles[1].name"),
    "a device's name": (profile(name="nul"), "profiles[1].name"),
    "one name in two cases": (profile(name="WORK"), "profiles[1].name is there twice"),
    "an include": (acme(extends="https://evil.example/c.json"), "has field 'extends'"),
    "a preference": (acme(preferences={"on_drift": "ignore"}), "has field 'preferences'"),
    "a rule for all": (acme(rules=[{"remote": "**", "profile": "work"}]), "rules[0].remote"),
    "a pattern without end": (
        acme(inputs={"user": {"ask": "?", "pattern": "(a+)+$"}}),
        "inputs.user.pattern",
    ),
    "a secret in a config": (
        acme(configs={"safe": {"provider": "openai", "api_key": "sk-aaaaaaaaaaaaaaaaaaaaaaaa"}}),
        "configs.safe",
    ),
    "a command in a config": (
        acme(configs={"safe": {"provider": "openai", "api_key": 'cmd:["id"]'}}),
        "configs.safe",
    ),
    "a reference in a config": (
        acme(configs={"safe": {"provider": "openai", "api_key": "op://a/b/c"}}),
        "profiles[1]",
    ),
    "a page that runs": (profile(key={"help": "javascript:alert(1)"}), "profiles[1].key.help"),
    "true for a number": (acme(serial=True), "serial must be a whole number"),
    "no serial": ({key: value for key, value in ACME.items() if key != "serial"}, "serial is missing"),
    "no profile": (acme(profiles=[]), "profiles is missing"),
    "a newer format": (acme(pkcc_catalog=2), "pkcc_catalog is 2"),
    "a default that is not there": (acme(default="gone"), "default names a profile"),
    "escape signs": (acme(title="a\x1b[2Jb"), "title has a control character"),
    "text turned round": (acme(title="a\u202eb"), "title has a control character"),
    "half a sign": (acme(title="\ud800"), "title has a control character"),
    "a sign in a name": (profile(metadata={"a\nb": "c"}), "has a control character"),
}


@pytest.mark.parametrize(("plain", "place"), NEVER.values(), ids=NEVER.keys())
def test_the_whole_file_is_refused_and_the_place_is_named(plain: dict[str, Any], place: str) -> None:
    with pytest.raises(CatalogError) as refused:
        parse(data_of(plain))
    assert place in refused.value.title
    assert "aaaaaaaa" not in refused.value.title  # no secret is repeated


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"name": 1, "name": 2}', "has 'name' twice"),
        ('{"a": {"b": [{"c": 1, "c": 1}]}}', "a.b[0] has 'c' twice"),
        ('{"a": NaN}', "a is NaN"),
        ('{"a": -Infinity}', "a is -Infinity"),
        ('{"a": 1e999}', "a is a number that is too long"),
        ('{"a": ' + "9" * 5000 + "}", "a is a number that is too long"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"a":' * 30 + "1" + "}" * 30, "is nested too deeply"),
        ('{"a": 1', "line 1, column 8:"),
        ("[]", "must be a JSON object"),
        ("{}", "is no catalog"),
        ("", "line 1"),
    ],
    ids=lambda value: value[:20],
)
def test_json_that_two_readers_take_differently_is_refused(text: str, problem: str) -> None:
    with pytest.raises(CatalogError, match=r"pkcc-catalog\.json") as refused:
        parse(text.encode())
    assert problem in refused.value.title


@pytest.mark.parametrize(
    "data", [b"\xff{}", json.dumps(ACME).encode("utf-16"), b" " * (MOST_BYTES + 1), b"\xef\xbb\xbf{}"]
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CatalogError):
        parse(data)


def test_a_file_of_a_hundred_thousand_names_is_refused_soon() -> None:
    text = "{" + ",".join(f'"{number}":1' for number in range(45_000)) + ',"x":1,"x":1}'
    started = time.process_time()
    with pytest.raises(CatalogError, match="twice"):
        parse(text.encode())
    assert time.process_time() - started < 5


def test_a_catalog_holds_a_thousand_profiles_and_no_more() -> None:
    many = acme(profiles=[{**WORK, "name": f"p{number}"} for number in range(1000)], default="p0")
    data = json.dumps(many, separators=(",", ":")).encode()
    assert len(data) < MOST_BYTES
    assert len(parse(data).profiles) == 1000
    many["profiles"].append({**SAFE, "name": "one"})
    with pytest.raises(CatalogError, match="more than 1,000"):
        parse(json.dumps(many, separators=(",", ":")).encode())


PLAIN = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.sampled_from([*ACME, *WORK, "x"]), below),
)


@given(PLAIN)
@example({**ACME, "profiles": 3})
@example({**ACME, "rules": [{"remote": 3}]})
@example({**ACME, "keys": ["RW"]})
@example({**ACME, "profiles": [{"name": "a", "key": 3}]})
@example({**ACME, "configs": {"safe": {"targets": [3]}}})
def test_no_json_brings_another_error(plain: object) -> None:
    for content in (plain, {**ACME, "profiles": plain}, {**ACME, "profiles": [plain]}):
        with suppress(CatalogError):
            parse(json.dumps(content).encode())


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("[a-z]{2,20}", "jane", "J"),
        (r"\d+", "12", "1a"),
        ("[A-Z][a-z]*-?[0-9_.]{3}", "Ab-1_.", "Ab-1_"),
        ("u[0-9]{6}", "u123456", "u12345"),
        (r"[a-z]+\.[a-z]+@acme\.example", "a.b@acme.example", "a.b@acmexexample"),
        ("", "Jane Doe", " x"),
    ],
)
def test_an_answer_fits_as_a_whole(pattern: str, good: str, bad: str) -> None:
    assert fits(pattern, good)
    assert not fits(pattern, bad)
    assert not fits(pattern, good + "\n")


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("[a-z]{2,20}", "2 to 20 of a-z"),
        (r"\d+-[A-Z]?", "1 or more of 0-9, then '-', then 0 to 1 of A-Z"),
        (r"\w*", "any number of 0-9 A-Z _ a-z"),
        ("[ab]{3}", "3 of ab"),
    ],
)
def test_what_an_answer_must_be_is_said_in_words(pattern: str, words: str) -> None:
    """A colleague who reads no patterns had to guess what `[a-z]{2,20}` wants."""
    assert in_words(pattern) == words


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "a|b", "^a$", ".*", "[a", "[]", "[^a]", "a{3", "a{2,1}", "a{999}", "\\"]
)
def test_a_pattern_beyond_the_grammar_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"must|has"):
        check_pattern(pattern)


def test_the_slowest_pattern_takes_no_time() -> None:
    started = time.process_time()
    assert not fits("[a-z]*" * 33, "a" * 127 + "!")
    assert time.process_time() - started < 1


def test_hosts_remotes_and_suggestions_in_their_usual_forms() -> None:
    assert host_of("https://GW.Acme.example:443/v1") == "gw.acme.example"
    assert host_of("http://127.0.0.1:8787") == "127.0.0.1:8787"
    for text in (
        "op://Dev/portkey/key",
        "aws-secret://prod/portkey?region=eu-west-1#key",
        "pass-store:ai/portkey",
    ):
        assert check_suggestion(text) == text
    for text in ("git.acme.example/**", "*.acme.example/ai/*"):
        assert check_remote(text) == text
    for text in ("git.acme.example", "/x", "**/a", "*/a", "git.*/a", "a/../b"):
        with pytest.raises(ValueError, match=r"must|wide"):
            check_remote(text)
