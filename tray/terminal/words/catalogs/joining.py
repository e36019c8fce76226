"""The words of `catalog add` and `join`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.terminal.words.catalogs.described import goes_words
from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from tray.actions.catalogs.joining import Joined
    from tray.actions.catalogs.offer import Added, Offer


def offer_rows(offer: Offer) -> list[tuple[str, str]]:
    """What is said beside the catalog itself before anyone says yes."""
    until = f", until {offer.content.expires}" if offer.content.expires else ""
    return [("version", f"{offer.content.serial}{until}"), ("sha256", offer.origin.sha256)]


def added_lines(added: Added) -> list[str]:
    """Which profiles there are now, where they send which key."""
    rows = [
        [profile.name, f"{goes_words(profile)} \N{LEFTWARDS ARROW} {profile.key}", profile.label]
        for profile in added.content.profiles
    ]
    first = added.content.default or added.content.profiles[0].name
    return [
        f"{added.name} is followed: version {added.serial}.",
        *table(rows, "  "),
        f"`pkcc-tray join {added.name}` goes on: your key, then {first} in use.",
    ]


def joined_lines(joined: Joined) -> list[str]:
    """That it is done, and what is left."""
    found = [f"{joined.name} is followed: version {joined.serial}, {', '.join(joined.profiles)}."]
    if joined.has_key:
        found.append(f"Your key: {joined.key}.")
    elif joined.is_suggested:
        found.append(f"No key yet: sign in to where it lies, {joined.key}.")
    elif joined.key.startswith("keyring:"):
        found.append(f"No key yet: `pkcc-tray key set {joined.profile}`.")
    else:  # a place of their own choice: `key set` would keep it elsewhere
        found.append(f"No key yet in {joined.key}, where you said that it lies.")
    if not joined.switched:
        return [*found, f"`pkcc-tray switch {joined.profile}` puts it in use."]
    check = f"`pkcc-tray check {joined.profile}` says whether the gateway takes your key."
    return [*found, f"{joined.profile} is in use.", *([check] if joined.has_key else [])]
