"""The words of the project commands. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

CONDITIONS = {
    "ok": "as it should be",
    "stale": "behind: `pkcc-tray project sync`",
    "changed": "changed by something else: `pkcc-tray project sync` writes it again",
    "gone": "its file is gone: `pkcc-tray project sync` writes it again",
    "unparsable": "its file cannot be read",
    "missing": "the directory is gone",
}


def project_cells(row: dict[str, Any]) -> list[str]:
    """One project's columns: directory, profile, metadata, how its file stands."""
    follows = f"{row['pin']} (pinned)" if row["pin"] else "the active profile"
    return [row["directory"], follows, metadata_text(row["metadata"]), condition_text(row)]


def condition_text(row: dict[str, Any]) -> str:
    """How a project's file stands, and why where that is known."""
    reason = f" ({row['problem']})" if row["problem"] else ""
    return CONDITIONS[row["condition"]] + reason


def metadata_text(metadata: dict[str, str]) -> str:
    """Such as `team=a, cost=b`."""
    return ", ".join(f"{key}={value}" for key, value in metadata.items())


def rule_cells(row: dict[str, Any]) -> list[str]:
    """One rule's columns."""
    return [row["path"], row["profile"] or "the active profile", metadata_text(row["metadata"])]


def _project(data: dict[str, Any]) -> list[str]:
    directory, follows, metadata, condition = project_cells(data)
    found = [directory, f"  profile   {follows}"]
    found += [f"  metadata  {metadata}"] if metadata else []
    found += [f"  rule      {data['rule']}"] if data["rule"] else []
    return [*found, f"  file      {data['settings']}", f"  state     {condition}"]


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


def _show(data: dict[str, Any]) -> list[str]:
    found = [*_project(data), f"  git       {_GIT[data['git']]}"]
    if data["team"] != "none":
        found.append(f"  team      .pkcc.toml is {_TEAM[data['team']]}")
    if data["writes"]:
        found += ["  carries", *table([[slot, value] for slot, value in data["writes"].items()], "    ")]
    return found


def _list(data: dict[str, Any]) -> list[str]:
    if not data["projects"]:
        return ["No projects yet. `pkcc-tray project add` makes one of the directory you are in."]
    paused = ["Pins rest since `off`: `pkcc-tray switch NAME` or `project sync` puts them in force again."]
    return table([project_cells(row) for row in data["projects"]]) + (paused if data["paused"] else [])


def _removed(data: dict[str, Any]) -> list[str]:
    back = ": its file is as it was before" if data["written"] else ""
    return [f"Forgot {data['directory']}{back}."]


def _synced(data: dict[str, Any]) -> list[str]:
    found = [
        f"By a rule {action}: {each}" for action in ("added", "changed", "removed") for each in data[action]
    ]
    count, written = data["projects"], data["written"]
    found.append(f"{count} project{'s' * (count != 1)}, {written or 'none'} had to be written.")
    return found


def _rules(data: dict[str, Any]) -> list[str]:
    if not data["rules"]:
        return [
            "No rules yet. For example: pkcc-tray project rule add '~/work/acme/**' --metadata client=acme"
        ]
    return table([[str(number), *rule_cells(row)] for number, row in enumerate(data["rules"], start=1)])


def _rule(data: dict[str, Any]) -> list[str]:
    path, profile, metadata = rule_cells(data)
    what = f"{profile}{', ' + metadata if metadata else ''}"
    return [f"Rule {data['number']}: {path}: {what}. `pkcc-tray project sync` applies it."]


def _rule_removed(data: dict[str, Any]) -> list[str]:
    return [f"Forgot the rule for {data['path']}.", *(f"Put back {each}." for each in data["removed"])]


VIEWS: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "project": _project,
    "project_list": _list,
    "project_removed": _removed,
    "project_rule": _rule,
    "project_rule_removed": _rule_removed,
    "project_rules": _rules,
    "project_show": _show,
    "project_synced": _synced,
}
