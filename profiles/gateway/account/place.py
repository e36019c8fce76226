"""Where an account is asked, and as whom: one gateway, one key. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import UsageError
from profiles.base.hashing import digest
from profiles.claude_code.routing_names import V1
from profiles.portkey.addresses import LOOPBACK
from profiles.portkey.editions import Edition, edition_of, host_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from profiles.base.secret import Secret


class Place(NamedTuple):
    """One gateway and one key of it. `root` is the gateway's URL without `/v1`: the key goes nowhere else.

    `headers` are the profile's own header lines that are not Portkey's: a firewall before the gateway may
    want them. `environ` names proxies and certificates, as the client's environment does; `others` are the
    secrets beside the key, such as those in `headers`. `known_as` is the place's name where the key itself is
    not at hand, `profile` whose place it is, for what helps to name it.
    """

    root: str
    key: Secret
    edition: Edition
    headers: tuple[tuple[str, Secret], ...] = ()
    environ: Mapping[str, str] = {}
    others: tuple[Secret, ...] = ()
    known_as: str = ""
    profile: str = ""

    @property
    def host(self) -> str:
        """Such as `api.portkey.ai`."""
        return host_in(self.root)

    @property
    def id(self) -> str:
        """Names gateway and key, and tells neither: 32 hexadecimal digits."""
        return self.known_as or digest(
            f"{self.root}\n{self.key.reveal()}".encode("utf-8", "surrogatepass"), size=16
        )

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All that must be shown nowhere."""
        return (self.key, *self.others)

    def revealed(self) -> list[str]:
        """The same as text, to be looked for in what is shown."""
        return [secret.reveal() for secret in self.secrets]

    def own_headers(self) -> dict[str, str]:
        """The header lines that are not Portkey's."""
        return {name: value.reveal() for name, value in self.headers}


def place_at(
    gateway: str,
    key: Secret,
    headers: Iterable[tuple[str, Secret]] = (),
    environ: Mapping[str, str] | None = None,
    others: Iterable[Secret] = (),
    *,
    plain_http: bool = False,
) -> Place:
    """The account behind a profile's gateway. Raises UsageError where a key would go there unencrypted.

    With `plain_http` the profile allows that; to this machine itself it always may.
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(gateway)
        host, scheme, _ = parts.hostname, parts.scheme, parts.port
    except ValueError:
        host, scheme = None, ""
    # What else a URL may hold would be sent along, or change where the key goes.
    if not host or scheme not in ("http", "https") or any(sign in gateway for sign in "@?#"):
        raise UsageError("The gateway is no URL that can be asked", "It is such as https://api.portkey.ai.")
    if scheme == "http" and host not in LOOPBACK and not plain_http:
        raise UsageError(
            "Plain http would send the key unencrypted", "Give an https URL, or set allow_plain_http to true."
        )
    root = gateway.rstrip("/").removesuffix(V1)
    return Place(root, key, edition_of(root), tuple(headers), environ or {}, tuple(others))
