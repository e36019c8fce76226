"""The account behind a profile: where it is asked, and what every answer says of its age."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.secret import Secret
from profiles.gateway.account.account import Account
from profiles.gateway.account.known import Known, Problem
from profiles.gateway.account.lookups import LIMIT_S, Lookups
from profiles.gateway.account.place import Place, place_at
from profiles.gateway.account.remembered import remember, remembered_place
from profiles.gateway.asking.steps import REFUSED, UNREACHABLE
from profiles.portkey.header_names import PREFIX
from profiles.profile.rendering import base_url_of, gateway_root, header_value
from tray.actions.account.amounts import in_utc
from tray.actions.keys.looked_up_once import looked_up_once
from tray.actions.network import kept_back, network_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profiles.base.locations import Locations
    from profiles.profile.rendering import Rendered
    from tray.app import App


class AccountError(PkccError):
    """The account does not answer what was asked, and nothing of it is kept."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title, problem.hint)
        asked_in_vain = problem.kind in ("no_answer", "no_gateway", "no_account", "not_asked")
        self.exit_code = UNREACHABLE if asked_in_vain else REFUSED


def account_of(app: App, rendered: Rendered) -> Account:
    """A profile's account, with 6 seconds for all that is asked. Raises PkccError without its key."""
    place = place_of(app, rendered)
    remember_place(app, place, rendered)
    return Account(Lookups(place, app.locations, total_s=LIMIT_S))


def known_account(locations: Locations, rendered: Rendered) -> Account | None:
    """A profile's account as it answered last: without its key, and asking nobody. None where none did."""
    place = remembered_place(locations, gateway_root(rendered), rendered.key_ref)
    return None if place is None else Account(Lookups(place, locations, online=False))


def remember_place(app: App, place: Place, rendered: Rendered) -> None:
    """Keep where the profile's account was asked, for names to be completed without its key."""
    remember(app.locations, place, rendered.key_ref)


def place_of(app: App, rendered: Rendered, key: Secret | None = None) -> Place:
    """Where a profile's account is, and as whom: with that key, where it is not stored yet.

    Raises PkccError where the key is not to be had.
    """
    known = {} if key is None else {rendered.key_ref: key}
    resolve = looked_up_once(app, known)
    own = [
        (name, Secret(header_value(name, template, resolve)))
        for name, template in rendered.headers
        if template and not name.lower().startswith(PREFIX)
    ]
    network = network_of(app, rendered, kept_back(app, rendered))
    # Plain http is what this profile itself allows: else it would not have been stored.
    used = Secret(resolve(rendered.key_ref))
    place = place_at(base_url_of(rendered), used, own, network, known.values(), plain_http=True)
    return place._replace(profile=rendered.name if key is None else "")


def asked_at(known: Known[object]) -> str:
    """When it was answered, such as `2026-11-29T09:10:00Z`."""
    return in_utc(datetime.fromtimestamp(known.asked_at, UTC)) or ""


def notes_on(answers: Iterable[Known[object] | Problem]) -> tuple[str, ...]:
    """What is missing or old in them, one sentence each, each once."""
    found = []
    for answer in answers:
        problem = answer if isinstance(answer, Problem) else answer.problem
        if problem is not None:
            found.append(f"{problem.title}. {problem.hint}")
        if isinstance(answer, Known) and not answer.whole:
            found.append("A list is longer than what could be read of it.")
    return tuple(dict.fromkeys(found))
