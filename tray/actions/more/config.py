"""Portkey config files: what is wrong in one, and the one that a profile uses."""

from __future__ import annotations

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.profile.config_file import config_of, config_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.portkey.config_findings import Finding
    from tray.app import App


class CheckedConfig(NamedTuple):
    """What `config check` found in a file; `-` is standard input."""

    file: str
    findings: tuple[Finding, ...]


class ConfigId(NamedTuple):
    """A profile whose config lies at Portkey, by its id such as `pc-work`."""

    name: str
    id: str


class UsedConfig(NamedTuple):
    """A profile whose config lies in a file of its own; the secrets in it are references, never values."""

    name: str
    file: str | None
    config: Mapping[str, object] | None


def check_config_data(file: str, data: object, *, self_hosted: bool) -> CheckedConfig:
    """Every error and warning about a config that was read from `file`."""
    from profiles.portkey.config import check_config
    from profiles.portkey.config_findings import Finding, path_text
    from profiles.portkey.config_secrets import COMMAND_IN_FILE, reference_fields

    commands = [
        Finding("error", path_text(place), COMMAND_IN_FILE)
        for place, reference in reference_fields(data if isinstance(data, dict) else {})
        if reference.startswith("cmd:")
    ]
    return CheckedConfig(file, (*check_config(data, self_hosted=self_hosted), *commands))


def used_config(app: App, name: str) -> ConfigId | UsedConfig:
    """The config that a profile uses. Raises UsageError where it uses none."""
    profile = app.store.load(name)
    if profile.route.kind != "config":
        raise UsageError(f"{name!r} uses no config", f"`pkcc-tray show {name}` shows its route.")
    if profile.route.id is not None:
        return ConfigId(name, profile.route.id)
    return UsedConfig(name, config_path(profile), config_of(profile))
