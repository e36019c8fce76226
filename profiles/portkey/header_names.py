"""The header lines by which a request tells Portkey what to do with it, by name: the one table of them. Pure.

All names are in small letters. Which of them hold a secret, `secret_names.is_secret_name` knows by the name.
"""

from __future__ import annotations

PREFIX = "x-portkey-"
PORTKEY_KEY = f"{PREFIX}api-key"
CONFIG = f"{PREFIX}config"  # a saved config's id, or a config as JSON, with secrets and addresses in it
VIRTUAL_KEY = f"{PREFIX}virtual-key"
PROVIDER = f"{PREFIX}provider"
METADATA = f"{PREFIX}metadata"  # a JSON object of texts
METADATA_LIMIT = 128  # characters of a value; Portkey's documentation
REQUIRED_KEY = r"[ -~]{1,128}"  # of metadata, where a team or an administrator asks for it
TRACE_ID = f"{PREFIX}trace-id"
CUSTOM_HOST = f"{PREFIX}custom-host"  # where the gateway sends the request, with the key that came with it
LAST_USED = f"{PREFIX}last-used-option-index"  # in an answer: which target of a config it came from

# The first of these that is there names the route.
ROUTE = (CONFIG, VIRTUAL_KEY, PROVIDER)
# Those that a profile has a field for.
WITH_FIELD = (PORTKEY_KEY, *ROUTE, METADATA, TRACE_ID)
# Those that choose no host: what is in the key's own workspace, or only recorded.
CHOOSE_NO_HOST = frozenset(
    PREFIX + name
    for name in (
        *("api-key", "virtual-key", "metadata", "trace-id", "span-id", "span-name"),
        *("parent-span-id", "debug", "cache", "cache-namespace", "cache-force-refresh", "request-timeout"),
        "strict-open-ai-compliance",
    )
)

BEARER = "authorization"
# A line of this name, blank, keeps the key of the client's own login from going along with a token (facts).
LOGIN = "x-api-key"
# What the client itself sends a key in; the gateway takes it from there too.
CLIENT_KEYS = (BEARER, LOGIN)

# Node's limit for all headers together: the open-source gateway answers 431 to more. The client's own take
# their part of it, so that much is left for ours, and a warning comes before.
MOST_BYTES, LEFT_BYTES, WARNED_BYTES = 16_384, 15_000, 12_000
