"""What the preferences page shows: each preference's words, what holds, what decides besides. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.locations import CONFIG_DIR_VARIABLE, SECRETS_VARIABLE
from tray.manager.views.fields import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tray.actions.more.computer.autostart import AtLogin

AT_LOGIN = "start_at_login"
LABELS = {
    "on_drift": "Changes by something else",
    "key_print_through_tray": "Let the tray hand out keys",
    "key_cache_minutes": "Keep a key in memory for",
    "key_guard": "Give a key to its own gateway only",
    "health_minutes": "Ask whether the gateway answers every",
    "auto_fallback": "While the gateway does not answer",
    "usage": "Show the budget in the menu",
    "favourites_only": "Show favourites only",
    "manager_idle_minutes": "Close it when not used for",
    "manager_shortcuts": "Single-key shortcuts",
    "new_keys": "Put new keys into",
    "check_for_updates": "Tell me about new versions",
    "catalog_hours": "Look for new versions of catalogs every",
    AT_LOGIN: "Start pkcc-tray at login",
}
ON_DRIFT = (
    ("notify", "Tell me and let me decide", ""),
    ("restore", "Restore at once", "At most three times a minute."),
    ("ignore", "Ignore it", "You are still told when your key would go somewhere else."),
)
AUTO_FALLBACK = (
    ("ask", "Offer the profile that is named for that", ""),
    ("on", "Switch to that profile at once", "And back, when the gateway answers again."),
    ("off", "Do nothing", ""),
)
NEW_KEYS = (
    ("auto", "The system keyring, or the vault where there is none"),
    ("keyring", "The system keyring, and nowhere else"),
    ("vault", "The vault"),
)
_IDLE = {10: "10 minutes", 30: "30 minutes", 120: "2 hours"}


class LoginRow(NamedTuple):
    """Whether the tray starts at login, and what there is to know of it; `known`: whether it can be set."""

    on: bool
    known: bool
    where: str
    note: str


def login_row(status: AtLogin, where: str) -> LoginRow:
    """How the start at login stands; `where` as people write it."""
    note = ""
    if status.by_user_disabled:
        note = "It was switched off in the system’s own settings. A tick here switches it on again."
    elif status.enabled is None or status.stale:
        note = status.detail
    return LoginRow(bool(status.enabled), status.enabled is not None, where, note)


def idle_options(minutes: int) -> list[tuple[str, str]]:
    """The times to choose from, with the one that holds."""
    known = {**_IDLE, minutes: _IDLE.get(minutes, f"{minutes} minutes")}
    return [(str(each), known[each]) for each in sorted(known)]


def as_text(value: str | int | bool) -> str:
    """A preference's value as it is typed: `on`, `15`, `notify`."""
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def field_errors(unfit: Mapping[str, str]) -> list[FieldError]:
    """What is wrong with each field, by what it must be."""
    return [FieldError(name, f"“{LABELS[name]}” must be {meaning}") for name, meaning in unfit.items()]


def decided_elsewhere(environ: Mapping[str, str]) -> dict[str, str]:
    """What a variable decides, whatever is chosen here, such as `{"new_keys": "PKCC_SECRETS=vault"}`."""
    secrets, directory = environ.get(SECRETS_VARIABLE, ""), environ.get(CONFIG_DIR_VARIABLE, "")
    known = {
        "new_keys": f"{SECRETS_VARIABLE}={secrets}" if secrets not in ("", "auto") else "",
        "file": CONFIG_DIR_VARIABLE if directory else "",
    }
    return {name: said for name, said in known.items() if said}
