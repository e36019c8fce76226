"""If these fail, a wrong profile gets through to the settings, or a refusal shows a secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.claude_code.owned_slots import MODEL_KEYS, MODEL_ROWS, OWNED_ENV, PROFILE_HEADERS, ROWS_OWNED
from profiles.profile.render import render
from profiles.profile.rendering import header_text
from profiles.profile.schema.model import Profile
from profiles.profile.schema.parse import FieldError, parse_profile

METADATA = json.loads((Path(__file__).parents[2] / "data/portkey/metadata.json").read_text(encoding="utf-8"))
BASE = {"name": "a", "route": {"kind": "provider", "provider": "@prod"}, "api_key": "keyring:a"}
SECRET = "pk-Zz9SECRET0123456789abcdef"
BAD = {
    "CR": "a\rb", "LF": "a\nx-evil: 1", "CRLF": "a\r\nb", "NUL": "a\0b", "DEL": "a\x7fb", "tab": "a\tb",
    "U+0085": "a\x85b", "U+2028": "a\u2028b", "U+2029": "a\u2029b", "surrogate": "a\ud800b", "end": "a\n",
}  # fmt: skip
NOT_ASCII = {
    "é": "caf\u00e9",
    "emoji": "a😀",
    "no-break space": "a\u00a0b",
    "fullwidth": "\uff41",
    "BOM": "\ufeffa",
}
SPACED = {"space before": " a", "space behind": "a ", "empty": ""}


def parsed(**fields: Any) -> Profile:
    return parse_profile(BASE | fields)


def refusal(**fields: Any) -> str:
    with pytest.raises(FieldError) as caught:
        parsed(**fields)
    text = caught.value.text()
    assert text.isprintable(), "an error is one line"
    assert "Value error" not in text
    assert "pydantic" not in text
    return text


def config(**fields: Any) -> dict[str, Any]:
    return {"route": {"kind": "config", **fields}}


HEADER_FIELDS = {
    "route.provider": lambda text: {"route": {"kind": "provider", "provider": text}},
    "route.virtual_key": lambda text: {
        "route": {"kind": "virtual_key", "provider": "p", "virtual_key": text}
    },
    "route.id": lambda text: config(id=text),
    "trace_id": lambda text: {"trace_id": text},
    "extra_headers": lambda text: {"extra_headers": {"X-A": text}},
    "extra_env": lambda text: {"extra_env": {"FOO": text}},
    "gateway": lambda text: {"gateway": "https://gw.corp/" + text + "/x"},
    "vertex.project_id": lambda text: {"vertex": {"project_id": text}},
    "vertex.region": lambda text: {"vertex": {"region": text}},
    **{
        f"models.{name}": lambda text, name=name: {"models": {name: text}}
        for name in ("default", "sonnet", "opus", "haiku", "fable", "small_fast", "subagent")
    },
}


@pytest.mark.parametrize("text", [*BAD.values(), *NOT_ASCII.values()], ids=[*BAD, *NOT_ASCII])
@pytest.mark.parametrize("field", HEADER_FIELDS)
def test_no_header_or_variable_can_be_smuggled_in_through_a_field(field: str, text: str) -> None:
    assert refusal(**HEADER_FIELDS[field](text)).startswith(field)


@pytest.mark.parametrize("text", SPACED.values(), ids=SPACED)
@pytest.mark.parametrize("field", [name for name in HEADER_FIELDS if name != "gateway"])
def test_a_value_that_would_change_on_its_way_is_refused(field: str, text: str) -> None:
    assert refusal(**HEADER_FIELDS[field](text)).startswith(field)


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_control_characters_are_refused_where_other_text_is_free(text: str) -> None:
    assert refusal(label=text).startswith("label")
    assert refusal(metadata={"k": text}).startswith("metadata")
    assert refusal(metadata={text: "v"}).startswith("metadata")
    assert refusal(extra_headers={text: "v"}).startswith("extra_headers")
    assert refusal(extra_env={text: "v"}).startswith("extra_env")
    assert refusal(**config(path="/c" + text)).startswith("route.path")
    assert refusal(name=text).startswith("name")
    assert refusal(api_key="keyring:" + text).startswith("api_key")


@pytest.mark.parametrize("name", ["", "X A", "X:A", "X-é", "X(A)"])
def test_a_headers_name_is_a_token(name: str) -> None:
    assert "header's name" in refusal(extra_headers={name: "v"})


@pytest.mark.parametrize("name", ["", "1A", "A B", "A=B", "A-B", "É"])
def test_a_variables_name_is_a_variables_name(name: str) -> None:
    assert "variable's name" in refusal(extra_env={name: "v"})


@settings(max_examples=400, deadline=None)
@given(st.text(st.characters(), max_size=12), st.sampled_from(sorted(HEADER_FIELDS)))
def test_whatever_is_accepted_is_one_line_of_the_header_string(text: str, field: str) -> None:
    try:
        profile = parsed(**HEADER_FIELDS[field](text))
    except FieldError:
        return
    rendered = render(profile)
    lines = header_text(rendered, lambda _: "key").splitlines()
    assert len(lines) == len(rendered.headers)
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert all("\n" not in str(value) for value in rendered.env.values())


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3))
def test_metadata_arrives_as_it_was_written_in_one_ascii_line(metadata: dict[str, str]) -> None:
    try:
        profile = parsed(metadata=metadata)
    except FieldError:
        return
    values = dict(render(profile).headers)
    if metadata:
        assert values["x-portkey-metadata"].isascii()
        assert values["x-portkey-metadata"].isprintable()
        assert json.loads(values["x-portkey-metadata"]) == metadata


@pytest.mark.parametrize("metadata", METADATA, ids=lambda metadata: " ".join(metadata)[:40])
def test_documented_metadata_is_accepted(metadata: dict[str, str]) -> None:
    assert parsed(metadata=metadata).metadata == metadata


def test_a_metadata_value_of_128_characters_is_the_longest() -> None:
    assert parsed(metadata={"k": "é" * 128}).metadata
    text = refusal(metadata={"k": "x" * 129})
    assert "'k' is longer than 128 characters" in text
    assert "xxx" not in text
    assert refusal(metadata={"k": 1}) == "metadata.k: must be text in double quotes"
    assert refusal(metadata={"": "x"}).startswith("metadata")


# Secrets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"api_key": SECRET},
        {"api_key": f"keyring:{SECRET} "},
        {"api_key": f"cmd:{SECRET}"},
        {"api_key": f"env:{SECRET}"},
        {"api_key": f"file:{SECRET}"},
        {"api_key": f"op://{SECRET}"},
        {"api_key": [SECRET]},
        {"extra_headers": {"X-Corp-Token": SECRET}},
        {"extra_headers": {"Cookie": SECRET}},
        {"extra_headers": {"x-portkey-aws-secret-access-key": SECRET}},
        {"extra_headers": {"x-portkey-vertex-service-account-json": SECRET}},
        {"extra_headers": {"Authorization": SECRET}},
        {"extra_headers": {"X-A": SECRET + "\n"}},
        {"extra_env": {"MY_API_KEY": SECRET}},
        {"extra_env": {"AWS_SECRET_ACCESS_KEY": SECRET}},
        {"extra_env": {"DB_PASSWORD": SECRET}},
        {"extra_env": {"FOO": SECRET + "é"}},
        {"gateway": f"https://user:{SECRET}@gw.corp"},
        {"gateway": f"https://gw.corp/?key={SECRET}"},
        {"gateway": f"ftp://{SECRET}"},
        {"gateway": f"https://[{SECRET}"},
        {"trace_id": SECRET + "\r"},
        {"metadata": {"k": SECRET * 10}},
        {"dialect": SECRET},
        {"route": SECRET},
        {"route": {"kind": SECRET}},
        {"schema_version": SECRET},
        {"key_in": SECRET},
        {"name": "a", "label": SECRET + "\n"},
        config(id='{"api_key": "' + SECRET + '"}'),
        config(id=SECRET + "\n"),
        config(path=SECRET),
        config(inline={"provider": "openai", "api_key": SECRET}),
        config(inline={"provider": "openai", "api_key": f"env:{SECRET}"}),
        config(inline={"provider": SECRET + " "}),
        config(inline={"targets": [{"provider": "openai", "apiKey": SECRET}]}),
        config(inline=SECRET),
        config(inline={"provider": "@a", "retry": SECRET}),
    ],
    ids=lambda fields: json.dumps(fields).replace(SECRET, "…")[:60],
)
def test_a_refusal_never_shows_what_may_be_a_secret(fields: dict[str, Any]) -> None:
    text = refusal(**fields)
    assert SECRET not in text
    assert SECRET[3:12] not in text


def test_an_ordinary_name_is_no_secret() -> None:
    assert parsed(extra_headers={"X-Keyboard": "de"}, extra_env={"MAX_TOKENS_HINT": "5"})


@pytest.mark.parametrize("name", sorted(PROFILE_HEADERS))
def test_a_header_with_its_own_field_cannot_come_in_by_the_side_door(name: str) -> None:
    assert "field of its own" in refusal(extra_headers={name.title(): "env:X"})


@pytest.mark.parametrize("name", sorted({*OWNED_ENV} - ROWS_OWNED))
def test_a_variable_that_pkcc_tray_owns_cannot_come_in_by_the_side_door(name: str) -> None:
    assert "written by pkcc-tray" in refusal(extra_env={name: "env:X"})


def test_a_variable_that_has_a_field_since_version_2_is_that_field() -> None:
    """A profile of an older version would be broken by an update, or lose how its models are shown."""
    extra = {MODEL_KEYS["custom"]: "@a/x", "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "true", "MINE": "1"}
    extra |= {MODEL_ROWS["model_names"]["opus"]: "Opus of ours"}
    found = parsed(extra_env=extra, models={"opus": "@a/o"})
    assert found.extra_env == {"MINE": "1"}
    assert (found.models.custom, found.models.opus) == ("@a/x", "@a/o")
    assert found.model_names == {"opus": "Opus of ours"}
    assert found.model_discovery


# Bounds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a", "A9._-", "x" * 64, "9"])
def test_a_name_of_the_allowed_form_is_accepted(name: str) -> None:
    assert parsed(name=name).name == name


@pytest.mark.parametrize(
    "name", ["", "x" * 65, "-a", ".a", "a b", "a/b", "..", "ä", "a.", "con", "LPT1.x", 5]
)
def test_a_name_that_no_file_can_have_everywhere_is_refused(name: object) -> None:
    assert refusal(name=name).startswith("name")


@pytest.mark.parametrize(
    ("dialect", "url", "says"),
    [
        ("messages", "https://gw.corp/v1", "the right URL is https://gw.corp"),
        ("messages", "https://gw.corp/v1//", "the right URL is https://gw.corp"),
        ("vertex", "https://gw.corp", "the right URL is https://gw.corp/v1"),
        ("bedrock", "https://gw.corp/x/", "the right URL is https://gw.corp/x/v1"),
        ("messages", "http://gw.corp", "plain http"),
        ("messages", "http://127.0.0.1.evil.com", "plain http"),
        ("messages", "http://localhost.evil.com", "plain http"),
        ("messages", "http://user@localhost", "no user name"),
        ("messages", "https://gw.corp#", "fragment"),
        ("messages", "https://gw.corp?", "query"),
        ("messages", "gw.corp", "must be a URL"),
        ("messages", "https://", "must be a URL"),
        ("messages", "https://h:99999", "must be a URL"),
        ("messages", "https://h:x", "must be a URL"),
        ("messages", "https://[::1", "must be a URL"),
        ("messages", "https://a b", "must be a URL"),
        ("messages", "file:///etc/passwd", "must be a URL"),
        ("messages", "", "printable"),
        # Of what the guard reads otherwise than others may, it hands out no key: a profile that never works.
        ("messages", "https://api.portkey.ai\\.evil", "all programs read alike"),
        ("messages", "https://gw.corp//x", "all programs read alike"),
    ],
)
def test_a_wrong_gateway_is_refused_with_the_right_form(dialect: str, url: str, says: str) -> None:
    text = refusal(dialect=dialect, gateway=url, models={"default": "m"})
    assert text.startswith("gateway: ")
    assert says in text


@pytest.mark.parametrize(
    "url",
    ["https://gw.corp", "https://gw.corp/x/", "http://localhost:8787", "http://127.0.0.1", "http://[::1]:1"],
)
def test_a_self_hosted_gateway_is_allowed(url: str) -> None:
    assert parsed(gateway=url).base_url == url.rstrip("/")


def test_a_stored_profile_stays_whole_whatever_new_ones_may_not_have() -> None:
    """Its key may be in the settings, which work: an upgrade must not break it."""
    data = {**BASE, "gateway": "https://gw.corp//x"}
    assert parse_profile(data, stored=True).base_url == "https://gw.corp//x"


def test_plain_http_is_allowed_when_forced() -> None:
    assert parsed(gateway="http://gw.corp", allow_plain_http=True).base_url == "http://gw.corp"
    assert "allow_plain_http: must be true or false" in refusal(gateway="http://gw.corp", allow_plain_http=1)


@pytest.mark.parametrize("dialect", ["vertex", "bedrock"])
def test_the_other_dialects_need_a_model_since_their_names_differ(dialect: str) -> None:
    text = refusal(dialect=dialect)
    assert text.startswith("models: ")
    assert "model names differ" in text
    assert parsed(dialect=dialect, models={"subagent": "m"})


@pytest.mark.parametrize("value", ["a/b", "a b", "", "../x", "a?b", "a%2fb"])
def test_what_becomes_a_part_of_a_url_cannot_leave_its_place(value: str) -> None:
    assert refusal(vertex={"project_id": value}).startswith("vertex.project_id")
    assert refusal(vertex={"region": value}).startswith("vertex.region")


@pytest.mark.parametrize(
    "fields",
    [
        {"dialect": "vertex", "models": {"default": "m"}, "key_in": "token"},
        {"dialect": "bedrock", "models": {"default": "m"}, "key_in": "token_and_header"},
        {"key_delivery": "helper", "key_in": "header"},
        {"key_delivery": "helper", "key_in": "token_and_header"},
    ],
)
def test_a_key_that_cannot_go_where_it_is_told_is_refused(fields: dict[str, Any]) -> None:
    assert refusal(**fields).startswith("key_in: ")


@pytest.mark.parametrize(
    ("fields", "delivery", "places"),
    [
        ({}, "helper", "token_and_header"),
        ({"key_in": "header"}, "settings", "header"),
        ({"dialect": "vertex", "models": {"default": "m"}}, "settings", "header"),
        ({"dialect": "vertex", "models": {"default": "m"}, "key_delivery": "helper"}, "helper", "header"),
    ],
)
def test_the_default_delivery_is_the_dialects(fields: dict[str, Any], delivery: str, places: str) -> None:
    profile = parsed(**fields)
    assert (profile.delivery, profile.key_places) == (delivery, places)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (config(), "exactly one of id, inline and path"),
        (config(id="pc-1", path="/c"), "exactly one of id, inline and path"),
        (config(id=' {"a": 1}'), "put an object into `inline`"),
        (config(path="c.json"), "absolute path"),
        (config(path="./c.json"), "absolute path"),
        (config(inline={}), "route.inline"),
        (config(inline={"strategy": {"mode": "nope"}, "targets": []}), "route.inline"),
        (config(inline={"provider": "@a", "override_params": {"x": float("nan")}}), "finite"),
        (config(inline={"provider": "@a", "override_params": {"x": "\ud800"}}), "Unicode"),
        (config(inline={"provider": "openai", "api_key": "keyring:a\0x\0env:HOME"}), "api_key"),
        (config(inline={"provider": "openai", "api_key": "env:no name"}), "api_key"),
        ({"route": {}}, "`kind`: virtual_key, provider, config or none"),
        ({"route": {"kind": "provider"}}, "route.provider: is missing"),
        ({"route": {"kind": "provider", "provider": "@a", "model": "x"}}, "route.model: is not a field"),
        ({"unknown": 1}, "unknown: is not a field of a profile"),
        ({"models": {"best": "m"}}, "models.best: is not a field"),
        ({"dialect": "vertex1"}, "dialect: must be 'messages', 'vertex' or 'bedrock'"),
        ({"metadata": []}, "metadata: must be an object"),
        ({"trace_id": 5}, "trace_id: must be text in double quotes"),
        ({"api_key": "file:relative"}, "api_key: "),
        ({"schema_version": 3}, "schema_version: is 3, but this pkcc-tray knows only up to 2: update it"),
        ({"schema_version": 0}, "schema_version: must be 1 or 2"),
        ({"schema_version": "1"}, "schema_version: must be 1 or 2"),
        ({"schema_version": True}, "schema_version: must be 1 or 2"),
        ({"schema_version": 2.0}, "schema_version: must be 1 or 2"),
    ],
)
def test_a_wrong_field_is_named_with_what_it_must_be(fields: dict[str, Any], says: str) -> None:
    assert says in refusal(**fields)


def test_a_newer_profile_is_refused_for_its_version_and_not_for_fields_unknown_today() -> None:
    assert refusal(schema_version=3, novelty=1) == (
        "schema_version: is 3, but this pkcc-tray knows only up to 2: update it"
    )


@pytest.mark.parametrize("data", [None, [], "x", 1])
def test_what_is_no_object_is_no_profile(data: object) -> None:
    with pytest.raises(FieldError, match="a profile is a JSON object"):
        parse_profile(data)


def test_all_problems_are_told_at_once() -> None:
    text = refusal(trace_id="a\n", label=1, zzz=1)
    assert [part.partition(":")[0] for part in text.split("; ")] == ["label", "trace_id", "zzz"]


def test_a_config_with_too_much_nesting_is_refused_readably() -> None:
    deep: dict[str, Any] = {}
    for _ in range(20_000):
        deep = {"targets": [deep]}
    assert refusal(**config(inline=deep)).startswith("route.inline")


@pytest.mark.parametrize("reference", ["keyring:displaced.a", "vault:Displaced.a"])
def test_a_profiles_key_is_not_one_of_the_kept_values(reference: str) -> None:
    """It would be forgotten with the next `off`."""
    assert refusal(api_key=reference) == (
        "api_key: must not name a key that begins with 'displaced.': those are kept for `off`"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"extra_headers": {"X-Auth-Token": "keyring:displaced.1"}},
        {"extra_env": {"MY_TOKEN": "vault:Displaced.1"}},
        {"route": {"kind": "config", "inline": {"provider": "openai", "api_key": "keyring:displaced.1"}}},
    ],
)
def test_no_field_can_name_a_value_that_is_kept_for_off(fields: dict[str, Any]) -> None:
    """It would be sent to a gateway, and forgotten when the history passes it."""
    data = {"name": "a", "route": {"kind": "provider", "provider": "@a"}, "api_key": "keyring:a"}
    with pytest.raises(FieldError):
        parse_profile({**data, **fields})
