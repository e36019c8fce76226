"""What every page knows of how things stand. Pure."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.portkey.editions import edition_of
from tray.actions.policy.standing import NO_LOCKS, Locks
from tray.manager.views.words import home_short

if TYPE_CHECKING:
    from profiles.routes.route import Route
    from tray.actions.catalogs.overview import CatalogRow
    from tray.actions.more.glance.broken_lines import BrokenLines
    from tray.actions.more.glance.profiles import Glanced
    from tray.actions.more.glance.projects import GlancedProject
    from tray.actions.switching.status import Drifted, Status
    from tray.manager.site import LastCheck


class Look(NamedTuple):
    """How the settings stand, the profiles, and what is known beside. `left`: changes left as they are.

    `at_risk`: the projects whose file, changed by something else, decides who gets the key.
    """

    status: Status
    notes: tuple[str, ...]
    profiles: tuple[Glanced, ...]
    by_hand: Route | None
    broken: BrokenLines | None
    checks: dict[str, LastCheck]
    left: tuple[Drifted, ...]
    home: str
    at_risk: tuple[GlancedProject, ...]
    locks: Locks = NO_LOCKS
    catalogs: tuple[CatalogRow, ...] = ()

    @property
    def active(self) -> Glanced | None:
        """The profile in use; None without one, and where it is gone."""
        return self.profile(self.status.active)

    @property
    def active_label(self) -> str:
        """What the profile in use is called, "" without one."""
        return self.label(self.status.active)

    def label(self, name: str | None) -> str:
        """What people call that profile; its short name where it is gone."""
        row = self.profile(name)
        return (name or "") if row is None else row.label

    def profile(self, name: str | None) -> Glanced | None:
        """The profile of that name; None where it is gone."""
        return next((row for row in self.profiles if row.name == name), None)

    @property
    def is_left(self) -> bool:
        """Whether the changes are those that the person leaves as they are."""
        return bool(self.left) and tuple(self.status.drift) == self.left

    @property
    def is_alarming(self) -> bool:
        """Whether something decides otherwise who gets the key."""
        return any(row.alarming for row in self.status.drift)

    @property
    def hidden(self) -> frozenset[str]:
        """The pages that tell nothing: of a key that may ask no account, such as one of Prisma AIRS."""
        rows = self.profiles if self.active is None else (self.active,)
        has_account = any(edition_of(row.gateway).lists for row in rows if not row.problem)
        return frozenset() if has_account or not rows else frozenset({"/usage"})

    @property
    def settings(self) -> str:
        """The settings file, such as `~/.claude/settings.json`."""
        return home_short(self.status.settings, self.home)

    @property
    def settings_name(self) -> str:
        """Its name alone."""
        return os.path.basename(self.status.settings)
