"""A gateway that does not answer, and what was done about it, in notices. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.notices.notice import Notice
from tray.runtime.menu.one_line import one_line, without_commands

if TYPE_CHECKING:
    from tray.runtime.watch.health.reach import Look

HEALTH = "health"  # what a notice is about: `Notice.key`
_LONGEST_NAME = 20  # characters, on a button
_CHECK = ("check", "Check again")


def unreachable_notice(look: Look, title: str, named: str, *, offered: bool) -> Notice:
    """That the gateway of the profile called `title` does not answer; `named` is the one to use meanwhile."""
    lines = [f"{title}: {look.reach.why}."]
    actions: tuple[tuple[str, str], ...] = ()
    if offered:
        lines.append(f"{named} answers.")
        actions = ((f"fallback:{look.other}", f"Switch to {one_line(named, _LONGEST_NAME)}"),)
    elif named and not look.other:
        lines.append(f"{named} does not answer either.")
    elif hint := without_commands(look.reach.hint):
        lines.append(hint)
    return Notice(HEALTH, "The gateway does not answer", "\n".join(lines), (*actions, _CHECK))


def switched_over_notice(look: Look, title: str, other: str, first: str, said: Notice | None) -> Notice:
    """That `other` is in use by itself, and why; `first` is used again later, "" for nothing of the kind.

    `said` is what is to be known of the switch besides.
    """
    lines = [f"{other} is in use. {title}: {look.reach.why}."]
    if first:
        lines.append(f"{first} is used again once its gateway has answered for five minutes.")
    actions = ((f"profile:{look.name}", f"Back to {one_line(title, _LONGEST_NAME)}"),)
    return Notice(HEALTH, "Switched: gateway did not answer", _body(lines, said), actions)


def back_notice(title: str, said: Notice | None) -> Notice:
    """That the profile is in use again, by itself."""
    body = _body([f"{title} is in use again: its gateway has answered for five minutes."], said)
    return Notice(HEALTH, "The gateway answers again", body)


def offer_back_notice(first: str, title: str) -> Notice:
    """That the profile that was left could be used again."""
    body = f"That of {title} has answered for five minutes."
    actions = ((f"profile:{first}", f"Back to {one_line(title, _LONGEST_NAME)}"),)
    return Notice(HEALTH, "The gateway answers again", body, actions)


def _body(lines: list[str], said: Notice | None) -> str:
    more = said.body.splitlines()[1:] if said is not None else []  # the first names the profile in use
    return "\n".join([*lines, *more][:3])
