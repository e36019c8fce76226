"""Catalogs that are followed: what is wrong with one, what waits; and metadata that somebody requires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.text import counted, printable
from profiles.catalogs.kept.contents import Contents
from profiles.catalogs.kept.looking import look_at_all
from profiles.catalogs.kept.made import changed_since
from profiles.catalogs.managed import managed_catalogs
from profiles.policy.in_force import policy_in_force
from profiles.profile.catalog_terms import terms_of
from profiles.profile.schema.model import Profile
from tray.doctor.finding import note, problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.catalogs.kept.looking import Looked
    from profiles.switching.memory.project_registry import Project
    from tray.doctor.context import Context
    from tray.doctor.finding import Finding

_GOES_ON = "What you accepted goes on, without what its publisher changed or took back since."


def catalogs(context: Context) -> Iterator[Finding]:
    """One that is stale, broken or taken back, and what waits for a yes. No source is asked."""
    try:
        found = look_at_all(context.locations, managed_catalogs())
    except PkccError as error:
        yield problem("catalog-broken", error.title, "No catalog is brought up to date.", advice=error.hint)
        return
    yield from _withdrawn(context)
    for looked in found:
        yield from _one(context, looked)
        yield from _by_hand(context, looked)


def _one(context: Context, looked: Looked) -> Iterator[Finding]:
    name, state, reason = looked.subscription.name, looked.standing.state, looked.standing.reason
    advice = looked.record.failure.hint if looked.record.failure else ""
    update = context.ours("catalog", "update", name)
    if state == "broken":
        yield problem("catalog-broken", reason, _GOES_ON, advice=advice)
    elif state == "withdrawn":
        what = f"The catalog {name} is no longer published: {reason}"
        yield warning("catalog-stale", what, _GOES_ON, advice=f"Ask its publisher. {advice}".strip())
    elif state == "stale":
        yield warning("catalog-stale", f"The catalog {name} is old: {reason}", _GOES_ON, update, advice)
    elif state == "expired":
        what = f"The catalog {name} has expired: {reason}"
        yield warning("catalog-stale", what, _GOES_ON, advice=_ask_publisher(looked))
    elif state in ("managed", "current") and reason:
        yield note("catalog-stale", f"The catalog {name} was {reason}", _GOES_ON, update, advice)
    elif state == "waiting":
        changes = looked.changes()
        count = counted(len(changes.loud) or len(changes.quiet), "change")
        what = f"{count} of the catalog {name} {'waits' if count.startswith('1 ') else 'wait'} for you"
        why = "They may change where your key goes, so they apply only after your yes."
        yield note("catalog-waiting", what, why, context.ours("catalog", "diff", name))
    elif state == "unfetched":
        what = f"The catalog {name} is not fetched yet" + (f": {reason}" if reason else "")
        yield warning("catalog-waiting", what, "None of its profiles is there.", update, advice)
    elif state == "asks":
        what = f"The catalog {name} asks you: {reason}"
        why = "Profiles that need the answer are not there yet."
        yield warning("catalog-waiting", what, why, context.ours("catalog", "accept", name))
    elif state == "offered":
        what = f"The catalog {name} is not accepted yet"
        yield note(
            "catalog-waiting", what, "Nothing of it is in force.", context.ours("catalog", "show", name)
        )


def _withdrawn(context: Context) -> Iterator[Finding]:
    """The profile in use, where its publisher wants it used no more."""
    name = context.active or ""
    if gone := terms_of(context.locations, name).withdrawn:
        what, why = f"{name} is in use, and withdrawn: {gone}", "It may soon stop working."
        yield warning("profile-withdrawn", what, why, context.ours("switch"), profile=name)


def _ask_publisher(looked: Looked) -> str:
    """Whom to ask for a newer version: an update fetches the same one again."""
    catalog = looked.accepted.readable() if looked.accepted else None
    contact = f": {printable(catalog.contact)}" if catalog and catalog.contact else ""
    return f"Ask its publisher for a newer version{contact}."


def _by_hand(context: Context, looked: Looked) -> Iterator[Finding]:
    """What is kept and is not what was fetched; profiles whose files are not as the catalog has them."""
    catalog = looked.subscription.name
    update = context.ours("catalog", "update", catalog)
    if looked.replaced:
        what = f"What is kept of the catalog {catalog} {looked.replaced}"
        yield warning("catalog-edited", what, "It counts no more, and nothing of it is shown.", update)
    for plain in changed_since(Contents(context.locations, catalog).directory):
        what = f"The file of {catalog}/{plain} was changed by hand: it is not what its catalog says"
        why = "Its key may go where nobody accepted it; a switch to it is refused."
        yield warning("catalog-edited", what, why, update, profile=f"{catalog}/{plain}")


def required_metadata(context: Context) -> Iterator[Finding]:
    """Projects that lack metadata which their profile's catalog, or an administrator, requires."""
    try:
        projects = context.app.projects.registry().projects.values()
    except PkccError:  # other checks report it
        return
    forced = policy_in_force()
    for project in projects:
        name = project.pin or context.active or ""
        needed = (*terms_of(context.locations, name).required, *forced.required_metadata)
        carried = {**_metadata(context, name), **project.metadata, **forced.forced_metadata}
        lacking = [key for key in dict.fromkeys(needed) if not carried.get(key)]
        if lacking:
            yield _lacks(context, project, name, lacking)


def _metadata(context: Context, name: str) -> dict[str, str]:
    profile = context.profiles.get(name)
    return profile.metadata if isinstance(profile, Profile) else {}


def _lacks(context: Context, project: Project, name: str, lacking: list[str]) -> Finding:
    keys = ", ".join(map(printable, lacking))
    what = f"{project.directory} does not say {keys}, which is required with {name}"
    why = "The gateway may refuse its requests, or nobody knows whose they are."
    words = [word for key in lacking for word in ("--metadata", f"{key}=NAME")]
    command = context.ours("project", "add", project.directory, *words)
    return warning("metadata-missing", what, why, advice=f"Such as: {command}", profile=name)
