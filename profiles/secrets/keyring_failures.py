"""What each failure of a system keyring means, in the user's words."""

from __future__ import annotations

from profiles.base.errors import NotUnlockedError, SecretUnavailableError
from profiles.secrets.keyring_patience import LIMIT_S

USE_VAULT = "or keep keys in an encrypted vault: `pkcc-tray key vault init`."
NO_BUS = (
    "No system keyring can be reached",
    f"Start one (GNOME Keyring, KWallet, KeePassXC) in this session, {USE_VAULT}",
)
LOCKED = (
    "The system keyring is not unlocked, or refused access",
    f"Unlock it and allow the access, then try again, {USE_VAULT}",
)
_DISMISSED = (
    "The system keyring was not unlocked: its question was dismissed, or nothing could show it",
    f"Unlock it, then try again (where a window can open), {USE_VAULT}",
)
_UNANSWERED = (
    "The system keyring was not unlocked: nobody answered its question",
    f"Unlock it, then try again, {USE_VAULT}",
)
_HUNG = (
    f"The system keyring did not answer within {LIMIT_S:g} seconds",
    f"Restart the keyring service, {USE_VAULT}",
)
_CHANGED = ("The item changed in the system keyring meanwhile", "Try again.")
_WINDOWS = (
    "Windows Credential Manager refused",
    f"It does not work over SSH or in a service: sign in at the desktop, {USE_VAULT}",
)
_NOT_UNLOCKED = (LOCKED, _DISMISSED, _UNANSWERED)
# By class name, so that explaining a failure imports nothing; several are no KeyringError at all.
_MEANINGS = {
    "UnansweredError": _UNANSWERED,
    "TimeoutError": _HUNG,
    "KeyringLocked": LOCKED,
    "LockedError": LOCKED,
    "LockedException": LOCKED,
    "InitError": _DISMISSED,
    "DismissedError": _DISMISSED,
    "PromptDismissedException": _DISMISSED,
    "SecretServiceNotAvailableException": NO_BUS,
    "FileNotFoundError": NO_BUS,
    "ConnectionError": NO_BUS,
    "ItemNotFoundException": _CHANGED,
    "error": _WINDOWS,  # pywintypes.error
}


def explained(error: Exception) -> SecretUnavailableError:
    """The failure in the user's words; the library's own text is left out, it could hold anything."""
    for kind in type(error).__mro__:
        if kind.__name__ in _MEANINGS:
            words = _MEANINGS[kind.__name__]
            return NotUnlockedError(*words) if words in _NOT_UNLOCKED else SecretUnavailableError(*words)
    return SecretUnavailableError(
        f"The system keyring failed ({type(error).__name__})", f"Check that it works, {USE_VAULT}"
    )
