"""The secrets that one question needs, each looked up once: a keyring may ask a person every time."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.base.secret import Secret
    from tray.app import App


def looked_up_once(app: App, known: dict[str, Secret]) -> Callable[[str], str]:
    """What gives the secret that a reference names, as text; `known` holds all that were looked up."""

    def resolve(reference: str) -> str:
        if reference not in known:
            known[reference] = app.secrets.resolve(reference)
        return known[reference].reveal()

    return resolve
