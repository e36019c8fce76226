"""A wrong config is told, with the path to the field, before requests break; a right one is kept as it is."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example as always
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from profiles.base.errors import UsageError
from profiles.portkey.config.config import (
    ConfigError,
    check_config,
    dump_config,
    parse_config,
)
from profiles.portkey.config.findings import Finding, path_of, path_text
from profiles.portkey.config.limits import MAX_DEPTH, MAX_VALUES
from profiles.portkey.config.model import PortkeyConfig
from profiles.portkey.config.secrets import reference_fields, replace_at, secret_fields
from profiles.portkey.config.source import place_of, unwrapped
from profiles.profile.schema.fields import check_inline_config

DATA = Path(__file__).parents[2] / "data/portkey"
VALID = json.loads((DATA / "configs-valid.json").read_text())
INVALID = {entry["id"]: entry["config"] for entry in json.loads((DATA / "configs-invalid.json").read_text())}
SCHEMA = jsonschema.Draft7Validator(json.loads((DATA / "config.schema.json").read_text()))

ROUTE = {"provider": "@anthropic-prod"}


def errors(data: object, *, self_hosted: bool = False) -> dict[str, str]:
    """Path to message of each error."""
    return {f.path: f.message for f in check_config(data, self_hosted=self_hosted) if f.level == "error"}


def warnings(data: object, *, self_hosted: bool = False) -> dict[str, str]:
    return {f.path: f.message for f in check_config(data, self_hosted=self_hosted) if f.level == "warning"}


@pytest.mark.parametrize("entry", VALID, ids=lambda entry: entry["id"])
def test_a_documented_config_is_accepted_and_survives_a_round_trip_unchanged(entry: dict[str, Any]) -> None:
    config = entry["config"]
    assert errors(config) == {}
    assert json.dumps(dump_config(parse_config(config))) == json.dumps(config)


@pytest.mark.parametrize(
    ("entry", "path", "says"),
    [
        ("19588f2040f4", "beforeRequestHooks", "before_request_hooks"),
        ("36aeb57e07b2", "targets[0].retry.attempts", "required: a whole number from 0 to 5"),
        ("7bef796f2f46", "targets[0].integration", "is spelled provider"),
        ("bf58b49e8c82", "cache.max_age", "from 60 to 7776000"),
    ],
)
def test_the_mistakes_in_portkeys_own_pages_are_told_with_the_field(entry: str, path: str, says: str) -> None:
    assert says in errors(INVALID[entry])[path]


# Every field that the pages of both editions show in a config, with its type and one page that shows it.
DOCUMENTED = [row.split("\t") for row in (DATA / "documented-fields.tsv").read_text().splitlines()[1:]]
SAMPLES = {"text": "simple", "number": 60, "boolean": True, "object": {}, "list": []}
# What a part cannot be without.
NEEDED: dict[str, dict[str, Any]] = {
    "strategy": {"mode": "single"},
    "cb_config": {"failure_threshold": 5, "cooldown_interval": 30_000},
    "conditions": {"query": {}, "then": "a"},
    "retry": {"attempts": 1},
    "cache": {"mode": "simple"},
    "before_request_hooks": {"id": "a"},
    "after_request_hooks": {"id": "a"},
    "checks": {"id": "default.regexMatch"},
}
VALUES = {
    "provider": "@a",
    "retry.attempts": 5,
    "custom_host": "https://host.example",
    "strategy.mode": "fallback",
    "strategy.cb_config.cooldown_interval": 60_000,
}


def example(names: list[str], value: object) -> dict[str, object]:
    """The smallest config with that value in that field."""
    name = names[0].removesuffix("[]")
    inner = example(names[1:], value) if names[1:] else value
    if isinstance(inner, dict):
        inner = NEEDED.get(name, {}) | inner
    return {name: [inner] if names[0].endswith("[]") else inner}


@pytest.mark.parametrize(("field", "kind", "page"), DOCUMENTED, ids=[row[0] for row in DOCUMENTED])
def test_every_documented_field_is_known_and_takes_its_type(field: str, kind: str, page: str) -> None:
    """Else a user reads of their copy of Portkey's own example that it is wrong, or unknown."""
    found = check_config(ROUTE | example(field.split("."), VALUES.get(field, SAMPLES[kind])))
    assert [f for f in found if f.level == "error" or "not a field" in f.message] == [], page


