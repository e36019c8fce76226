"""Whether a gateway answers at all, asked without any key; and if not, whether the network is at fault.

So nobody on the way gets to see a key, no keyring is asked, and the question can be repeated. Importing this
loads an HTTP client (100 ms).
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from profiles.claude_code.routing_names import V1
from profiles.gateway.asking.answers import verdict_on
from profiles.gateway.asking.http import TOTAL_LIMIT_S, Answer, Trouble
from profiles.gateway.asking.no_answer import trouble_step
from profiles.gateway.asking.steps import FAILED, OK, UNREACHABLE, WARN, Step, Veil
from profiles.gateway.asking.way import find_way
from profiles.portkey.addresses import LOOPBACK
from profiles.portkey.editions import edition_of

if TYPE_CHECKING:
    from collections.abc import Mapping

NETWORK = "network"  # the failed step where this machine has none, or one that wants its user to sign in
# Addresses that lead nowhere (RFC 5737, 3849): whether there is a way out is asked of the system alone.
_OUTSIDE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def reach_gateway(base_url: str, environ: Mapping[str, str], total_s: float = TOTAL_LIMIT_S) -> list[Step]:
    """One step: the gateway answers, or why it does not. Raises nothing; takes `total_s` seconds at most."""
    way = find_way(base_url, environ, total_s)
    if isinstance(way.asker, Step):
        return [way.asker]
    url = f"{base_url.removesuffix(V1)}{V1}/models"
    with way.asker as asker:
        answer = asker.get(url, {})
    host = urlsplit(base_url).hostname or ""
    veil = Veil(way.secrets)
    if isinstance(answer, Answer):
        return [veil.over(_answered(answer, url, host, veil))]
    return [veil.over(_unanswered(answer, host, way.proxy))]


def _unanswered(trouble: Trouble, host: str, proxy: str) -> Step:
    step = trouble_step(trouble, host, proxy)
    if host in LOOPBACK or trouble.kind == "refused" or has_way_out():
        return step
    text, hint = "This machine has no network", "Connect it to one, then try again."
    return Step(NETWORK, FAILED, text, hint, trouble.ms, UNREACHABLE)


def has_way_out() -> bool:
    """Whether the system knows a way to other networks; nothing is sent to find out."""
    for family, address in _OUTSIDE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as asking:
                asking.connect((address, 9))
        except OSError:
            continue
        return True
    return False


def _answered(answer: Answer, url: str, host: str, veil: Veil) -> Step:
    verdict = verdict_on(answer, url, edition_of(url), veil)
    if answer.status == 511 or (verdict.kind == "elsewhere" and _is_sign_in(answer, url, host)):
        text = f"This network wants its user to sign in ({answer.status})"
        hint = "Open any page in a browser, sign in, try again."
        return Step(NETWORK, FAILED, text, hint, answer.ms, UNREACHABLE)
    if verdict.kind in ("accepted", "known_key", "refused_key", "open_source"):
        return Step("gateway", OK, "it answers", ms=answer.ms)
    if answer.status >= 500 or (verdict.kind == "elsewhere" and url.startswith("http:")):
        return verdict.step
    # By TLS it is that host at least: a firewall before the gateway may refuse what has no key.
    text = f"{host} answers, if not as a Portkey gateway does ({answer.status})"
    return Step("gateway", WARN, text, ms=answer.ms)


def _is_sign_in(answer: Answer, url: str, host: str) -> bool:
    """Whether a network between may have answered: without TLS, and with the way to another host."""
    if not url.startswith("http:") or host in LOOPBACK or not 300 <= answer.status < 400:
        return False
    try:
        return urlsplit(answer.headers.get("location", "")).hostname not in (host, None)
    except ValueError:
        return True
