"""Why a key is not printed. Loaded only where it is refused."""

from __future__ import annotations

from profiles.base.light_typing import NamedTuple

ENVIRONMENT = "environment"  # as a source's kind: what no settings file says
STARTING = "starting"  # as the name of what is unknown: only this session is wrong, not the file


class Refusal(NamedTuple):
    """`host` as it may be shown; `kind` and `file` say who wanted it.

    `what` is address, headers, proxy, certificates, place, sign_in, unknown, host_auth or no_profile; `name`
    is the variable's or header line's.
    `by_hand`: no command of ours takes it out. `other`: the profile of the user's own whose gateway or
    provider it is, since the session has not followed a switch yet.
    """

    what: str
    host: str
    kind: str = ""
    file: str = ""
    name: str = ""
    other: str = ""
    by_hand: bool = False
