"""Is this name a secret? A wrong no shows or exports a key, a wrong yes refuses plain text."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from profiles.base.secret_names import REFERENCE_PREFIXES, is_secret_name, looks_like_key, may_be_key
from profiles.base.secret_references.managers import MANAGERS
from profiles.base.secret_references.parse import FORMS, parse_reference
from profiles.claude_code.owned_slots import OWNED_ENV, PROFILE_HEADERS
from profiles.importing.bundles import make_bundle
from profiles.profile.advice import advise
from profiles.profile.render import render
from profiles.profile.rendering import expected_values
from profiles.profile.schema.fields import TOKEN, VARIABLE
from profiles.profile.schema.model import Profile
from profiles.profile.schema.parse import FieldError, parse_profile
from profiles.switching.reading.drift import compare
from tray.actions.describing.describe import shown_fields, written_by


def words(text: str) -> list[str]:
    return text.split()


SECRET = words(
    """
    Authorization Proxy-Authorization X-Authorization X-Amzn-Authorization cf-aig-authorization
    Helicone-Auth X-Sentry-Auth X-Auth Auth Cookie Set-Cookie X-Cookies X-Auth-Token X-Auth-Key
    X-Api-Key api-key apikey x-apikey X-API-Token X-Access-Token X-Amz-Security-Token x-goog-api-key
    x-goog-iam-authorization-token x-goog-iap-jwt-assertion Ocp-Apim-Subscription-Key X-License-Key
    License-Key X-Insert-Key X-Query-Key X-Csrf-Token X-XSRF-TOKEN X-Vault-Token PRIVATE-TOKEN
    PRIVATE_TOKEN JOB-TOKEN DEPLOY-TOKEN X-Gitlab-Token X-GitHub-Token X-GitHub-OTP
    X-Shopify-Access-Token X-Figma-Token cf-access-client-secret CF-Access-Token CF-Access-Jwt-Assertion
    x-functions-key aeg-sas-key x-litellm-api-key x-litellm-key x-portkey-api-key
    x-portkey-aws-secret-access-key x-portkey-aws-session-token x-portkey-vertex-service-account-json
    x-portkey-azure-ad-token x-portkey-azure-entra-client-secret x-portkey-oracle-private-key
    x-portkey-oracle-key-passphrase DD-API-KEY DD-APPLICATION-KEY X-Rollbar-Access-Token
    lightstep-access-token X-SF-TOKEN x-honeycomb-team X-Parse-REST-API-Key X-Parse-Session-Token
    X-Algolia-API-Key X-Typesense-API-Key X-RapidAPI-Key X-Mashape-Key X-TrackerToken X-Redmine-API-Key
    X-JFrog-Art-Api X-Consul-Token X-Nomad-Token X-Plex-Token X-N8N-API-KEY X-Postmark-Server-Token
    X-CoinAPI-Key X-MBX-APIKEY CB-ACCESS-KEY CB-ACCESS-PASSPHRASE X-Cisco-Meraki-API-Key X-ELS-APIKey
    x-amz-server-side-encryption-customer-key SessionId Session-Id JSESSIONID PHPSESSID
    ASP.NET_SessionId connect.sid X-Session-Token X-Key Key X-JWT x-nvidia-api-key x-bt-auth-token
    X-User-Password X-Client-Secret ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_FOUNDRY_API_KEY
    AWS_BEARER_TOKEN_BEDROCK AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN CLAUDE_CODE_OAUTH_TOKEN
    CLAUDE_CODE_CLIENT_KEY_PASSPHRASE PORTKEY_API_KEY OPENAI_API_KEY OPENAI_API_KEY_2
    OPENAI_API_KEY_PROD API_KEYS AZURE_OPENAI_KEY GOOGLE_APPLICATION_CREDENTIALS GOOGLE_CREDENTIALS_JSON
    GCP_SERVICE_ACCOUNT_KEY HF_TOKEN HUGGING_FACE_HUB_TOKEN GITHUB_TOKEN GH_TOKEN GITHUB_PAT
    AZURE_DEVOPS_EXT_PAT NPM_TOKEN PGPASSWORD MYSQL_PWD DB_PASS SMTP_PASS REDIS_PASSWORD SECRET_KEY_BASE
    DJANGO_SECRET_KEY JWT_SECRET ENCRYPTION_KEY SIGNING_KEY MASTER_KEY SSH_PRIVATE_KEY PRIVATE_KEY_PEM
    AZURE_STORAGE_CONNECTION_STRING AZURE_STORAGE_SAS HTTP_BASIC_AUTH VAULT_TOKEN_V2 MY_SECRETS apiKey
    awsSecretAccessKey vertexServiceAccountJson azure_ad_token authorization_token clientSecret
    """
)

PLAIN = words(
    """
    x-portkey-virtual-key x-portkey-trace-id x-portkey-span-id x-portkey-config x-portkey-provider
    x-portkey-metadata x-portkey-custom-host x-portkey-cache-force-refresh x-portkey-cache-namespace
    x-portkey-aws-access-key-id x-portkey-aws-region x-portkey-vertex-project-id x-portkey-vertex-region
    x-portkey-azure-resource-name x-portkey-azure-deployment-id x-portkey-azure-api-version
    x-portkey-openai-organization x-portkey-openai-project x-portkey-forward-headers
    x-portkey-strict-open-ai-compliance x-portkey-request-timeout x-portkey-oracle-fingerprint
    x-portkey-snowflake-account x-portkey-fireworks-account-id Portkey X-Portkey
    x-portkey-amz-server-side-encryption-aws-kms-key-id X-Snowflake-Authorization-Token-Type
    CF-Access-Client-Id X-Auth-Email X-Auth-User Idempotency-Key X-Idempotency-Key Surrogate-Key
    X-Cache-Key Sec-WebSocket-Key x-ms-documentdb-partitionkey X-Partition-Key X-Parse-Application-Id
    X-Algolia-Application-Id X-RapidAPI-Host x-honeycomb-dataset X-Scope-OrgID X-Request-Id
    X-Correlation-Id traceparent X-B3-TraceId User-Agent Accept Content-Type anthropic-version
    anthropic-beta anthropic-dangerous-direct-browser-access x-app X-Team X-Corp X-Keyboard X-Monkey
    Turkey X-Tokenizer X-Token-Count x-ratelimit-remaining-tokens Helicone-Session-Id Helicone-User-Id
    Helicone-Property-Env x-litellm-tags X-Claude-Code-Session-Id x-goog-user-project
    x-goog-request-params x-ms-version OpenAI-Organization HTTP-Referer X-Title X-Authored-By X-Author
    x-amz-server-side-encryption-customer-key-MD5 X-Cookie-Consent Public-Key ANTHROPIC_MODEL
    ANTHROPIC_DEFAULT_SONNET_MODEL ANTHROPIC_DEFAULT_OPUS_MODEL ANTHROPIC_DEFAULT_HAIKU_MODEL
    ANTHROPIC_SMALL_FAST_MODEL CLAUDE_CODE_SUBAGENT_MODEL ANTHROPIC_BASE_URL ANTHROPIC_VERTEX_BASE_URL
    ANTHROPIC_VERTEX_PROJECT_ID CLOUD_ML_REGION AWS_REGION AWS_PROFILE AWS_ACCESS_KEY_ID
    AWS_WEB_IDENTITY_TOKEN_FILE CLAUDE_CODE_USE_VERTEX CLAUDE_CODE_SKIP_VERTEX_AUTH
    CLAUDE_CODE_SKIP_BEDROCK_AUTH CLAUDE_CODE_MAX_OUTPUT_TOKENS MAX_THINKING_TOKENS
    MAX_MCP_OUTPUT_TOKENS CLAUDE_CODE_API_KEY_HELPER_TTL_MS CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR
    CLAUDE_CODE_CLIENT_KEY CLAUDE_CODE_CLIENT_CERT CLAUDE_CODE_HOST_AUTH_ENV_VAR
    ANTHROPIC_CUSTOM_HEADERS NODE_EXTRA_CA_CERTS HTTPS_PROXY NO_PROXY PWD OLDPWD PATH HOME EDITOR
    SSH_AUTH_SOCK SSH_ASKPASS KEY_FILE PASSWORD_FILE TOKEN_URL TOKEN_TYPE SECRET_NAME KEYMAP DEBUG
    BYPASS MAX_TOKENS_HINT max_tokens stop_token eos_token max_completion_tokens prompt_cache_key
    virtual_key headerKey strategy on_status_codes
    """
)


@pytest.mark.parametrize("name", SECRET)
def test_the_name_of_a_secret(name: str) -> None:
    """Its value would be shown, exported and remembered in clear text."""
    assert is_secret_name(name)
    assert is_secret_name(name.lower())
    assert is_secret_name(name.upper())


@pytest.mark.parametrize("name", PLAIN)
def test_the_name_of_something_plain(name: str) -> None:
    """A harmless header would be refused, or hidden where one looks for a mistake."""
    assert not is_secret_name(name)


# What these names held had to be a reference already, so that a profile may hold one.
_BEFORE = re.compile(
    r"(authorization|cookie|token|secret|password|passwd|(api|access|secret|private)[-_]?key"
    r"|credentials?|service[-_]account[-_]json)$",
    re.IGNORECASE,
)


def test_a_reference_that_a_profile_holds_stays_one() -> None:
    """Else `keyring:work` itself would be sent as the header after an upgrade."""
    was_secret = [name for name in [*SECRET, *PLAIN] if _BEFORE.search(name) and name not in PLAIN]
    assert len(was_secret) > 50
    assert [name for name in was_secret if not is_secret_name(name)] == []
    assert [name for name in PLAIN if _BEFORE.search(name)] == ["stop_token", "eos_token"]


@pytest.mark.parametrize("name", ["", "-", "é", "ключ", "1", "____"])
def test_a_name_without_a_word_is_no_secret_and_no_fault(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("sk-ant-api03-0123456789", True), ("Bearer ghp_0123456789abcdef", True), ("AKIA0123456789ABCDEF", True),
     ("production", False), ("6f1c9f8e-0000-4000-8000-000000000000", False), ("@sk/model", False)],
)  # fmt: skip
def test_a_key_of_a_well_known_service_is_known_by_its_beginning(text: str, is_one: bool) -> None:
    assert looks_like_key(text) == is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("uK3VbXq9aZ0pLm2RtYs7WcEfGh1J", True), ("Bearer mhlvD-U2nGkc1Ka8TQ1fVGNZ0sk=", True),
     ("6f1c9f8e-0b3d-4a1c-8f2e-9d7c5b3a1e0f", False), ("pk-CANARY-0815-of-a-person", True),
     ("claude-sonnet-4-5-20250929", False), ("anthropic-production-eu-west-1", False),
     ("Team-Anthropic-Prod-EU-West-1b", False), ("/home/me/profiles-of-2026-11/it.env", False)],
)  # fmt: skip
def test_a_key_is_known_by_its_looks_and_a_long_name_is_none(text: str, is_one: bool) -> None:
    """A wrong no keeps a key in a browser's history, a wrong yes refuses a person's own names."""
    assert may_be_key(text) == is_one


# Where it is asked ------------------------------------------------------------------------------------

CLEAR = "CANARY-0815"


def profile_with(name: str) -> Profile:
    """One that holds the text under that header or variable, as a version before would have stored it."""
    field = "extra_env" if name.isupper() and "-" not in name else "extra_headers"
    data = {"name": "work", "route": {"kind": "provider", "provider": "@a"}, "api_key": "keyring:work"}
    with suppress(FieldError):
        return parse_profile({**data, field: {name: CLEAR}}, stored=True)
    return parse_profile({**data, field: {name: "keyring:of-its-own"}})  # as it always had to be


# Those that a profile keeps elsewhere, or writes itself, and so can never hold under their names.
def can_hold(name: str) -> bool:
    return (
        name.lower() not in PROFILE_HEADERS
        and name not in OWNED_ENV
        and bool(VARIABLE.fullmatch(name) or TOKEN.fullmatch(name))
    )


@pytest.mark.parametrize("name", [name for name in SECRET if can_hold(name)])
def test_a_secret_is_in_no_export_and_is_never_shown(name: str) -> None:
    """A bundle goes to a colleague, a screen to a recording."""
    profile = profile_with(name)
    text, notes = make_bundle([profile])
    assert CLEAR not in text
    rendered = render(profile)
    assert CLEAR not in str(written_by(rendered, None))
    assert CLEAR not in str(shown_fields(profile))
    slots = expected_values(rendered, None)
    slots = {slot: text for slot, text in slots.items() if name.lower() == slot.partition(".")[2].lower()}
    (change,) = compare(slots, dict.fromkeys(slots, CLEAR + "2"), lambda *_: False)
    assert CLEAR not in change.expected + change.actual
    if CLEAR in str(profile):
        assert notes == [f"work: {name} holds a secret in clear text, and is left out"]
        assert name in str(advise(profile, rendered))


@pytest.mark.parametrize("name", [name for name in PLAIN if can_hold(name)])
def test_plain_text_is_exported_and_shown(name: str) -> None:
    """A colleague who imports the bundle would otherwise miss a header without knowing."""
    profile = profile_with(name)
    assert CLEAR in make_bundle([profile])[0]
    assert CLEAR in str(written_by(render(profile), None))


@pytest.mark.parametrize("field", ["extra_headers", "extra_env", "metadata"])
def test_a_key_under_a_harmless_name_is_in_no_export(field: str) -> None:
    key = "sk-ant-api03-CANARY0815CANARY"
    data = {"name": "work", "route": {"kind": "provider", "provider": "@a"}, "api_key": "keyring:work"}
    text, notes = make_bundle([parse_profile({**data, field: {"NOTE": key}, "trace_id": key}, stored=True)])
    assert "CANARY" not in text
    assert len(notes) == 2


@pytest.mark.parametrize("metadata", [{"api_key": "hunter2"}, {"team": "uK3VbXq9aZ0pLm2RtYs7WcEfGh1J"}])
def test_metadata_that_is_a_key_is_refused_and_what_is_stored_is_still_read(metadata: dict[str, str]) -> None:
    """It would go into the gateway's logs with each request."""
    data = {"name": "work", "route": {"kind": "provider", "provider": "@a"}, "api_key": "keyring:work"}
    with pytest.raises(FieldError, match="gateway's logs") as refused:
        parse_profile({**data, "metadata": metadata})
    assert metadata.get("team", "hunter2") not in str(refused.value)
    assert parse_profile({**data, "metadata": metadata}, stored=True).metadata == metadata


def test_every_scheme_of_a_reference_is_known_to_begin_one() -> None:
    """A config that names a key by a scheme left out here would be said to hold it in clear text."""
    examples = ["keyring:a", "vault:a", "env:A", "file:/a", "op://a/b/c", 'cmd:["a"]']
    assert {parse_reference(text).scheme for text in examples} | {row.scheme for row in MANAGERS} == {
        prefix.partition(":")[0] for prefix in REFERENCE_PREFIXES
    }
    assert all(text.partition(":")[0] + ":" in FORMS for text in examples)
