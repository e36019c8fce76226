"""A profile as the environment of one program: pure. Nothing of it is ever written to a file.

The client takes routing from its settings files before it takes it from its environment, unless
CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST is set there: then it leaves routing, models, credentials, custom headers
and `apiKeyHelper` of every settings file aside, those of `--settings` and the managed ones too, and hands the
credentials on to no hook (seen with 2.1.331). docs/decisions/0014 tells what else was tried.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import PROFILE_VARIABLE
from profiles.base.secret_markers import fill
from profiles.claude_code.header_lines import header_in
from profiles.claude_code.owned_slots import MODEL_KEYS, OWNED_ENV, PROFILE_HEADERS
from profiles.claude_code.routing_names import AUTH_TOKEN, HEADERS_KEY, HOST_FLAG, OWN_LOGIN, UNIX_SOCKET
from profiles.claude_code.variable_values import trimmed
from profiles.portkey.header_names import PREFIX
from profiles.profile.rendering import header_text, keeps_own_login

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.profile.rendering import Rendered

# Beside the owned ones: what else would take requests elsewhere, or send another credential.
_CLEARED = frozenset(
    {
        *OWNED_ENV,
        OWN_LOGIN,
        UNIX_SOCKET,
        "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
        "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
    }
)


def exec_environment(
    rendered: Rendered,
    environ: Mapping[str, str],
    own_headers: str,
    secret: Callable[[str], str],
) -> dict[str, str]:
    """The whole environment for a program that is to use the profile, in place of `environ`.

    `own_headers` has the lines of the user's own that go along; `secret` resolves a reference, and is asked
    only for those that this profile needs.
    """
    env = {name: value for name, value in environ.items() if name.upper() not in _CLEARED}
    for name, template in rendered.env.items():
        if value := fill(str(template), secret):
            env[name] = value
    if rendered.model:  # no environment has a `model`: this asks for the same one, and beats the files'
        env.setdefault(MODEL_KEYS["default"], rendered.model)
    if rendered.helper:
        env[AUTH_TOKEN] = secret(rendered.key_ref)
    elif keeps_own_login(rendered) and environ.get(OWN_LOGIN):
        env[OWN_LOGIN] = environ[OWN_LOGIN]
    env[HEADERS_KEY] = "\n".join([*_going_along(own_headers), header_text(rendered, secret)])
    return env | {HOST_FLAG: "1", PROFILE_VARIABLE: rendered.name}


def _going_along(own_headers: str) -> list[str]:
    """Those lines that are the user's own, each name as it is spelled; of equal names the last, as sent."""
    found = {}
    for line in own_headers.split("\n"):
        name, value = header_in(line)
        if name and value and name not in PROFILE_HEADERS and not name.startswith(PREFIX):
            found[name] = f"{trimmed(line.partition(':')[0])}: {value}"
    return list(found.values())
