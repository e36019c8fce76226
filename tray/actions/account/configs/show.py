"""The Portkey config that a profile uses."""

from __future__ import annotations

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.profile.config.file import config_of, config_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tray.app import App


class ConfigId(NamedTuple):
    """A profile whose config lies at Portkey, by its id such as `pc-work`."""

    name: str
    id: str


class UsedConfig(NamedTuple):
    """A profile whose config lies in a file of its own; the secrets in it are references, never values."""

    name: str
    file: str | None
    config: Mapping[str, object] | None


def used_config(app: App, name: str) -> ConfigId | UsedConfig:
    """The config that a profile uses. Raises UsageError where it uses none."""
    profile = app.store.load(name)
    if profile.route.kind != "config":
        raise UsageError(f"{name!r} uses no config", f"`pkcc-tray show {name}` shows its route.")
    if profile.route.id is not None:
        return ConfigId(name, profile.route.id)
    return UsedConfig(name, config_path(profile), config_of(profile))
