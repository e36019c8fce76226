"""What a person should know after a switch: why a session may go another way than it says, or get no key."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import CLAUDE_DIR_VARIABLE, PROFILE_VARIABLE
from profiles.base.names import catalog_of
from profiles.claude_code.owned_slots import HELPER_KEY, MODEL, MODEL_SLOTS
from profiles.claude_code.routing_names import AUTH_TOKEN, HOST_FLAG, OWN_LOGIN
from profiles.claude_code.variable_values import BYPASSES_IN_SETTINGS, bypasses, first_start_asks, is_on
from profiles.profile.rendering import keeps_own_login
from tray.actions.notes import missing_key_notes

if TYPE_CHECKING:
    from profiles.routes.sources import Source
    from profiles.switching.outcome import Outcome
    from tray.app import App


_GIT_LIMIT_S = 1.0


def after(app: App, name: str, outcome: Outcome) -> list[str]:
    """All of them, for a switch to that profile."""
    return [
        *no_key(app, name),
        *_catalog_notes(app, name),
        *_clear_text_notes(app, name, outcome),
        *_own_login_notes(app, name, outcome),
        *first_run(app, name, pinned=False),
        *_model_notes(app, name, outcome),
        *_settings_notes(app, outcome),
        *shell(app),
        *_editor_notes(app),
        *elsewhere(app, name, also=outcome.rules or MODEL in outcome.after),
        *_second_owner_notes(app, outcome),
    ]


def _catalog_notes(app: App, name: str) -> list[str]:
    if not catalog_of(name):
        return []
    from tray.actions.policy.required import catalog_wants

    return catalog_wants(app, name)


def dropped(path: str, wrong: str) -> str:
    """The sentence about a settings file that the client leaves out for one wrong value."""
    return f"Claude Code leaves {path} out as a whole, until this is put right: {wrong}"


def unread_notes(app: App) -> list[str]:
    """That sentence, where the user's settings file is such a one."""
    wrong = app.switcher.read().dropped
    return [dropped(app.locations.settings_path, wrong)] if wrong else []


def _clear_text_notes(app: App, name: str, outcome: Outcome) -> list[str]:
    """A sentence at the first switch that writes this profile's key into the file."""
    if app.store.rendered(name).helper or not outcome.written:
        return []
    if any(step.name == name for step in app.switcher.read().state.history[:-1]):
        return []
    from tray.actions.describing.delivery import IN_CLEAR

    return [f"{IN_CLEAR}: `pkcc-tray show {name}` says how to keep it out", *_git_notes(app, outcome)]


def _git_notes(app: App, outcome: Outcome) -> list[str]:
    """A sentence where git would commit the file that holds a key from now on, in a repository apart too."""
    from profiles.claude_code.settings.project_root import repository_root
    from profiles.projects.git.apart import repositories_apart

    path = outcome.settings_path
    near = repository_root(os.path.dirname(os.path.realpath(path)))
    if near is None and next(repositories_apart(app.environ), None) is None:
        return []  # no git is started

    from profiles.projects.git.could_commit import ask_git, untracking

    answer = ask_git(path, app.environ, _GIT_LIMIT_S)
    if answer.standing == "open":
        taken = f"git does not ignore {path}, and the next `git add .` takes the key along"
        return [f"{taken}: {_ignoring(app, path)}"]
    if answer.standing != "tracked":
        return []
    helps = f"`{untracking(path, answer)}` takes it out of git, and leaves it where it is"
    return [f"git tracks {path}, and its next commit takes the key along: {helps}"]


def _ignoring(app: App, path: str) -> str:
    """How that file is kept out of commits, in this clone alone."""
    from profiles.projects.git.exclusion import exclude_line

    try:
        excludes, line = exclude_line(path, app.environ)
    except PkccError:
        return "ignore it before that"
    return f"the line {os.fsdecode(line)} in {excludes} keeps it out"


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


def shell(app: App, sources: list[Source] | None = None) -> list[str]:
    """Sentences where sessions that this very shell starts go another way than the settings say.

    `sources`: those here, where they were read already.
    """
    profile = app.environ.get(PROFILE_VARIABLE)
    if profile and is_on(app.environ.get(HOST_FLAG)):
        return [
            f"this shell was started by `pkcc-tray exec {profile}`: sessions you start in it keep that "
            "profile; `exit` leaves it"
        ]
    notes = _directory_notes(app) if CLAUDE_DIR_VARIABLE in app.environ else []
    if bypasses(app.environ):
        from profiles.routes.bypasses import bypasses_by_shell
        from tray.actions.switching.source_notes import sources_here

        notes += [
            f"this shell exports {name}: sessions you start in it do not follow the settings; unset it first"
            for name in bypasses_by_shell(app.environ, sources_here(app) if sources is None else sources)
        ]
    return notes


def _directory_notes(app: App) -> list[str]:
    """A sentence where the client's directory differs from place to place, or is not what is meant."""
    from profiles.claude_code.beside.config_directory import odd_directory

    odd = odd_directory(app.environ)
    return [] if odd is None else [f"{odd.what}. {odd.why} {odd.remedy}"]


def _editor_notes(app: App) -> list[str]:
    """Sentences on what an editor's own settings give to the sessions that it starts."""
    from profiles.claude_code.beside.editor_settings import editor_variables

    said = editor_variables(app.environ, app.directory)
    if not said:
        return []
    from tray.actions.switching.source_notes import editor_notes

    return editor_notes(app, said)


def _settings_notes(app: App, outcome: Outcome) -> list[str]:
    """Sentences on variables in the settings file by which sessions do not follow it."""
    if not any(f"env.{name}" in outcome.after for name in BYPASSES_IN_SETTINGS):
        return []
    from tray.actions.switching.source_notes import settings_notes, sources_here

    return settings_notes(app, sources_here(app))


def first_run(app: App, name: str, *, pinned: bool) -> list[str]:
    """A sentence where a client that was never started here would ask for a login.

    A token in a `pinned` project's file spares nothing, unlike one in the user's.
    """
    rendered = app.store.rendered(name)
    with_token = "local" if pinned else "user"
    token_from = with_token if AUTH_TOKEN in rendered.env else ""
    if not first_start_asks(rendered.dialect, helper=rendered.helper, token_from=token_from):
        return []
    from profiles.claude_code.beside.client_state import is_set_up

    if is_set_up(app.locations, app.environ):
        return []
    field = "key_delivery helper" if pinned else "key_in token"
    return [
        "Claude Code was not started here yet: its first start asks for a login at Anthropic, and fails "
        f"where that cannot be reached; `pkcc-tray set {name} {field}` spares it"
    ]


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


def elsewhere(app: App, name: str | None, *, also: bool, sources: list[Source] | None = None) -> list[str]:
    """What files say besides that profile: those that win in this directory, and what bends its models.

    `also` where there are no others than the user's: that one bends them, too. `sources` as for `shell`.
    """
    from profiles.claude_code.settings.managed.places import others_exist

    others = others_exist(app.locations, app.directory)
    if not (others or also):
        return []
    from tray.actions.switching.source_notes import override_notes, sources_here

    if sources is None:
        sources = sources_here(app)
    notes = override_notes(app, sources) if others else []
    with suppress(PkccError):  # a profile that is gone or broken has its own note
        if name is not None:
            from tray.actions.switching.model_notes import overridden

            notes += overridden(sources, app.store.rendered(name))
    return notes


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
