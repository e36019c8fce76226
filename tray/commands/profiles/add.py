"""add: a new profile from options, or from answers to questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.base.errors import ConflictError, SecretUnavailableError, UsageError
from profiles.base.names import check_name
from tray.actions.profiles.add import add_profile, checked_profile, prepare_profile
from tray.commands.key_place import ensure_place
from tray.commands.options import flag
from tray.commands.profiles.add_options import add_options, has_route, profile_data
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import added_lines

if TYPE_CHECKING:
    import argparse

    from profiles.base.secret import Secret
    from tray.actions.profiles.add import NewProfile
    from tray.app import App


def arguments_add(parser: argparse.ArgumentParser) -> None:
    """NAME and an option for every field."""
    add_options(parser)
    flag(parser, "--switch", "switch to it at once")


def add(app: App, name: str, *, key_stdin: bool, switch: bool, **options: Any) -> Report:
    """Store a new profile and its key: both, or with a wrong field or a refused key neither."""
    check_name(name)
    app.store.check_free(name)
    asked = app.interactive and not has_route(options)
    if asked:
        from tray.commands.profiles.add_questions import ask_fields

        ask_fields(name, options)
    data, secrets, notes = profile_data(name, options)
    profile = checked_profile(data)
    own_key = options["key_ref"] is None
    if key_stdin and not own_key:
        raise UsageError("--key-stdin does not go with --key-ref", "Give one of the two.")
    key = _new_key(app, name, from_stdin=key_stdin) if own_key else None
    if key is not None:
        secrets = {name: key, **secrets}
    new = prepare_profile(app, profile, secrets)
    if asked and not _confirmed(app, new, given=key is not None):
        raise ConflictError("Nothing was stored", f"`pkcc-tray add {name}` starts again.")
    if secrets:
        ensure_place(app)
    added, more = add_profile(app, new, without_key=own_key and key is None, switch=switch)
    return report(added, added_lines, notes=(*notes, *more))


def _new_key(app: App, key_name: str, *, from_stdin: bool) -> Secret | None:
    from profiles.base.secret_checks import check_secret
    from tray.terminal.prompts import ask_secret, confirm, read_piped_secret

    if from_stdin:
        return check_secret(read_piped_secret(), "The key on standard input")
    if not app.interactive:
        return None
    if app.secrets.where(key_name) is not None and confirm(f"Use the stored key {key_name!r}?", default=True):
        return None
    try:
        ensure_place(app)
    except SecretUnavailableError:
        # Without --key-stdin a key can be given later: what was answered so far is not for nothing.
        if not confirm("Go on without a key?", default=True):
            raise
        return None
    return ask_secret("Portkey API key (hidden; empty to give it later)", "The key")


def _confirmed(app: App, new: NewProfile, *, given: bool) -> bool:
    from tray.terminal.prompts import confirm, say

    say("\nWhat a switch to it will write into Claude Code's settings:")
    for slot, value in new.writes.items():
        say(f"  {slot} = {value}")
    say(_key_sentence(app, new, given=given))
    return confirm("\nStore this profile?", default=True)


def _key_sentence(app: App, new: NewProfile, *, given: bool) -> str:
    """Where the key lies, or will."""
    profile = new.profile
    scheme, _, key_name = profile.api_key.partition(":")
    if scheme != "keyring":
        return f"The key is taken from {'a command' if scheme == 'cmd' else profile.api_key}."
    where = app.secrets.where(key_name)
    if given:
        stored = f"The key goes into the {where or app.secrets.backends.for_new()}, as {key_name!r}."
        if profile.delivery == "helper":
            return f"{stored} The settings file holds none."
        return f"{stored} A switch also writes it into the settings file, in clear text."
    if app.secrets.present(profile.api_key):
        return f"The key is the one stored in the {where}, as {key_name!r}."
    return f"No key was given: `pkcc-tray key set {profile.name}` asks for it later."
