"""What comes of removing a profile, in sentences. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.hashing import digest
from tray.manager.views.profiles.overview import key_place
from tray.manager.views.words import home_short, listed, within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tray.actions.profiles.remove import Removed, Uses
    from tray.manager.views.look import Look


class Consequence(NamedTuple):
    """One of them, with an icon's name; what is `bold` stands before the rest."""

    icon: str
    bold: str
    text: str


def consequences(
    look: Look, name: str, uses: Uses, key_users: Mapping[str, Sequence[str]]
) -> list[Consequence]:
    """All that comes of it, what is worst first."""
    found = []
    for path in uses.active:
        where = "" if path == look.status.settings else f" in {home_short(path, look.home)}"
        after = "Claude Code’s own settings are put back, as they were before your first switch."
        found.append(Consequence("off", "", f"It is in use{where}. It is turned off: {after}"))
    if uses.pinned:
        places = [home_short(project.directory, look.home) for _, project in uses.pinned]
        one = len(places) == 1
        text = f" {'is' if one else 'are'} pinned to it. {'It follows' if one else 'They follow'}"
        found.append(Consequence("folder", listed(places), f"{text} the profile in use from then on."))
    for other in uses.offered_by:
        text = f"{look.label(other)} offers it while its own gateway does not answer. It offers none then."
        found.append(Consequence("refresh", "", text))
    found.append(_of_key(look, name, uses, key_users))
    return found


def seen(told: Sequence[Consequence]) -> str:
    """What the form carries, so that nothing comes of it which the person did not see."""
    return digest(repr(told).encode())


def _of_key(look: Look, name: str, uses: Uses, key_users: Mapping[str, Sequence[str]]) -> Consequence:
    each = look.profile(name)
    if each is None or each.problem:
        return Consequence("key", "", "Keys stay as they are: this profile cannot be read.")
    others = [look.label(other) for other in key_users.get(each.reference, ()) if other != name]
    lies = within(key_place(each))
    if others:
        text = f"Its key is also used by {listed(others)}. It stays where it is."
    elif each.key_is_there is False:
        text = "It has no key yet."
    elif uses.keys and not uses.broken:
        text = f"Its key lies {lies}, and no other profile uses it. It stays there unless you tick below."
    else:
        text = f"Its key lies {lies}. It is not touched."
    return Consequence("key", "", text)


def removed_lines(done: Removed) -> list[str]:
    """What else is so now."""
    lines = ["Claude Code uses its own settings."] if done.off else []
    if done.unpinned:
        lines.append("Projects that were pinned to it follow the profile in use.")
    if done.keys_removed:
        lines.append(f"Its key {listed(done.keys_removed)} is deleted.")
    return [*lines, "You can bring it back from History for 30 days."]
