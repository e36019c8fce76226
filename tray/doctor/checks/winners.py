"""Files and variables that win over the user's settings, and so over the active profile."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.locations import CLAUDE_DIR_VARIABLE, PROFILE_VARIABLE
from profiles.claude_code.beside.config_directory import odd_directory
from profiles.claude_code.beside.editor_settings import editor_variables
from profiles.claude_code.owned_slots import variable_of
from profiles.claude_code.routing_names import SHIELDED
from profiles.claude_code.variable_values import BYPASSES
from profiles.routes.bypasses import bypasses_by_settings, bypasses_by_shell
from profiles.routes.editors import editor_troubles
from profiles.routes.managed.administrator import holder_of
from profiles.routes.overrides import find_overrides
from profiles.routes.sources import project_surroundings
from profiles.switching.reading.surroundings import is_surrounding
from tray.doctor.finding import note, problem, warning
from tray.doctor.remedies import IN_SHELL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.context import Context
    from tray.doctor.finding import Finding


def winning_files(context: Context) -> Iterator[Finding]:
    """Managed, local and project settings that decide where requests go."""
    if context.active is None:
        return
    for found in find_overrides(context.sources):
        if found.kind == "local" and context.app.is_own_project_file(found.path):
            continue
        if found.kind == "managed" and context.rendered and holder_of(context.sources, context.rendered):
            continue  # the profile's very own route
        what = f"{found.path} ({found.kind} settings) {found.words}"
        why = f"In {context.directory} a session does not use the profile {context.active}."
        if found.cuts:
            why += " Its requests do not say where to go on: `500 fetch failed`."
        if found.helper:
            why += " A command of that project's own hands out the key."
        command = (
            "" if _is_home(context) else context.ours("switch", context.active, "--project", "--exclude")
        )
        advice = f"{'Or take' if command else 'Take'} that out of {found.path}."
        if found.kind == "managed":
            command, advice = "", "Ask your administrator."
        severe = found.kind != "managed" and (found.dangerous or found.cuts)
        yield (problem if severe else warning)("overridden", what, why, command, advice)


def _is_home(context: Context) -> bool:
    """Whether we stand in the home directory, which can be no project."""
    return os.path.realpath(context.directory) == os.path.realpath(context.home or os.sep)


def project_proxies(context: Context) -> Iterator[Finding]:
    """Proxies and certificates that a project's files set: they could read the key on its way."""
    if context.active is None:
        return
    names: dict[str, list[str]] = {}
    profile = context.profiles.get(context.active)
    trusted = [] if profile is None or isinstance(profile, PkccError) else profile.trusted
    for row in project_surroundings(context.sources, trusted, context.directory):
        names.setdefault(row.path, []).append(row.slot.removeprefix("env."))
    why = f"In {context.directory} it decides who can read your key."
    allow = f"`{context.ours('trust', 'add')} --proxy URL` or `--ca FILE`"
    for path, found in names.items():
        advice = f"Take that out of {path}, or allow it with {allow}."
        yield problem("project-proxy", f"{path} sets {', '.join(found)}", why, advice=advice)


def shell_flags(context: Context) -> Iterator[Finding]:
    """Variables of the shell's by which sessions started in it leave the settings aside."""
    if context.active is None or PROFILE_VARIABLE in context.environ:  # in a shell of `exec` that is meant
        return
    names = bypasses_by_shell(context.environ, context.sources)
    if names:
        what = f"This shell exports {', '.join(names)}"
        why = ". ".join(dict.fromkeys(BYPASSES[name] for name in names))
        yield problem("shell-flag", what, f"{why}.", context.unset(*names), IN_SHELL)


def settings_flags(context: Context) -> Iterator[Finding]:
    """Variables in the user's settings, or an administrator's, by which sessions leave the settings aside."""
    if context.active is None:
        return
    for found in bypasses_by_settings(context.sources, context.locations.claude_dir):
        what, _, why = found.words.partition(": ")
        advice = f"Take it out of {found.path}."
        if found.kind == "managed":
            advice = "Ask your administrator."
        yield problem("settings-flag", what, f"{why}.", advice=advice)


def editor_settings(context: Context) -> Iterator[Finding]:
    """What the settings of VS Code, or of a fork of it, give to the sessions that it starts."""
    said = editor_variables(context.environ, context.directory) if context.active is not None else []
    for each in said:
        for trouble in editor_troubles(each, context.sources, context.served):
            what = f"{trouble.setting} in {trouble.path} sets {', '.join(trouble.names)}"
            kind = note if trouble.beaten else problem if trouble.severe else warning
            command, advice = "", "Take that out of it."
            if os.path.isdir(trouble.directory):
                add = context.ours("target", "add", "editor", trouble.directory)
                command = context.in_turn(add, context.ours("switch", context.active or ""))
                advice = "So each switch changes that file, too. Or take it out."
            why = trouble.effect[0].upper() + trouble.effect[1:]
            yield kind("editor-variable", what, f"{why}.", command, advice)


def client_directory(context: Context) -> Iterator[Finding]:
    """A CLAUDE_CONFIG_DIR that names another directory in each place, or another than is meant."""
    odd = odd_directory(context.environ)
    if odd is None:
        return
    command = (
        context.export(CLAUDE_DIR_VARIABLE, odd.meant) if odd.meant else context.unset(CLAUDE_DIR_VARIABLE)
    )
    advice = "Do so where it is set, too, and switch again: a profile is only in the file it was written to."
    yield problem("config-dir", odd.what, odd.why, command, advice)


def winning_variables(context: Context) -> Iterator[Finding]:
    """Variables of the shell's that no file answers, though a profile is active."""
    reading = context.reading
    if context.active is None or reading is None:
        return
    names = sorted(
        {
            variable_of(slot)
            for slot, value in context.values.items()
            if value.source == "shell" and not is_surrounding(slot)  # those are the shell's to say
        }
    )
    if not names:
        return
    exports, unset = f"This shell exports {', '.join(names)}", context.unset(*names)
    where = (
        "Take it out of your shell's start-up files too: it is in the environment of what you start there."
    )
    if SHIELDED.isdisjoint(names):
        why = "Sessions started here differ from others."
        yield warning("shell-variable", f"{exports}, which the profile leaves open", why, unset, where)
    else:
        what = f"{exports}, which nothing in the settings answers"
        why = "Sessions started here send another key, or send requests elsewhere than the profile says."
        # The switch was made in another shell: made here, it blanks them.
        switch = context.ours("switch", context.active)
        yield problem("shell-variable", what, why, switch, f"Or `{unset}`. {where}")
