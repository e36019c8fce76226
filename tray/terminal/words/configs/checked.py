"""The words of the commands about Portkey configs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.portkey.config.findings import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tray.actions.account.configs.check import CheckedConfig, PlacedFinding
    from tray.actions.account.configs.new import NewConfig


def checked_config(checked: CheckedConfig) -> list[str]:
    """A line for each finding, such as `warning: targets[1].retry (line 9, column 5): …`."""
    if not checked.findings:
        return [f"{checked.file}: no problems found"]
    return finding_words(checked.findings)


def finding_words(findings: Iterable[PlacedFinding]) -> list[str]:
    """A line for each, such as `warning: targets[1].retry (line 9, column 5): …`."""
    return [f"{finding.level}: {_place(finding)}: {finding.message}" for finding in findings]


def written_config(new: NewConfig) -> list[str]:
    """Where it is, and what makes use of it."""
    return [
        f"Wrote {new.file}.",
        f"`pkcc-tray add NAME --config-file {new.file}` makes a profile of it, "
        f"`pkcc-tray config push {new.file}` saves it at Portkey.",
    ]


def _place(finding: PlacedFinding) -> str:
    where = "" if finding.line is None else f" (line {finding.line}, column {finding.column})"
    return shown_path(finding.path) + where
