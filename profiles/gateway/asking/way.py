"""The way to a gateway: by which proxy, with which certificates trusted, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.secret import Secret
from profiles.base.text import printable
from profiles.gateway.asking.http import TOTAL_LIMIT_S, Asker
from profiles.gateway.asking.network import proxy_for, tls_context
from profiles.gateway.asking.steps import FAILED, UNREACHABLE, Step

if TYPE_CHECKING:
    from collections.abc import Mapping


class Way(NamedTuple):
    """What asks, or the failed step where nothing can; the proxy as it may be shown, "" for none.

    `secrets` are those in the proxy's URL, `useless` the variables that name no certificate.
    """

    asker: Asker | Step
    proxy: str
    secrets: tuple[Secret, ...]
    useless: tuple[str, ...]


def find_way(url: str, environ: Mapping[str, str], total_s: float = TOTAL_LIMIT_S) -> Way:
    """The way to that URL, as the client would go with that environment."""
    proxy = proxy_for(url, environ)
    context, useless = tls_context(environ)
    shown = "" if proxy is None else _shown(proxy)
    secrets = () if proxy is None else tuple(Secret(part) for part in _credentials(proxy))
    if proxy is not None and not proxy.lower().startswith(("http://", "https://")):
        text = f"The proxy {shown} is none that Claude Code speaks to: only http and https"
        step = Step("connection", FAILED, text, "Set HTTPS_PROXY to an http proxy.", exit_code=UNREACHABLE)
        return Way(step, shown, secrets, tuple(useless))
    try:
        return Way(Asker(context, proxy, total_s), shown, secrets, tuple(useless))
    except Exception:  # noqa: BLE001 - a proxy URL that no parser takes
        text = "The proxy's URL cannot be read"
        step = Step("connection", FAILED, text, "See HTTPS_PROXY and HTTP_PROXY.", exit_code=UNREACHABLE)
        return Way(step, shown, secrets, tuple(useless))


def _credentials(proxy: str) -> list[str]:
    """The user name and password in a proxy's URL."""
    before = proxy.partition("://")[2].partition("/")[0].rpartition("@")[0]
    return [part for part in before.split(":", 1) if part]


def _shown(proxy: str) -> str:
    """The proxy's URL without what it holds of credentials."""
    scheme, _, rest = proxy.partition("://")
    return printable(f"{scheme}://{rest.rpartition('@')[2].partition('/')[0]}")
