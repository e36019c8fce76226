"""The course of a guided `add`: what is asked, in which order; nothing is stored before it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.base.errors import ConflictError
from profiles.claude_code.dialects import DIALECTS
from tray.actions.account.ask import remember_place
from tray.actions.account.choice import Choice
from tray.actions.more.check import check_profiles
from tray.actions.more.preference import is_open, preferences
from tray.actions.profiles.add import add_profile, checked_profile, prepare_profile
from tray.commands.asking.key_place import has_place
from tray.commands.configs.offer import offer_after_add
from tray.commands.profiles.add_options import profile_data
from tray.commands.profiles.add_questions.key import Answered, ask_gateway, ask_key
from tray.commands.profiles.add_questions.models import ask_models
from tray.commands.profiles.add_questions.more import ask_delivery, ask_more
from tray.commands.profiles.add_questions.route import ask_route
from tray.terminal.choosing.choose import choose
from tray.terminal.prompts import confirm, say
from tray.terminal.results import Report, report
from tray.terminal.waiting import waiting
from tray.terminal.words.columns import slot_lines
from tray.terminal.words.health.check import check_lines
from tray.terminal.words.profiles import added_lines

if TYPE_CHECKING:
    from tray.actions.account.offer import AccountOffer
    from tray.actions.profiles.add import Added, NewProfile
    from tray.app import App

_USAGE = "usage"  # the preference
_SWITCH, _STORE, _MORE, _DROP = ":switch", ":store", ":more", ":drop"


def guided_add(app: App, name: str, options: dict[str, Any], *, look_up: bool) -> Report:
    """A profile from answers to questions: stored, and switched to, on the person's word."""
    say(f"A new profile {name!r}. Ctrl-C stops; nothing is stored before you have seen it.")
    say("(`pkcc-tray add --help` lists options for everything that is not asked here.)\n")
    own_key = options["key_ref"] is None
    keeps = has_place(app) if own_key else True
    ask_gateway(app, name, options)
    answered = ask_key(app, name, options, look_up=look_up) if keeps else Answered(None, None)
    along = ask_route(app, name, options, answered.offer)
    ask_models(app, options, answered.offer, along)
    ask_delivery(app, options)
    while True:
        new, notes = _prepared(app, name, options, answered)
        answer = _shown_and_asked(app, new, given=answered.key is not None)
        if answer != _MORE:
            break
        ask_more(app, options)
        if DIALECTS[options["dialect"]].pins_models:
            ask_models(app, options, answered.offer, along)
    if answer == _DROP:
        raise ConflictError("Nothing was stored", f"`pkcc-tray add {name}` starts again.")
    without_key = own_key and answered.key is None
    done = _store(app, new, answered, without_key=without_key, switch=answer == _SWITCH, look_up=look_up)
    return done._replace(notes=(*notes, *done.notes))


def _store(
    app: App, new: NewProfile, answered: Answered, *, without_key: bool, switch: bool, look_up: bool
) -> Report:
    wants_usage = _wants_usage(app, answered.offer)
    if answered.offer is not None:  # first: the advice on what is stored goes by it
        remember_place(app, answered.offer.place, new.rendered)
    added, more = add_profile(app, new, without_key=without_key, switch=switch)
    if wants_usage is not None:
        preferences(app, _USAGE, "on" if wants_usage else "off")
    saved = offer_after_add(app, added)
    lines = _checked_lines(app, added.name) if look_up and app.secrets.present(new.profile.api_key) else []

    def words(done: Added) -> list[str]:
        return [*added_lines(done), *saved.lines, *lines]

    return report(saved.added, words, notes=(*more, *saved.notes))


def _prepared(
    app: App, name: str, options: dict[str, Any], answered: Answered
) -> tuple[NewProfile, tuple[str, ...]]:
    data, secrets, notes = profile_data(name, options)
    if answered.key is not None:
        secrets = {name: answered.key, **secrets}
    return prepare_profile(app, checked_profile(data), secrets), tuple(notes)


def _shown_and_asked(app: App, new: NewProfile, *, given: bool) -> str:
    say("\nWhat a switch to it will write into Claude Code's settings:")
    for line in slot_lines(new.writes):
        say(line)
    say(_key_sentence(app, new, given=given) + "\n")
    return choose(
        app.environ,
        "Store and switch now?",
        [
            Choice(_SWITCH, "store it, and switch to it"),
            Choice(_STORE, "only store it"),
            Choice(_MORE, "change more first", "label, API format, metadata"),
            Choice(_DROP, "drop it"),
        ],
    )


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


def _wants_usage(app: App, offer: AccountOffer | None) -> bool | None:
    """Asked once, and only where the account tells budgets, as it just did; None where it is not asked."""
    if offer is None or not offer.budgets or not is_open(app, _USAGE):
        return None
    return confirm("Show in the tray what is spent?", default=True)


def _checked_lines(app: App, name: str) -> list[str]:
    """What `check` says of it: a profile that is stored may still lead nowhere. Ctrl-C ends only that."""
    try:
        with waiting(app, "Checking it"):
            checked = check_profiles(app, [name])
    except KeyboardInterrupt:
        return []
    return ["", *check_lines(checked)]
