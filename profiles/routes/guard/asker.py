"""Who asks for a key: the environment, directory and session of the process that runs `key print`.

Effects: looks at the processes above this one. Loaded by the fast path: imports nothing that costs.

Seen with client 2.1.331: the helper's environment is the client's, with the `env` of the settings files in
force merged in (at the first run only the user's and the administrator's). A settings file cannot take away
or blank `CLAUDE_CODE_ENTRYPOINT` in it, and a project's cannot set HOME, XDG_*, TMPDIR or CLAUDE_CONFIG_DIR;
it can set PKCC_CONFIG_DIR and DBUS_SESSION_BUS_ADDRESS.
"""

from __future__ import annotations

import os
import sys

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import CLAUDE_DIR_VARIABLE, CONFIG_DIR_VARIABLE
from profiles.claude_code.process import SOCKET, find_client
from profiles.claude_code.routing_names import ADDRESSES, BASE_URLS, HEADERS_KEY, SURROUNDINGS, SWITCHES

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

ROUTES = (*SWITCHES, *BASE_URLS.values(), *ADDRESSES)
WATCHED = (*ROUTES, *SURROUNDINGS, HEADERS_KEY)
# Claude Code sets them for what it runs; no settings file can take them away. Present but blank counts too.
MARKERS = ("CLAUDE_CODE_ENTRYPOINT", SOCKET)
# What says where our own things lie. Never taken from a settings file: it could lead to another store.
PLACES = (
    "HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
    CONFIG_DIR_VARIABLE, CLAUDE_DIR_VARIABLE, "APPDATA", "LOCALAPPDATA", "DBUS_SESSION_BUS_ADDRESS",
)  # fmt: skip
# How the variables of secret managers' programs begin: a project's may lead one's sign-in elsewhere.
SIGN_INS = (
    "VAULT_", "BAO_", "AWS_", "PASSWORD_STORE_", "GNUPGHOME", "CREDENTIALS_DIRECTORY", "OP_", "CLOUDSDK_",
    "AZURE_", "BWS_", "KSM_", "PROTON_PASS_", "DOPPLER_", "INFISICAL_",
)  # fmt: skip


class Asker(NamedTuple):
    """What is known of it. `by_hand` where a person sits at a terminal: then nothing else matters.

    `environ` and `started` hold only the names that matter here; `started` is the environment that the client
    was started in, so the person's own shell's; None where that cannot be read. `session` identifies the
    client's process, "" where it is not known.
    """

    by_hand: bool
    environ: dict[str, str] = {}  # noqa: RUF012 - never changed in place
    started: dict[str, str] | None = None
    directory: str = ""
    session: str = ""
    unread: tuple[str, ...] = ()  # the kinds of settings files that the client was started without

    @property
    def client(self) -> bool:
        """Whether Claude Code asks, rather than a script of the user's own."""
        return any(name in self.environ for name in MARKERS)


BY_HAND = Asker(by_hand=True)


def find_asker(environ: MutableMapping[str, str], directory: str) -> Asker:
    """Who asks. What says in `environ` where our own things lie is put back to what the shell says."""
    if _at_terminal():
        return BY_HAND
    session, first, unread = find_client(environ)
    said = part_that_matters(environ)
    asker = Asker(False, said, said, directory, session, unread)
    if not asker.client:
        return asker  # no client above, so all of it is the person's own
    if first is not None:
        put_back_places(environ, first)
    return asker._replace(started=None if first is None else part_that_matters(first))


def put_back_places(environ: MutableMapping[str, str], started: Mapping[str, str]) -> None:
    """Let our own things lie where they did when the client was started."""
    for name in PLACES:
        if name in started:
            environ[name] = started[name]
        else:
            environ.pop(name, None)


def _at_terminal() -> bool:
    return any(_is_terminal(handle) for handle in (0, 1, 2))


def _is_terminal(handle: int) -> bool:
    try:
        return os.isatty(handle)
    except OSError:  # closed
        return False


def part_that_matters(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of an environment that the guard looks at."""
    if sys.platform == "win32":  # where a variable has no case
        upper = {name.upper(): value for name, value in environ.items()}
        return {name: upper[name.upper()] for name in (*WATCHED, *MARKERS) if name.upper() in upper}
    return {name: environ[name] for name in (*WATCHED, *MARKERS) if name in environ}


# Over the wire to the tray: text fields of one request, without loading `json`.


def to_fields(asker: Asker) -> dict[str, str]:
    """The asker as text, for a request."""
    if asker.by_hand:
        return {"by": "hand"}
    fields = {"by": "program", "in": asker.directory, "who": asker.session, "env": _joined(asker.environ)}
    if asker.started is not None:
        fields["started"] = _joined(asker.started)
    if asker.unread:
        fields["unread"] = " ".join(asker.unread)
    return fields


def from_fields(fields: Mapping[str, str]) -> Asker | None:
    """The asker that `to_fields` gave; None for anything else."""
    if fields.get("by") == "hand":
        return BY_HAND
    if fields.get("by") != "program" or not {"in", "who", "env"} <= fields.keys():
        return None
    started = _split(fields["started"]) if "started" in fields else None
    unread = tuple(fields.get("unread", "").split())
    return Asker(False, _split(fields["env"]), started, fields["in"], fields["who"], unread)


def _joined(environ: Mapping[str, str]) -> str:
    return "\0".join(f"{name}={value}" for name, value in environ.items())


def _split(text: str) -> dict[str, str]:
    pairs = (entry.partition("=") for entry in text.split("\0") if entry)
    return {name: value for name, _, value in pairs}
