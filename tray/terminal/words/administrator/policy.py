"""The words of the commands about an administrator's policy. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tray.terminal.results import to_data
from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from typing import Any

    from tray.actions.policy.check import CheckedPolicy, PolicyFinding
    from tray.actions.policy.show import ShownPolicy


def shown_policy(shown: ShownPolicy) -> list[str]:
    """A line for each key that is decided, with the place that says so; or that there is no policy."""
    if not shown.in_force:
        return [
            "There is no policy here: no administrator decides anything for pkcc-tray.",
            f"One would lie in {' or '.join(shown.places)}.",
        ]
    rows = [[key.key, key.from_, json.dumps(_plain(key.value), ensure_ascii=False)] for key in shown.keys]
    problems = [f"Problem: {problem}" for key in shown.keys for problem in key.problems]
    troubles = [f"Changes are refused: {trouble}" for trouble in shown.troubles]
    notes = [f"Note: {note}" for note in shown.notes]
    return [*_who(shown), *table(rows), *troubles, *problems, *notes]


def _who(shown: ShownPolicy) -> list[str]:
    by = shown.managed_by
    said = " · ".join(part for part in (by.text, by.url) if part)
    return [f"{by.who} decides" + (f" ({said}):" if said else ":")]


def _plain(value: Any) -> Any:
    """A value as JSON has it, without the fields of its records that say nothing."""
    data = to_data(value)
    if isinstance(data, dict):
        return {name: _plain(field) for name, field in data.items() if field not in ("", [])}
    return [_plain(item) for item in data] if isinstance(data, list) else data


def checked_policy(checked: CheckedPolicy) -> list[str]:
    """A line for each finding, such as `links (line 9, column 12): must be true or false`."""
    if not checked.findings:
        return [f"{checked.file}: no problems found"]
    return [f"{_place(finding)}: {finding.message}" for finding in checked.findings]


def _place(finding: PolicyFinding) -> str:
    where = "" if finding.line is None else f" (line {finding.line}, column {finding.column})"
    return finding.path + where
