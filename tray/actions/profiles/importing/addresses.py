"""Where imported profiles would have secrets of this machine go: said, and refused unless it is wanted."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, PkccError
from profiles.portkey.addresses import is_same_address
from profiles.portkey.header_names import CUSTOM_HOST
from profiles.profile.rendering import gateway_root

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from profiles.profile.schema.model import Profile
    from tray.app import App


def trust_notes(app: App, profile: Profile, brought: Collection[str]) -> list[str]:
    """Where an imported profile sends requests, and which key of this machine it would send with them."""
    notes = []
    if profile.gateway is not None:
        notes.append(f"{profile.name}: its requests, and its key, go to {profile.gateway}")
    notes += [f"{profile.name}: the gateway sends its requests on to {each}" for each in _hosts(profile)]
    key_name = profile.api_key.removeprefix("keyring:")
    if key_name != profile.api_key and key_name not in brought and app.secrets.where(key_name) is not None:
        notes.append(f"{profile.name}: it uses the key {key_name!r} that is stored here already")
    return notes


def check_addresses(app: App, profiles: Sequence[Profile], brought: Collection[str]) -> None:
    """Raises ConflictError where a secret that a profile here uses would go to an address new to it."""
    for profile in profiles:
        for address in strange_addresses(app, profile, brought):
            raise ConflictError(
                f"{profile.name} would send a key that is stored here already to {address}",
                "Nothing was imported. Only if that address is yours: import it with --address.",
            )


def strange_addresses(app: App, profile: Profile, brought: Collection[str]) -> list[str]:
    """Those to which no profile here sends any of the secrets that this one would use."""
    secrets = {each for each in _secrets(profile) if _is_here(app, each, brought)}
    if not secrets:
        return []
    known: list[str] = []
    for name in app.store.names():
        with suppress(PkccError):
            other = app.store.load(name)
            if name == profile.name or secrets & _secrets(other):
                known += _addresses(other)
    if not known:
        return []
    return [each for each in _addresses(profile) if not any(is_same_address(each, one) for one in known)]


def _is_here(app: App, reference: str, brought: Collection[str]) -> bool:
    kind, _, name = reference.partition(":")
    if kind in ("keyring", "vault"):
        return name not in brought and app.secrets.where(name) is not None
    return True


def _secrets(profile: Profile) -> set[str]:
    from profiles.importing.bundles import rendering_of

    return {profile.api_key, *rendering_of(profile).references()}


def _addresses(profile: Profile) -> Iterator[str]:
    from profiles.importing.bundles import rendering_of

    yield gateway_root(rendering_of(profile))
    yield from _hosts(profile)


def _hosts(profile: Profile) -> list[str]:
    """The hosts that the gateway is to send requests on to."""
    hosts = re.findall(r'"custom_host": "([^"]*)"', profile.model_dump_json(indent=1))
    return hosts + [text for name, text in profile.extra_headers.items() if name.lower() == CUSTOM_HOST]
