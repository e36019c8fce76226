"""Files and variables that win over the user's settings, and so over the active profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.effective import overridden
from profiles.owned import SHIELDED
from tray.doctor.finding import Finding

if TYPE_CHECKING:
    from tray.doctor.context import Context


def winning_files(context: Context) -> list[Finding]:
    """Managed, local and project settings that decide where requests go."""
    if context.active is None:
        return []
    names: dict[tuple[str, str], list[str]] = {}
    for row in overridden(context.sources):
        names.setdefault((row.source, row.path), []).append(row.slot.partition(".")[2] or row.slot)
    found = []
    for (kind, path), slots in names.items():
        if kind == "local" and context.app.is_own_project_file(path):
            continue
        managed = kind == "managed"
        advice = (
            "Ask your administrator."
            if managed
            else f"Take them out of {path}, if it is not meant to differ from the rest."
        )
        found.append(
            Finding(
                "overridden",
                "warning",
                f"{path} ({kind} settings) wins with {', '.join(slots)}",
                f"In {context.directory} a session does not use the profile {context.active}.",
                "",
                advice,
            )
        )
    return found


def winning_variables(context: Context) -> list[Finding]:
    """Variables of the shell's that no file answers, though a profile is active."""
    reading = context.reading
    if context.active is None or reading is None:
        return []
    names = sorted(
        slot.removeprefix("env.") if slot.startswith("env.") else "ANTHROPIC_CUSTOM_HEADERS"
        for slot, value in context.values.items()
        if value.source == "shell"
    )
    names = list(dict.fromkeys(names))
    if not names:
        return []
    unset = context.unset(*names)
    dangerous = [name for name in names if name in SHIELDED]
    where = (
        "Take it out of your shell's start-up files too: it is in the environment of what you start there."
    )
    if dangerous:
        # The switch was made in another shell: made here, it blanks them.
        return [
            Finding(
                "shell-variable",
                "problem",
                f"This shell exports {', '.join(names)}, which nothing in the settings answers",
                "Sessions started here send another key, or send requests elsewhere than the profile says.",
                context.ours("switch", context.active),
                f"Or `{unset}`. {where}",
            )
        ]
    return [
        Finding(
            "shell-variable",
            "warning",
            f"This shell exports {', '.join(names)}, which the profile leaves open",
            "Sessions started here differ from others.",
            unset,
            where,
        )
    ]
