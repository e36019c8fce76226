"""Base URLs as the guard compares them: part by part, as text, so that no odd spelling passes. Pure.

What does not parse exactly is a stranger. There is no library here on purpose: each is lenient in a way of
its own, and none as the client is.
"""

from __future__ import annotations

# What a list of hosts may hold, as the patterns that schemas need: what a URL may have is `parse_address`'s.
HOST_NAME = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,252}[A-Za-z0-9])?"
HOST_NUMBER = r"\[[0-9A-Fa-f:.]{2,45}\]"
PORT = r"(:[0-9]{1,5})?"

# What a computer calls itself: who asks there asks it.
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PORTS = {"http": "80", "https": "443"}
_IN_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")
_IN_ADDRESS_6 = frozenset("0123456789abcdef:.")
_LONGEST_SHOWN = 100


def parse_address(url: str) -> tuple[str, str, str, str] | None:
    """Scheme, host, port, path of `http(s)://host[:port][/path]`; None for whatever else there is in it."""
    scheme, separator, rest = url.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in _PORTS or not (rest.isascii() and rest.isprintable()):
        return None
    authority, _, path = rest.partition("/")
    path = path.rstrip("/")
    if any(char in rest for char in "\\ #?@") or (path and "" in path.split("/")):
        return None
    host, port = _split_authority(authority.lower())
    if host is None:
        return None
    return scheme, host, port or _PORTS[scheme], path


def _split_authority(authority: str) -> tuple[str | None, str]:
    if authority.startswith("["):
        host, bracket, rest = authority[1:].partition("]")
        if not bracket or not set(host) <= _IN_ADDRESS_6 or not host:
            return None, ""
        if rest and not rest.startswith(":"):
            return None, ""
        host, port = f"[{host}]", rest[1:]
    else:
        host, _, port = authority.partition(":")
        if not host or not set(host) <= _IN_HOST:
            return None, ""
    if port and not (port.isdecimal() and len(port) <= 5):
        return None, ""
    return host, port.lstrip("0") if port else ""


def host_of(url: str) -> str:
    """Where a key goes by that URL: `gw.acme.example`, and an unusual port; "" where it does not parse."""
    address = parse_address(url)
    if address is None:
        return ""
    scheme, host, port, _ = address
    return host if port == _PORTS[scheme] else f"{host}:{port}"


def is_same_address(one: str, other: str) -> bool:
    """Whether both are one base URL, except for case of the host, a default port and a slash at the end."""
    if one.rstrip("/") == other.rstrip("/"):
        return bool(one)
    first = parse_address(one)
    return first is not None and first == parse_address(other)


def shown_address(url: str) -> str:
    """A base URL as it may be printed: without login, query and control characters, and not too long."""
    head, separator, rest = url.partition("://")
    scheme = head + separator if separator else ""
    rest = rest if separator else head
    authority, slash, path = rest.partition("/")
    path = path.split("?")[0].split("#")[0]
    text = scheme + authority.rpartition("@")[2] + slash + path
    shown = "".join(char if char.isprintable() and char.isascii() else "?" for char in text)
    return shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 3] + "..."
