"""The words of the commands about an administrator's policy. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.text import printable
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
    rows = [[key.key, key.from_, _worded(to_data(key.value))] for key in shown.keys]
    problems = [f"Problem: {problem}" for key in shown.keys for problem in key.problems]
    troubles = [f"Changes are refused: {trouble}" for trouble in shown.troubles]
    notes = [f"Note: {note}" for note in shown.notes]
    return [*_who(shown), *table(rows), *troubles, *problems, *notes]


def _who(shown: ShownPolicy) -> list[str]:
    by = shown.managed_by
    said = " · ".join(part for part in (by.text, by.url) if part)
    return [f"{by.who} decides" + (f" ({said}):" if said else ":")]


def _worded(value: Any, between: str = ", ") -> str:
    """Such as `false`, `acme/*, labs/*` or `name=acme, source=/srv/acme`, without what says nothing."""
    if isinstance(value, dict):
        said = {name: _worded(field, " ") for name, field in value.items() if field not in ("", [])}
        return ", ".join(f"{printable(name)}={field}" for name, field in said.items()) or "none"
    if isinstance(value, list):
        records = any(isinstance(item, dict) for item in value)
        return ("; " if records else between).join(map(_worded, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else printable(str(value))


def checked_policy(checked: CheckedPolicy) -> list[str]:
    """A line for each finding, such as `links (line 9, column 12): must be true or false`."""
    if not checked.findings:
        return [f"{checked.file}: no problems found"]
    return [f"{_place(finding)}: {finding.message}" for finding in checked.findings]


def _place(finding: PolicyFinding) -> str:
    where = "" if finding.line is None else f" (line {finding.line}, column {finding.column})"
    return finding.path + where
