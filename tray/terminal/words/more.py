"""The words of `preference`, `autostart`, `desktop` and `uninstall`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.text import counted
from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.actions.more.computer.autostart import AtLogin
    from tray.actions.more.computer.desktop import OnDesktop
    from tray.actions.more.computer.uninstall import Traces, Uninstalled
    from tray.actions.more.preference import ShownPreferences

_DOZEN = 12


def shown_preferences(shown: ShownPreferences) -> list[str]:
    """A line for each option, such as `key_guard  on`."""
    switch = {True: "on", False: "off"}
    words = dict.fromkeys(shown.decided or (), f"{shown.by} decides this")
    rows = shown.preferences.items()
    return table(
        [
            [name, switch[value] if isinstance(value, bool) else str(value), words.get(name, "")]
            for name, value in rows
        ]
    )


def at_login(outcome: AtLogin) -> list[str]:
    """Whether the tray starts at login, and what keeps it from that."""
    if outcome.enabled is None:
        return [f"It is not known whether the tray starts at login: {outcome.detail} ({outcome.where})."]
    if not outcome.enabled:
        reason = f": {outcome.detail}" if outcome.detail else ""
        return [f"The tray does not start at login{reason}."]
    found = [f"The tray starts at login: {outcome.where}"]
    if outcome.stale:
        found.append(f"But {outcome.detail}. `pkcc-tray autostart on` puts it right.")
    return found


def on_desktop(outcome: OnDesktop) -> list[str]:
    """What was written or removed, file by file."""
    files = [f"  {path}" for path in outcome.files]
    if outcome.action == "remove":
        return ["Removed:", *files] if files else ["Nothing was there."]
    return [
        "In the menu of programs, with an icon, manual pages and completion for bash and fish:",
        *files,
        "For zsh put this into ~/.zshrc:",
        '  eval "$(pkcc-tray completion zsh)"',
    ]


def uninstalled_lines(found: Uninstalled) -> list[str]:
    """What goes or is gone, what stays, and what removes the program."""
    rows = _trace_rows(found.traces)
    if not rows:
        said = ["Nothing of pkcc-tray is here, but the program."]
    else:
        said = ["Gone:" if found.done else "This would go:", *table(rows, "  ")]
    stays = [f"Not of pkcc-tray, and stays: {path}" for path in found.left]
    stays += [f"Your keys stay, in {found.traces.kept}"] if found.traces.kept else []
    stays += [f"Of another --config-dir, and stays: {path}" for path in found.traces.others]
    traces = found.traces
    listed = (traces.settings, traces.projects, traces.missing, traces.configs, traces.profiles, traces.keys)
    if not found.done and traces.missing:
        stays.append("With --yes, what is missing is forgotten only by --forget-missing.")
    if not found.done and max(map(len, listed)) > _DOZEN:
        stays.append("`pkcc-tray uninstall --dry-run --json` names all of it.")
    if found.refused:
        stays.append(f"Refused as long as it is so: {found.refused}. {found.refused_hint}")
    return [*said, *stays, found.program]


def _some(texts: Sequence[str]) -> list[str]:
    """The first dozen of them; for more, one that counts the others."""
    return [*texts[:_DOZEN], *([f"and {len(texts) - _DOZEN} more"] if len(texts) > _DOZEN else [])]


def _trace_rows(traces: Traces) -> list[list[str]]:
    each = {
        "settings": [f"{path}: as before the first switch" for path in traces.settings],
        "project": [f"{directory}: as before" for directory in traces.projects],
        "missing": [f"{path}: not there to be put back, and forgotten" for path in traces.missing],
        "config": traces.configs,
    }
    rows = [[name, text] for name, texts in each.items() for text in _some(texts)]
    listed = {"profiles": traces.profiles, "catalogs": traces.catalogs, "keys": traces.keys}
    rows += [[name, ", ".join(_some(names))] for name, names in listed.items() if names]
    rows += [["at login", traces.login]] if traces.login else []
    if traces.desktop:
        rows.append(["desktop", f"{counted(len(traces.desktop), 'file')}: menu entry, manual and the like"])
    return [*rows, *(["files", path] for path in traces.directories)]
