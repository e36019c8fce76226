"""Proxies and certificates, as far as the environment says: nothing is sent anywhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.claude_code.routing_names import (
    ALL_PROXY,
    CERTIFICATE_FILES,
    CLIENT_CERTIFICATE,
    NO_PROXY,
    PROXIES,
    TLS_CHECK,
)
from profiles.claude_code.variable_values import switches_checks_off
from profiles.files.read import read_bytes
from profiles.gateway.asking.network import NETWORK_VARIABLES, proxy_for
from profiles.portkey.addresses import LOOPBACK
from profiles.portkey.editions import host_in
from tray.doctor.context import Context, Value
from tray.doctor.finding import problem, warning
from tray.doctor.remedies import IN_SHELL, for_variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.finding import Finding

_PROXIES = [name for name in PROXIES if name not in ALL_PROXY]  # that one may be a SOCKS proxy


def proxies(context: Context) -> Iterator[Finding]:
    """Proxies that the client cannot use, or that stand between it and a gateway on this machine."""
    values = {name: value for name in _PROXIES if (value := context.variable(name)) is not None}
    for name, value in values.items():
        scheme = value.text.partition("://")[0].lower() if "://" in value.text else ""
        if scheme.startswith("socks"):
            what, why = f"{name} names a SOCKS proxy", "Claude Code cannot use one (its documentation)."
        elif scheme not in ("http", "https"):
            what, why = f"{name} is no URL: it does not begin with http://", "Claude Code cannot use it."
        else:
            continue
        yield warning("proxy", what, why, *for_variable(context, name, value))
    host = host_in(context.base_url)
    if values and host in LOOPBACK and _through_a_proxy(context):
        what = f"The gateway is on this machine ({host}), and NO_PROXY does not name it"
        why = "The proxy is asked for this machine, and does not know it."
        yield warning("proxy", what, why, *_passed_by(context))


def _passed_by(context: Context) -> tuple[str, str]:
    """What adds this machine to the variable that counts, and leaves there what it says."""
    name = next((name for name in NO_PROXY if context.variable(name)), NO_PROXY[-1])
    value = context.variable(name) or Value("", "shell", "")
    if value.source != "shell":
        return for_variable(context, name, value)
    return context.export(name, ",".join(filter(None, (value.text, *LOOPBACK)))), IN_SHELL


def _through_a_proxy(context: Context) -> bool:
    found = {name: value.text for name in NETWORK_VARIABLES if (value := context.variable(name))}
    return proxy_for(context.base_url, found) is not None


def certificates(context: Context) -> Iterator[Finding]:
    """Certificate files that are not there, and checks that are switched off."""
    for name in (*CERTIFICATE_FILES, *CLIENT_CERTIFICATE):
        value = context.variable(name)
        if value is not None and (fault := _fault_of(os.path.expanduser(value.text))):
            what = f"{name} names a file that {fault}"
            why = "It is ignored: behind a proxy that opens TLS no connection works."
            yield warning("certificates", what, why, *for_variable(context, name, value))
    value = context.variable(TLS_CHECK)
    if value is not None and switches_checks_off(value.text):
        what = f"{TLS_CHECK} is 0: no certificate is checked"
        why = "Anybody on the way to the gateway can read the key."
        yield problem("certificates", what, why, *for_variable(context, TLS_CHECK, value))


def _fault_of(path: str) -> str:
    try:
        text = read_bytes(path)
    except PkccError:
        return "cannot be read"
    if text is None:
        return "is not there"
    return "" if b"-----BEGIN" in text else "holds no certificate"
