"""The editions in which Portkey is offered: hosts, console pages, key header, what their APIs list. Pure.

Portkey belongs to Palo Alto Networks, which sells it as Prisma AIRS AI Gateway beside the original.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.portkey.header_names import BEARER, PORTKEY_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping


class Page(NamedTuple):
    """A page of an edition's console: its name, such as `logs`, how a menu names it, and its URL."""

    name: str
    label: str
    url: str


class Edition(NamedTuple):
    """One edition. `gateway` is its root URL, "" where everybody has their own; `console` names its console.

    `key_header` is where its pages put the key, `lists` what a gateway key may ask for beside the models,
    `error_words` how its own errors begin, `places` what its console calls what Portkey's calls otherwise;
    `prices` is the root URL that tells models' prices, "" where the gateway does itself; `status_page` tells
    whether the gateway has a fault, "" where only those who run it know.
    """

    name: str
    title: str
    gateway: str
    console: str
    pages: tuple[Page, ...]
    key_header: str
    lists: frozenset[str]
    error_words: str
    places: Mapping[str, str] = {}
    prices: str = ""
    status_page: str = ""

    def carrying(self, key: str) -> dict[str, str]:
        """The header that hands a key to the edition's own API."""
        return {self.key_header: f"Bearer {key}" if self.key_header == BEARER else key}

    def place(self, page: str) -> str:
        """Where to look for something in the console, such as `app.portkey.ai → API Keys`."""
        return f"{self.console} → {self.places.get(page, page)}"


_DOMAIN = "portkey.ai"
_CONSOLE = f"app.{_DOMAIN}"
_SCM = "stratacloudmanager.paloaltonetworks.com"

PORTKEY = Edition(
    name="portkey",
    title="Portkey",
    gateway=f"https://api.{_DOMAIN}",
    console=_CONSOLE,
    pages=(
        Page("logs", "Portkey logs", f"https://{_CONSOLE}/logs"),
        Page("configs", "Portkey configs", f"https://{_CONSOLE}/configs"),
        Page("model-catalog", "Portkey model catalog", f"https://{_CONSOLE}/model-catalog"),
        Page("api-keys", "Portkey API keys", f"https://{_CONSOLE}/api-keys"),
    ),
    key_header=PORTKEY_KEY,
    lists=frozenset({"providers", "virtual-keys", "configs", "policies", "analytics"}),
    error_words="Portkey Error",
    status_page=f"status.{_DOMAIN}",
)
AIRS = Edition(
    name="airs",
    title="Prisma AIRS AI Gateway",
    gateway=f"https://aigw.{_DOMAIN}",
    console="Strata Cloud Manager",
    pages=(Page("console", "Strata Cloud Manager", f"https://{_SCM}"),),
    key_header=BEARER,
    lists=frozenset(),
    error_words="AI Gateway Error",
    places={"Configs": "AI Gateway → Configurations", "Billing": "AI Gateway → Settings"},
    prices=PORTKEY.gateway,
    status_page=PORTKEY.status_page,
)
# A company's own gateway is either Portkey's open-source one, or managed in Portkey's console.
SELF_HOSTED = PORTKEY._replace(
    name="self-hosted",
    title="a self-hosted gateway",
    gateway="",
    console="the gateway's console",
    status_page="",
)
EDITIONS = (PORTKEY, AIRS, SELF_HOSTED)
NAMED_GATEWAYS = tuple(each.name for each in EDITIONS if each.gateway)
_AIRS_HOSTS = (f"aigw.{_DOMAIN}", f"mcp-aigw.{_DOMAIN}")


def edition_of(url: str) -> Edition:
    """The edition whose gateway answers at that base URL, as far as the host tells."""
    host = host_in(url)
    if host in _AIRS_HOSTS:
        return AIRS
    return PORTKEY if host == _DOMAIN or host.endswith(f".{_DOMAIN}") else SELF_HOSTED


def edition_answering(edition: Edition, text: str) -> Edition:
    """The edition that an error's own words tell where the host told none.

    Portkey's words tell none: a company's own gateway has them, too, with a console of its own.
    """
    return AIRS if edition is SELF_HOSTED and AIRS.error_words in text else edition


def gateway_named(text: str) -> str:
    """The root URL of the edition of that name, such as `airs`; "" for any other text."""
    return next((each.gateway for each in EDITIONS if each.name == text.strip().lower()), "")


def is_portkey_url(url: str) -> bool:
    """Whether a URL is one of Portkey's own hosted gateways: `https://evil.example/.portkey.ai` is not."""
    return edition_of(url) is not SELF_HOSTED


def host_in(url: str) -> str:
    """The host alone, neither a login nor a path, where a key may stand; "" where there is none."""
    from urllib.parse import urlsplit  # costly, and most who load this module ask nothing

    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
