"""The words of the project commands. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.light_typing import Omitted
from profiles.base.text import counted
from tray.terminal.words.columns import slot_lines, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.projects.rules.rules import Rule
    from tray.actions.projects.overview import ProjectList, ShownProject
    from tray.actions.projects.remove import RemovedProject
    from tray.actions.projects.rules import KeptRule, RemovedRule, RuleList
    from tray.actions.projects.sync import Synced

CONDITIONS = {
    "ok": "as it should be",
    "stale": "behind: `pkcc-tray project sync`",
    "changed": "changed by something else: `pkcc-tray project sync` writes it again",
    "gone": "its file is gone: `pkcc-tray project sync` writes it again",
    "unparsable": "its file cannot be read",
    "missing": "the directory is gone",
    "blocked": "cannot be written",
    "refused": "not allowed here",
}


_GIT = {
    "none": "in no repository",
    "ignored": "ignored by git",
    "tracked": "tracked by git",
    "open": "not ignored: git add would take it",
    "unknown": "git cannot be asked",
}
_TEAM = {
    "untrusted": "there, and not trusted: `project add` shows it",
    "changed": "changed since it was trusted: `project add` shows it",
    "trusted": "trusted",
    "invalid": "there, and wrong: `project add` says what",
}


def project_lines(project: ShownProject) -> list[str]:
    """One project, with what is known of it: `writes`, `git` and `team` where it was asked for alone."""
    directory, follows, metadata, condition = _cells(project)
    found = [directory, f"  profile   {follows}"]
    found += [f"  metadata  {metadata}"] if metadata else []
    found += [f"  rule      {project.rule}"] if project.rule else []
    found += [f"  file      {project.settings}", f"  state     {condition}"]
    if isinstance(project.git, str):
        found.append(f"  git       {_GIT[project.git]}")
    if isinstance(project.team, str) and project.team != "none":
        found.append(f"  team      .pkcc.toml is {_TEAM[project.team]}")
    if not isinstance(project.writes, Omitted) and project.writes:
        found += ["  carries", *slot_lines(project.writes, "    ")]
    return found


def project_list_lines(found: ProjectList) -> list[str]:
    """A line for each project: directory, profile, metadata, how its file stands."""
    if not found.projects:
        return ["No projects yet. `pkcc-tray project add` makes one of the directory you are in."]
    paused = ["Pins are paused since `off`: `pkcc-tray switch NAME` or `project sync` restores them."]
    return table([_cells(row) for row in found.projects]) + (paused if found.paused else [])


def removed_project(removed: RemovedProject) -> list[str]:
    """That it is forgotten, and whether its file was written."""
    back = ": its file is as it was before" if removed.written else ""
    return [f"Forgot {removed.directory}{back}."]


def synced_projects(synced: Synced) -> list[str]:
    """What the rules did, how many files were behind, and how many could not be written."""
    by_action = (("added", synced.added), ("changed", synced.changed), ("removed", synced.removed))
    found = [f"By a rule {action}: {each}" for action, directories in by_action for each in directories]
    failed = len({each.directory for each in synced.problems})
    counts = [f"{synced.written or 'none'} had to be written"] if synced.written or not failed else []
    counts += [f"{failed} could not be written"] if failed else []
    return [*found, f"{counted(synced.projects, 'project')}, {', '.join(counts)}."]


def rule_list(found: RuleList) -> list[str]:
    """A numbered line for each rule."""
    if not found.rules:
        return [
            "No rules yet. For example: pkcc-tray project rule add '~/work/acme/**' --metadata client=acme"
        ]
    return table([[str(number), *_rule_cells(rule)] for number, rule in enumerate(found.rules, start=1)])


def kept_rule(rule: KeptRule) -> list[str]:
    """Such as `Rule 1: ~/work/**: the profile in use, team=a. …`."""
    path, profile, metadata = _rule_cells(rule)
    what = f"{profile}{', ' + metadata if metadata else ''}"
    return [f"Rule {rule.number}: {path}: {what}. `pkcc-tray project sync` applies it."]


def removed_rule(removed: RemovedRule) -> list[str]:
    """That it is forgotten, and the projects that it had made."""
    return [f"Forgot the rule for {removed.path}.", *(f"Put back {each}." for each in removed.removed)]


def _cells(project: ShownProject) -> list[str]:
    follows = f"{project.pin} (pinned)" if project.pin else "the profile in use"
    reason = f" ({project.problem})" if project.problem else ""
    condition = CONDITIONS[project.condition] + reason
    return [project.directory, follows, _metadata(project.metadata), condition]


def _rule_cells(rule: Rule | KeptRule) -> list[str]:
    return [rule.path, rule.profile or "the profile in use", _metadata(rule.metadata)]


def _metadata(metadata: Mapping[str, str]) -> str:
    """Such as `team=a, cost=b`."""
    return ", ".join(f"{key}={value}" for key, value in metadata.items())
