"""What of a profile goes into a project's file: pure.

A pinned project carries the whole profile. One that follows the active profile carries only what the user's
own settings cannot say for it: the header string, since the client takes it from one file whole (facts), and
what would otherwise be said by a value of the project's own.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_markers import has_secret
from profiles.claude_code.owned_slots import HEADERS_SLOT, HELPER_KEY, MODEL
from profiles.claude_code.routing_names import AUTH_TOKEN
from profiles.portkey.header_names import PORTKEY_KEY
from profiles.profile.rendering import Rendered

if TYPE_CHECKING:
    from collections.abc import Collection


def only(rendered: Rendered, slots: Collection[str]) -> Rendered:
    """What of the rendering stands in these slots.

    The key is left out of the headers where the user's own settings have it as a token: one is enough.
    """
    env = {name: value for name, value in rendered.env.items() if f"env.{name}" in slots}
    headers = rendered.headers if HEADERS_SLOT in slots else []
    if rendered.env.get(AUTH_TOKEN):
        headers = [[name, value] for name, value in headers if name != PORTKEY_KEY]
    helper, model = rendered.helper and HELPER_KEY in slots, rendered.model if MODEL in slots else ""
    return rendered._replace(env=env, headers=headers, helper=helper, model=model)


def without_secrets(rendered: Rendered) -> Rendered:
    """The variables of the rendering that anybody may read: no key, no header, no path of this machine."""
    env = {name: value for name, value in rendered.env.items() if not has_secret(str(value))}
    return rendered._replace(env=env, headers=[], helper=False)
