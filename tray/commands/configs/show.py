"""config show: the config that a profile uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.files.json_documents import shown
from tray.actions.account.configs.show import ConfigId, used_config
from tray.commands.names import add_name
from tray.terminal.results import Report, report

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_config_show(parser: argparse.ArgumentParser) -> None:
    """NAME."""
    add_name(parser)


def config_show(app: App, name: str) -> Report:
    """The Portkey config that a profile uses; its secrets are references, never values."""
    used = used_config(app, name)
    if isinstance(used, ConfigId):
        return report(used, lambda used: [used.id])
    return Report(used, raw=shown(used.config))
