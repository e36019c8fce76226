"""The profile in use, and how its settings stand."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.light_typing import OMITTED
from profiles.catalogs.kept.came_from import came_from
from profiles.profile.config.names import kept_names
from profiles.profile.rendering import same_profile
from profiles.routes.managed.administrator import held
from profiles.routes.route import is_by_portkey
from profiles.switching.reading.model_dialog import offered_kind
from profiles.switching.reading.surroundings import is_by_hand, is_surrounding
from tray.actions.describing.describe import Described, describe
from tray.actions.keys.refused import Refused, refused_lately
from tray.actions.switching import switch_notes
from tray.actions.which_profile import route_by_hand

if TYPE_CHECKING:
    from profiles.base.light_typing import Omitted
    from profiles.catalogs.kept.came_from import CameFrom
    from profiles.routes.managed.administrator import Held
    from profiles.routes.sources import Source
    from profiles.switching.memory.state import Current
    from profiles.switching.reading.reading import Reading
    from tray.actions.policy.standing import Management
    from tray.actions.projects.pinned import Pinned
    from tray.app import App


class Drifted(NamedTuple):
    """One slot that something else changed: see `Change`.

    `surrounding`: a proxy or certificate. `by_hand`: only the user can put it back. `dialog`: the kind of
    model that Claude Code's own dialog changed, "" otherwise.
    """

    slot: str
    kind: str
    expected: str
    actual: str
    alarming: bool
    surrounding: bool
    by_hand: bool
    dialog: str


class Decided(NamedTuple):
    """One slot's value for a new session, and who decides it: see `Effective`."""

    slot: str
    value: str
    source: str
    path: str
    losers: list[tuple[str, str]]
    alarming: bool


class Status(NamedTuple):
    """How a settings file stands for anybody; `directory` and what follows it for one who asks from there.

    `dropped` is the value for which Claude Code leaves the whole file out, "" where it reads it.
    `status_line`: on, off, waiting (for a profile) or replaced (by something else). `set_up_by_hand`: the
    route through Portkey of settings that no profile wrote, "" for none; `stored_as` a profile that has it.
    """

    active: str | None
    profile: Described | None
    settings: str
    condition: str
    drift: list[Drifted]
    matches: str | None
    edited_since: bool
    blanks: int
    blanks_until: float | None
    sessions: int
    refused: list[Refused]
    dropped: str = ""
    status_line: str = "off"
    set_up_by_hand: str = ""
    stored_as: str | None = None
    directory: str | Omitted = OMITTED
    effective: list[Decided] | Omitted = OMITTED
    pinned: Pinned | Omitted | None = OMITTED
    managed: Management | Omitted = OMITTED
    catalog: CameFrom | Omitted | None = OMITTED
    held: Held | Omitted | None = OMITTED


def status_here(app: App) -> tuple[Status, tuple[str, ...]]:
    """How the settings stand, and what a session in the app's directory would use; and notes."""
    from tray.actions.switching.source_notes import (
        header_notes,
        helper_notes,
        program_notes,
        settings_notes,
        sources_here,
    )

    found, known = standing(app)
    sources = sources_here(app)
    notes = [
        f"{source.path}: {source.problem}" for source in sources if source.problem and source.kind != "user"
    ]
    notes += [*known, *settings_notes(app, sources), *header_notes(sources), *program_notes(app, sources)]
    notes += helper_notes(app, sources)
    notes += switch_notes.shell(app, sources)
    notes += switch_notes.elsewhere(app, found.active, also=True, sources=sources)
    effective = _decided(app, sources, found.profile.trusted if found.profile else ())
    by_hand = None if found.matches else route_by_hand(app)
    if by_hand is not None:
        found = found._replace(set_up_by_hand=by_hand.route, stored_as=by_hand.profile)
    catalog = came_from(app.locations, found.active)
    holder = held(sources, app.store.all_rendered, found.active)
    here = found._replace(directory=app.directory, effective=effective, catalog=catalog, held=holder)
    return here, tuple(notes)


