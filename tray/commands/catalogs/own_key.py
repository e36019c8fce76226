"""The key of someone who joins: where they say it lies, as the catalog suggests, or typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.secret_references.parse import parse_reference
from tray.actions.catalogs.joining import OwnKey, default_profile, try_reference

if TYPE_CHECKING:
    from tray.actions.catalogs.described import DescribedProfile
    from tray.actions.catalogs.offer import Added
    from tray.app import App


def chosen_key(app: App, added: Added, reference: str | None, *, from_stdin: bool) -> OwnKey:
    """Which key it is to be. Raises UsageError for what is no reference, or no key."""
    profile = default_profile(added)
    if reference is not None:
        return OwnKey(str(parse_reference(reference)))
    if from_stdin:
        from profiles.base.secret_checks import check_secret
        from tray.terminal.prompts import read_piped_secret

        return OwnKey(None, check_secret(read_piped_secret(), "The key on standard input"))
    if not app.interactive:
        return OwnKey()
    return _asked(app, profile)


def _asked(app: App, profile: DescribedProfile) -> OwnKey:
    """The suggested one, if it is there and wanted; else what is typed."""
    from tray.commands.key_place import ask_new_key, ensure_place, has_place
    from tray.terminal.prompts import confirm, say

    if profile.key_help:
        say(f"Where to get a key: {profile.key_help}")
    if profile.is_suggested:
        try:
            try_reference(app, profile.key)
        except PkccError as error:
            say(f"The key that is suggested, {profile.key}, cannot be had yet: {error.title}.")
            say(f"  {error.hint}")
            if confirm("Leave it at that, and sign in later?", default=True):
                return OwnKey()
        else:
            say(f"Your key is there: {profile.key}")
            if confirm("Use it?", default=True):
                return OwnKey()
    elif app.secrets.present(profile.key):
        say(f"A key is there already: {profile.key}")
        return OwnKey()
    if not has_place(app):
        return OwnKey()
    ensure_place(app)
    return OwnKey(None, ask_new_key())
