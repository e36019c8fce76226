"""The first questions of a guided `add`: whose gateway, and the key; then what the account there offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import PkccError
from profiles.portkey.editions import AIRS, PORTKEY, edition_of
from tray.actions.account.choice import Choice
from tray.actions.account.offer import AccountOffer, offer_for
from tray.actions.profiles.add import checked_profile, draft_of
from tray.commands.asking.key_place import ask_new_key, uses_stored
from tray.commands.profiles.add_options import gateway_in, place_in
from tray.terminal.choosing.choose import choose
from tray.terminal.prompts import ask_valid, say
from tray.terminal.waiting import waiting

if TYPE_CHECKING:
    from profiles.base.secret import Secret
    from profiles.profile.rendering import Rendered
    from tray.app import App

_OTHER = ":other"
_MASKED = 16  # characters; of a shorter key, four would be too many to show


class Answered(NamedTuple):
    """A key that was typed, None for one stored already or given later; what it is offered, where asked."""

    key: Secret | None
    offer: AccountOffer | None


def ask_gateway(app: App, name: str, options: dict[str, Any]) -> None:
    """Whose gateway: an edition's, or the person's own."""
    if options["gateway"]:
        return
    chosen = choose(
        app.environ,
        "Which gateway?",
        [
            Choice(PORTKEY.name, PORTKEY.title, PORTKEY.gateway),
            Choice(AIRS.name, AIRS.title, AIRS.gateway),
            Choice(_OTHER, "another one", "your company's own, by its URL"),
        ],
    )

    def is_gateway(answer: str) -> str:
        checked_profile(place_in(name, {**options, "gateway": answer}))
        return answer

    if chosen == _OTHER:
        chosen = ask_valid("Its base URL, such as https://gateway.example", is_gateway, required=True)
    options["gateway"] = None if chosen == PORTKEY.name else chosen


def ask_key(app: App, name: str, options: dict[str, Any], *, look_up: bool) -> Answered:
    """The key, asked for until the gateway takes it; and what it is offered there.

    An empty answer is none, for now. A key of that name which is stored already is offered.
    """
    draft = draft_of(place_in(name, options))
    if options["key_ref"] is not None or uses_stored(app, name):
        return Answered(None, _looked_up(app, draft, None) if look_up else None)
    edition = edition_of(gateway_in(options))
    page = next((page.url for page in edition.pages if page.name in ("api-keys", "console")), "")
    if edition.gateway and page:
        say(f"The key comes from {page}")
    while True:
        key = ask_new_key()
        if key is None:
            return Answered(None, None)
        say(f"  {_sign_of(key)}")
        offer = _looked_up(app, draft, key) if look_up else None
        if offer is None or offer.refused is None:
            return Answered(key, offer)


def _sign_of(key: Secret) -> str:
    """That something arrived, in the form by which Portkey's own list of keys names it."""
    text = key.reveal()
    shown = f": {text[:2]}***{text[-2:]}" if len(text) >= _MASKED else ""
    return f"{len(text)} characters{shown}"


def _looked_up(app: App, draft: Rendered, key: Secret | None) -> AccountOffer | None:
    """What the account offers, and a line for each thing it does not; None where it cannot be asked."""
    try:
        with waiting(app, "Asking what this key may use"):
            offer = offer_for(app, draft, key)
    except PkccError as error:
        say(f"  {error.title}. {error.hint}")
        return None
    if offer.refused is not None:
        say(f"  {offer.refused.title}.")
        say(f"  {offer.place.edition.place('API Keys')} lists those that it takes: give another one.")
        return offer
    for problem in offer.problems:
        say(f"  {problem.title}{', so names are typed' if offer.is_empty else ''}. {problem.hint}")
    return offer
