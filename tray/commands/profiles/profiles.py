"""list, show, rename, copy, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.base.errors import ConflictError, PkccError
from profiles.base.names import check_name
from profiles.profile.store import encode_profile
from tray.actions.notes import lost_notes, project_notes
from tray.actions.rules import rules_renamed
from tray.commands.names import add_name
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_rename(parser: argparse.ArgumentParser) -> None:
    """OLD NEW."""
    add_name(parser, "old", "the profile's name")
    parser.add_argument("new", metavar="NEW", help="its new name")


def rename(app: App, old: str, new: str) -> Result:
    """Give a profile another name; settings that call it by the old one are written again.

    Raises ConflictError for the active profile while its settings are changed by something else.
    """
    switchers = app.all_switchers()
    for switcher in switchers:
        reading = switcher.read()
        # Else the settings and what is remembered of them would go on calling it by a name that is gone.
        if reading.state.current.active == old and (reading.changes or reading.problem):
            raise ConflictError(
                f"{old!r} is active, and {switcher.settings_path} was changed by something else",
                "Run `pkcc-tray restore` or `pkcc-tray adopt` first.",
            )
    with app.steps.doing("rename", f"rename {old} to {new}", new, renamed=(old, new)) as doing:
        profile = app.store.load(old).model_copy(update={"name": check_name(new)})
        app.store.check_free(new, allowed=old)
        gone: dict[str, bytes | None] = {} if new == old else {old: None}
        doing.write({new: encode_profile(profile), **gone}, rules_renamed(app, old, new))
        done = []
        try:
            for switcher in switchers:
                done.append(switcher.renamed(old, new))  # noqa: PERF401 - what was done is undone below
        except PkccError:
            doing.put_back()
            for switcher in switchers[: len(done)]:
                switcher.renamed(new, old)
            raise
    outcomes = [each.outcome for each in done if each.outcome is not None]
    applied: dict[str, Any] = {"applied": bool(outcomes)}
    if outcomes:
        applied["written"] = any(outcome.written for outcome in outcomes)
    notes = [note for outcome in outcomes for note in lost_notes(len(outcome.lost))]
    notes += [note for each in done for note in project_notes(each.followed)]
    return Result("rename", {"old": old, "new": new, **applied}, tuple(notes))


def arguments_copy(parser: argparse.ArgumentParser) -> None:
    """SOURCE NAME."""
    add_name(parser, "source", "the profile to copy")
    parser.add_argument("new", metavar="NEW", help="the copy's name")


def copy(app: App, source: str, new: str) -> Result:
    """A new profile like another one; both use the same key until one is given its own."""
    with app.steps.doing("copy", f"copy {source} to {new}", new) as doing:
        profile = app.store.load(source).model_copy(update={"name": check_name(new)})
        app.store.check_free(new)
        doing.write({new: encode_profile(profile)})
    return Result("copy", {"source": source, "name": new, "key": profile.api_key})
