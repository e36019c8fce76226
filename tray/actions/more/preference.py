"""pkcc-tray's own options: read, and set. A running tray follows at once."""

from __future__ import annotations

from profiles.base.errors import NotFoundError, PkccError, UsageError
from profiles.base.light_typing import OMITTED, TYPE_CHECKING, NamedTuple
from profiles.base.text import named
from profiles.files.preferences import (
    MEANINGS,
    NAMES,
    Preferences,
    is_chosen,
    load_preferences,
    preferences_path,
    read_value,
    save_preference,
    save_preferences,
)
from profiles.policy.in_force import policy_in_force
from profiles.policy.preferences import check_free, fixed_by, preferences_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.light_typing import Omitted
    from tray.app import App


class ShownPreferences(NamedTuple):
    """Options by name, such as `{"on_drift": "notify"}`, and the file that they stand in.

    `decided` are those that an administrator decides, and `by` who that is.
    """

    preferences: Mapping[str, str | int | bool]
    file: str
    decided: tuple[str, ...] | Omitted = OMITTED
    by: str | Omitted = OMITTED


def is_open(app: App, name: str) -> bool:
    """Whether nobody has chosen that preference yet, so that it can be asked for."""
    return not is_chosen(preferences_path(app.locations), name)


def preferences_here(app: App) -> Preferences:
    """What holds: the defaults, too, where the file cannot be read."""
    try:
        return preferences_in_force(preferences_path(app.locations))
    except PkccError:
        return Preferences()


def unfit(texts: Mapping[str, str]) -> dict[str, str]:
    """What those must be whose text does not fit, such as `{"health_minutes": "a whole number …"}`."""
    found = {}
    for name, text in texts.items():
        try:
            read_value(name, text)
        except UsageError:
            found[name] = MEANINGS[name]
    return found


def set_preferences(app: App, texts: Mapping[str, str]) -> Preferences:
    """Set several, from typed text: all of them or none. Returns what holds now."""
    check_free(texts)
    return save_preferences(preferences_path(app.locations), texts)


def preferences(app: App, name: str | None = None, value: str | None = None) -> ShownPreferences:
    """All preferences, or the one of that name; it is set first where a value is given."""
    path = preferences_path(app.locations)
    if name is not None and value is not None:
        check_free([name])
        save_preference(path, name, value)
    policy = policy_in_force()
    fixed = fixed_by(policy)
    values = load_preferences(path)._replace(**fixed)._asdict()
    if name is not None and name not in values:
        raise NotFoundError(f"There is no {named('preference', name)}", f"One of: {', '.join(NAMES)}.")
    shown = values if name is None else {name: values[name]}
    decided = tuple(each for each in shown if each in fixed)
    if not decided:
        return ShownPreferences(shown, path)
    return ShownPreferences(shown, path, decided, policy.managed_by.who)
