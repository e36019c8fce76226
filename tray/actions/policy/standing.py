"""Who manages this computer, and whether what is in use is as they want it."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import OMITTED, TYPE_CHECKING, NamedTuple
from profiles.base.text import printable
from profiles.policy.in_force import policy_in_force
from profiles.policy.values import NOTHING_FORCED
from profiles.profile.under_policy import why_refused

if TYPE_CHECKING:
    from profiles.base.light_typing import Omitted
    from tray.app import App


class Management(NamedTuple):
    """`by` is who, `text` and `url` what they say of it; `problem`: why what is in use may not be, or ""."""

    by: str
    text: str
    url: str
    problem: str


def management(app: App, active: str | None) -> Management | Omitted:
    """What an administrator says here, and of the profile in use; left out where nobody decides anything."""
    policy = policy_in_force()
    if policy is NOTHING_FORCED:
        return OMITTED
    by = policy.managed_by
    problem = policy.broken
    with suppress(PkccError):  # one that cannot be read is another trouble, and said by itself
        in_use = None if active is None else app.store.rendered(active)
        problem = problem or why_refused(policy, in_use)
    return Management(printable(by.who), printable(by.text, 500), printable(by.url, 500), problem)