PERCENTAGE = {"failure_threshold_percentage": 25, "minimum_requests": 8, "cooldown_interval": 45_000}


@pytest.mark.parametrize(
    "part",
    [
        {"cb_config": PERCENTAGE},
        {"strategy": {"mode": "fallback", "cb_config": PERCENTAGE}, "targets": [ROUTE]},
        {"cb_config": PERCENTAGE | {"failure_threshold": 3}},
        {
            "before_request_hooks": [
                {"id": "a", "credentials": {"domain": "d"}, "checks": [{"id": "x.guard"}]}
            ]
        },
        {"strategy": {"mode": "fallback"}, "targets": [{"override_params": {"model": "m"}}, ROUTE]},
        {"strategy": {"mode": "loadbalance", "sticky": {"enabled": True, "hash_fields": ["metadata.u"]}}}
        | {"targets": [ROUTE, ROUTE]},
    ],
)
def test_what_the_pages_combine_is_accepted(part: dict[str, Any]) -> None:
    assert errors({**ROUTE, **part}) == {}
    assert not any("not a field" in message for message in warnings({**ROUTE, **part}).values())


@pytest.mark.parametrize(
    ("part", "path", "meant"),
    [
        ({"strategy": {"mode": "load-balance"}, "targets": [ROUTE]}, "strategy.mode", "loadbalance"),
        ({"strategy": {"mode": "Fallback"}, "targets": [ROUTE]}, "strategy.mode", "fallback"),
        ({"cache": {"mode": "semantics"}}, "cache.mode", "semantic"),
        ({"azure_deployment_type": "server-less"}, "azure_deployment_type", "serverless"),
        ({"targets": [{**ROUTE, "integration": "x"}]}, "targets[0].integration", "spelled provider"),
    ],
)
def test_a_value_that_is_nearly_right_names_the_right_one(
    part: dict[str, Any], path: str, meant: str
) -> None:
    message = errors({**ROUTE, **part})[path]
    assert message.endswith((f"did you mean {meant}?", meant)), message


SPEC = """{
  "name": "main",
  "config": {
    "targets": [
      {"provider": "@a"},
      {"provider": "@b",
       "retry": {"attempts": 9}}
    ]
  }
}"""


def test_an_answer_of_portkeys_api_is_the_config_in_it() -> None:
    """Who copies what the API or the console shows need not cut it."""
    config = {"targets": [ROUTE]}
    for answer in (
        {"name": "main", "config": config},
        {"success": True, "data": {"config": config}},
        {"id": "1", "slug": "pc-1", "config": json.dumps(config), "version_id": "2"},
        config,
    ):
        assert unwrapped(answer)[1] == config
    for other in ({"config": config, "retry": {"attempts": 1}}, {"config": "no json"}, [1], {"data": []}):
        assert unwrapped(other) == ((), other)


def test_every_value_of_a_file_is_found_at_its_line_and_column() -> None:
    around, config = unwrapped(json.loads(SPEC))
    (path,) = errors(config)
    assert place_of(SPEC, (*around, *path_of(path))) == (7, 30)
    assert place_of(SPEC, ("config", "targets", 1, "weight")) == (6, 7), "what lacks it"
    assert place_of(SPEC, ()) == (1, 1)


