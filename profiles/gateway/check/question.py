"""What is to be checked, and which headers that means: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.claude_code.routing_names import AUTH_TOKEN, V1
from profiles.portkey.editions import SELF_HOSTED
from profiles.portkey.header_names import BEARER, CONFIG, LOGIN, PORTKEY_KEY, PREFIX, PROVIDER, ROUTE
from profiles.profile.rendering import slugs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.secret import Secret
    from profiles.portkey.editions import Edition
    from profiles.profile.rendering import Rendered


class Question(NamedTuple):
    """What is to be checked: a profile, its secrets, and the environment that a session would have.

    `headers` are all header lines of the profile, filled in; `secrets` what in them is one, and the key.
    """

    rendered: Rendered
    base_url: str
    key: Secret
    headers: list[tuple[str, Secret]]
    secrets: list[Secret]
    environ: Mapping[str, str]
    along_route: bool = False
    edition: Edition = SELF_HOSTED

    @property
    def api_url(self) -> str:
        """Where Portkey's own API is, `/v1` included, which only some dialects' base URLs hold."""
        return self.root_url + V1

    @property
    def root_url(self) -> str:
        """The gateway's root."""
        return self.base_url.removesuffix(V1)

    def delivered(self) -> dict[str, str]:
        """How the client hands the key over (seen with the real one), and the user's own headers."""
        key = self.key.reveal()
        found = self.other_headers()
        if self.rendered.helper or self.rendered.env.get(AUTH_TOKEN):
            found[BEARER] = f"Bearer {key}"
        if self.rendered.helper and self.rendered.dialect == "messages":
            found[LOGIN] = key
        if any(name.lower() == PORTKEY_KEY for name, _ in self.headers):
            found[PORTKEY_KEY] = key
        return found

    def other_headers(self) -> dict[str, str]:
        """The profile's header lines that are not Portkey's: a firewall before the gateway may want them."""
        return {name: value.reveal() for name, value in self.headers if not name.lower().startswith(PREFIX)}

    def portkey_headers(self) -> dict[str, str]:
        """The key as the edition's own API takes it."""
        return {**self.other_headers(), **self.edition.carrying(self.key.reveal())}

    def routes(self, *, self_hosted: bool) -> list[dict[str, str]]:
        """The headers of each way a request can go: one, or one for each provider that the models name."""
        whole = self.routed(self_hosted=self_hosted)
        if any(name in whole for name in ROUTE):
            return [whole]
        return [{**whole, PROVIDER: slug} for slug in slugs_of(self.rendered)]

    def routed(self, *, self_hosted: bool) -> dict[str, str]:
        """The whole route, and the key in such a header that no provider gets to see it.

        For a GET the open-source gateway hands the client's own `authorization` and `x-api-key` on, even
        beside a config that holds a key (1.15.2, tried); what begins with x-portkey- it keeps. Only with a
        plain provider there, and no config, is the client's token the provider's key.
        """
        route = {name: value.reveal() for name, value in self.headers}
        if self_hosted and CONFIG not in route:
            return {**self.delivered(), **route}
        return {**self.portkey_headers(), **route}
