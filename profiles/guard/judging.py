"""Whether every way that the asking session's requests may go leads to the key's own gateway. Pure."""

from __future__ import annotations

from profiles.addresses import is_same_address, shown_address
from profiles.guard.asker import PLACES, ROUTES
from profiles.guard.possible import ENVIRONMENT, OF_PROJECT, Refusal, Value, possible_values
from profiles.guard.surroundings import foreign_surroundings
from profiles.own_helper import profile_in
from profiles.records import TYPE_CHECKING, NamedTuple
from profiles.routing_names import HOST_AUTH, HOST_FLAG, MESSAGES, PROVIDERS, is_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from profiles.guard.asker import Asker
    from profiles.guard.sources import Source
    from profiles.routing_names import Provider


class Home(NamedTuple):
    """Where a key may go: a profile's gateway in its API format, and what else the profile trusts."""

    profile: str
    provider: str
    base_url: str
    trusted: tuple[str, ...] = ()


def judge(
    name: str,
    asker: Asker,
    sources: Sequence[Source],
    homes: Sequence[Home],
    is_remembered: Callable[[str, str], bool],
) -> Refusal | None:
    """None when the key that is asked for as `name` may be printed.

    `homes` are those of every profile that uses it. `is_remembered(variable, value)` tells whether the user's
    own file said so when the profile was switched to.
    """
    if asker.by_hand:
        return None
    if HOST_AUTH in asker.environ:
        return Refusal("host_auth", MESSAGES.cloud, ENVIRONMENT, name=HOST_AUTH)
    sources = [] if _is_left_to_the_shell(asker) else _with_certainty(name, sources)
    for source in sources:
        if source.unknown:
            return Refusal("unknown", source.unknown, source.kind, source.path)
        if asker.started is None and source.kind in OF_PROJECT and (moved := _moved_place(source)):
            return moved
    if not homes:
        return Refusal("no_profile", "") if _is_routed(asker) else None
    refusals = []
    for home in homes:  # a key that several profiles share may go to each one's gateway
        refusal = _judge_route(asker, sources, home) or foreign_surroundings(
            asker, sources, home.trusted, is_remembered
        )
        if refusal is None:
            return None
        refusals.append(refusal)
    return refusals[0]


def _is_left_to_the_shell(asker: Asker) -> bool:
    """Whether the client leaves aside what settings files say, by the wish of what started it."""
    started = asker.environ if asker.started is None else asker.started
    return is_on(asker.environ.get(HOST_FLAG)) and is_on(started.get(HOST_FLAG))


def _with_certainty(name: str, sources: Sequence[Source]) -> list[Source]:
    """A file by which alone we are asked is surely read: else nobody would ask for that key."""
    asking = [source for source in sources if profile_in(source.helper) == name]
    if len(asking) == 1:
        return [source._replace(certain=True) if source is asking[0] else source for source in sources]
    return list(sources)


def _moved_place(source: Source) -> Refusal | None:
    for name in PLACES:
        if name in source.env:
            return Refusal("place", name, source.kind, source.path, name)
    return None


def _is_routed(asker: Asker) -> bool:
    return asker.client or any(asker.environ.get(name) for name in ROUTES)


def _judge_route(asker: Asker, sources: Sequence[Source], home: Home) -> Refusal | None:
    if not _is_routed(asker):
        # A script of the user's own: no session's route is about, but this directory's files may have a say.
        sources = [source for source in sources if source.kind in OF_PROJECT]
        if not any(source.env.get(name) for source in sources for name in ROUTES):
            return None
    for provider, switch in _reachable(asker, sources):
        for value in possible_values(provider.base_url, asker, sources):
            if not _is_home(provider, value.text, home):
                return _stranger(provider, value, switch, asker, sources)
    return None


def _reachable(asker: Asker, sources: Sequence[Source]) -> Iterator[tuple[Provider, Value | None]]:
    """The providers that requests may go to, each with what switches it on."""
    for provider in PROVIDERS:
        values = possible_values(provider.switch, asker, sources)
        on = [value for value in values if is_on(value.text)]
        if on:
            yield provider, on[0]
        if len(on) == len(values):
            return
    yield MESSAGES, None


def _is_home(provider: Provider, url: str, home: Home) -> bool:
    if provider.name == home.provider and is_same_address(url, home.base_url):
        return True
    return any(is_same_address(url, text.removeprefix("url:")) for text in home.trusted)


def _stranger(
    provider: Provider, value: Value, switch: Value | None, asker: Asker, sources: Sequence[Source]
) -> Refusal:
    if value.text:
        # Of an address that is the user's own and a switch that is not, the switch is what is wrong.
        who = switch if switch is not None and value.kind not in OF_PROJECT else value
        return Refusal("address", shown_address(value.text), who.kind, who.file, provider.base_url)
    for name in provider.address:
        for found in possible_values(name, asker, sources):
            if found.text:
                host = shown_address(f"{found.text}.{provider.cloud}")
                return Refusal("address", host, found.kind, found.file, name)
    who = switch if switch is not None else value
    return Refusal("address", provider.cloud, who.kind, who.file, provider.switch or provider.base_url)