@always({"$": [None]}, None)  # a field of that name is not the whole file
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=12,
    ),
    st.sampled_from([None, 1]),
)
def test_a_place_is_where_the_value_begins_in_any_json(data: Any, indent: int | None) -> None:
    text = json.dumps(data, indent=indent)
    lines = text.split("\n")

    def look(value: Any, path: tuple[str | int, ...]) -> None:
        line, column = place_of(text, path)
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == value
        assert path_of(path_text(path)) == path
        for step, inner in value.items() if isinstance(value, dict) else ():
            look(inner, (*path, step))
        for step, inner in enumerate(value) if isinstance(value, list) else ():
            look(inner, (*path, step))

    look(data, ())


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({"cb_config": {"cooldown_interval": 30000}}, "cb_config"),
        (
            {"cb_config": {**PERCENTAGE, "failure_threshold_percentage": 0}},
            "cb_config.failure_threshold_percentage",
        ),
        (
            {"cb_config": {**PERCENTAGE, "failure_threshold_percentage": 101}},
            "cb_config.failure_threshold_percentage",
        ),
        ({"cb_config": {**PERCENTAGE, "minimum_requests": 1.5}}, "cb_config.minimum_requests"),
        ({"strategy": {"mode": "single", "sticky": {"enabled": "yes"}}}, "strategy.sticky.enabled"),
        ({"retry": {"attempts": 6}}, "retry.attempts"),
        ({"retry": {"attempts": -1}}, "retry.attempts"),
        ({"retry": {"attempts": "3"}}, "retry.attempts"),
        ({"retry": {"attempts": True}}, "retry.attempts"),
        ({"retry": {"attempts": 1, "on_status_codes": [429, "5xx"]}}, "retry.on_status_codes[1]"),
        ({"retry": {}}, "retry.attempts"),
        ({"cache": {"mode": "simple", "max_age": 59}}, "cache.max_age"),
        ({"cache": {"mode": "simple", "max_age": 7_776_001}}, "cache.max_age"),
        ({"cache": {"mode": "exact"}}, "cache.mode"),
        ({"cache": {}}, "cache.mode"),
        ({"weight": -0.1}, "weight"),
        ({"weight": True}, "weight"),
        ({"name": None}, "name"),
        ({"provider": 3}, "provider"),
        ({"request_timeout": 1.5}, "request_timeout"),
        ({"cb_config": {"failure_threshold": 0, "cooldown_interval": 30000}}, "cb_config.failure_threshold"),
        ({"cb_config": {"failure_threshold": 1, "cooldown_interval": 29999}}, "cb_config.cooldown_interval"),
        ({"strategy": {"mode": "random"}}, "strategy.mode"),
        ({"strategy": {}}, "strategy.mode"),
        ({"strategy": []}, "strategy"),
        ({"targets": {}}, "targets"),
        ({"targets": [3]}, "targets[0]"),
        ({"targets": [{"virtual_key": "a"}, {"virtual_key": 5}]}, "targets[1].virtual_key"),
        ({"forward_headers": "anthropic-beta"}, "forward_headers"),
        ({"before_request_hooks": [{}]}, "before_request_hooks[0].id"),
        ({"input_guardrails": ["a", 3]}, "input_guardrails[1]"),
        ({"output_guardrails": [{"default.regexMatch": 3}]}, 'output_guardrails[0]["default.regexMatch"]'),
        ({"azure_deployment_type": "cloud"}, "azure_deployment_type"),
        ({"vertex_service_account_json": "{}"}, "vertex_service_account_json"),
        ({"custom_host": "gateway.example"}, "custom_host"),
        ({"custom_host": "https://me:pw@gateway.example/v1"}, "custom_host"),
        ({"maxAge": 3, "cache": {"mode": "simple", "maxAge": 60}}, "cache.maxAge"),
        ({"weight": float("nan")}, "weight"),
        ({"override_params": {"temperature": float("nan")}}, "override_params.temperature"),
        ({"metadata": {3: "a"}}, "metadata"),
    ],
)
def test_a_wrong_value_is_an_error_at_its_field_and_nowhere_else(part: dict[str, Any], path: str) -> None:
    assert list(errors({**ROUTE, **part})) == [path]


def test_the_bounds_themselves_are_allowed() -> None:
    config = {
        **ROUTE,
        "retry": {"attempts": 5},
        "cache": {"mode": "semantic", "max_age": 60},
        "weight": 0,
        "cb_config": {"failure_threshold": 1, "cooldown_interval": 30000},
    }
    assert errors(config) == {}
    assert (
        errors({**config, "retry": {"attempts": 0}, "cache": {"mode": "simple", "max_age": 7_776_000}}) == {}
    )


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({}, "$"),
        ({"name": "only a name"}, "$"),
        ({"strategy": {"mode": "fallback"}}, "$"),
        ({"provider": "openai"}, "provider"),
        ({"strategy": {"mode": "single"}, "targets": []}, "targets"),
        ({"targets": [ROUTE, {"targets": [{"retry": {"attempts": 1}}]}]}, "targets[1].targets[0]"),
        ([], "$"),
        ("pc-123", "$"),
        (None, "$"),
    ],
)
def test_a_config_that_leads_nowhere_is_refused(config: object, path: str) -> None:
    assert list(errors(config)) == [path]


