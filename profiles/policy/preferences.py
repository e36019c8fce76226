"""Which preferences an administrator decides, and what each is then. Effects: reads."""

from __future__ import annotations

from profiles.base.errors import ForbiddenError, PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import printable
from profiles.files.preferences import Preferences, load_preferences
from profiles.policy.in_force import policy_in_force

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from profiles.policy.values import Policy

_AS_THEY_ARE = ("on_drift", "key_cache_minutes", "check_for_updates", "catalog_hours")


def fixed_by(policy: Policy) -> dict[str, Any]:
    """The preferences that the policy decides, such as `{"on_drift": "restore"}`."""
    found = {name: value for name in _AS_THEY_ARE if (value := getattr(policy, name)) is not None}
    if not policy.key_print_through_tray:
        found["key_print_through_tray"] = False
    return found


def preferences_in_force(path: str) -> Preferences:
    """What the user chose in that file, and over it what an administrator decides. Raises PkccError.

    Where something is decided, a file that cannot be read is as none: it must not take that back.
    """
    fixed = fixed_by(policy_in_force())
    try:
        return load_preferences(path)._replace(**fixed)
    except PkccError:
        if not fixed:
            raise
        return Preferences(check_for_updates=False)._replace(**fixed)


def check_free(names: Iterable[str]) -> None:
    """Raises ForbiddenError where one of those preferences is not the user's to set."""
    policy = policy_in_force()
    if policy.broken:
        from profiles.policy.refusals import check_changes

        check_changes(policy)
    for name in fixed_by(policy).keys() & set(names):
        raise ForbiddenError(
            f"{printable(policy.managed_by.who)} decides the preference {name}",
            "`pkcc-tray policy show` says where that stands.",
        )