def _decided(app: App, sources: list[Source], trusted: tuple[str, ...]) -> list[Decided]:
    from profiles.routes.sources import alarming, decide, project_surroundings

    rows = decide(sources)
    others = {(row.slot, row.path) for row in project_surroundings(sources, trusted, app.directory)}
    suspect = {row.path for row in rows if alarming(row) and not is_surrounding(row.slot)}
    own = {path for path in suspect if app.is_own_project_file(path)}
    return [
        Decided(
            *row,
            (row.slot, row.path) in others
            if is_surrounding(row.slot)
            else alarming(row) and row.path not in own,
        )
        for row in rows
    ]


def standing(app: App) -> tuple[Status, tuple[str, ...]]:
    """How the settings stand, by the running tray or else by our own look, and the pin here; and notes."""
    from tray.actions.projects.pinned import pinned_here
    from tray.ipc.client import ask

    answer = ask(app.locations, app.environ, "status", {"as": app.circumstances()})
    found, notes = settings_status(app) if answer is None else _from_tray(answer.text)
    try:
        return found._replace(pinned=pinned_here(app)), notes
    except PkccError as error:  # projects that cannot be read keep nobody from seeing the rest
        return found._replace(pinned=None), (*notes, f"{error.title}. {error.hint}")


def _from_tray(text: str) -> tuple[Status, tuple[str, ...]]:
    answer = json.loads(text)
    data = answer["data"]
    data["profile"] = data["profile"] and Described(**data["profile"])
    data["drift"] = [Drifted(**row) for row in data["drift"]]
    data["refused"] = [Refused(**row) for row in data["refused"]]
    return Status(**data), tuple(answer["notes"])


def settings_status(app: App) -> tuple[Status, tuple[str, ...]]:
    """How the settings stand, by a look at them; and notes."""
    from profiles.claude_code.process.sessions import running_sessions
    from profiles.switching.edit import blanks

    reading = app.switcher.read()
    current = reading.state.current
    notes = [] if reading.problem is None else [f"{reading.problem.title}. {reading.problem.hint}"]
    edited_since = False
    trusted: tuple[str, ...] = ()
    if current.active is not None:
        try:
            rendered = app.store.rendered(current.active)
            edited_since = not same_profile(current.rendered, rendered)
            trusted = tuple(rendered.trusted)
        except PkccError as error:  # gone, or broken: what was written holds until the next switch
            notes.append(f"{error.title}. {error.hint}")
    found = Status(
        active=current.active,
        profile=None
        if current.rendered is None
        else describe(current.rendered, kept_names(app.locations))._replace(trusted=trusted),
        settings=app.locations.settings_path,
        condition=condition_of(reading),
        drift=_drift(reading),
        matches=_matching(app, reading),
        edited_since=edited_since,
        blanks=len(current.memory.blanks),
        blanks_until=blanks.until(current.memory, time.time()),
        sessions=len(running_sessions(*app.locations.session_dirs)),
        refused=refused_lately(app, notes),
        dropped=reading.dropped,
        status_line=_status_line(app, current),
    )
    return found, tuple(notes)


def _status_line(app: App, current: Current) -> str:
    from profiles.claude_code.settings.parse import parse_settings
    from profiles.files.read import read_bytes
    from profiles.switching.edit.status_line import standing

    path = app.locations.settings_path
    try:
        return standing(parse_settings(read_bytes(path), path), current)
    except PkccError:  # that is said where the settings are
        return "off"


def condition_of(reading: Reading) -> str:
    """How the settings stand: active, off, drift, gone or unparsable."""
    if reading.condition != "ok":
        return reading.condition
    if reading.changes:
        return "drift"
    return "active" if reading.state.current.active is not None else "off"


def _drift(reading: Reading) -> list[Drifted]:
    dialect = dialect_of(reading)
    return [
        Drifted(*change, is_surrounding(change.slot), is_by_hand(change), offered_kind(dialect, change))
        for change in reading.changes
    ]


def dialect_of(reading: Reading) -> str:
    """The active profile's dialect, "" for none."""
    rendered = reading.state.current.rendered
    return "" if rendered is None else rendered.dialect


def _matching(app: App, reading: Reading) -> str | None:
    """The profile that the settings carry though it was not switched to here: by hand, or before us."""
    if reading.state.current.active is not None and all(is_surrounding(row.slot) for row in reading.changes):
        return None
    return app.switcher.matching(reading) if is_by_portkey(reading.values) else None
