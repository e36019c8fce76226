"""A config from a window is saved: in a file, in a profile, at Portkey. Nothing newer is written over."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, PkccError
from profiles.files.hand_edited import write_hand_edited
from profiles.files.json_documents import shown
from tray.actions.account.configs.draft import mark_of
from tray.actions.account.configs.new_file import place_for
from tray.actions.account.configs.opened import folder_of, open_file, open_held
from tray.actions.account.configs.own_config import own_config
from tray.actions.account.configs.plan_push import Meant, plan_push
from tray.actions.account.configs.push import push
from tray.actions.account.configs.users import users_by_file
from tray.actions.profiles.set_field import set_field
from tray.actions.put_in_force import put_in_force

if TYPE_CHECKING:
    from tray.actions.account.configs.push import Pushed
    from tray.app import App


class NewerError(ConflictError):
    """What was opened is another one now. Nothing was written."""


class TakenError(ConflictError):
    """There is one of that name already: `taken` is its path, or its id."""

    def __init__(self, title: str, hint: str, taken: str) -> None:
        super().__init__(title, hint)
        self.taken = taken


class KeptConfig(NamedTuple):
    """Where the config is now, its new mark, and notes."""

    place: str
    mark: str
    notes: tuple[str, ...]


class Where(NamedTuple):
    """A config at Portkey that is to be saved: `id` is "" for a new one of that `name`.

    `profile` has the key for it; those that used `file` name it then, "" where that profile holds it itself,
    `-` where nobody does. `seen` is the mark of what was read, "" to save over anything.
    """

    profile: str
    id: str = ""
    name: str = ""
    file: str = "-"
    seen: str = ""


def keep_in_file(app: App, config: dict[str, object], output: str, *, seen: str, replace: bool) -> KeptConfig:
    """Write it into a file, and have the profiles that use the file use it. `seen`: what the file held.

    Raises NewerError where it holds something else now, TakenError over a file that was not opened.
    """
    path = os.path.abspath(os.path.expanduser(output))
    if os.path.dirname(path) == folder_of(app):
        os.makedirs(folder_of(app), mode=0o700, exist_ok=True)
    place_for(path, force=True)
    if os.path.lexists(path) and not replace:
        _refuse_newer(path, seen)
    write_hand_edited(path, shown(config).encode())
    notes: list[str] = []
    for name in users_by_file(app).get(os.path.realpath(path), ()):
        notes += put_in_force(app, name).notes
    return KeptConfig(path, mark_of(config), tuple(dict.fromkeys(notes)))


def _refuse_newer(path: str, seen: str) -> None:
    if not seen:
        raise TakenError(f"{path} is there already", "Name another file, or replace it.", path)
    with suppress(PkccError):
        if open_file(path).mark == seen:
            return
    raise NewerError(f"{path} was changed meanwhile", "Nothing was written over it.")


def keep_in_profile(app: App, config: dict[str, object], name: str, *, seen: str) -> KeptConfig:
    """Have the profile hold it. Raises NewerError where it holds another one than was seen."""
    if seen and open_held(app, name).mark != seen:
        raise NewerError(f"{name} was changed meanwhile", "Nothing was written over it.")
    _, notes = set_field(app, name, "route.inline", shown(config))
    return KeptConfig(name, mark_of(config), notes)


def keep_at_portkey(app: App, config: dict[str, object], where: Where) -> tuple[Pushed, KeptConfig]:
    """Save it at Portkey.

    Raises NewerError where it was changed there since, TakenError for a name that another one has.
    """
    own = own_config("The config", where.file, where.name, config)
    plan = plan_push(app, Meant(where.profile, own, where.id, "" if where.id else where.name))
    if plan.id and not where.id:
        raise TakenError(
            f"There is a config named {where.name!r} at Portkey already, {plan.id}",
            "Give this one another name, or change that one.",
            plan.id,
        )
    there = plan.there.config if plan.there else None
    if where.seen and there is not None and mark_of(there) != where.seen:
        raise NewerError(f"{where.id} was changed at Portkey meanwhile", "Nothing was written over it.")
    done, notes = push(app, plan, lambda _: None)
    more = [note for note in plan.notes if note not in own.notes]  # what is found in it, its window says
    return done, KeptConfig(done.id, mark_of(config), (*more, *notes))
