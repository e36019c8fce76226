"""Whether a profile trusts a proxy or a certificate setting that a settings file names. Pure."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.routing_names import CERTIFICATES, PROXIES, TLS_CHECK
from profiles.portkey.addresses import parse_address

if TYPE_CHECKING:
    from collections.abc import Sequence


def is_trusted(name: str, value: str, trusted: Sequence[str], directory: str) -> bool:
    """Whether one of the profile's `trusted` entries allows that value; `directory` is the session's."""
    if not trusted:
        return False
    if name in PROXIES:
        wanted = parse_address(without_login(value))
        texts = [entry.removeprefix("proxy:") for entry in trusted if entry.startswith("proxy:")]
        return wanted is not None and wanted in map(parse_address, texts)
    if name in CERTIFICATES and name != TLS_CHECK:
        path = os.path.normpath(os.path.join(directory, value))
        return any(entry in (f"ca:{value}", f"ca:{path}") for entry in trusted)
    return False


def without_login(url: str) -> str:
    """The address of a proxy without the login in it: the scheme is `http` where none is named."""
    head, separator, rest = url.partition("://")
    if not separator:
        head, separator, rest = "http", "://", url
    authority, slash, path = rest.partition("/")
    return head + separator + authority.rpartition("@")[2] + slash + path
