"""What an administrator decides, as the menu tells of it. Effects: reads the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.text import printable
from profiles.policy.in_force import policy_in_force
from profiles.policy.places import this_machine
from profiles.policy.values import NOTHING_FORCED
from profiles.profile.under_policy import why_refused
from tray.runtime.menu.tray_state import NOTHING_HELD, Held

if TYPE_CHECKING:
    from profiles.profile.rendering import Rendered


def held_now(in_use: Rendered | None) -> Held:
    """What is decided now; `in_use` is what the settings were made to carry."""
    policy = policy_in_force()
    if policy is NOTHING_FORCED:
        return NOTHING_HELD
    from profiles.policy.refusals import decided_by

    return Held(
        by=printable(policy.managed_by.who),
        url=policy.managed_by.url,
        decided=decided_by(policy.managed_by),
        off=policy.required_profile is None or bool(policy.broken),
        manager=policy.manager_page,
        trouble=policy.broken or why_refused(policy, in_use),
        required="" if policy.broken else policy.required_profile or "",
    )


def policy_files() -> list[str]:
    """What to watch for a policy that comes, changes or goes: files, and the directory of more."""
    place = this_machine()
    return [*place.files, *([place.drop_ins] if place.drop_ins else []), *place.property_lists]
