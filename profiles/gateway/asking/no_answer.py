"""Words for a request that got no answer. Pure."""

from __future__ import annotations

from profiles.gateway.asking.http import CONNECT_LIMIT_S, TOTAL_LIMIT_S, Trouble
from profiles.gateway.asking.meanings import PROXY_LOGIN
from profiles.gateway.asking.steps import FAILED, UNREACHABLE, Step

_CERTIFICATES = {
    "expired": (
        "{host}'s certificate has expired",
        "Its operator must renew it; is this machine's date right?",
    ),
    "early": ("{host}'s certificate is not valid yet", "Is this machine's date right?"),
    "self_signed": (
        "{host}'s certificate is signed by nobody this machine trusts (self-signed)",
        "If your company signs its own, set NODE_EXTRA_CA_CERTS to its certificate, for Claude Code too.",
    ),
    "host": (
        "{host} shows a certificate for another host",
        "Is the host's name in {where} right? A network's sign-in page can do this too.",
    ),
    "untrusted": (
        "{host}'s certificate leads to no authority that this machine trusts",
        "If a proxy or your company signs its own, set NODE_EXTRA_CA_CERTS to its certificate.",
    ),
}
_PROXY_STATUS = {
    "407": ("The proxy {proxy} wants a user name and password (407)", PROXY_LOGIN),
    "403": (
        "The proxy {proxy} does not let {host} through (403)",
        "Ask the people who run it, or set NO_PROXY.",
    ),
    "502": ("The proxy {proxy} cannot reach {host} (502)", "Is the host's name in {where} right?"),
    "503": ("The proxy {proxy} cannot reach {host} (503)", "Is the host's name in {where} right?"),
    "504": ("The proxy {proxy} cannot reach {host} (504)", "Is the host's name in {where} right?"),
}
_NO_TIME_MS = 100  # of a connection that was hardly begun: what was asked before took all the time


def trouble_step(
    trouble: Trouble, host: str, proxy: str, server: str = "the gateway", where: str = "`gateway`"
) -> Step:
    """The failed step; `host` is where the question was for, `proxy` what it went through, "" for none.

    `server` is what was asked, and `where` says where its address stands, in words.
    """
    title, hint = _words(trouble)
    shown = {"host": host, "proxy": proxy or "the proxy", "server": server, "where": where}
    return Step(
        "gateway" if trouble.phase in ("send", "answer") else "connection",
        FAILED,
        title.format(**shown),
        hint.format(**shown),
        trouble.ms,
        UNREACHABLE,
    )


def _words(trouble: Trouble) -> tuple[str, str]:
    kind, detail = trouble.kind, trouble.detail
    if kind == "certificate":
        return _CERTIFICATES[detail]
    if trouble.phase == "proxy":
        return _proxy_words(kind, detail)
    if kind == "dns":
        return dns_words()
    if kind == "refused":
        return (
            "{host} refuses the connection: nothing listens there",
            "Is {server} running, and its port right?",
        )
    if kind == "url":
        return "The URL of {server} is none that can be asked", "See `pkcc-tray show`, and correct {where}."
    if kind == "tls":
        return _tls_words(detail)
    if kind == "timeout":
        return _timeout_words(trouble)
    if kind == "reset":
        return (
            "{host} broke the connection off",
            "A firewall or proxy on the way may do that; or it wants https rather than http, or the reverse.",
        )
    if kind == "no_http":
        return (
            "What answers at {host} speaks no HTTP, or closed the connection without an answer",
            "Are the port and http or https in {where} right?",
        )
    return "{host} cannot be reached", "Is this machine online?"


def dns_words() -> tuple[str, str]:
    """The words for a `host` whose name leads to no address, in `where` it stands."""
    return "No address was found for {host}", "Is the name in {where} right, and this machine online?"


def _proxy_words(kind: str, detail: str) -> tuple[str, str]:
    if detail in _PROXY_STATUS:
        return _PROXY_STATUS[detail]
    if kind == "proxy" and detail:
        return (
            "The proxy {proxy} refuses the way to {host} (" + detail + ")",
            "Ask the people who run it, or set NO_PROXY.",
        )
    why = {"dns": "has no address", "refused": "refuses the connection", "timeout": "does not answer"}
    return (
        "The proxy {proxy} " + why.get(kind, "cannot be used"),
        "See HTTPS_PROXY and HTTP_PROXY, in the shell and in Claude Code's settings.",
    )


def _tls_words(reason: str) -> tuple[str, str]:
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return "{host} speaks no TLS at that port", "Is it http rather than https, or another port?"
    if "CERTIFICATE_REQUIRED" in reason:
        return (
            "{host} wants a client certificate, which this check does not send",
            "If CLAUDE_CODE_CLIENT_CERT is set, Claude Code itself may well get through.",
        )
    return "{host} and this machine agree on no TLS", "Something old, or something in between, is in the way."


def _timeout_words(trouble: Trouble) -> tuple[str, str]:
    if trouble.phase == "connect" and trouble.ms < _NO_TIME_MS:
        return "No time was left to ask {host}: it is slow to answer", "Try again; is {server} overloaded?"
    if trouble.phase == "connect":
        return (
            f"{{host}} does not take the connection within {CONNECT_LIMIT_S:g} seconds",
            "A firewall may swallow it. Does this network need a proxy (HTTPS_PROXY) or a VPN?",
        )
    if trouble.phase == "tls":
        return (
            f"{{host}} does not finish the TLS handshake within {CONNECT_LIMIT_S:g} seconds",
            "Something in between may hold it up: a proxy or a firewall.",
        )
    limit = (
        f" within {trouble.ms / 1000:.0f} seconds" if trouble.ms > 1000 * (TOTAL_LIMIT_S - 1) else " in time"
    )
    return (
        "{host} takes the question, but does not answer it" + limit,
        "Try again; is {server} overloaded?",
    )