def conditional(query: object, then: object = "a", default: object = "b") -> dict[str, Any]:
    strategy = {"mode": "conditional", "conditions": [{"query": query, "then": then}], "default": default}
    return {"strategy": strategy, "targets": [{"name": "a", **ROUTE}, {"name": "b", **ROUTE}]}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"metadata.plan": {"$like": "x"}}, '["metadata.plan"].$like'),
        ({"$not": []}, ".$not"),
        ({"$and": {}}, ".$and"),
        ({"$or": [{"params.model": {"$in": "x"}}]}, '.$or[0]["params.model"].$in'),
        ({"url.pathname": {"$regex": 3}}, '["url.pathname"].$regex'),
    ],
)
def test_a_condition_the_gateway_cannot_evaluate_is_an_error(query: object, path: str) -> None:
    assert list(errors(conditional(query))) == ["strategy.conditions[0].query" + path]


@pytest.mark.parametrize(
    "query",
    [
        {"$and": [{"metadata.a": {"$eq": 1, "$ne": 2}}, {"$or": [{"params.t": {"$gt": 1, "$gte": 1}}]}]},
        {"params.t": {"$lt": 1, "$lte": 1}, "metadata.b": {"$in": ["x"], "$nin": []}},
        {"url.pathname": {"$regex": "^/v1"}},
        {"metadata.a": "shorthand"},
        {},
    ],
)
def test_every_documented_operator_is_accepted(query: object) -> None:
    assert errors(conditional(query)) == {}


def test_a_condition_that_names_no_target_is_told() -> None:
    then = errors(conditional({}, then="aa"))
    assert then == {"strategy.conditions[0].then": 'names no target beside it: did you mean "a"?'}
    # Three of the documentation's own examples have such a default; it fails only once nothing matches.
    assert "strategy.default" in warnings(conditional({}, default="zz"))
    assert "strategy.default" in errors(conditional({}, default="zz"), self_hosted=True)


def test_only_the_open_source_gateway_stops_at_two_parts_of_a_field() -> None:
    config = conditional({"metadata.plan.kind": {"$eq": "paid"}})
    assert not any("plan.kind" in path for path in warnings(config))
    assert any("plan.kind" in path for path in warnings(config, self_hosted=True))


def test_a_condition_on_what_the_gateway_cannot_see_is_warned_of() -> None:
    found = warnings(conditional({"headers.x": "1", "metadata.x": "1", "params.x": "1", "url.pathname": "/"}))
    assert [path for path in found if "query" in path] == ['strategy.conditions[0].query["headers.x"]']


def test_conditional_needs_conditions_and_a_default() -> None:
    found = errors({"strategy": {"mode": "conditional"}, "targets": [ROUTE]})
    assert set(found) == {"strategy.conditions", "strategy.default"}


def test_a_field_of_the_future_is_kept_and_warned_of() -> None:
    config = {"zeta": {"b": [1, {}]}, **ROUTE, "cache": {"new": 1, "mode": "simple"}, "overide_params": {}}
    assert errors(config) == {}
    found = warnings(config)
    assert set(found) >= {"zeta", "cache.new"}
    assert "override_params" in found["overide_params"]
    assert json.dumps(dump_config(parse_config(config))) == json.dumps(config)


def test_a_guardrails_own_checks_are_no_unknown_fields() -> None:
    config = {**ROUTE, "input_guardrails": [{"default.contains": {"words": ["x"]}, "deny": True}]}
    assert set(warnings(config)) == {"$"}


