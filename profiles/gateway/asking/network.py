"""Which proxy and which certificates the client would use, from its environment.

Each was seen with the real client (2.1.331): one proxy for http and https alike, for loopback too; entries
of NO_PROXY apart by commas or spaces; NODE_EXTRA_CA_CERTS and SSL_CERT_FILE trusted beside the system's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from profiles.claude_code.routing_names import CERTIFICATE_FILES, NO_PROXY, PROXIES

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

NETWORK_VARIABLES = frozenset({*PROXIES, *NO_PROXY, *CERTIFICATE_FILES})


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """The URL of the proxy that requests to `url` go through; it may hold a password. None without one."""
    proxy, exceptions = (
        next((environ[name] for name in names if environ.get(name)), None) for names in (PROXIES, NO_PROXY)
    )
    passing = (exceptions or "").replace(",", " ").split()
    if proxy is None or any(_covers(entry.lower(), _netloc(url)) for entry in passing):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _netloc(url: str) -> str:
    """Host and port as they stand in a URL, such as "[::1]:8787"; "" for what is no URL."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _covers(entry: str, netloc: str) -> bool:
    """Whether an entry of NO_PROXY means that host: itself or a domain above it, with or without a port."""
    host = netloc.rpartition(":")[0] if netloc.rpartition(":")[2].isdigit() else netloc
    domain = entry.removeprefix("*").removeprefix(".")
    return entry == "*" or any(
        name == domain or name.endswith("." + domain) for name in (netloc, host, host.strip("[]"))
    )


def tls_context(environ: Mapping[str, str]) -> tuple[ssl.SSLContext, list[str]]:
    """TLS that trusts what the system trusts and the environment adds; and the variables that add nothing."""
    import ssl

    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    useless = []
    for name in CERTIFICATE_FILES:
        if path := environ.get(name):
            try:
                context.load_verify_locations(path)
            except (OSError, ValueError):  # SSLError is an OSError; a NUL in the path a ValueError
                useless.append(name)
    return context, useless
