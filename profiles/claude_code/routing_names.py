"""What decides where Claude Code's requests go, and who can read them: the one table of it. Pure.

Seen with client 2.1.332, each name alone and in pairs; `tests/e2e` compares it with the strings of the
installed client. A session's requests go to the first provider of `PROVIDERS` whose switch is on, else to
`ANTHROPIC_BASE_URL`, else to Anthropic.
"""

from __future__ import annotations

from profiles.base.light_typing import NamedTuple


class Provider(NamedTuple):
    """One way to reach a model. `switch` turns it on; `cloud` is where requests go when it has no base URL.

    `skip_auth` leaves the cloud's own sign-in out; `address` are further variables that choose the address
    in the base URL's place.
    """

    name: str
    switch: str
    base_url: str
    cloud: str
    skip_auth: str = ""
    address: tuple[str, ...] = ()


# In the client's order: of several switches that are on, the first one here counts.
PROVIDERS = (
    Provider(
        "bedrock",
        "CLAUDE_CODE_USE_BEDROCK",
        "ANTHROPIC_BEDROCK_BASE_URL",
        "bedrock-runtime.amazonaws.com",
        "CLAUDE_CODE_SKIP_BEDROCK_AUTH",
    ),
    Provider(
        "foundry",
        "CLAUDE_CODE_USE_FOUNDRY",
        "ANTHROPIC_FOUNDRY_BASE_URL",
        "services.ai.azure.com",
        "CLAUDE_CODE_SKIP_FOUNDRY_AUTH",
        ("ANTHROPIC_FOUNDRY_RESOURCE",),
    ),
    Provider(
        "anthropic_aws",
        "CLAUDE_CODE_USE_ANTHROPIC_AWS",
        "ANTHROPIC_AWS_BASE_URL",
        "Claude on AWS",
        "CLAUDE_CODE_SKIP_ANTHROPIC_AWS_AUTH",
    ),
    Provider(
        "google_cloud",
        "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
        "ANTHROPIC_GOOGLE_CLOUD_BASE_URL",
        "Claude on Google Cloud",
        "CLAUDE_CODE_SKIP_ANTHROPIC_GOOGLE_CLOUD_AUTH",
    ),
    Provider(
        "mantle",
        "CLAUDE_CODE_USE_MANTLE",
        "ANTHROPIC_BEDROCK_MANTLE_BASE_URL",
        "bedrock-mantle.amazonaws.com",
        "CLAUDE_CODE_SKIP_MANTLE_AUTH",
    ),
    Provider(
        "vertex",
        "CLAUDE_CODE_USE_VERTEX",
        "ANTHROPIC_VERTEX_BASE_URL",
        "aiplatform.googleapis.com",
        "CLAUDE_CODE_SKIP_VERTEX_AUTH",
    ),
)
MESSAGES = Provider("messages", "", "ANTHROPIC_BASE_URL", "api.anthropic.com")
# What the client itself appends to a base URL of `messages`; at Portkey all other base URLs end in it.
V1 = "/v1"

BASE_URLS = {provider.name: provider.base_url for provider in (MESSAGES, *PROVIDERS)}
SWITCH_OF = {provider.name: provider.switch for provider in PROVIDERS}
SWITCHES = tuple(SWITCH_OF.values())
SKIP_AUTH = tuple(provider.skip_auth for provider in PROVIDERS)
ADDRESSES = tuple(name for provider in PROVIDERS for name in provider.address)
# With a token in force the client stops asking the helper and takes another model, at the same address.
GATEWAY_SWITCH = "CLAUDE_CODE_USE_GATEWAY"
HEADERS_KEY = "ANTHROPIC_CUSTOM_HEADERS"
AUTH_TOKEN = "ANTHROPIC_AUTH_TOKEN"  # noqa: S105 - a variable's name
API_KEY = "ANTHROPIC_API_KEY"
BEARER_TOKEN = "AWS_BEARER_TOKEN_BEDROCK"  # noqa: S105 - a variable's name
# Of these a value that the shell exports must not reach a session either: it would send the requests, or the
# user's own Anthropic key, somewhere else. Only a value in the settings, even "", beats the shell's.
SHIELDED = frozenset({AUTH_TOKEN, API_KEY, BEARER_TOKEN, *SWITCHES, GATEWAY_SWITCH})
OF_THE_CLIENT = ("ANTHROPIC_", "CLAUDE_CODE_")  # how the client's own variables begin

# A proxy sees every request; the key too where it may end TLS, or where there is none.
# The client takes them in small letters and in capitals (not mixed), and one of them for both schemes: the
# first of `PROXIES` that is set.
ALL_PROXY = ("all_proxy", "ALL_PROXY")
NO_PROXY = ("no_proxy", "NO_PROXY")
PROXIES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", *ALL_PROXY)
# Whose certificates the client believes, and its own.
TLS_CHECK = "NODE_TLS_REJECT_UNAUTHORIZED"
CERTIFICATE_FILES = ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")
CERTIFICATES = (*CERTIFICATE_FILES, TLS_CHECK, "SSL_CERT_DIR", "CLAUDE_CODE_CERT_STORE")
CLIENT_CERTIFICATE = ("CLAUDE_CODE_CLIENT_CERT", "CLAUDE_CODE_CLIENT_KEY")
READERS = (*PROXIES, *CERTIFICATES)
# Where these are set, the client leaves aside the routing that settings files name, or sends it elsewhere.
HOST_FLAG = "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"
HOST_AUTH = "CLAUDE_CODE_HOST_AUTH_ENV_VAR"
UNIX_SOCKET = "ANTHROPIC_UNIX_SOCKET"

# A claude.ai login, as a variable.
OWN_LOGIN = "CLAUDE_CODE_OAUTH_TOKEN"

# From the shell, or the user's settings: the client reads another file than `settings.json` as the user's,
# asks no helper for a key (as with `--bare`), or starts only with an address that Anthropic gave.
OTHER_SETTINGS = "CLAUDE_CODE_USE_COWORK_PLUGINS"
NO_HELPER = "CLAUDE_CODE_SIMPLE"
CLIENT_DATA = "CLAUDE_CODE_CLIENT_DATA_URL"
# What the client puts into each request besides: it may name another model.
EXTRA_BODY, BETAS = "CLAUDE_CODE_EXTRA_BODY", "ANTHROPIC_BETAS"

# Not ours to write, but they decide who can read a key: remembered at a switch, and reported when they
# change.
SURROUNDINGS = (*PROXIES, *NO_PROXY, *CERTIFICATES, UNIX_SOCKET, HOST_FLAG, HOST_AUTH)
PROXY_HELPER = "proxyAuthHelper"  # a top-level setting: a command that signs in at the proxy
