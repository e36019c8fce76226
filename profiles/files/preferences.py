"""Our own options, in one small file that may be edited by hand: `<config dir>/preferences.json`."""

from __future__ import annotations

import json
import os

from profiles.base.errors import NotFoundError, PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.text import named
from profiles.files.hand_edited import write_hand_edited
from profiles.files.json_documents import readable, refuse_newer, version_of
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from profiles.base.locations import Locations

_VERSION = 1
ON_DRIFT = ("notify", "restore", "ignore")
AUTO_FALLBACK = ("ask", "on", "off")
NEW_KEYS = ("auto", "keyring", "vault")
LONGEST_KEY_CACHE = 24 * 60  # minutes


class Preferences(NamedTuple):
    """What the user chose; the defaults hold without a file. `PURPOSES` says what each is for."""

    on_drift: str = "notify"
    key_cache_minutes: int = 15
    key_print_through_tray: bool = True
    check_for_updates: bool = True
    key_guard: bool = True
    usage: bool = False
    health_minutes: int = 5
    auto_fallback: str = "ask"
    favourites_only: bool = False
    manager_idle_minutes: int = 30
    manager_shortcuts: bool = True
    new_keys: str = "auto"
    catalog_hours: int = 24


NAMES = Preferences._fields
PURPOSES = {
    "on_drift": "what a change of the route by something else leads to",
    "key_cache_minutes": "how long the tray keeps a key in memory",
    "key_print_through_tray": "whether the tray gives keys to `key print` at all",
    "check_for_updates": "whether pkcc-tray asks, once a day at most, for a new version of itself",
    "key_guard": "whether `key print` gives a key to its own gateway only",
    "usage": "whether the tray asks the account, while sessions run, what is left of its budget",
    "health_minutes": "how often the tray asks, while sessions run, whether the gateway answers",
    "auto_fallback": "what it does while the gateway is unreachable and the profile names another one",
    "favourites_only": "whether the tray's menu shows favourites first, and the others in a submenu",
    "manager_idle_minutes": "after how long without use the manager ends by itself",
    "manager_shortcuts": "whether the manager's pages have shortcuts of a single key",
    "new_keys": "where new keys go; `auto` is the keyring, or a vault where none can be reached",
    "catalog_hours": "how often the tray asks whether a team's catalog has changed",
}
# What one may be: one of these words, a whole number within these, or else on or off.
_CHOICES = {"on_drift": ON_DRIFT, "auto_fallback": AUTO_FALLBACK, "new_keys": NEW_KEYS}
_WITHIN = {
    "key_cache_minutes": (0, LONGEST_KEY_CACHE),
    "health_minutes": (0, 24 * 60),
    "manager_idle_minutes": (1, 24 * 60),
    "catalog_hours": (0, 30 * 24),
}
MEANINGS = {
    **dict.fromkeys(NAMES, "on or off"),
    **{name: f"one of {', '.join(words)}" for name, words in _CHOICES.items()},
    **{
        name: f"a whole number from {least or '0 (never)'} to {most}"
        for name, (least, most) in _WITHIN.items()
    },
}


def words_for(name: str) -> tuple[str, ...]:
    """The words that a preference can be set to, such as `("on", "off")`; none for a number."""
    return _CHOICES.get(name, ("on", "off") if name in NAMES and name not in _WITHIN else ())


def preferences_path(locations: Locations) -> str:
    """The path of the preferences file: `<config dir>/preferences.json`."""
    return path_in(locations.config_dir)


def path_in(config_dir: str) -> str:
    """The same in a configuration directory."""
    return os.path.join(config_dir, "preferences.json")


def load_preferences(path: str) -> Preferences:
    """What the file says, the defaults for what it doesn't. Raises PkccError that names file and option."""
    return Preferences(**_chosen(path))


def _chosen(path: str) -> dict[str, Any]:
    """What the file itself says. Raises PkccError."""
    data = read_bytes(path)
    if data is None:
        return {}
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        place = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise PkccError(f"{path} is not valid JSON{place}", "Correct it, or remove it.") from None
    refuse_newer(values, path, _VERSION)
    if isinstance(values, dict) and version_of(values) == _VERSION:
        del values["version"]  # which a file may name, and one of a later form will
    if not isinstance(values, dict):
        raise PkccError(f"{path} does not hold a JSON object", "Correct it, or remove it.")
    for name, value in values.items():
        if name not in NAMES:
            raise PkccError(
                f"{path}: there is no {named('preference', name)}", f"Known are {', '.join(NAMES)}."
            )
        if not _fits(name, value):
            raise PkccError(f"{path}: {name} has a value that does not fit", f"It must be {_in_json(name)}.")
    return values


def is_chosen(path: str, name: str) -> bool:
    """Whether the file itself says something of that preference: then a person has been asked already.

    So it is, too, for a file that cannot be read: no answer could be written into it.
    """
    try:
        return name in _chosen(path)
    except PkccError:
        return True


def is_guarded(locations: Locations) -> bool:
    """Whether keys are guarded; with preferences that cannot be read they are."""
    try:
        return load_preferences(preferences_path(locations)).key_guard
    except PkccError:
        return True


def save_preference(path: str, name: str, text: str) -> Preferences:
    """Set one preference, from typed text; returns all. Raises NotFoundError, UsageError, PkccError."""
    return save_preferences(path, {name: text})


def save_preferences(path: str, texts: Mapping[str, str]) -> Preferences:
    """Set preferences by name, all of them or none; returns all. Raises NotFoundError, UsageError, PkccError.

    The others stay open: what is asked for once can still be asked.
    """
    before = _chosen(path)
    after = {**before, **{name: read_value(name, text) for name, text in texts.items()}}
    if texts:
        write_hand_edited(path, readable(after))
    return Preferences(**after)


def read_value(name: str, text: str) -> str | int | bool:
    """What typed text means, such as False for `off`. Raises NotFoundError, UsageError."""
    if name not in NAMES:
        raise NotFoundError(f"There is no {named('preference', name)}", f"One of: {', '.join(NAMES)}.")
    value: str | int | bool = text
    if name not in _CHOICES:
        value = {"true": True, "on": True, "false": False, "off": False}.get(text.lower(), text)
        if text.isascii() and text.isdecimal() and len(text) < 9:
            value = int(text)
    if not _fits(name, value):
        raise UsageError(f"That is no value for {name}", f"It must be {MEANINGS[name]}.")
    return value


def _in_json(name: str) -> str:
    return "true or false" if MEANINGS[name] == "on or off" else MEANINGS[name]


def _fits(name: str, value: Any) -> bool:
    if name in _CHOICES:
        return isinstance(value, str) and value in _CHOICES[name]
    if name in _WITHIN:
        least, most = _WITHIN[name]
        return type(value) is int and least <= value <= most
    return isinstance(value, bool)