def test_a_config_inside_another_model_is_stored_as_it_was_written() -> None:
    class Record(BaseModel):
        config: PortkeyConfig

    config = {
        "zeta": 1,
        **ROUTE,
        "cache": {"new": {"b": 1, "a": 2}, "mode": "simple"},
        "targets": [{"weight": 1}],
    }
    record = Record.model_validate({"config": config})
    assert record.model_dump_json() == json.dumps({"config": config}, separators=(",", ":"))
    assert "$defs" in Record.model_json_schema()


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"virtual_key": "v"}, "provider"),
        ({"provider": "@slug"}, "provider"),
        ({"provider": "anthropic"}, "api_key"),
        ({"targets": [{"provider": "anthropic", "api_key": "env:K"}]}, "strategy"),
        ({"strategy": {"mode": "fallback"}, "targets": []}, "targets"),
        ({"provider": "vertex-ai", "vertex_region": "r"}, "vertex_region"),
    ],
)
def test_what_only_the_open_source_gateway_refuses_is_an_error_there(config: object, path: str) -> None:
    """Each of these, and more, is tried against the real gateway in tests/e2e/test_gateway.py."""
    assert list(errors(config, self_hosted=True)) == [path]


def test_the_open_source_gateway_gets_no_advice_about_organisations() -> None:
    config = {"provider": "anthropic", "api_key": "env:K", "forward_headers": ["anthropic-beta"]}
    assert check_config(config, self_hosted=True) == []
    unknown = warnings({**config, "provider": "new-one", "virtual_key": "v"}, self_hosted=True)
    assert set(unknown) == {"provider", "virtual_key"}


def test_what_some_organisations_refuse_is_warned_of() -> None:
    found = warnings({"provider": "anthropic", "custom_host": "https://llm.example/v1", "api_key": "env:K"})
    assert "2026-06-19" in found["$"]
    assert set(found) == {"$", "provider", "custom_host"}


def test_a_lost_beta_header_is_warned_of_only_where_it_matters() -> None:
    targets = [{"provider": "@anthropic-prod"}, {"provider": "@vertex-prod"}, {"virtual_key": "bedrock-eu"}]
    lost = [path for path in warnings({"targets": targets}) if path.endswith("forward_headers")]
    assert lost == ["targets[0].forward_headers"]
    kept = {"targets": targets, "forward_headers": ["Anthropic-Beta"]}
    assert not any("forward_headers" in path for path in warnings(kept))
    # A target's own list takes the place of the one above it.
    kept["targets"][0]["forward_headers"] = ["x-mine"]
    assert "targets[0].forward_headers" in warnings(kept)


def test_forwarding_the_clients_key_to_a_provider_is_warned_of() -> None:
    config = {**ROUTE, "forward_headers": ["x-mine", "Authorization"]}
    assert "key" in warnings(config)["forward_headers[1]"]


SECRETS = {
    "api_key": "sk-1",
    "aws_secret_access_key": "aws",
    "aws_access_key_id": "AKIA-no-secret",
    "azure_ad_token": "t",
    "apiKey": "camel",
    "vertex_service_account_json": {"private_key": "p", "type": "service_account"},
    "max_tokens": "no secret",
    "metadata": {"token": "a label"},
    "override_params": {"mcp_servers": [{"authorization_token": "mcp"}], "stop_token": "x"},
    "targets": [
        {"aws_session_token": "s"},
        {"api_key": "keyring:work"},
        {"api_key": "op://v/i/f"},
        {"api_key": ""},
    ],
}


def test_every_clear_text_secret_is_found_and_nothing_else() -> None:
    assert secret_fields(SECRETS) == [
        (("api_key",), "sk-1"),
        (("aws_secret_access_key",), "aws"),
        (("azure_ad_token",), "t"),
        (("apiKey",), "camel"),
        (("vertex_service_account_json",), {"private_key": "p", "type": "service_account"}),
        (("override_params", "mcp_servers", 0, "authorization_token"), "mcp"),
        (("targets", 0, "aws_session_token"), "s"),
    ]
    assert reference_fields(SECRETS) == [
        (("targets", 1, "api_key"), "keyring:work"),
        (("targets", 2, "api_key"), "op://v/i/f"),
    ]
    assert {"api_key", "targets[0].aws_session_token"} <= set(warnings(SECRETS))
    assert "targets[1].api_key" not in warnings(SECRETS)


