"""Whether every way that the asking session's requests may go leads to the key's own gateway. Pure.

`homes` are the renderings of the profiles that use the key: a key that several share may go to each one's.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.routing_names import HOST_AUTH, HOST_FLAG, MESSAGES, PROVIDERS, SURROUNDINGS
from profiles.claude_code.variable_values import is_on
from profiles.portkey.addresses import is_same_address, shown_address
from profiles.profile.rendering import base_url_of
from profiles.routes.guard.asker import PLACES, ROUTES, SIGN_INS
from profiles.routes.guard.leads_elsewhere.sent_on import sent_on
from profiles.routes.guard.possible import OF_PROJECT, possible_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from profiles.claude_code.routing_names import Provider
    from profiles.profile.rendering import Rendered
    from profiles.routes.guard.asker import Asker
    from profiles.routes.guard.possible import Value
    from profiles.routes.guard.refusal import Refusal
    from profiles.routes.guard.sources import Source


def judge(
    name: str,
    asker: Asker,
    sources: Sequence[Source],
    homes: Sequence[Rendered],
    is_remembered: Callable[[str, str], bool],
) -> Refusal | None:
    """None when the key that is asked for as `name` may be printed.

    `is_remembered(variable, value)` tells whether the user's own file said so at the switch to the profile.
    """
    if asker.by_hand:
        return None
    if HOST_AUTH in asker.environ:
        return _refusal("host_auth", MESSAGES.cloud, None, HOST_AUTH)
    sources = [] if _is_left_to_the_shell(asker) else _with_certainty(name, _without_unread(asker, sources))
    if not asker.client:
        # A script of the user's own, which does not go by the user's file; this directory may have a say.
        sources = [source for source in sources if source.kind in OF_PROJECT]
    strange = _strange_source(asker, sources)
    if strange is not None:
        return strange
    if not homes:
        return _refusal("no_profile", "", None) if _is_routed(asker) else None
    refusals = []
    for home in homes:
        refusal = (
            _judge_route(asker, sources, home)
            or _judge_readers(asker, sources, home, is_remembered)
            or sent_on(asker, sources, home, _is_portkeys)
            or _judge_sign_in(sources, home)
        )
        if refusal is None:
            return None
        refusals.append(refusal)
    return refusals[0]


def _strange_source(asker: Asker, sources: Sequence[Source]) -> Refusal | None:
    """A file that cannot be read, or a project's that says where profiles lie and may be believed."""
    for source in sources:
        if source.unknown:
            return _refusal("unknown", source.unknown, source)
        if asker.started is None and source.kind in OF_PROJECT:
            for place in PLACES:
                if place in source.env:
                    return _refusal("place", place, source, place)
    return None


def _refusal(what: str, host: str, source: Source | None, name: str = "") -> Refusal:
    from profiles.routes.guard.refusal import ENVIRONMENT, Refusal

    if source is None:
        return Refusal(what, host, ENVIRONMENT, name=name)
    return Refusal(what, host, source.kind, source.path, name, by_hand=source.elsewhere)


def _is_left_to_the_shell(asker: Asker) -> bool:
    """Whether the client leaves aside what settings files say, by the wish of what started it."""
    started = asker.environ if asker.started is None else asker.started
    return is_on(asker.environ.get(HOST_FLAG)) and is_on(started.get(HOST_FLAG))


def _with_certainty(name: str, sources: Sequence[Source]) -> list[Source]:
    """The sources; one that alone makes the client ask for this key is surely read."""
    if all(source.certain for source in sources if source.kind in OF_PROJECT):
        return list(sources)
    from profiles.claude_code.own_command import profile_in

    asking = [source for source in sources if profile_in(source.helper) == name]
    if len(asking) == 1:
        return [source._replace(certain=True) if source is asking[0] else source for source in sources]
    return list(sources)


def _without_unread(asker: Asker, sources: Sequence[Source]) -> list[Source]:
    """A file that the client was started without hides nothing, and may be read all the same."""
    return [source._replace(certain=False) if source.kind in asker.unread else source for source in sources]


def _is_routed(asker: Asker) -> bool:
    return asker.client or any(asker.environ.get(name) for name in ROUTES)


def _judge_route(asker: Asker, sources: Sequence[Source], home: Rendered) -> Refusal | None:
    routed = _is_routed(asker)
    for provider, switch in _reachable(asker, sources):
        for value in possible_values(provider.base_url, asker, sources):
            if not (routed or value[0] or provider is not MESSAGES):
                continue  # no session's route is about
            if not _is_home(provider, value[0], home):
                return _stranger(provider, value, switch, asker, sources)
    return None


def _reachable(asker: Asker, sources: Sequence[Source]) -> Iterator[tuple[Provider, Value | None]]:
    """The providers that requests may go to, each with what switches it on."""
    for provider in PROVIDERS:
        values = possible_values(provider.switch, asker, sources)
        on = [value for value in values if is_on(value[0])]
        if on:
            yield provider, on[0]
        if len(on) == len(values):
            return
    yield MESSAGES, None


def _is_portkeys(asker: Asker, sources: Sequence[Source], home: Rendered) -> bool:
    """Whether every address that requests may go to is Portkey's own, which hands its key to no provider."""
    from profiles.portkey.editions import is_portkey_url  # few are asked this

    urls = [
        value[0]
        for provider, _ in _reachable(asker, sources)
        for value in possible_values(provider.base_url, asker, sources)
    ]
    return all(is_portkey_url(url) for url in (base_url_of(home), *filter(None, urls)))


def _is_home(provider: Provider, url: str, home: Rendered) -> bool:
    if provider.name == home.dialect and is_same_address(url, base_url_of(home)):
        return True
    return any(is_same_address(url, text.removeprefix("url:")) for text in home.trusted)


def _stranger(
    provider: Provider, value: Value, switch: Value | None, asker: Asker, sources: Sequence[Source]
) -> Refusal:
    text, source = value
    if text:
        # Of an address that is the user's own and a switch that is not, the switch is what is wrong.
        if switch is not None and (source is None or source.kind not in OF_PROJECT):
            source = switch[1]
        return _refusal("address", shown_address(text), source, provider.base_url)
    for name in provider.address:
        for found, namer in possible_values(name, asker, sources):
            if found:
                return _refusal("address", shown_address(f"{found}.{provider.cloud}"), namer, name)
    who = switch[1] if switch is not None else source
    return _refusal("address", provider.cloud, who, provider.switch or provider.base_url)


def _judge_sign_in(sources: Sequence[Source], home: Rendered) -> Refusal | None:
    if not any(name.startswith(SIGN_INS) for source in sources for name in source.env):
        return None
    from profiles.routes.guard.leads_elsewhere.sign_in import strange_sign_in

    return strange_sign_in(sources, home)


def _judge_readers(
    asker: Asker, sources: Sequence[Source], home: Rendered, is_remembered: Callable[[str, str], bool]
) -> Refusal | None:
    around = any(asker.environ.get(name) for name in SURROUNDINGS) or any(
        source.proxy_helper or any(name in source.env for name in SURROUNDINGS) for source in sources
    )
    if not around:
        return None
    from profiles.routes.guard.leads_elsewhere.proxies_and_certificates import strange_reader

    return strange_reader(asker, sources, home.trusted, is_remembered)
