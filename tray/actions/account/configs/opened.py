"""Configs that can be opened in a window: those of files, of profiles, and the saved ones."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError, UsageError
from profiles.portkey.config.limits import bounded
from profiles.profile.config.file import config_in
from tray.actions.account.configs.draft import hidden, mark_of
from tray.actions.account.configs.saved import pull
from tray.actions.account.configs.users import holders, users_by_file

if TYPE_CHECKING:
    from tray.app import App

_MOST_FILES = 200


class Opened(NamedTuple):
    """A config without its secrets, and the mark of what was read, by which a later change is seen."""

    config: dict[str, object]
    mark: str


class ConfigHere(NamedTuple):
    """A config on this computer: of a `file`, or held by a profile, "" for the other one of the two.

    `config` is None where it cannot be read, and `problem` says why.
    """

    file: str
    profile: str
    used_by: tuple[str, ...]
    config: dict[str, object] | None
    problem: str


def folder_of(app: App) -> str:
    """Where configs are kept that are saved to a file without another place for it."""
    return os.path.join(app.locations.config_dir, "configs")


def configs_here(app: App) -> tuple[ConfigHere, ...]:
    """The files that profiles name, or that lie where the manager keeps them; then those of profiles."""
    users = users_by_file(app)
    files = dict.fromkeys([*users, *_kept(folder_of(app))])
    found = [_read(app, file, "", users.get(file, ())) for file in sorted(files)]
    return (*found, *(_read(app, "", name, (name,)) for name in holders(app)))


def _kept(folder: str) -> list[str]:
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".json"))
    except OSError:
        return []
    return [os.path.realpath(os.path.join(folder, name)) for name in names[:_MOST_FILES]]


def _read(app: App, file: str, profile: str, used_by: tuple[str, ...]) -> ConfigHere:
    try:
        opened = open_file(file) if file else open_held(app, profile)
    except PkccError as error:
        return ConfigHere(file, profile, used_by, None, f"{error.title}. {error.hint}")
    return ConfigHere(file, profile, used_by, opened.config, "")


def open_file(file: str) -> Opened:
    """The config of a file. Raises PkccError where there is none."""
    return _opened(config_in(os.path.abspath(os.path.expanduser(file))))


def open_held(app: App, profile: str) -> Opened:
    """The config that a profile holds. Raises PkccError where it holds none."""
    route = app.store.load(profile).route
    if route.kind != "config" or route.inline is None:
        raise UsageError(f"{profile} holds no config", "Open another one.")
    return _opened(route.inline)


def open_saved(app: App, profile: str, config_id: str) -> Opened:
    """A config saved at Portkey, asked with a profile's key. Raises PkccError."""
    config, pulled = pull(app, profile, config_id, None)
    return Opened(hidden(pulled.config), mark_of(config))


def _opened(config: object) -> Opened:
    if not isinstance(config, dict) or not bounded(config):
        raise PkccError("It holds no Portkey config: a config is a JSON object", "Open another one.")
    return Opened(hidden(config), mark_of(config))