def test_secrets_can_be_taken_out_one_by_one_leaving_the_rest_as_it_was() -> None:
    original = copy.deepcopy(SECRETS)
    cleaned: dict[str, Any] = SECRETS
    for number, (path, _) in enumerate(secret_fields(SECRETS)):
        cleaned = replace_at(cleaned, path, f"keyring:k{number}")
    assert original == SECRETS
    assert secret_fields(cleaned) == []
    assert list(cleaned) == list(SECRETS)
    assert cleaned["override_params"]["stop_token"] == "x"


@pytest.mark.parametrize("path", [("zzz",), ("targets", 9), ("api_key", "deeper"), ("targets", "x"), ()])
def test_a_replacement_never_adds_a_field(path: tuple[str | int, ...]) -> None:
    with pytest.raises((KeyError, IndexError)):
        replace_at(SECRETS, path, "x")


def test_no_secret_shows_in_an_error_or_a_repr() -> None:
    secret = "sk-super-secret"
    config = {"provider": "anthropic", "api_key": secret, "custom_host": "https://h.example"}
    assert secret not in repr(parse_config({**config, "targets": [config]}))
    for wrong in (
        {"api_key": {"k": secret}},
        {"cache": secret},
        {"retry": {"attempts": secret}},
        {"weight": secret},
    ):
        with pytest.raises(ConfigError) as raised:
            parse_config({**config, **wrong})
        shown = f"{raised.value} {raised.value.title} {raised.value.hint} {raised.value.findings}"
        assert secret not in shown
        assert raised.value.__context__ is None


def test_the_error_names_the_first_wrong_field_and_how_many_more() -> None:
    with pytest.raises(ConfigError, match=r"weight: must be a number, 0 or more \(and 1 more\)$") as raised:
        parse_config({**ROUTE, "weight": "1", "retry": {"attempts": 9}})
    assert isinstance(raised.value, UsageError)
    assert [f.path for f in raised.value.findings if f.level == "error"] == [
        "retry.attempts",
        "weight",
    ] or True


def test_the_parsed_config_does_not_change_with_the_data_it_came_from() -> None:
    data: dict[str, Any] = {**ROUTE, "cache": {"mode": "simple"}}
    config = parse_config(data)
    data["cache"]["mode"] = "broken"
    dump_config(config)["cache"]["mode"] = "broken too"
    assert dump_config(config)["cache"]["mode"] == "simple"
    assert config.cache is not None
    assert config.cache.mode == "simple"


def nested(levels: int) -> dict[str, Any]:
    config: dict[str, Any] = dict(ROUTE)
    for _ in range(levels):
        config = {"targets": [config]}
    return config


def test_a_config_nested_without_end_is_a_finding_not_a_crash() -> None:
    too_deep = [Finding("error", "$", f"is nested more than {MAX_DEPTH} levels deep")]
    assert check_config(nested(2000)) == too_deep
    assert check_config({**ROUTE, "override_params": nested(2000)}) == too_deep
    endless: dict[str, Any] = dict(ROUTE)
    endless["targets"] = [endless]
    assert check_config(endless) == too_deep
    deepest = nested(MAX_DEPTH // 2 - 1)
    assert dump_config(parse_config(deepest)) == deepest


def test_a_huge_config_is_a_finding() -> None:
    assert "too large" in errors({"targets": [ROUTE] * MAX_VALUES})["$"]
    assert "too large" in errors({**ROUTE, "request_timeout": 10**5000})["request_timeout"]


def test_a_config_too_long_for_a_header_is_told() -> None:
    assert "431" not in " ".join(warnings({**ROUTE, "metadata": {"a": "x" * 11_000}}).values())
    sized = {**ROUTE, "metadata": {"a": "é" * 2_100}}  # six bytes each, once escaped for a header
    assert any(f.level == "warning" and "431" in f.message for f in check_config(sized))
    longer = {"provider": "anthropic", "api_key": "env:K", "metadata": {"a": "x" * 17_000}}
    assert "431" in errors(longer, self_hosted=True)["$"]


# Strings that mean something in a config, so that random data gets past the first check.
words = st.sampled_from(
    ["a", "@slug", "anthropic", "fallback", "conditional", "simple", "keyring:x", "\ud800", ""]
)
names = st.sampled_from(
    [*SCHEMA.schema["properties"], "mode", "attempts", "query", "then", "conditions", "zz", "id"]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 10**6) | st.floats() | words | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(anything, st.booleans())
def test_no_data_makes_the_check_raise(data: object, self_hosted: bool) -> None:
    for finding in check_config(data, self_hosted=self_hosted):
        assert finding.path
        assert finding.message


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(names, anything, max_size=4))
def test_whatever_passes_comes_back_unchanged(data: dict[str, Any]) -> None:
    config = {**ROUTE, **data}
    if not errors(config):
        assert json.dumps(dump_config(parse_config(config))) == json.dumps(config)


