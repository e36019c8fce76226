"""The lines of the commands about keys, and about what else is allowed for them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.terminal.words.columns import table
from tray.terminal.words.profiles import in_force

if TYPE_CHECKING:
    from tray.actions.keys.stored import ForgottenKey, KeyList, KeyRow, StoredKey, VaultMade
    from tray.actions.keys.trust import Trust, TrustAdded, TrustRemoved

NONE_YET = "No keys yet."


def list_lines(found: KeyList) -> list[str]:
    """A line for each key."""
    return table([key_cells(row) for row in found.keys]) or [NONE_YET]


def key_cells(row: KeyRow) -> list[str]:
    """One key's columns."""
    users = ", ".join(row.used_by) or "unused"
    return [row.name, row.stored_in or ("MISSING" if row.present is False else "locked?"), users]


def stored_lines(done: StoredKey) -> list[str]:
    """Where the key lies now."""
    which = "new key" if done.replaced else "key"
    return [f"Stored the {which} {done.key} in the {done.stored_in}{in_force(applied=done.applied)}."]


def forgotten_lines(done: ForgottenKey) -> list[str]:
    """Which key is gone."""
    return [f"Forgot the key {done.key}."]


def vault_lines(made: VaultMade) -> list[str]:
    """Where the vault lies, and what guards it."""
    found = [f"Made the vault {made.directory}."]
    if made.unlock == "key-file":
        found.append(
            "Its key file lies beside it: a guard if the vault leaks alone, not against your own programs."
        )
    return found


def trust_added_lines(done: TrustAdded) -> list[str]:
    """What is allowed for a profile's key from now on."""
    return [f"{done.name} trusts {done.added} now."]


def trust_removed_lines(done: TrustRemoved) -> list[str]:
    """What is no longer allowed for a profile's key."""
    return [f"{done.name} no longer trusts {', '.join(done.removed)}."]


def trust_lines(found: Trust) -> list[str]:
    """All that is allowed for a profile's key."""
    return [
        f"The key of {found.name} goes to {found.gateway}",
        *(f"  and trusts {entry}" for entry in found.trusted or ("nothing else",)),
    ]
