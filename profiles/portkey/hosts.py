"""Portkey's own addresses: its hosted gateway and its console's pages; whether a URL leads there. Pure."""

from __future__ import annotations

_DOMAIN = "portkey.ai"
GATEWAY = f"https://api.{_DOMAIN}"
CONSOLE = f"app.{_DOMAIN}"
STATUS_PAGE = f"status.{_DOMAIN}"
# The console's documented pages, by what is seen there.
PAGES = {name: f"https://{CONSOLE}/{name}" for name in ("logs", "configs", "virtual-keys", "api-keys")}


def is_portkey_url(url: str) -> bool:
    """Whether a URL is one of Portkey's own hosted gateway: `https://evil.example/.portkey.ai` is not."""
    from urllib.parse import urlsplit  # costly, and most who load this module ask nothing

    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host == _DOMAIN or host.endswith(f".{_DOMAIN}")
