"""One project, and one that is to be: its changes, git's answer, what the team asks for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.text import others_words
from profiles.projects.team_file import TEAM_FILE
from tray.manager.views.projects.rows import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.switching.memory.project_registry import Project, Team
    from tray.actions.more.glance.profiles import Glanced
    from tray.actions.projects.register import TeamWishes

KEEP, NONE = "keep", "none"  # what is chosen of a team's wishes; a digest: those that were seen


def git_words(standing: str, reason: str = "") -> Words:
    """How a project's file stands with git, in words; `reason` why it could not be asked."""
    if standing == "unknown":
        return Words("warn", f"Git could not be asked{': ' if reason else ''}{reason}.")
    return {
        "none": Words("none", "The folder is in no git repository."),
        "ignored": Words("ok", "Git ignores the file that is written."),
        "open": Words("warn", "Git does not ignore the file that is written, and could commit it."),
        "tracked": Words("bad", "Git tracks the file that is written: no key and no path may get into it."),
    }[standing]


def profile_options(profiles: Sequence[Glanced], known: Project | None) -> list[tuple[str, str]]:
    """What a project's profile can be: the one in use, or one that it is pinned to."""
    by_team = known is not None and known.team is not None and known.team.profile
    first = f"As the team asks: pinned to {by_team}" if by_team else "Follow the profile in use"
    ordered = sorted(profiles, key=lambda each: each.label.casefold())
    return [("", first), *((each.name, f"Pin to {each.label}") for each in ordered)]


def team_options(wishes: TeamWishes) -> list[tuple[str, str]]:
    """What can be done with what the team asks for, the first as it is now; none without a team's file."""
    trusted, new = wishes
    options = []
    if trusted is not None:
        options.append((KEEP, f"As you agreed to it: {wished(trusted)}"))
    if new is not None:
        options.append((new.digest, f"Take it over: {wished(new)}"))
    if not options:
        return []
    leave = (NONE, "Leave it out")
    return [*options, leave] if trusted is not None else [leave, *options]


def wished(team: Team) -> str:
    """Such as `profile acme, repo=api`."""
    wishes = [f"profile {team.profile}"] if team.profile else []
    wishes += [f"{others_words(key, 64)}={others_words(value, 128)}" for key, value in team.metadata.items()]
    return ", ".join(wishes) or "nothing"


def team_words(wishes: TeamWishes, problem: str) -> Words | None:
    """What is to be said of the team's file; None for nothing."""
    if problem:
        return Words("warn", f"{problem}. It has no effect.")
    if wishes.new is not None and wishes.trusted is not None:
        return Words("warn", f"{TEAM_FILE} was changed since you agreed to it.")
    if wishes.new is not None:
        return Words("none", f"{TEAM_FILE} has no effect until you take it over.")
    return None
