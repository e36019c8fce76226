"""A catalog goes: what uses its profiles ends first; they become the person's own where that is wished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.profile.encode import encode_profile
from tray.actions.notes import change_notes

if TYPE_CHECKING:
    from tray.app import App


def keep_own(app: App, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The new names of its profiles as the person's own: plain ones, else `acme-work`; and notes."""
    made: list[str] = []
    notes: list[str] = []
    theirs = [each for each in app.store.names() if each.startswith(f"{name}/")]
    with app.steps.doing("copy", f"keep the profiles of {name}", name) as doing:
        written: dict[str, bytes | None] = {}
        for each in theirs:
            new = _free(app, each, {*written})
            try:
                profile = app.store.load(each)
            except PkccError as error:
                notes.append(f"{error.title}: it is not kept")
                continue
            fallback = {"when_unreachable": None} if profile.when_unreachable else {}
            written[new] = encode_profile(profile.model_copy(update={"name": new, **fallback}))
            made.append(new)
        doing.write(written)
    return tuple(made), tuple(notes)


def _free(app: App, name: str, taken: set[str]) -> str:
    catalog, _, plain = name.partition("/")
    known = {each.lower() for each in (*app.store.names(), *taken)}
    choices = (plain, f"{catalog}-{plain}", *(f"{catalog}-{plain}-{number}" for number in range(2, 100)))
    return next(each for each in choices if each.lower() not in known)


def release(app: App, name: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Settings files that are off now, projects that follow the profile in use again, and notes."""
    off: list[str] = []
    unpinned: list[str] = []
    notes: list[str] = []
    for switcher in app.all_switchers():
        projects = app.projects_of(switcher)
        pinned = [
            each
            for each in projects.registry().projects.values()
            if (each.profile or "").startswith(f"{name}/")
        ]
        for project in pinned:
            with switcher.holding() as state:
                projects.put(project._replace(profile=None), state)
            unpinned.append(project.directory)
        if (switcher.read().state.current.active or "").startswith(f"{name}/"):
            notes += change_notes(switcher.off())
            off.append(switcher.settings_path)
    return tuple(off), tuple(unpinned), tuple(notes)
