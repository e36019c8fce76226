"""A profile as managed settings that leave nothing open: pure.

Seen with client 2.1.332: of a base URL alone every user's own key goes there, of a helper alone its key goes
where each user's settings lead, and a token of the user's or the shell's is sent beside the helper's. So all
that a user or a shell could say of the route, the key and the models is said here, be it blank. No value
keeps `CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST`, `CLAUDE_CODE_HOST_AUTH_ENV_VAR` or a socket of the shell's from
leading past it; of a user's or a project's settings none of the three counts.
"""

from __future__ import annotations

from profiles.base.errors import ConflictError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.own_command import COMMAND, profile_in
from profiles.claude_code.owned_slots import HELPER_KEY, MODEL, OWNED_ENV
from profiles.claude_code.routing_names import (
    BETAS,
    CLIENT_DATA,
    EXTRA_BODY,
    HEADERS_KEY,
    NO_HELPER,
    OTHER_SETTINGS,
    OWN_LOGIN,
)
from profiles.profile.rendering import header_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profiles.profile.rendering import Rendered

# Variables that lead past the settings, or change requests, and do not where they are blank in managed ones.
_ANSWERED = (CLIENT_DATA, NO_HELPER, OTHER_SETTINGS, OWN_LOGIN, EXTRA_BODY, BETAS)


def complete_form(
    rendered: Rendered, program: str, command_line: Callable[[Sequence[str]], str]
) -> dict[str, object]:
    """The managed settings by which every session here uses the profile, and `program` hands out each key.

    Raises ConflictError where a key would stand in them, or that command is none that we know again.
    """
    if rendered.references() or not rendered.helper:
        raise ConflictError(
            f"{rendered.name!r} writes its key into the settings, which every user of the machine could read",
            f"`pkcc-tray set {rendered.name} key_delivery helper` has a command hand out each user's own.",
        )
    command = command_line([program, *COMMAND, rendered.name])
    if profile_in(command) != rendered.name:
        raise ConflictError(
            f"{program!r} is no pkcc-tray that every session would find",
            "Name its full path, as it is on the machines: --helper /usr/bin/pkcc-tray",
        )
    env = dict.fromkeys((*OWNED_ENV, *_ANSWERED), "") | {name: str(v) for name, v in rendered.env.items()}
    env[HEADERS_KEY] = header_text(rendered, str)
    form: dict[str, object] = {"env": env, HELPER_KEY: command}
    return form | {MODEL: rendered.model} if rendered.model else form
