"""A profile as the managed settings of Claude Code, for an administrator to lay down."""

from __future__ import annotations

import json
import ntpath
import os

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.names import catalog_of
from profiles.base.programs.command_line import for_cmd, for_sh
from profiles.catalogs.kept.contents import Contents
from profiles.catalogs.kept.own_part import shared_profile
from profiles.claude_code.own_command import own_command
from profiles.claude_code.owned_slots import HELPER_KEY
from profiles.claude_code.settings.managed.forms import FORMS
from profiles.portkey.header_names import METADATA
from profiles.profile.render import render
from profiles.profile.rendering import metadata_of
from profiles.profile.under_policy import forced
from profiles.routes.managed.complete_form import complete_form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.profile.rendering import Rendered
    from tray.app import App

PACKAGED = "/usr/bin/pkcc-tray"  # where our packages put it
_FOR_ALL = ("/usr/", "/opt/", "/Applications/")  # else it is one user's own


class ClaudeSettings(NamedTuple):
    """`text` is to lie at `place`; `helper` is the command that hands out each user's own key."""

    profile: str
    format: str
    place: str
    helper: str
    text: str


def claude_settings(app: App, name: str, helper: str, form: str) -> tuple[ClaudeSettings, tuple[str, ...]]:
    """The complete form of that profile, in one of `FORMS`; and notes. Never a key.

    `helper` is the pkcc-tray on those machines, "" for this one's, or where a package has it.
    """
    rendered, personal = _for_everybody(app, name)
    program = _program(helper, form)
    settings = complete_form(rendered, program, for_cmd if ntpath.splitdrive(program)[0] else for_sh)
    place, text = FORMS[form].place, FORMS[form].make(settings)
    notes = (*personal, *_notes(rendered), f"It goes to {place}; install {program} first")
    return ClaudeSettings(name, form, place, str(settings[HELPER_KEY]), text), notes


def _for_everybody(app: App, name: str) -> tuple[Rendered, tuple[str, ...]]:
    """What the profile writes, of a catalog's nothing that is this person's own; and a note on that."""
    own = app.store.rendered(name)
    catalog = catalog_of(own.name)
    accepted = Contents(app.locations, catalog).accepted() if catalog else None
    entry = accepted.catalog().entry(own.name.removeprefix(f"{catalog}/")) if accepted is not None else None
    if entry is None:
        return own, ()
    shared = forced(render(shared_profile(catalog, entry)))
    personal = [key for key in metadata_of(own) if key not in metadata_of(shared)]
    left = f"Left out, since they are each person's own: metadata {', '.join(personal)}"
    return shared, (left,) if personal else ()


def _program(helper: str, form: str) -> str:
    """The pkcc-tray that the settings name: a bare name could be found in a project's directory."""
    drive, rest = ntpath.splitdrive(helper)
    if helper and not (os.path.isabs(helper) or (drive and ntpath.isabs(rest))):
        raise UsageError(
            f"{helper!r} is no full path: a program of that name in a project could hand out keys",
            "Name it as it lies on the machines: --helper /usr/bin/pkcc-tray",
        )
    if helper:
        return helper
    if form == "reg":
        raise UsageError(
            "Where pkcc-tray lies on the Windows machines is not known here",
            r"Name it: --helper 'C:\Program Files\pkcc-tray\pkcc-tray.exe'",
        )
    own = own_command()[0]
    return own if own.startswith(_FOR_ALL) and len(own_command()) == 1 else PACKAGED


def _notes(rendered: Rendered) -> Iterator[str]:
    metadata = dict(rendered.headers).get(METADATA)
    if metadata:
        try:
            names = ", ".join(json.loads(metadata))
        except ValueError:
            names = "all of it"
        yield f"Requests of every user carry this profile's metadata: {names}"
    yield f"Each user needs the profile {rendered.name}, and a key of their own: the settings hold none"
