"""A profile gets another name, or another profile is made like it."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import OMITTED, TYPE_CHECKING, NamedTuple
from profiles.base.names import check_name
from profiles.profile.encode import encode_profile
from profiles.profile.together.order import change_order
from tray.actions.notes import lost_notes, project_notes
from tray.actions.profiles.fallbacks import renamed_fallbacks
from tray.actions.projects.rules import rules_renamed

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.base.light_typing import Omitted
    from profiles.profile.schema.model import Profile
    from profiles.switching.outcome import Renamed as RenamedInSettings
    from profiles.switching.switcher import Switcher
    from profiles.undo.doing import Doing
    from tray.app import App


class Renamed(NamedTuple):
    """A profile's two names; `applied` where settings carry it, `written` where they had to be written."""

    old: str
    new: str
    applied: bool
    written: bool | Omitted


class Copied(NamedTuple):
    """A profile that was made like another one, and the reference of the key that both use."""

    source: str
    name: str
    key: str


def rename_profile(
    app: App, old: str, new: str, edited: Callable[[], Profile] | None = None
) -> tuple[Renamed, tuple[str, ...]]:
    """Give a profile another name; settings that call it by the old one are written again.

    `edited` gives other fields of it too, in the same step: all of it or nothing.
    Raises ConflictError for the profile in use while its settings are changed by something else.
    """
    app.store.check_own(old)
    switchers = app.all_switchers()
    for switcher in switchers:
        reading = switcher.read()
        # Else the settings and what is remembered of them would go on calling it by a name that is gone.
        if reading.state.current.active == old and (reading.changes or reading.problem):
            raise ConflictError(
                f"{old!r} is in use, and {switcher.settings_path} was changed by something else",
                "Run `pkcc-tray restore` or `pkcc-tray adopt` first.",
            )
    what = f"rename {old} to {new}" + (" and edit it" if edited else "")
    with app.steps.doing("rename", what, new, renamed=(old, new)) as doing:
        profile = (edited() if edited else app.store.load(old)).model_copy(update={"name": check_name(new)})
        app.store.check_free(new, allowed=old)
        gone: dict[str, bytes | None] = {} if new == old else {old: None}
        others = {} if new == old else renamed_fallbacks(app, old, new)
        doing.write({new: encode_profile(profile), **gone, **others}, rules_renamed(app, old, new))
        done = _renamed_in_all(switchers, doing, old, new)
    with suppress(PkccError):  # it stands at the end of the list then
        change_order(app.locations, lambda order: order.with_renamed(old, new))
    outcomes = [each.outcome for each in done if each.outcome is not None]
    notes = [note for outcome in outcomes for note in lost_notes(len(outcome.lost))]
    notes += [note for each in done for note in project_notes(each.projects)]
    written = any(outcome.written for outcome in outcomes) if outcomes else OMITTED
    return Renamed(old, new, bool(outcomes), written), tuple(notes)


def _renamed_in_all(switchers: list[Switcher], doing: Doing, old: str, new: str) -> list[RenamedInSettings]:
    """What became of each settings file. Raises PkccError with all of them, and the profile, as they were."""
    done: list[RenamedInSettings] = []
    try:
        for switcher in switchers:
            done.append(switcher.renamed(old, new))  # noqa: PERF401 - what was done is undone below
    except PkccError:
        doing.put_back()
        for switcher in switchers[: len(done)]:
            switcher.renamed(new, old)
        raise
    return done


def copy_profile(app: App, source: str, new: str, label: str | None = None) -> Copied:
    """Make a profile like another one; both use the same key until one is given its own.

    `label`: what people call the new one; None: as they call the other.
    """
    with app.steps.doing("copy", f"copy {source} to {new}", new) as doing:
        named = {"name": check_name(new)} | ({} if label is None else {"label": label})
        profile = app.store.load(source).model_copy(update=named)
        app.store.check_free(new)
        doing.write({new: encode_profile(profile)})
    return Copied(source, new, profile.api_key)
