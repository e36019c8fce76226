"""The stand-in for a Portkey account answers as Portkey's published document says: else what is tried against
it works here alone.

`tests/data/portkey/openapi-account.json` is an extract of that document (github.com/Portkey-AI/openapi, June
2026), under the licence beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from urllib.request import Request, urlopen

import jsonschema
import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_client import everything, locations, place_of
from support.gateway.stand_in import Asked

from profiles.gateway.account.account import Account
from profiles.gateway.account.calls import CALLS
from profiles.gateway.account.known import Problem
from profiles.gateway.account.lookups import Lookups

DOCUMENT = json.loads((Path(__file__).parents[3] / "data/portkey/openapi-account.json").read_text("utf-8"))
KEY = "pk-of-the-stand-in"
SPAN = "?workspace_slug=w&time_of_generation_min=2026-11-01T00:00Z&time_of_generation_max=2026-11-29T00:00Z"
ASKED = {
    ("GET", "/models"): "/v1/models",
    ("GET", "/providers"): "/v1/providers?current_page=0&page_size=50",
    ("GET", "/providers/{slug}"): "/v1/providers/anthropic-prod",
    ("GET", "/configs"): "/v1/configs",
    ("POST", "/configs"): "/v1/configs",
    ("GET", "/configs/{slug}"): "/v1/configs/pc-main-000000",
    ("PUT", "/configs/{slug}"): "/v1/configs/pc-main-000000",
    ("GET", "/configs/{slug}/versions"): "/v1/configs/pc-main-000000/versions",
    ("POST", "/api-keys/{id}/rotate"): "/v1/api-keys/550e8400-e29b-41d4-a716-446655440000/rotate",
    ("GET", "/policies/usage-limits"): "/v1/policies/usage-limits",
    ("GET", "/policies/usage-limits/{policyUsageLimitsId}/entities"): (
        "/v1/policies/usage-limits/8610029e-692a-4df6-9052-3fa3eff69911/entities"
    ),
    ("GET", "/analytics/graphs/cost"): f"/v1/analytics/graphs/cost{SPAN}",
    ("GET", "/analytics/graphs/requests"): f"/v1/analytics/graphs/requests{SPAN}",
    ("GET", "/analytics/graphs/tokens"): f"/v1/analytics/graphs/tokens{SPAN}",
    ("GET", "/analytics/groups/users"): f"/v1/analytics/groups/users{SPAN}",
    ("GET", "/analytics/groups/ai-models"): f"/v1/analytics/groups/ai-models{SPAN}",
    ("GET", "/analytics/groups/metadata/{metadataKey}"): f"/v1/analytics/groups/metadata/team{SPAN}",
    ("GET", "/model-configs/pricing/{provider}/{model}"): (
        "/model-configs/pricing/anthropic/claude-sonnet-5-5"
    ),
}
BODIES = {
    ("POST", "/configs"): {"name": "New", "config": {"retry": {"attempts": 3}}},
    ("POST", "/api-keys/{id}/rotate"): {"key_transition_period_ms": 3_600_000},
    ("PUT", "/configs/{slug}"): {"config": {"retry": {"attempts": 2}}},
}


@pytest.fixture
def account() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        yield running


def schema_of(part: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema for what the document says of a body: its `nullable` is OpenAPI's alone."""
    found = {**part["content"]["application/json"]["schema"], "components": DOCUMENT["components"]}
    plain: dict[str, Any] = _plain(found)
    return plain


def _plain(part: Any) -> Any:
    if isinstance(part, list):
        return [_plain(each) for each in part]
    if not isinstance(part, dict):
        return part
    plain = {name: _plain(value) for name, value in part.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if part.get("nullable") is True else plain


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method.lower()]
    return found


def test_every_documented_question_of_the_extract_is_tried_here() -> None:
    documented = {
        (method.upper(), path)
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
        if method != "servers"
    }
    assert {*ASKED} == documented


@pytest.mark.parametrize("asked", [each for each in ASKED if each != ("GET", "/models")], ids=" ".join)
def test_an_answer_is_of_the_published_form(account: HostedAccount, asked: tuple[str, str]) -> None:
    method, path = asked
    if body := BODIES.get(asked):
        jsonschema.validate(body, schema_of(operation(method, path)["requestBody"]))
    answer = ask(account, method, ASKED[asked], body)
    schema = schema_of(operation(method, path)["responses"]["200"])
    jsonschema.validate(answer, schema)
    assert {*answer} <= {*_properties(schema)}, "fields that the document does not have"


def test_a_list_of_models_is_of_the_form_of_portkeys_example(account: HostedAccount) -> None:
    """Its schema is OpenAI's own, which Portkey's example does not fit: once it does, hold us to it."""
    documented = operation("GET", "/models")["responses"]["200"]
    example = documented["content"]["application/json"]["example"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(example, schema_of(documented))
    answer = ask(account, "GET", "/v1/models")
    assert {*answer} == {*example}
    for row in answer["data"]:
        assert {name: type(value) for name, value in row.items()} == {
            name: type(value) for name, value in example["data"][0].items()
        }


def test_whatever_our_client_asks_is_documented(account: HostedAccount, tmp_path: Path) -> None:
    """A question of another form would be refused by the real one, or answered by everything."""
    with Account(Lookups(place_of(account.url, KEY), locations(tmp_path))) as client:
        assert [found for found in everything(client) if isinstance(found, Problem)] == []
    tried = {(asked.method, re.sub(r"\{[^}]*\}", "{}", _documented(asked))) for asked in account.asked}
    assert tried == {(call.method, call.path) for call in CALLS}
    for asked, body in zip(account.asked, account.bodies, strict=True):
        found = operation(asked.method, _documented(asked))
        parameters = [_resolved(each) for each in found.get("parameters", [])]
        names = {each["name"]: each.get("required") for each in parameters if each["in"] == "query"}
        sent = parse_qs(urlsplit(asked.path).query)
        assert {name for name, required in names.items() if required} <= {*sent} <= {*names}
        if body is not None:
            jsonschema.validate(body, schema_of(found["requestBody"]))


def _documented(asked: Asked) -> str:
    """The path of the document that a request is one of, at the server that the document names for it."""
    path = urlsplit(asked.path).path
    for known in DOCUMENT["paths"]:
        servers = DOCUMENT["paths"][known].get("servers") or DOCUMENT["servers"]
        base = servers[0]["url"].removeprefix("https://api.portkey.ai")
        if re.fullmatch(base + re.sub(r"\{[^}]*\}", "[^/]+", known), path):
            return str(known)
    pytest.fail(f"{path} is in no document")


def _resolved(parameter: dict[str, Any]) -> dict[str, Any]:
    name = parameter.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = DOCUMENT["components"]["parameters"][name] if name else parameter
    return found


def _properties(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = _plain(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    found: dict[str, Any] = schema["properties"]
    # What Portkey's own command line reads beside the documented fields.
    return found | ({"provider": {}} if "integration_id" in found else {})


def ask(account: HostedAccount, method: str, path: str, body: Any = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    url = account.url + quote(path, safe="/?&=:")
    asked = Request(url, data, {"x-portkey-api-key": KEY}, method=method)
    with urlopen(asked, timeout=10) as answer:
        plain: dict[str, Any] = json.load(answer)
    return plain
