"""Keeping an address that something else wrote: only with its host typed, and never another helper."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, UsageError
from profiles.claude_code.owned_slots import BASE_URL_SLOTS
from profiles.portkey.editions import SELF_HOSTED, edition_of, host_in
from tray.actions.switching.adopting.adopt import adopt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.switching.reading.drift import Change
    from tray.actions.switching.adopting.adopt import Adopted
    from tray.actions.switching.status import Drifted
    from tray.app import App

    Risk = Change | Drifted


class NewAddress(NamedTuple):
    """An address that something else wrote: the profile, what it writes, what the file says, and its host.

    `known` and `known_before` name Portkey's edition whose address that is, "" where it is none.
    """

    name: str
    before: str
    after: str
    host: str
    known_before: str
    known: str


def new_address(app: App) -> NewAddress:
    """The address that can be kept. Raises ConflictError where nothing of the kind was changed, or more."""
    reading = app.switcher.read()
    address = kept_alone(reading.changes)
    if address is None:
        title = "There is no new address that could be kept"
        raise ConflictError(title, "What else decides where your key goes can only be restored.")
    return NewAddress(
        reading.state.current.active or "",
        address.expected,
        address.actual,
        host_in(address.actual),
        _edition(address.expected),
        _edition(address.actual),
    )


def kept_alone(changes: Sequence[Risk]) -> Risk | None:
    """The new address, where nothing else that decides who gets the key was changed: that is never kept."""
    risks = [change for change in changes if change.alarming]
    if len(risks) != 1 or risks[0].slot not in BASE_URL_SLOTS.values():
        return None
    return risks[0] if host_in(risks[0].actual) else None


def keep_address(app: App, typed: str) -> tuple[Adopted, tuple[str, ...]]:
    """Have the profile in use say that address from now on, and what else was changed; and notes.

    Raises UsageError where the typed host is not its host.
    """
    found = new_address(app)
    if typed.strip().lower() != found.host:
        raise UsageError(f"The new address is at {found.host}", "Type exactly that to confirm.")
    return adopt(app, is_own_address=lambda _words: True)


def _edition(url: str) -> str:
    edition = edition_of(url)
    return "" if edition is SELF_HOSTED else edition.title
