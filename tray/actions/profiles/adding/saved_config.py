"""The saved config that a person means, of a profile that is not there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.account.config_names import config_id, id_among
from tray.actions.profiles.adding.answers import no_json, one_word

if TYPE_CHECKING:
    from profiles.profile.rendering import Rendered
    from tray.actions.account.offer import AccountOffer
    from tray.app import App


def saved_config(app: App, answer: str, draft: Rendered, offer: AccountOffer | None) -> str:
    """Its id, by its id or its name: by what the account just offered, else by what is kept of it.

    Raises PkccError as `config_id` does, and UsageError for what is no word.
    """
    answer = no_json(answer)
    if offer is None:
        return one_word(config_id(app, answer, draft, look_up=False))
    named = [(each.slug, each.name) for each in offer.configs]
    return one_word(id_among(answer, named, offer.configs_problem))
