"""The key of someone who joins: where they say it lies, as the catalog suggests, or typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.secret_references.parse import parse_reference
from profiles.policy.in_force import policy_in_force
from profiles.policy.refusals import check_key_reference
from tray.actions.catalogs.joining import OwnKey, default_profile, try_reference

if TYPE_CHECKING:
    from tray.actions.catalogs.described import DescribedProfile
    from tray.actions.catalogs.offer import Added
    from tray.app import App


def given_key(reference: str | None, *, from_stdin: bool) -> OwnKey | None:
    """The key that the command line names, None for none. Raises UsageError for what is neither."""
    if reference is not None:
        check_key_reference(policy_in_force(), reference)
        return OwnKey(str(parse_reference(reference)))
    if not from_stdin:
        return None
    from profiles.base.secret_checks import check_secret
    from tray.terminal.prompts import read_piped_secret

    return OwnKey(None, check_secret(read_piped_secret(), "The key on standard input"))


def chosen_key(app: App, added: Added) -> OwnKey:
    """The key that a person at the terminal has; as the catalog says where nobody can be asked."""
    return _asked(app, default_profile(added)) if app.interactive else OwnKey()


def _asked(app: App, profile: DescribedProfile) -> OwnKey:
    """The suggested one, if it is there and wanted; else what is typed."""
    from tray.commands.asking.key_place import ask_new_key, has_place
    from tray.terminal.prompts import confirm, say

    if profile.key_help:
        say(f"Where to get a key: {profile.key_help}")
    if profile.is_suggested:
        try:
            try_reference(app, profile.key)
        except PkccError as error:
            say(f"The key that is suggested, {profile.key}, cannot be read yet: {error.title}.")
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
    return OwnKey(None, ask_new_key() if has_place(app) else None)
