"""What settings files, and an editor's variables, say besides a profile: in sentences. Reads the files."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import catalog_of
from profiles.claude_code.glued_lines import glued, glued_words
from profiles.claude_code.own_command import profile_in
from profiles.claude_code.owned_slots import HELPER_KEY, name_in
from profiles.routes.bypasses import bypasses_by_settings
from profiles.routes.editors import editor_troubles
from profiles.routes.files import MANAGED, managed_values
from profiles.routes.managed.administrator import forced, holder_of
from profiles.routes.overrides import find_overrides
from profiles.routes.sources import project_surroundings, read_sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.claude_code.beside.editor_settings import EditorVariables
    from profiles.routes.sources import Effective, Source
    from tray.app import App


def sources_here(app: App) -> list[Source]:
    """The files that a session started in the app's directory reads, and the shell."""
    return read_sources(app.locations, app.directory, app.environ)


def settings_notes(app: App, sources: list[Source]) -> list[str]:
    """A sentence for each variable in settings files by which sessions do not follow them."""
    found = bypasses_by_settings(sources, app.locations.claude_dir)
    return [f"{each.words}; take it out" for each in found]


def program_notes(app: App, sources: list[Source]) -> list[str]:
    """A sentence where a program of an administrator's may say otherwise than their files."""
    if not any(source.kind == MANAGED for source in sources):
        return []
    from profiles.claude_code.settings.managed.program import SETTINGS, program_in

    found = managed_values(app.locations, app.directory, SETTINGS)
    programs = ((path, program_in(values)) for path, values in found)
    return [
        f"{path} sets {each.setting}: {each.effect}, and is not known here" for path, each in programs if each
    ]


def helper_notes(app: App, sources: list[Source]) -> list[str]:
    """A sentence where an administrator's helper is for a profile that is not here: it gives no key."""
    helper = forced(sources).get(HELPER_KEY)
    name = (profile_in(helper.value) if helper is not None else None) or ""
    if helper is None or not catalog_of(name) or name in app.store.names():
        return []
    return [
        f"{helper.path} has {name}'s key handed out, which is not here yet, so sessions get none:"
        f" `pkcc-tray switch {name}` fetches it, or says what is lacking"
    ]


def header_notes(sources: list[Source]) -> list[str]:
    """A sentence for each header line that is sent as one, and was meant to be several."""
    source = next((each for each in sources if each.headers_set), None)
    if source is None:
        return []
    where = source.path or "the shell"
    sent = "Claude Code sends them as one; `pkcc-tray doctor` says what helps"
    return [f"in {where} the {glued_words(meant)}: {sent}" for meant in glued(source.values).values()]


def editor_notes(app: App, said: Sequence[EditorVariables]) -> list[str]:
    """A sentence for each of an editor's variables by which its sessions go another way."""
    from profiles.switching.targets import served_directories

    sources, served = sources_here(app), served_directories(app.locations)
    troubles = [trouble for each in said for trouble in editor_troubles(each, sources, served)]
    return [f"{trouble.words}; take it out" for trouble in troubles if not trouble.beaten]


def override_notes(app: App, sources: list[Source]) -> list[str]:
    """A sentence for each file that wins over the user's settings, or says who can read the key."""
    notes = [
        f"in this directory {found.path} {found.words}"
        + (": a command of its own hands out the key" if found.helper else "")
        + (
            f": `pkcc-tray switch {_active(app)} --project --exclude` puts it back there"
            if found.cuts
            else ""
        )
        for found in find_overrides(sources)
        if not app.is_own_project_file(found.path) and not (found.kind == MANAGED and _holds(app, sources))
    ]
    return notes + [
        f"in this directory {path} sets {', '.join(names)}, and so who can read your key"
        for path, names in _by_path(project_surroundings(sources, _trusted(app), app.directory)).items()
    ]


def _holds(app: App, sources: list[Source]) -> bool:
    """Whether an administrator's files only say what the profile in use says."""
    rendered = app.switcher.read().state.current.rendered
    return rendered is not None and bool(holder_of(sources, rendered))


def _active(app: App) -> str:
    return app.switcher.read().state.current.active or "NAME"


def _trusted(app: App) -> list[str]:
    """What the profile in use trusts; nothing where it cannot be read."""
    name = app.switcher.read().state.current.active
    try:
        return [] if name is None else app.store.rendered(name).trusted
    except PkccError:
        return []


def _by_path(rows: list[Effective]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.path, []).append(name_in(row.slot))
    return found
