"""The words around the form by which a key goes in. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.secret_references.managers import how_changed, manager_of
from profiles.portkey.editions import edition_of
from profiles.secrets.keyring_failures import USE_VAULT
from tray.manager.access.sessions import Flash
from tray.manager.views.words import STORES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.base.errors import SecretUnavailableError
    from tray.actions.keys.places import Places
    from tray.actions.keys.stored import StoredKey


def console_of(gateway: str) -> tuple[str, str]:
    """The page where keys are made, and whose it is: its URL, and such as `Portkey`; "" for neither."""
    edition = edition_of(gateway)
    page = next((page for page in edition.pages if page.name == "api-keys"), None)
    page = page or next((page for page in edition.pages if page.name == "console"), None)
    if page is None or not edition.gateway:
        return "", ""
    return page.url, "Portkey" if page.name == "api-keys" else page.label


def elsewhere_words(label: str, reference: str) -> tuple[str, str]:
    """Of a key that we do not store: a heading, and where to change it."""
    scheme, _, target = reference.partition(":")
    where = {
        "env": f"It is read from the environment variable {target}. Set that where Claude Code is started.",
        "file": f"It is read from the file {target}. Put the new key there, on its first line.",
        "cmd": "A command of yours gives it each time. Change it where that command reads it.",
        "vault": "It is read from the vault alone. Set PKCC_SECRETS=vault, then store it.",
    }
    manager = manager_of(reference)
    change = (
        "Change it there."
        if manager is None
        else f"It is read from {manager.title}. {how_changed(reference)}"
    )
    return f"The key of {label} lies elsewhere", where.get(scheme, change)


def stored_words(
    stored: StoredKey, notes: Sequence[str], users: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """What is so now, and what it means."""
    title = f"The key {stored.key} is {'replaced' if stored.replaced else 'stored'}"
    place = STORES.get(stored.stored_in or "", "")
    lines = [f"It lies in {place}, in no file of Claude Code’s."] if place and not stored.replaced else []
    if not users:
        return title, (*lines, "No profile uses it yet: choose it when you add or edit one.")
    if stored.replaced:
        lines.append("The old one still works at Portkey: if others may know it, delete it there, too.")
    return title, (*lines, *notes)


def unavailable(error: SecretUnavailableError, places: Places) -> Flash:
    """What is said where no place takes a key: a vault is a page here, not a command."""
    hint = error.hint.removesuffix(f", {USE_VAULT}")
    if "key vault init" in hint:
        hint = "A vault keeps keys in encrypted files."
    go = ("/keys/vault", "Create a vault") if places.vault.condition == "missing" else ("", "")
    return Flash("bad", error.title, (hint,), go=go)
