"""What is left of a profile's budgets as the account said last: without its key, and asking nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.gateway.account.known import Known
from tray.actions.account.ask import asked_at, known_account
from tray.actions.account.budgets import Budgets, budgets_of

if TYPE_CHECKING:
    from tray.app import App


def known_budgets(app: App, name: str) -> Budgets | None:
    """The budgets that count this profile's requests; None where none is known."""
    try:
        rendered = app.store.rendered(name)
    except PkccError:
        return None
    known = known_account(app.locations, rendered)
    if known is None:
        return None
    with known as account:
        found, answers = budgets_of(account, rendered, 0.0, only_its_own=True)
    asked = [asked_at(each) for each in answers if isinstance(each, Known)]
    return Budgets(name, min(asked, default=None), found, "", "") if found else None
