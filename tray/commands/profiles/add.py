"""add: a new profile from options, or from answers to questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.base.errors import UsageError
from tray.actions.account.config_names import data_with_config_id, draft_data
from tray.actions.profiles.add import add_profile, checked_profile, prepare_profile
from tray.commands.asking.key_place import ask_new_key, ensure_place, has_place, uses_stored
from tray.commands.asking.which_profile import free_name, name_for_new
from tray.commands.options import flag
from tray.commands.profiles.add_options import add_options, has_route, profile_data
from tray.terminal.results import Report, report
from tray.terminal.words.profiles import added_lines

if TYPE_CHECKING:
    import argparse

    from profiles.base.secret import Secret
    from tray.actions.profiles.add import Added, NewProfile
    from tray.app import App


def arguments_add(parser: argparse.ArgumentParser) -> None:
    """NAME and an option for every field."""
    add_options(parser)
    flag(parser, "--switch", "switch to it at once")
    flag(parser, "--no-lookup", "ask no gateway what the key may use: names are typed")


def add(
    app: App, name: str | None, *, key_stdin: bool, switch: bool, no_lookup: bool, **options: Any
) -> Report:
    """Store a new profile and its key: both, or with a wrong field or a refused key neither."""
    from tray.commands.configs.offer import (
        offer_after_add,  # Tab loads this file, too, and needs none of that
    )

    name = _name_of(app, name)
    if app.interactive and not key_stdin and not has_route(options):
        from tray.commands.profiles.add_questions.guided import guided_add

        return guided_add(app, name, options, look_up=not no_lookup)
    data, secrets, notes = profile_data(name, options)
    checked_profile(draft_data(data))
    own_key = options["key_ref"] is None
    if key_stdin and not own_key:
        raise UsageError("--key-stdin does not go with --key-ref", "Give one of the two.")
    key = _new_key(app, name, from_stdin=key_stdin) if own_key else None
    if key is not None:
        secrets = {name: key, **secrets}
    found = data_with_config_id(app, data, key, look_up=not no_lookup)
    new = prepare_profile(app, checked_profile(found), secrets)
    if secrets:
        ensure_place(app)
    if key is not None and found != data:
        _remember_account(app, new, key)
    added, more = add_profile(app, new, without_key=own_key and key is None, switch=switch)
    saved = offer_after_add(app, added)

    def words(done: Added) -> list[str]:
        return [*added_lines(done), *saved.lines]

    return report(saved.added, words, notes=(*notes, *more, *saved.notes))


def _remember_account(app: App, new: NewProfile, key: Secret) -> None:
    """Keep where the account was asked for a config's name: the advice on what is stored goes by it."""
    from tray.actions.account.ask import place_of, remember_place

    remember_place(app, place_of(app, new.rendered, key), new.rendered)


def _name_of(app: App, name: str | None) -> str:
    """The name that was given, or is asked for at a terminal. Raises PkccError for one that cannot be."""
    default = "" if app.store.names() else "work"
    return free_name(app, name_for_new(app, name, "Name of the new profile", "add NAME …", default))


def _new_key(app: App, key_name: str, *, from_stdin: bool) -> Secret | None:
    from profiles.base.secret_checks import check_secret
    from tray.terminal.prompts import read_piped_secret

    if from_stdin:
        return check_secret(read_piped_secret(), "The key on standard input")
    if not app.interactive or uses_stored(app, key_name) or not has_place(app):
        return None
    return ask_new_key()
