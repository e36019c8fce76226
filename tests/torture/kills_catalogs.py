"""Commands of the row `kills` that are about a team's catalog.

What a user would lose otherwise: the version that they accepted or went back to, profiles that can be read,
their own part of them, their key, or a catalog that ever updates again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from faults.injection import Scenario
from support.client.command import EXECUTABLE
from support.followed_catalog import NEXT_CHANGE, SPARE_KEY, TEAM_KEY, Change, Course, changes, held
from torture.places import age

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faults.injection import Stage
    from faults.world import World


class Followed(NamedTuple):
    """A command, what it comes to unharmed, and whether a key was there before."""

    change: Change
    course: Course
    has_key: bool

    def check(self, stage: Stage) -> None:
        """After a strike: what holds is whole, the next commands finish it, the same again does all."""
        self.course.check_struck(held(stage.world()))
        age(stage.root)
        status = stage.run_command(str(EXECUTABLE), "status")
        assert status.returncode == 0, f"the next command failed: {status.stderr}"
        self.course.check_looked(held(stage.world()))
        changed = stage.run_command(str(EXECUTABLE), *NEXT_CHANGE, stdin=SPARE_KEY)
        assert changed.returncode == 0, f"the next change failed: {changed.stderr}"
        now = held(stage.world())
        self.course.check_next(now)
        if self.has_key:
            assert stage.world().secrets.resolve("keyring:acme/work").reveal() == TEAM_KEY, "the key is lost"
        again = stage.run_command(str(EXECUTABLE), *self.change.action, stdin=self.change.stdin)
        done = now.serial == self.course.after.serial  # then it may say that there is nothing to do
        assert done or again.returncode == 0, f"the same command again failed: {again.stderr}"
        self.course.check_again(held(stage.world()))


def catalog_scenarios(root: Path, furnish: Callable[[World], None]) -> list[Scenario]:
    """The commands, each in the home of that user, who then follows a catalog as far as it takes."""

    def scenario(change: Change) -> Scenario:
        def prepare(world: World) -> None:
            furnish(world)
            change.prepare(world)

        return Scenario(change.name, prepare, change.action, stdin=change.stdin)

    return [scenario(change) for change in changes(root)]


def followed(stage: Stage) -> Followed | None:
    """What a command about a catalog comes to, which has run then; None for any other command."""
    change = next((each for each in changes(stage.root) if each.name == stage.scenario.name), None)
    if change is None:
        return None
    world = stage.reset()
    before, has_key = held(world), "acme/work" in world.secrets.names()
    stage.run_through()
    return Followed(change, Course(before, held(stage.world()), change.in_steps), has_key)
