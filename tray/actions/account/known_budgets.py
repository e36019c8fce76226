"""What is left of a profile's budgets as the account told it last: without its key, and asking nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.gateway.account.account import Account
from profiles.gateway.account.known import Known
from profiles.gateway.account.lookups import Lookups
from profiles.gateway.account.remembered import remembered_place
from profiles.profile.rendering import gateway_root
from tray.actions.account.ask import asked_at
from tray.actions.account.budgets import Budgets, budgets_of

if TYPE_CHECKING:
    from tray.app import App


def known_budgets(app: App, name: str) -> Budgets | None:
    """The budgets that count this profile's requests; None where none is known."""
    try:
        rendered = app.store.rendered(name)
    except PkccError:
        return None
    place = remembered_place(app.locations, gateway_root(rendered), rendered.key_ref)
    if place is None:
        return None
    with Account(Lookups(place, app.locations, online=False)) as account:
        found, answers = budgets_of(account, rendered, 0.0, only_its_own=True)
    known = [asked_at(each) for each in answers if isinstance(each, Known)]
    return Budgets(name, min(known, default=None), found, "", "") if found else None
