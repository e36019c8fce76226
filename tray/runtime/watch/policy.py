"""Metadata that an administrator forces, put in force where the policy came after the last switch."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from profiles.base.text import printable
from profiles.policy.in_force import policy_in_force
from profiles.profile.under_policy import forced, why_refused
from tray.actions.put_in_force import asks_nobody, put_in_force
from tray.notices.notice import Notice
from tray.runtime.menu.notice_words import MANAGE
from tray.runtime.menu.one_line import one_line

if TYPE_CHECKING:
    from profiles.policy.values import Policy
    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.state import Current
    from tray.app import App
    from tray.runtime.parts import Parts

FORCED = "forced"  # what the notice is about: `Notice.key`
_log = logging.getLogger("pkcc-tray")


class PolicyWatch:
    """Used by the tray's worker. Which profile is active never changes by it."""

    def __init__(self, app: App, parts: Parts) -> None:
        self._app = app
        self._parts = parts
        self._tried: tuple[Policy, Rendered] | None = None

    def look(self, current: Current) -> None:
        """The settings were read: write them again, once, where they lack what is forced."""
        policy, rendered = policy_in_force(), current.rendered
        if rendered is None or current.active is None or forced(rendered) == rendered:
            return
        if self._tried == (policy, rendered) or why_refused(policy, rendered):
            return
        if not asks_nobody(self._app, current.active):
            return  # with the next look, once the keyring is unlocked
        self._tried = policy, rendered
        if put_in_force(self._app, current.active).written:
            _log.info("what a policy forces is in force: %s", current.active)
            self._parts.notifier.show(_notice(policy, rendered))


def _notice(policy: Policy, rendered: Rendered) -> Notice:
    names = one_line(", ".join(map(printable, policy.forced_metadata)), 60)
    name, who = one_line(rendered.label or rendered.name, 40), one_line(printable(policy.managed_by.who), 40)
    return Notice(
        FORCED, "Your administrator adds metadata", f"{name} sends {names} now, as {who} wants it.", (MANAGE,)
    )
