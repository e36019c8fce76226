"""The words of the commands about Portkey configs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.portkey.config.authoring.options import option_of
from profiles.portkey.config.findings import WHOLE, path_of, shown_path

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


def refused_words(findings: Iterable[PlacedFinding]) -> str:
    """The errors in what is no file yet, each with its option: `retry.attempts (--retry) must …`."""
    found = [f"{_named(finding.path)} {finding.message}" for finding in findings if finding.level == "error"]
    return "; ".join(found)


def advice_words(findings: Iterable[PlacedFinding]) -> list[str]:
    """The warnings about one field or another; what is true of each config that goes along is left out."""
    return [
        f"{finding.path}: {finding.message}"
        for finding in findings
        if finding.level != "error" and finding.path != WHOLE
    ]


def _named(path: str) -> str:
    option = option_of(path_of(path))
    return f"{shown_path(path)} ({option})" if option else shown_path(path)


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
