"""switch, off, tidy, restore."""

from __future__ import annotations

import os

from profiles.base.errors import ConflictError, PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import PROFILE_VARIABLE
from profiles.claude_code.owned_slots import HELPER_KEY, MODEL_SLOTS
from profiles.claude_code.routing_names import HOST_FLAG, OWN_LOGIN, astray, is_on
from profiles.switching.memory.state import new_step_id
from tray.actions.find_project_again import find_project_again
from tray.actions.notes import change_notes, missing_key_notes
from tray.commands.names import add_name
from tray.commands.switching.target import app_for, arguments_of_target, on_each, targets_beside
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse
    from typing import Any

    from profiles.routes.sources import Effective
    from profiles.switching.outcome import Outcome
    from tray.app import App


def _arguments_dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")


def arguments_switch(parser: argparse.ArgumentParser) -> None:
    """NAME [--project [DIR] [--exclude]] [--target NAME] [--dry-run]."""
    add_name(parser, help_text="a profile's name; - for the one before")
    parser.add_argument(
        "--project",
        metavar="DIR",
        nargs="?",
        const=".",
        help="pin only that project (default: the one you are in) to it",
    )
    parser.add_argument(
        "--exclude", action="store_true", help="with --project: have git ignore its file in this clone"
    )
    _arguments_dry_run(parser)
    arguments_of_target(parser)


def ask_first(app: App, name: str) -> None:
    """Have a keyring ask its user for what a switch to that profile writes, before the switch begins.

    Meanwhile it would hold a lock that others wait for, and in a tray everything that follows it. Raises
    PkccError as the switch would.
    """
    stored = [ref for ref in app.store.rendered(name).references() if ref.startswith("keyring:")]
    in_keyring = any(app.secrets.where(ref.partition(":")[2]) == "keyring" for ref in stored)
    if in_keyring and not app.secrets.keyring_is_open():
        for reference in stored:
            app.secrets.resolve(reference)


def switch(
    app: App,
    name: str,
    *,
    dry_run: bool,
    project: str | None = None,
    exclude: bool = False,
    target: str | None = None,
) -> Result:
    """Make the settings carry a profile; tell when the helper they name would have no key to hand out.

    The targets are served after the user's own file, and only where that was possible. With `project`, the
    settings of that directory alone.
    """
    if exclude and project is None:
        raise UsageError("--exclude is for a project's file", "Add --project, with or without a directory.")
    app = app_for(app, target)
    beside = targets_beside(app) if project is None else []
    if beside and not dry_run:
        app = app.within(new_step_id())  # one step in all of them
    if name == "-":
        name = _name_before(app)
    if not dry_run:
        ask_first(app, name)
    if project is not None:
        from tray.actions.projects.register import pin
        from tray.commands.projects.exclusion import excluded_if_agreed

        outcome, others = excluded_if_agreed(
            app,
            project,
            lambda excluding: pin(app, name, project, dry_run=dry_run, excluding=excluding),
            excluding=exclude,
        )
        result = result_of(outcome, dry_run=dry_run)
        pinned = os.path.dirname(os.path.dirname(outcome.settings_path))
        result = result._replace(data={**result.data, "project": pinned})
        return result._replace(notes=(*others, *result.notes, *_no_key_notes(app, name)))
    outcome = app.switcher.switch(name, dry_run=dry_run)
    result = result_of(outcome, dry_run=dry_run)
    notes = (
        *result.notes,
        *_no_key_notes(app, name),
        *_clear_text_notes(app, name, outcome),
        *_own_login_notes(app, name, outcome),
        *shell_notes(app),
        *override_notes(app),
        *_second_owner_notes(result, app),
    )
    rows = on_each(app, beside, lambda switcher: switcher.switch(name, dry_run=dry_run))
    return _with_targets(result._replace(notes=notes), rows)


def _clear_text_notes(app: App, name: str, outcome: Outcome) -> list[str]:
    """A sentence at the first switch that writes this profile's key into the file."""
    if app.store.rendered(name).helper or not outcome.written:
        return []
    if any(step.name == name for step in app.switcher.read().state.history[:-1]):
        return []
    from tray.actions.delivery import IN_CLEAR

    return [f"{IN_CLEAR}: `pkcc-tray show {name}` says how to keep it out"]


def _no_key_notes(app: App, name: str) -> list[str]:
    """A sentence when the helper that the profile names would have no key to hand out."""
    rendered = app.store.rendered(name)
    return missing_key_notes(app, name, rendered.key_ref) if rendered.helper else []


def shell_notes(app: App) -> list[str]:
    """A sentence where sessions that this very shell starts go another way than the settings say."""
    profile = app.environ.get(PROFILE_VARIABLE)
    if profile and is_on(app.environ.get(HOST_FLAG)):
        return [
            f"this shell was started by `pkcc-tray exec {profile}`: sessions you start in it keep that "
            "profile; `exit` leaves it"
        ]
    return [
        f"this shell exports {name}: sessions you start in it do not follow the settings; unset it first"
        for name in astray(app.environ)
    ]


def _own_login_notes(app: App, name: str, outcome: Outcome) -> list[str]:
    """A sentence when the profile has a login of Claude Code's own go to the gateway beside the key."""
    from profiles.routes.exec_environment import keeps_own_login

    if not keeps_own_login(app.store.rendered(name)):
        return []
    from profiles.claude_code.own_login import account_login, console_key

    found = account_login(app.locations, app.environ) or console_key(app.locations, app.environ)
    if f"env.{OWN_LOGIN}" in outcome.after:
        found = OWN_LOGIN
    if not found:
        return []
    return [
        f"with key_in header Claude Code's own login goes to the gateway too ({found}): "
        f"`pkcc-tray set {name} key_in token` ends that"
    ]


