"""The now box: what Claude Code uses, and whether it works, on every page. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import counted

if TYPE_CHECKING:
    from tray.manager.views.look import Look


class Now(NamedTuple):
    """`kind` is "", off, warn or bad; `icon` an icon's name."""

    kind: str
    icon: str
    title: str
    detail: str


def now_box(look: Look | None) -> Now:
    """What the box says: the worst there is. None: how things stand cannot be told."""
    if look is None:
        return Now("bad", "bad", "Cannot be read", "Doctor says why")
    status, label = look.status, look.active_label
    if status.condition == "unparsable":
        line = f"Line {look.broken.number} of {look.settings_name}" if look.broken else look.settings_name
        return Now("bad", "bad", "Settings broken", line)
    if status.dropped:
        return Now("bad", "bad", "Settings left out", f"Claude Code ignores {look.settings_name}")
    if status.condition == "gone":
        return Now("warn", "warn", "Settings gone", f"{label} has no effect")
    if look.is_alarming:
        return Now("bad", "bad", "Settings changed", "Your key is at risk")
    if status.drift and not look.is_left:
        return Now("warn", "warn", "Settings changed", f"{counted(len(status.drift), 'value')} of {label}")
    return _at_rest(look, label)


def _at_rest(look: Look, label: str) -> Now:
    row = look.active
    if look.by_hand is not None:
        return Now("off", "off", "Set up by hand", f"{look.by_hand.route or 'Portkey'}, no profile")
    if look.status.active is None:
        return Now("off", "off", "Off", "No profile in use")
    if row is None or row.problem:
        return Now("warn", "warn", label, "Its profile cannot be read" if row else "Its profile is gone")
    if row.key_is_there is False:
        return Now("warn", "warn", label, "No key yet")
    check = look.checks.get(row.name)
    if check is not None and check.found is not None and check.found.exit_code:
        return Now("bad", "bad", label, failure(check.found.exit_code))
    return Now("", "ok", label, row.route)


def failure(exit_code: int) -> str:
    """What a failed check says in three words, by its exit code."""
    from profiles.gateway.asking.steps import NO_KEY, UNREACHABLE

    return {UNREACHABLE: "Gateway does not answer", NO_KEY: "No key yet"}.get(exit_code, "Check failed")
