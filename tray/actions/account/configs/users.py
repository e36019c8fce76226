"""Profiles that use a config: by its file, or by the id under which it is saved at Portkey."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.profile.rendering import gateway_root
from tray.actions.put_in_force import put_in_force

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from profiles.profile.rendering import Rendered
    from profiles.profile.schema.model import Profile
    from tray.app import App


class Users(NamedTuple):
    """Profiles that use a config's file: those of the same account, and `others`, with a key of their own."""

    same: tuple[str, ...]
    others: tuple[str, ...]


def users_of_file(app: App, file: str, profile: str) -> Users:
    """Who uses that file; where it is "", the profile holds the config itself and nobody else does."""
    if not file:
        return Users((profile,), ())
    same: list[str] = []
    others: list[str] = []
    account = _account(app.store.rendered(profile))
    for each in _profiles(app):
        path = each.route.path if each.route.kind == "config" else None
        if path is not None and _real(os.path.expanduser(path)) == _real(file):
            with suppress(PkccError):
                mine = _account(app.store.rendered(each.name)) == account
                (same if mine else others).append(each.name)
    return Users(tuple(same), tuple(others))


def users_by_id(app: App) -> dict[str, tuple[str, ...]]:
    """The profiles that name a saved config, by its id."""
    found: dict[str, tuple[str, ...]] = {}
    for each in _profiles(app):
        if each.route.kind == "config" and each.route.id is not None:
            found[each.route.id] = (*found.get(each.route.id, ()), each.name)
    return found


def users_by_file(app: App) -> dict[str, tuple[str, ...]]:
    """The profiles that name a config's file, by its real path."""
    found: dict[str, tuple[str, ...]] = {}
    for each in _profiles(app):
        if each.route.kind == "config" and each.route.path is not None:
            path = _real(os.path.expanduser(each.route.path))
            found[path] = (*found.get(path, ()), each.name)
    return found


def holders(app: App) -> tuple[str, ...]:
    """The profiles that hold a config themselves."""
    return tuple(
        each.name for each in _profiles(app) if each.route.kind == "config" and each.route.inline is not None
    )


def have_name(app: App, names: Sequence[str], config_id: str) -> tuple[str, ...]:
    """Have those profiles name a saved config in place of their own, as one step; notes. Raises PkccError."""
    from profiles.profile.encode import encode_profile

    notes: list[str] = []
    step = f"config {config_id} named by {', '.join(names)}"  # which is what can be undone of a push
    with app.steps.doing("config push", step, names[0] if len(names) == 1 else None) as doing:
        doing.write({name: encode_profile(_naming(app.store.load(name), config_id)) for name in names})
        for name in names:
            notes += put_in_force(app.within(doing.id), name).notes
    return tuple(dict.fromkeys(notes))


def _naming(profile: Profile, config_id: str) -> Profile:
    from profiles.profile.schema.parse import FieldError, parse_profile

    data = profile.model_dump(mode="json", exclude_unset=True)
    route = {"kind": "config"}
    if profile.route.kind == "config":  # what it names beside its config stays
        route = {field: value for field, value in data["route"].items() if field not in ("path", "inline")}
    try:
        return parse_profile({**data, "route": {**route, "id": config_id}}, stored=True)
    except FieldError as error:
        raise PkccError(
            f"Portkey's id for the config is none that a profile can name: {error.text()}"
        ) from None


def _profiles(app: App) -> Iterator[Profile]:
    for name in app.store.names():
        with suppress(PkccError):
            yield app.store.load(name)


def _account(rendered: Rendered) -> tuple[str, str]:
    return gateway_root(rendered), rendered.key_ref


def _real(path: str) -> str:
    return os.path.realpath(path)