def _with_targets(result: Result, rows: list[dict[str, Any]]) -> Result:
    failed = [
        f"the target {row['name']!r} was left as it is: {row['problem']}. {row['remedy']}"
        for row in rows
        if row["problem"]
    ]
    more = [f"the target {row['name']!r}: {note}" for row in rows for note in row["notes"]]
    data = {**result.data, "targets": rows}
    return result._replace(data=data, notes=(*result.notes, *failed, *more), exit_code=1 if failed else 0)


def _name_before(app: App) -> str:
    """The profile that was active before the present one, or before `off`. Raises ConflictError."""
    state = app.switcher.read().state
    for step in reversed(state.history):
        before: str | None = step.before.active
        if before is not None and before != state.current.active:
            return before
    raise ConflictError("No other profile was active before", "`pkcc-tray list` shows all there are.")


def override_notes(app: App) -> list[str]:
    """A line for each file that wins over the user's settings in this directory."""
    from profiles.routes.sources import alarming, others_exist, overridden, project_surroundings, read_sources

    if not others_exist(app.locations, app.directory):
        return []
    sources = read_sources(app.locations, app.directory, app.environ)
    rows = overridden(sources)
    helpers = {row.path for row in rows if row.slot == HELPER_KEY and alarming(row)}
    notes = [
        f"in this directory {path} wins, with {', '.join(names)}"
        + (": a command of its own hands out the key" if path in helpers else "")
        for path, names in _by_path(rows).items()
        if not app.is_own_project_file(path)
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


def _second_owner_notes(result: Result, app: App) -> list[str]:
    """Two configuration directories on one settings file would each put back the other's values."""
    from profiles.claude_code.own_helper import is_own_helper

    for row in result.data["changes"]:
        before = row["before"]
        ours = before.startswith(app.switcher.helper_prefix)
        if row["slot"] == HELPER_KEY and is_own_helper(before) and not ours and not _wrote(app, before):
            return [f"these settings were another pkcc-tray's ({before}): run its `off` after this one's"]
    return []


def _wrote(app: App, helper: str) -> bool:
    """Whether that helper was written from here: an upgrade may lie elsewhere than what it replaced."""
    state = app.switcher.read().state
    known = [state.current, *(step.before for step in state.history)]
    return any(current.helper_command == helper for current in known)


def arguments_off(parser: argparse.ArgumentParser) -> None:
    """[--dry-run] [--target NAME]."""
    _arguments_dry_run(parser)
    arguments_of_target(parser)


def off(app: App, *, dry_run: bool, target: str | None = None) -> Result:
    """Put back what was there before the first switch, in the targets too."""
    app = app_for(app, target)
    beside = targets_beside(app)
    if beside and not dry_run:
        app = app.within(new_step_id())  # one step in all of them
    if not dry_run:
        find_project_again(app, app.directory)
    result = result_of(app.switcher.off(dry_run=dry_run), dry_run=dry_run)
    return _with_targets(result, on_each(app, beside, lambda switcher: switcher.off(dry_run=dry_run)))


arguments_restore = _arguments_dry_run


def restore(app: App, *, dry_run: bool) -> Result:
    """Write the active profile again over what was changed by something else."""
    return result_of(app.switcher.restore(dry_run=dry_run), dry_run=dry_run)


def tidy(app: App) -> Result:
    """Take out the blanks that no running session needs."""
    return result_of(app.switcher.tidy(), dry_run=False)


def _line_rows(lines: list[list[str]]) -> list[dict[str, str]]:
    return [{"name": name, "address": address} for name, address in lines]


def result_of(outcome: Outcome, *, dry_run: bool) -> Result:
    """What a change of the settings did, as data."""
    changes: list[dict[str, Any]] = [
        {"slot": slot, "before": outcome.before.get(slot, ""), "after": outcome.after.get(slot, "")}
        for slot in dict.fromkeys([*outcome.after, *outcome.before])
        if outcome.before.get(slot, "") != outcome.after.get(slot, "")
    ]
    told = {row["slot"] for row in changes}
    changes = [{**row, "blank": row["slot"] in outcome.blanked} for row in changes]
    changes += [
        {"slot": slot, "before": "", "after": "", "blank": True}
        for slot in outcome.blanked
        if slot not in told
    ]
    data: dict[str, Any] = {
        "action": outcome.action,
        "active": outcome.name,
        "settings": outcome.settings_path,
        "dry_run": dry_run,
        "written": outcome.written,
        "changes": changes,
        "blanks": outcome.blanks,
        "passing_blanks": outcome.passing,
        "replaced_outside_changes": outcome.drifted,
        "sessions": [{"pid": each.pid, "directory": each.directory} for each in outcome.sessions],
        "models_pinned": bool(outcome.sessions)
        and any(row["slot"] == MODEL_SLOTS["default"] for row in changes),
        "lines_taken_out": _line_rows(outcome.lines_out),
        "lines_put_back": _line_rows(outcome.lines_back),
        "project": None,
        "projects": sum(each.written for each in outcome.followed),
        "targets": [],
        "undone": [],
        "as_before": outcome.as_before,
        "left": outcome.left,
        "adopted": outcome.adopted,
    }
    notes = change_notes(outcome)
    if not outcome.atomic:
        notes.append("the file is mounted by itself or another user's: it was written in place, not replaced")
    return Result("switched", data, tuple(notes))