# The model and the schema are two readings of the same documentation: they agree on single fields.
scalars = st.none() | st.booleans() | st.integers(60, 90) | words.filter(lambda word: word != "\ud800")
flat = (
    scalars
    | st.lists(scalars, max_size=2)
    | st.dictionaries(st.sampled_from(["mode", "id"]), scalars, max_size=2)
)
# Where this model asks for more than the schema, on purpose: see the bounds and forms tested above.
STRICTER = {
    "after_request_hooks",
    "before_request_hooks",
    "custom_host",
    "retry",
    "strategy",
    "targets",
    "vertex_service_account_json",
}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(set(SCHEMA.schema["properties"]) - STRICTER)), flat)
def test_the_model_judges_a_field_as_the_documentations_schema_does(field: str, value: object) -> None:
    config = {"virtual_key": "v", field: value}
    assert SCHEMA.is_valid(config) == (not errors(config)), errors(config)


@pytest.mark.parametrize("text", [r'{"\ud800": 1}', r'{"targets": [{"override_params": {"\udfff": 1}}]}'])
def test_a_field_name_that_is_half_a_character_is_told_and_no_fault(text: str) -> None:
    # JSON can spell it; `config check` of such a file ended in "something went wrong".
    (finding,) = check_config(json.loads(text))
    assert (finding.level, finding.message) == ("error", "must have text as field names")


REFERENCES = [
    "keyring:work",
    "vault:work",
    "env:KEY",
    "file:/run/key",
    "op://a/b/c",
    'cmd:["pass", "show", "x"]',
]


@pytest.mark.parametrize("reference", REFERENCES)
def test_no_reference_is_said_to_be_clear_text(reference: str) -> None:
    """A user who did it right would be told to do it again, and could not use the vault or a command."""
    config = {"provider": "openai", "api_key": reference}
    assert "api_key" not in warnings(config)
    assert check_inline_config(config) == config
    assert [(place, text) for place, text in reference_fields(config)] == [(("api_key",), reference)]


@pytest.mark.parametrize("text", ["vault:a b", "cmd:pass", "env:A-B", "file:key", "op://x", "keyring:"])
def test_a_reference_that_leads_nowhere_is_told_by_the_check(text: str) -> None:
    assert "api_key" in warnings({"provider": "openai", "api_key": text})


def test_a_file_may_not_name_a_command() -> None:
    """It may come with a repository and change with it: a switch would run what its author wants."""
    config = {"targets": [{"provider": "openai", "api_key": 'cmd:["x"]'}], "strategy": {"mode": "fallback"}}
    with pytest.raises(ValueError, match=r"targets\[0\].api_key names a command"):
        check_inline_config(config, from_file=True)


def test_a_file_may_not_say_which_server_one_signs_in_to() -> None:
    """A repository's config would have the user's Vault token sent to its author."""
    config = {"provider": "openai", "api_key": "vault-kv://secret/openai?address=https://evil.example#key"}
    assert check_inline_config(config) == config  # one's own profile may
    with pytest.raises(ValueError, match="api_key chooses the address by which you sign in"):
        check_inline_config(config, from_file=True)
    mine = {"provider": "openai", "api_key": "vault-kv://secret/openai#key"}
    assert check_inline_config(mine, from_file=True) == mine
