"""What a person should know after a switch: why a session may go another way than it says, or get no key."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import CLAUDE_DIR_VARIABLE, PROFILE_VARIABLE
from profiles.claude_code.owned_slots import HELPER_KEY, MODEL, MODEL_SLOTS
from profiles.claude_code.routing_names import HOST_FLAG, OWN_LOGIN
from profiles.claude_code.variable_values import ASTRAY_IN_SETTINGS, astray, is_on
from profiles.profile.rendering import keeps_own_login
from tray.actions.notes import missing_key_notes

if TYPE_CHECKING:
    from profiles.routes.sources import Effective, Source
    from profiles.switching.outcome import Outcome
    from tray.app import App


_GIT_LIMIT_S = 1.0


def after(app: App, name: str, outcome: Outcome) -> list[str]:
    """All of them, for a switch to that profile."""
    return [
        *([dropped(outcome.settings_path, outcome.dropped)] if outcome.dropped else []),
        *no_key(app, name),
        *_clear_text_notes(app, name, outcome),
        *_own_login_notes(app, name, outcome),
        *_model_notes(app, name, outcome),
        *_settings_notes(app, outcome),
        *shell(app),
        *_editor_notes(app),
        *elsewhere(app, name, also=outcome.rules or MODEL in outcome.after),
        *_second_owner_notes(app, outcome),
    ]


def dropped(path: str, wrong: str) -> str:
    """The sentence about a settings file that the client leaves out for one wrong value."""
    return f"Claude Code leaves {path} out as a whole, until this is put right: {wrong}"


def _clear_text_notes(app: App, name: str, outcome: Outcome) -> list[str]:
    """A sentence at the first switch that writes this profile's key into the file."""
    if app.store.rendered(name).helper or not outcome.written:
        return []
    if any(step.name == name for step in app.switcher.read().state.history[:-1]):
        return []
    from tray.actions.delivery import IN_CLEAR

    return [f"{IN_CLEAR}: `pkcc-tray show {name}` says how to keep it out", *_git_notes(app, outcome)]


def _git_notes(app: App, outcome: Outcome) -> list[str]:
    """A sentence where git tracks the file that holds a key from now on, in a repository apart too."""
    from profiles.projects.git.safety import ask_git, untracking

    path = outcome.settings_path
    answer = ask_git(path, app.environ, _GIT_LIMIT_S)
    if answer.standing != "tracked":
        return []
    helps = f"`{untracking(path, answer)}` takes it out of git, and leaves it where it is"
    return [f"git tracks {path}, and its next commit takes the key along: {helps}"]


def _model_notes(app: App, name: str, outcome: Outcome) -> list[str]:
    """Sentences on models that the file named or names, where it does."""
    if not any(slot in values for slot in MODEL_SLOTS.values() for values in (outcome.before, outcome.after)):
        return []
    from tray.actions.switching.model_notes import after_switch

    return after_switch(app.store.rendered(name), outcome)


def no_key(app: App, name: str) -> list[str]:
    """A sentence when the helper that the profile names would have no key to hand out."""
    rendered = app.store.rendered(name)
    return missing_key_notes(app, name, rendered.key_ref) if rendered.helper else []


def shell(app: App) -> list[str]:
    """Sentences where sessions that this very shell starts go another way than the settings say."""
    profile = app.environ.get(PROFILE_VARIABLE)
    if profile and is_on(app.environ.get(HOST_FLAG)):
        return [
            f"this shell was started by `pkcc-tray exec {profile}`: sessions you start in it keep that "
            "profile; `exit` leaves it"
        ]
    notes = _directory_notes(app) if CLAUDE_DIR_VARIABLE in app.environ else []
    if astray(app.environ):
        from profiles.routes.astray import astray_by_shell

        notes += [
            f"this shell exports {name}: sessions you start in it do not follow the settings; unset it first"
            for name in astray_by_shell(app.environ, _sources(app))
        ]
    return notes


def _directory_notes(app: App) -> list[str]:
    """A sentence where the client's directory differs from place to place, or is not what is meant."""
    from profiles.claude_code.beside.config_directory import odd_directory

    odd = odd_directory(app.environ)
    if odd is None:
        return []
    return [f"{odd.what}. {odd.why} " + (f"Set it to {odd.meant}" if odd.meant else "Unset it")]


