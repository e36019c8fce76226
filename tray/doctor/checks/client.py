"""Claude Code itself: whether it is there, how old it is, and what starts it with values of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.locations import CLAUDE_DIR_VARIABLE, claude_directory
from profiles.base.programs.paths import which
from profiles.claude_code.owned_slots import HELPER_KEY, STATUS_LINE, variable_of
from profiles.claude_code.process import PACKAGE, SETTINGS_OPTION
from profiles.claude_code.routing_names import SHIELDED
from profiles.claude_code.settings.masked import mask_value
from profiles.claude_code.settings.parse import parse_settings
from profiles.claude_code.variable_values import BYPASSES
from profiles.files.read import read_bytes
from profiles.routes.bypasses import bypasses_by_shell
from profiles.routes.sources import decide, with_variables
from profiles.routes.status_lines import in_the_way
from profiles.switching.edit.status_line import is_replaced, is_there, line_command
from profiles.switching.reading.surroundings import is_surrounding
from tray.doctor.checks.helper import program_of
from tray.doctor.client_program import KNOWN_GOOD, in_an_editor, version_of
from tray.doctor.finding import note, problem, warning
from tray.doctor.starts import all_starts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.context import Context
    from tray.doctor.finding import Finding
    from tray.doctor.starts import Started


def client(context: Context) -> Iterator[Finding]:
    """A client that is missing, or older than what is known to work."""
    path = context.client
    if path is None:
        what = "Claude Code was not found: not on PATH, nor where its installers put it"
        why = "There is nothing here that would use a profile."
        yield warning("client-missing", what, why, installing(context))
        return
    version = version_of(path, context.environ)
    if version is None:
        why = "An old one may not follow a switch."
        yield note("client-version", f"The version of {path} is not known", why, *_updating(context, path))
    elif version < KNOWN_GOOD:
        what = f"Claude Code {_text(version)} ({path}) is older than {_text(KNOWN_GOOD)}"
        why = "Running sessions may not follow a switch, and requests may be missing in Portkey's logs."
        yield warning("client-old", what, why, *_updating(context, path))


def status_line(context: Context) -> Iterator[Finding]:
    """Our status line: its program gone, another in its place, or a file that keeps it from showing."""
    current = None if context.reading is None else context.reading.state.current
    path = context.locations.settings_path
    try:
        settings = parse_settings(read_bytes(path), path)
    except PkccError:
        return  # `settings_file.readable_settings` says so
    command = line_command(settings)
    if is_there(settings):
        if program_of(command, context) is None:
            yield _line_gone(context, command, fixable=current is not None and current.status_line)
        for each in in_the_way(context.locations, context.directory):
            advice = f"Take that out of {each.path}, or leave it: other directories show yours."
            what = f"Your status line is not shown here: {each.words}"
            yield note("status-line-hidden", what, "Sessions here do not show their route.", advice=advice)
    elif current is not None and is_replaced(settings, current):
        why = "It is left as it is, and sessions no longer show their route."
        what = f"{STATUS_LINE} was changed by something else"
        yield note("status-line-replaced", what, why, context.ours("statusline", "on"))


def _line_gone(context: Context, command: str, *, fixable: bool) -> Finding:
    what = f"{STATUS_LINE} names a program that is not there: {mask_value(HELPER_KEY, command)}"
    why = "Claude Code then shows no status line, not even your own, and says nothing of it."
    if fixable and context.active is not None:
        return warning("status-line-gone", what, why, context.ours("statusline", "on"))
    return warning("status-line-gone", what, why, context.ours("statusline", "off"))


def installing(context: Context) -> str:
    """The command that installs the client: npm where it is there, else Anthropic's own installer."""
    if which("npm", context.environ):
        return f"npm install -g {PACKAGE}"
    if context.platform == "win32":
        return "irm https://claude.ai/install.ps1 | iex"
    return "curl -fsSL https://claude.ai/install.sh | bash"


def _updating(context: Context, path: str) -> tuple[str, str]:
    if path == in_an_editor(context.home):
        return "", "Update its extension in the editor."
    return context.shell("claude" if path == which("claude", context.environ) else path, "update"), ""


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def own_starts(context: Context) -> Iterator[Finding]:
    """Aliases, functions and wrappers that start Claude Code with values of their own: which of them win."""
    for started in all_starts(context) if context.active is not None else ():
        winning, beaten = _brought(context, started)
        starts = f"{started.path}: {started.start.words} starts Claude Code with "
        command = context.ours("exec", "NAME" if beaten and not winning else context.active or "")
        advice = f"Let it run `{command} -- claude`, or take that out there."
        if CLAUDE_DIR_VARIABLE in winning:
            advice = f"`{context.ours('target', 'add')} NAME DIR` has switches serve that directory, too."
        if winning:
            bypassing = [name for name in winning if name in BYPASSES]
            severe = bool(bypassing) or not SHIELDED.isdisjoint(winning) or SETTINGS_OPTION in winning
            why = "A session started so differs from others"
            if severe:
                why = "Such a session sends another key, or sends requests elsewhere than the profile says"
            why = ". ".join(BYPASSES[name] for name in bypassing) or why
            yield (problem if severe else warning)(
                "own-start", starts + ", ".join(winning), f"{why}.", advice=advice
            )
        elif beaten:
            what = f"{starts}{', '.join(beaten)}, and the settings win over that"
            why = f"Such a session uses the profile {context.active}, and not what stands there."
            make = context.ours("import", started.path)
            yield note("own-start", what, why, advice=f"`{make}` makes a profile of it. {advice}")


def _brought(context: Context, started: Started) -> tuple[list[str], list[str]]:
    """What such a start brings: what the settings that its session reads do not answer, and what they do."""
    start = started.start
    kept = {} if "*" in start.without else context.environ
    environ = {name: value for name, value in kept.items() if name not in start.without} | start.values
    sources = with_variables(context.files, environ)
    rows = {row.slot: row for row in decide(sources) if not is_surrounding(row.slot)}
    won = {variable_of(slot) for slot, row in rows.items() if row.source == "shell"}
    won |= {*bypasses_by_shell(environ, sources)}
    place = start.values.get(CLAUDE_DIR_VARIABLE)
    if place is not None and os.path.realpath(claude_directory(place)) not in context.served:
        won.add(CLAUDE_DIR_VARIABLE)
    said: dict[str, str] = {}
    own: dict[str, str] = {}
    for source in reversed(sources):
        (own if source.kind in ("shell", "exec") else said).update(source.values)
    lost = {variable_of(slot) for slot, value in own.items() if said.get(slot, value) != value} - won
    winning = [name for name in start.values if name in won]
    winning += [SETTINGS_OPTION] if start.settings else []
    return winning, [name for name in start.values if name in lost]
