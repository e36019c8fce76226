"""A gateway that does not answer, and what was done about it, in notices. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.notices.notice import Notice

if TYPE_CHECKING:
    from tray.runtime.watch.health.reach import Look

HEALTH = "health"  # what a notice is about: `Notice.key`


def unreachable_notice(look: Look, title: str, named: str, *, offered: bool) -> Notice:
    """That the gateway of the profile called `title` does not answer; `named` is the one to use meanwhile."""
    lines = [f"{look.reach.why}."]
    actions: tuple[tuple[str, str], ...] = ()
    if offered:
        lines.append(f"{named} answers.")
        actions = ((f"fallback:{look.other}", f"Switch to {named}"),)
    elif named and not look.other:
        lines.append(f"{named} does not answer either.")
    elif look.reach.hint:
        lines.append(look.reach.hint)
    return Notice(HEALTH, f"{title}: its gateway is unreachable", "\n".join(lines), actions)


def switched_over_notice(look: Look, title: str, other: str, first: str, said: Notice | None) -> Notice:
    """That `other` is in use by itself, and why; `first` is used again later, "" for nothing of the kind.

    `said` is what is to be known of the switch besides.
    """
    lines = [f"{look.reach.why}."]
    if first:
        lines.append(f"{first} is used again once its gateway has answered for five minutes.")
    actions = ((f"profile:{look.name}", f"Back to {title}"),)
    done = f"Switched to {other}: the gateway of {title} is unreachable"
    return Notice(HEALTH, done, _body(lines, said), actions)


def back_notice(title: str, said: Notice | None) -> Notice:
    """That the profile is in use again, by itself."""
    body = _body(["It has answered for five minutes."], said)
    return Notice(HEALTH, f"Back to {title}: its gateway answers again", body)


def offer_back_notice(first: str, title: str) -> Notice:
    """That the profile that was left could be used again."""
    body = "It has answered for five minutes."
    actions = ((f"profile:{first}", f"Back to {title}"),)
    return Notice(HEALTH, f"{title}: its gateway answers again", body, actions)


def _body(lines: list[str], said: Notice | None) -> str:
    return "\n".join([*lines, *([said.body] if said is not None else [])])
