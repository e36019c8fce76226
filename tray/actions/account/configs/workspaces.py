"""The accounts of all profiles with what is kept of their configs; what a config may name, asked anew."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.gateway.account.known import Problem
from profiles.portkey.editions import edition_of
from profiles.profile.rendering import base_url_of, gateway_root
from tray.actions.account.ask import AccountError, account_of, known_account, notes_on
from tray.actions.account.configs.saved import SavedConfigs, listed_configs

if TYPE_CHECKING:
    from profiles.profile.rendering import Rendered
    from tray.app import App


class Workspace(NamedTuple):
    """An account at a gateway, by the key that reads it, with the profiles that have that key.

    `configs` is what was read of it last, None where nothing was; `page` where Portkey's console has them.
    """

    gateway: str
    key: str
    profiles: tuple[str, ...]
    page: str
    configs: SavedConfigs | None


def workspaces(app: App) -> tuple[Workspace, ...]:
    """Each account that may have configs, with what is kept of it. Nothing is asked, and no key looked up."""
    found: dict[tuple[str, str], Workspace] = {}
    for name in app.store.names():
        with suppress(PkccError):
            rendered = app.store.rendered(name)
            edition, account = edition_of(base_url_of(rendered)), (gateway_root(rendered), rendered.key_ref)
            if "configs" in edition.lists and account in found:
                found[account] = found[account]._replace(profiles=(*found[account].profiles, name))
            elif "configs" in edition.lists:
                kept = _kept(app, name, rendered)
                pages = (page.url for page in edition.pages if page.name == "configs")
                found[account] = Workspace(*account, (name,), next(pages, ""), kept)
    return tuple(found.values())


def _kept(app: App, name: str, rendered: Rendered) -> SavedConfigs | None:
    known = known_account(app.locations, rendered)
    if known is None:
        return None
    with known as account:
        listed = account.configs()
    return None if isinstance(listed, Problem) else listed_configs(app, name, listed, ())


def read_workspace(app: App, profile: str) -> tuple[SavedConfigs, tuple[str, ...]]:
    """The configs of a profile's account, and notes; providers and models, which a config names, are kept.

    Raises AccountError where the configs cannot be listed.
    """
    with account_of(app, app.store.rendered(profile)) as account:
        offer, secrets = account.offer(), account.place.revealed()
    if isinstance(offer.configs, Problem):
        raise AccountError(offer.configs)
    return listed_configs(app, profile, offer.configs, secrets), notes_on([offer.configs])
