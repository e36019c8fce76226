"""key vault init: make an encrypted vault, for machines without a keyring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.keys.stored import make_vault
from tray.terminal.results import Report, report
from tray.terminal.words.keys import vault_lines

if TYPE_CHECKING:
    import argparse
    from typing import Literal

    from tray.app import App


def arguments_key_vault_init(parser: argparse.ArgumentParser) -> None:
    """How the vault is opened."""
    parser.add_argument(
        "--unlock",
        choices=("key-file", "passphrase", "environment"),
        default="key-file",
        help="key-file: opened by a file beside it, which guards only against the vault leaking alone; "
        "passphrase: asked for, or PKCC_VAULT_PASSPHRASE; environment: PKCC_VAULT_IDENTITY",
    )


def key_vault_init(app: App, unlock: Literal["key-file", "passphrase", "environment"]) -> Report:
    """Make the encrypted vault, which then takes new keys when there is no usable keyring."""
    made, notes = make_vault(app, unlock)
    return report(made, vault_lines, notes=notes)
