"""What administrators' settings decide of the route, and what they leave to a user or a shell: pure.

Seen with client 2.1.332 (`tests/e2e/test_managed_cases.py` has each case).
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.own_command import profile_in
from profiles.claude_code.owned_slots import (
    BASE_URL_SLOTS,
    HEADERS_SLOT,
    HELPER_KEY,
    KEY_SLOTS,
    PORTKEY_SLOT,
    WAYS_TO_A_KEY,
)
from profiles.claude_code.routing_names import API_KEY, AUTH_TOKEN, BEARER_TOKEN
from profiles.claude_code.variable_values import provider_in_force
from profiles.portkey.addresses import is_same_address
from profiles.profile.rendering import expected_values
from profiles.routes.files import MANAGED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from profiles.claude_code.routing_names import Provider
    from profiles.profile.rendering import Rendered
    from profiles.routes.sources import Source

_TOKENS = {"bedrock": (AUTH_TOKEN, API_KEY, BEARER_TOKEN)}
_IN_OTHERS = (AUTH_TOKEN, API_KEY)
_OF_THE_KEY = frozenset({*KEY_SLOTS, *WAYS_TO_A_KEY})


class Forced(NamedTuple):
    """One slot's value by an administrator, "" for a blank one, and the file that says so."""

    value: str
    path: str


class Gap(NamedTuple):
    """What administrators' settings leave open beside what they decide.

    `kind`: `helper` (none goes with their address), `address` (none goes with their helper) or `token` (one
    of a user's goes along). `path` is the file that decides the other half, `names` what is left open.
    """

    kind: str
    path: str
    names: tuple[str, ...]


class Held(NamedTuple):
    """A profile whose route an administrator holds, and the file by which they do."""

    profile: str
    path: str


def forced(sources: Sequence[Source]) -> dict[str, Forced]:
    """What administrators' settings decide, by slot; of the header lines those of the first to set any."""
    found: dict[str, Forced] = {}
    lines = next((source.path for source in sources if source.kind == MANAGED and source.headers_set), None)
    for source in sources:
        for slot, value in source.values.items() if source.kind == MANAGED else ():
            if not slot.startswith("header.") or source.path == lines:
                found.setdefault(slot, Forced(value, source.path))
    if lines is not None:
        found[HEADERS_SLOT] = Forced("", lines)
    return found


def gap_in(decided: Mapping[str, Forced], provider: Provider) -> Gap | None:
    """What they leave open for sessions that go to that provider; None where they decide nothing or all."""
    url, helper = decided.get(BASE_URL_SLOTS[provider.name]), decided.get(HELPER_KEY)
    if helper is not None and helper.value and not (url and url.value):
        return Gap("address", helper.path, tuple(filter(None, (provider.switch, provider.base_url))))
    if url is None or not url.value:
        return None
    if helper is None:
        return Gap("helper", url.path, (HELPER_KEY,))
    names = _TOKENS.get(provider.name, _IN_OTHERS)
    left = tuple(name for name in names if f"env.{name}" not in decided)
    return Gap("token", url.path, left) if left else None


def holder_of(sources: Sequence[Source], rendered: Rendered) -> str:
    """The file by which an administrator holds the very route of that profile; "" where none does.

    All that they say of route and key is what the profile says, or blank where it says nothing.
    """
    decided = forced(sources)
    url = decided.get(BASE_URL_SLOTS[rendered.dialect])
    wanted = expected_values(rendered, None)
    if url is None or provider_in_force(lambda name: _text(decided, f"env.{name}")).name != rendered.dialect:
        return ""
    for slot, (value, _) in decided.items():
        if slot == HELPER_KEY:
            fits = rendered.helper and profile_in(value) == rendered.name
        elif slot in BASE_URL_SLOTS.values() and value:
            fits = is_same_address(value, wanted.get(slot, ""))
        else:
            counts = slot in _OF_THE_KEY or slot.startswith("header.")
            fits = not counts or value == wanted.get(slot, "")
        if not fits:
            return ""
    lines = {slot for slot in wanted if slot.startswith(PORTKEY_SLOT)}
    return url.path if HEADERS_SLOT not in decided or lines <= {*decided} else ""


def held(
    sources: Sequence[Source], renderings: Callable[[], Iterable[Rendered]], preferred: str | None = None
) -> Held | None:
    """The profile whose route an administrator holds here, the `preferred` one of several; None for none.

    `renderings` is asked only where they decide something.
    """
    if not any(source.kind == MANAGED for source in sources):
        return None
    found = [Held(each.name, path) for each in renderings() if (path := holder_of(sources, each))]
    return next((each for each in found if each.profile == preferred), next(iter(found), None))


def _text(decided: Mapping[str, Forced], slot: str) -> str:
    return decided[slot].value if slot in decided else ""