def _editor_notes(app: App) -> list[str]:
    """Sentences on what an editor's own settings give to the sessions that it starts."""
    from profiles.claude_code.beside.editor_settings import editor_variables

    said = editor_variables(app.environ, app.directory)
    if not said:
        return []
    from profiles.routes.editors import editor_troubles

    sources, served = _sources(app), app.served_directories()
    troubles = [trouble for each in said for trouble in editor_troubles(each, sources, served)]
    return [f"{trouble.words}; take it out" for trouble in troubles if not trouble.beaten]


def _settings_notes(app: App, outcome: Outcome) -> list[str]:
    """Sentences on variables in the settings file by which sessions do not follow it."""
    there = any(f"env.{name}" in outcome.after for name in ASTRAY_IN_SETTINGS)
    return settings(_sources(app)) if there else []


def settings(sources: list[Source]) -> list[str]:
    """A sentence for each variable in settings files by which sessions do not follow them."""
    from profiles.routes.astray import astray_by_settings

    return [f"{found.words}; take it out" for found in astray_by_settings(sources)]


def _sources(app: App) -> list[Source]:
    from profiles.routes.sources import read_sources

    return read_sources(app.locations, app.directory, app.environ)


def _own_login_notes(app: App, name: str, outcome: Outcome) -> list[str]:
    """A sentence when the profile has a login of Claude Code's own go to the gateway beside the key."""
    if not keeps_own_login(app.store.rendered(name)):
        return []
    from profiles.claude_code.beside.own_login import account_login, console_key

    found = account_login(app.locations, app.environ) or console_key(app.locations, app.environ)
    if f"env.{OWN_LOGIN}" in outcome.after:
        found = OWN_LOGIN
    if not found:
        return []
    return [
        f"with key_in header Claude Code's own login goes to the gateway too ({found}): "
        f"`pkcc-tray set {name} key_in token` ends that"
    ]


def elsewhere(app: App, name: str | None, *, also: bool) -> list[str]:
    """What files say besides that profile: those that win in this directory, and what bends its models.

    `also` where there are no others than the user's: that one bends them, too.
    """
    from profiles.claude_code.settings.managed import others_exist

    others = others_exist(app.locations, app.directory)
    if not (others or also):
        return []
    sources = _sources(app)
    notes = _overrides(app, sources) if others else []
    with suppress(PkccError):  # a profile that is gone or broken has its own note
        if name is not None:
            from tray.actions.switching.model_notes import bent

            notes += bent(sources, app.store.rendered(name))
    return notes


def _overrides(app: App, sources: list[Source]) -> list[str]:
    from profiles.routes.overrides import find_overrides
    from profiles.routes.sources import project_surroundings

    notes = [
        f"in this directory {found.path} {found.words}"
        + (": a command of its own hands out the key" if found.helper else "")
        + (": `pkcc-tray switch NAME --project --exclude` puts it back there" if found.cuts else "")
        for found in find_overrides(sources)
        if not app.is_own_project_file(found.path)
    ]
    return notes + [
        f"in this directory {path} sets {', '.join(names)}, and so who can read your key"
        for path, names in _by_path(project_surroundings(sources, _trusted(app), app.directory)).items()
    ]


def _trusted(app: App) -> list[str]:
    """What the active profile trusts; nothing where it cannot be read."""
    name = app.switcher.read().state.current.active
    try:
        return [] if name is None else app.store.rendered(name).trusted
    except PkccError:
        return []


def _by_path(rows: list[Effective]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.path, []).append(row.slot.partition(".")[2] or row.slot)
    return found


def _second_owner_notes(app: App, outcome: Outcome) -> list[str]:
    """Two configuration directories on one settings file would each put back the other's values."""
    from profiles.claude_code.own_command import is_own_helper

    before = outcome.before.get(HELPER_KEY, "")
    ours = before.startswith(app.switcher.helper_prefix) or before == outcome.after.get(HELPER_KEY, "")
    if not is_own_helper(before) or ours or _wrote(app, before):
        return []
    return [f"these settings were another pkcc-tray's ({before}): run its `off` after this one's"]


def _wrote(app: App, helper: str) -> bool:
    """Whether that helper was written from here: an upgrade may lie elsewhere than what it replaced."""
    state = app.switcher.read().state
    known = [state.current, *(step.before for step in state.history)]
    return any(current.helper_command == helper for current in known)
