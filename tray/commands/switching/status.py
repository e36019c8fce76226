"""status, diff: looks that write nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from profiles.base.errors import ConflictError, PkccError
from profiles.claude_code.owned_slots import has_portkey_line
from profiles.profile.rendering import same_profile
from profiles.switching.reading.model_dialog import offered_kind
from profiles.switching.reading.surroundings import is_by_hand, is_surrounding
from tray.actions.describe import describe
from tray.commands.names import complete_profiles
from tray.commands.switching.switch import override_notes, shell_notes
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from profiles.routes.sources import Source
    from profiles.switching.reading.reading import Reading
    from tray.app import App


_LATELY_S = 24 * 3600.0
_MOST_REFUSED = 20


def arguments_status(parser: argparse.ArgumentParser) -> None:
    """[--short]."""
    parser.add_argument(
        "--short", action="store_true", help="one word, for a prompt: the profile, ! if changed"
    )


def status(app: App, *, short: bool) -> Result:
    """The active profile, outside changes, running sessions, and who decides each value here."""
    from profiles.routes.sources import read_sources

    shared = _status_by_tray(app) or settings_status(app)
    if short and not app.wants_json:
        return Result("status_short", shared["data"])
    sources = read_sources(app.locations, app.directory, app.environ)
    notes = [
        f"{source.path}: {source.problem}" for source in sources if source.problem and source.kind != "user"
    ]
    notes += [*shared["notes"], *shell_notes(app), *override_notes(app)]
    data: dict[str, Any] = {
        **shared["data"],
        "directory": app.directory,
        "effective": _effective_rows(app, sources, shared["data"]),
    }
    return Result("status", data, tuple(notes))


def _effective_rows(app: App, sources: list[Source], data: dict[str, Any]) -> list[dict[str, Any]]:
    trusted = data["profile"]["trusted"] if data["profile"] else []
    from profiles.routes.sources import alarming, decide, project_surroundings

    rows = decide(sources)
    others = {(row.slot, row.path) for row in project_surroundings(sources, trusted, app.directory)}
    suspect = {row.path for row in rows if alarming(row) and not is_surrounding(row.slot)}
    own = {path for path in suspect if app.is_own_project_file(path)}
    return [
        {
            **row._asdict(),
            "alarming": (row.slot, row.path) in others
            if is_surrounding(row.slot)
            else alarming(row) and row.path not in own,
        }
        for row in rows
    ]


def _status_by_tray(app: App) -> dict[str, Any] | None:
    import json

    from tray.ipc.client import ask

    answer = ask(app.locations, app.environ, "status", **{"as": app.circumstances()})
    return None if answer is None else json.loads(answer.text)


def settings_status(app: App) -> dict[str, Any]:
    """What holds for the settings file whoever asks, and from wherever: `data` and `notes`."""
    from profiles.claude_code.sessions import running_sessions
    from profiles.switching.edit import blanks

    reading = app.switcher.read()
    current = reading.state.current
    notes = []
    if reading.problem is not None:
        notes.append(f"{reading.problem.title}. {reading.problem.hint}")
    edited_since = False
    trusted: list[str] = []
    if current.active is not None:
        try:
            rendered = app.store.rendered(current.active)
            edited_since = not same_profile(current.rendered, rendered)
            trusted = list(rendered.trusted)
        except PkccError as error:  # gone, or broken: what was written holds until the next switch
            notes.append(f"{error.title}. {error.hint}")
    data = {
        "active": current.active,
        "profile": None
        if current.rendered is None
        else describe(current.rendered)._replace(trusted=tuple(trusted))._asdict(),
        "settings": app.locations.settings_path,
        "condition": condition_of(reading),
        "drift": _drift_rows(reading),
        "matches": _matching(app, reading),
        "edited_since": edited_since,
        "blanks": len(current.memory.blanks),
        "blanks_until": blanks.until(current.memory, time.time()),
        "sessions": len(running_sessions(*app.locations.session_dirs)),
        "refused": _refused(app, notes),
    }
    return {"data": data, "notes": notes}


def _refused(app: App, notes: list[str]) -> list[dict[str, Any]]:
    """The keys that were kept back in the last day, the latest first; the very latest gets a note."""
    import time

    from profiles.guard.record import Handouts
    from profiles.guard.words import told

    found = [each for each in Handouts(app.locations).recent(time.time() - _LATELY_S) if each.is_alarming]
    if found:
        when = time.strftime("%H:%M", time.localtime(found[-1].at))
        notes.append(f"{told(found[-1])} at {when}")
    return [
        {
            "at": each.at,
            "profile": each.profile,
            "host": each.host,
            "file": each.file,
            "variable": each.name,
            "given": each.what == "given",
        }
        for each in reversed(found[-_MOST_REFUSED:])
    ]


def condition_of(reading: Reading) -> str:
    """How the settings stand: active, off, drift, gone or unparsable."""
    if reading.condition != "ok":
        return reading.condition
    if reading.changes:
        return "drift"
    return "active" if reading.state.current.active is not None else "off"


def _drift_rows(reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            **change._asdict(),
            "surrounding": is_surrounding(change.slot),
            "by_hand": is_by_hand(change),
            "dialog": offered_kind(_dialect(reading), change),
        }
        for change in reading.changes
    ]


def _dialect(reading: Reading) -> str:
    rendered = reading.state.current.rendered
    return "" if rendered is None else rendered.dialect


def _matching(app: App, reading: Reading) -> str | None:
    """The profile that the settings carry though it was not switched to here: by hand, or before us."""
    has_route = has_portkey_line(reading.values)
    if reading.state.current.active is not None and all(is_surrounding(row.slot) for row in reading.changes):
        return None
    return app.switcher.matching(reading) if has_route else None


def arguments_diff(parser: argparse.ArgumentParser) -> None:
    """[NAME]."""
    action = parser.add_argument("name", metavar="NAME", nargs="?", help="what a switch to NAME would change")
    action.completer = complete_profiles  # type: ignore[attr-defined]


def diff(app: App, name: str | None) -> Result:
    """What was changed by something else since the last switch, or what a switch to NAME would change."""
    if name is not None:
        from tray.commands.switching.switch import switch

        preview = switch(app, name, dry_run=True)
        return Result("diff", {"against": name, "changes": preview.data["changes"]}, preview.notes)
    reading = app.switcher.read()
    if reading.problem is not None:
        raise reading.problem
    if reading.state.current.active is None:
        raise ConflictError(
            "No profile is active, so there is nothing to compare with",
            "`pkcc-tray diff NAME` shows what a switch would change.",
        )
    rows = [
        {
            "slot": change.slot,
            "before": change.expected,
            "after": change.actual,
            "alarming": change.alarming,
            "dialog": offered_kind(_dialect(reading), change),
        }
        for change in reading.changes
    ]
    return Result("diff", {"against": None, "active": reading.state.current.active, "changes": rows})
