"""config pull: a config that is saved at Portkey, to standard output or into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.files.json_documents import shown
from tray.actions.account.configs.saved import pull, write_pulled
from tray.actions.which_profile import used_here_unless_named
from tray.commands.configs.files import NAME_ONE, add_config_id, saved_id
from tray.commands.options import add_profile, flag
from tray.terminal.results import Report, report
from tray.terminal.waiting import waiting
from tray.terminal.words.configs.saved import pulled_lines, without_secrets

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_config_pull(parser: argparse.ArgumentParser) -> None:
    """ID [--profile NAME] [--version V] [-o FILE] [--force] [--with-secrets]."""
    add_config_id(parser)
    add_profile(parser, "whose key reads it (default: the one used here)", "NAME")
    parser.add_argument("--version", metavar="V", help="an older version of it: `config list --versions ID`")
    parser.add_argument("-o", "--output", metavar="FILE", help="write it there (default: standard output)")
    flag(parser, "--force", "even over a file that is there")
    flag(parser, "--with-secrets", "into the file with the secrets in it, which are dots otherwise")


def config_pull(
    app: App, config_id: str, *, profile: str | None, version: str | None, output: str | None, force: bool,
    with_secrets: bool,
) -> Report:  # fmt: skip
    """The config as JSON. Raises ConflictError for a file that is there, unless `force`."""
    if with_secrets and output is None:
        raise UsageError("--with-secrets is for a file", "Add -o FILE: it is readable by you alone.")
    meant = used_here_unless_named(app, profile, NAME_ONE)
    with waiting(app, "Asking Portkey"):
        config, pulled = pull(app, meant.name, saved_id(app, meant.name, config_id), version)
    if output is None:
        return Report(pulled, raw=shown(pulled.config), notes=(*meant.notes, *without_secrets(pulled)))
    done = write_pulled(pulled, config if with_secrets else pulled.config, output, force=force)
    return report(
        done, pulled_lines, notes=(*meant.notes, *(() if with_secrets else without_secrets(pulled)))
    )
