"""Whose gateway an address leads to: judged by its host, and by nothing else in it."""

from __future__ import annotations

_PORTKEY = "portkey.ai"


def is_portkey_url(url: str) -> bool:
    """Whether a URL is one of Portkey's own hosted gateway: `https://evil.example/.portkey.ai` is not."""
    from urllib.parse import urlsplit  # costly, and most who load this module ask nothing

    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host == _PORTKEY or host.endswith("." + _PORTKEY)
