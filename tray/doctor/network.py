"""Proxies and certificates, as far as the environment tells: nothing is sent anywhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from profiles.errors import PkccError
from profiles.files import read_bytes
from profiles.gateway_check.network import NETWORK_VARIABLES, proxy_for
from profiles.routing_names import (
    ALL_PROXY,
    CERTIFICATE_FILES,
    CLIENT_CERTIFICATE,
    PROXIES,
    TLS_CHECK,
    switches_checks_off,
)
from tray.doctor.finding import Finding

if TYPE_CHECKING:
    from tray.doctor.context import Context, Value

_PROXIES = [name for name in PROXIES if name not in ALL_PROXY]  # that one may be a SOCKS proxy
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def proxies(context: Context) -> list[Finding]:
    """Proxies that the client cannot use, or that stand between it and a gateway on this machine."""
    found = []
    values = {name: value for name in _PROXIES if (value := context.variable(name)) is not None}
    for name, value in values.items():
        scheme = value.text.partition("://")[0].lower() if "://" in value.text else ""
        if scheme.startswith("socks"):
            what, why = f"{name} names a SOCKS proxy", "Claude Code cannot use one (its documentation)."
        elif scheme not in ("http", "https"):
            what, why = f"{name} is no URL: it does not begin with http://", "Claude Code cannot use it."
        else:
            continue
        found.append(_without(context, name, value, Finding("proxy", "warning", what, why)))
    host = _host(context.base_url)
    if values and host in _LOOPBACK and _through_a_proxy(context):
        what = f"The gateway is on this machine ({host}), and NO_PROXY does not name it"
        why = "The proxy is asked for this machine, and does not know it."
        found.append(Finding("proxy", "warning", what, why, f"export NO_PROXY={','.join(_LOOPBACK)}"))
    return found


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _through_a_proxy(context: Context) -> bool:
    found = {name: value.text for name in NETWORK_VARIABLES if (value := context.variable(name))}
    return proxy_for(context.base_url, found) is not None


def certificates(context: Context) -> list[Finding]:
    """Certificate files that are not there, and checks that are switched off."""
    found = []
    for name in (*CERTIFICATE_FILES, *CLIENT_CERTIFICATE):
        value = context.variable(name)
        if value is None or (problem := _file_problem(os.path.expanduser(value.text))) is None:
            continue
        what = f"{name} names a file that {problem}"
        why = "It is passed over: behind a proxy that opens TLS no connection works."
        found.append(_without(context, name, value, Finding("certificates", "warning", what, why)))
    value = context.variable(TLS_CHECK)
    if value is not None and switches_checks_off(value.text):
        what = f"{TLS_CHECK} is 0: no certificate is checked"
        why = "Anybody on the way to the gateway can read the key."
        finding = Finding("certificates", "problem", what, why)
        found.append(_without(context, TLS_CHECK, value, finding))
    return found


def _file_problem(path: str) -> str | None:
    try:
        text = read_bytes(path)
    except PkccError:
        return "cannot be read"
    if text is None:
        return "is not there"
    return None if b"-----BEGIN" in text else "holds no certificate"


def _without(context: Context, name: str, value: Value, finding: Finding) -> Finding:
    if value.source == "shell":
        return finding._replace(
            command=context.unset(name), advice="Or set it right, where your shell sets it."
        )
    return finding._replace(advice=f"Change it in {value.path}.")
