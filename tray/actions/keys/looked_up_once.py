"""The secrets that one question needs, each looked up once: a keyring may ask a person every time."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret import Secret
from profiles.profile.rendering import header_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.profile.rendering import Rendered
    from tray.app import App


def looked_up_once(app: App, known: dict[str, Secret]) -> Callable[[str], str]:
    """What gives the secret that a reference names, as text; `known` holds all that were looked up."""

    def resolve(reference: str) -> str:
        if reference not in known:
            known[reference] = app.secrets.resolve(reference)
        return known[reference].reveal()

    return resolve


def key_and_headers(
    app: App, rendered: Rendered, known: dict[str, Secret]
) -> tuple[Secret, list[tuple[str, Secret]]]:
    """A profile's key, and its header lines as they are sent. Raises PkccError where one is not to be had."""
    resolve = looked_up_once(app, known)
    key = Secret(resolve(rendered.key_ref))
    return key, [(name, Secret(header_value(name, template, resolve))) for name, template in rendered.headers]
