"""What is said where something else decides who gets the key. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.text import counted
from profiles.claude_code.owned_slots import BASE_URL_SLOTS, HELPER_KEY
from tray.actions.more.keep_address import kept_alone
from tray.manager.access.sessions import Flash
from tray.manager.views.profiles.rows import State
from tray.manager.views.times import moment
from tray.manager.views.words import host_of

if TYPE_CHECKING:
    from tray.actions.keys.key_fate import KeyFate
    from tray.manager.views.look import Look

REPLACE = "Replace it at Portkey once the settings are restored."


def alarm(look: Look, fate: KeyFate) -> dict[str, object]:
    """What the alarm says: what would become of the key, what restoring is called, and what became of it."""
    alarming = [row for row in look.status.drift if row.alarming]
    address = next((row for row in alarming if row.slot in BASE_URL_SLOTS.values()), None)
    helper = any(row.slot == HELPER_KEY for row in alarming)
    label = look.active_label
    button = f"Restore {host_of(address.expected)}" if address and address.expected else f"Restore {label}"
    if helper and address is None:
        title = "Claude Code would run another program for its key"
        what = "changed the program that hands your Portkey key to Claude Code"
    elif all(row.surrounding for row in alarming):
        title, what = "Others could read your key", "changed how Claude Code’s requests travel"
    else:
        title = "Your key would go to another address"
        what = "changed where Claude Code sends its requests. Your Portkey key travels with each of them"
    return {
        "title": title,
        "since": moment(fate.since) if fate.since else "",
        "what": what,
        "button": button,
        "fate": fate_of_key(fate),
        "keep": kept_alone(look.status.drift) is not None,
    }


def fate_of_key(fate: KeyFate) -> State:
    """Whether the key went out, as far as the guard's record tells."""
    to = fate.host or "it"
    if fate.sent and fate.asked_at is not None:
        return State("warn", f"The key may have been sent to {to} at {moment(fate.asked_at)}.", REPLACE)
    if fate.sent and fate.pids:
        running = counted(len(fate.pids), "running session")
        return State("warn", f"The key may have been sent: {running} had it, and read the settings.", REPLACE)
    if fate.sent:
        return State("warn", "The key may have been sent. Who had it is not recorded.", REPLACE)
    if fate.known_from:
        since = f"Since {moment(fate.known_from)} the key was not given to it."
        return State("warn", since, "What was handed out before that is not known any more.")
    if fate.asked_at is not None:
        asked = f"Claude Code asked for it at {moment(fate.asked_at)}, and was refused."
        return State("ok", "The key was not given to it.", asked)
    return State("ok", "The key was not given to it.", "No session has asked for it since.")


def after_restoring(told: Flash, fate: KeyFate, key_name: str) -> Flash:
    """What is said after what put the key at risk was taken back: whether the key is to be replaced."""
    said = fate_of_key(fate)
    if said.kind == "ok":
        return told._replace(lines=(said.text, *told.lines))
    if not fate.sent:
        return told._replace(kind="warn", lines=(f"{said.text} {said.more}", *told.lines))
    lines = (f"{said.text} A key that others may have is replaced: make a new one at Portkey.", *told.lines)
    go = (f"/keys/{key_name}/replace", "Replace the key") if key_name else ("/keys", "Keys")
    return told._replace(kind="warn", lines=lines, go=go)
