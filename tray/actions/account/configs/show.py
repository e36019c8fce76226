"""The Portkey config that a profile uses."""

from __future__ import annotations

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.portkey.config.explaining.difference import masked
from profiles.profile.config.file import config_of, config_path

if TYPE_CHECKING:
    from tray.app import App


class ConfigId(NamedTuple):
    """A profile whose config lies at Portkey, by its id such as `pc-work`."""

    name: str
    id: str


class UsedConfig(NamedTuple):
    """A profile whose config lies in a file or in itself; secrets in it are references, or dots."""

    name: str
    file: str | None
    config: object


def used_config(app: App, name: str) -> ConfigId | UsedConfig:
    """The config that a profile uses. Raises UsageError where it uses none."""
    profile = app.store.load(name)
    if profile.route.kind != "config":
        raise UsageError(f"{name!r} uses no config", f"`pkcc-tray show {name}` shows its route.")
    if profile.route.id is not None:
        return ConfigId(name, profile.route.id)
    return UsedConfig(name, config_path(profile), masked(config_of(profile))[0])
