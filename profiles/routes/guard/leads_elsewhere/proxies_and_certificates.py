"""Proxies and certificates that are not the person's own: they could read the key on its way. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.routing_names import CERTIFICATES, PROXIES, PROXY_HELPER, TLS_CHECK, UNIX_SOCKET
from profiles.portkey.addresses import shown_address
from profiles.profile.trusted import is_trusted, without_login
from profiles.routes.guard.possible import OF_PROJECT, possible_values
from profiles.routes.guard.refusal import ENVIRONMENT, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profiles.routes.guard.asker import Asker
    from profiles.routes.guard.possible import Value
    from profiles.routes.guard.sources import Source

_NAMES = (*PROXIES, *CERTIFICATES, UNIX_SOCKET)


def strange_reader(
    asker: Asker, sources: Sequence[Source], trusted: Sequence[str], is_remembered: Callable[[str, str], bool]
) -> Refusal | None:
    """The first proxy or certificate setting in force that nobody allowed.

    Allowed is what the person's shell says, the administrator, the user's file as it was at the switch, and
    what the profile trusts; never what a project's file says.
    """
    for name in _NAMES:
        if not (asker.environ.get(name) or any(source.env.get(name) for source in sources)):
            continue
        for text, source in possible_values(name, asker, sources):
            if not (
                _is_harmless(name, text)
                or _is_the_shells(name, (text, source), asker)
                or _is_the_users(name, text, sources, is_remembered)
                or is_trusted(name, text, trusted, asker.directory)
            ):
                return _refusal(name, text, source, asker)
    for source in sources:
        command = source.proxy_helper
        if not command.strip() or source.kind == "managed":
            continue
        if source.kind in OF_PROJECT or not is_remembered(PROXY_HELPER, command):
            by_hand = source.kind in OF_PROJECT
            return Refusal("proxy", PROXY_HELPER, source.kind, source.path, PROXY_HELPER, by_hand=by_hand)
    return None


def _refusal(name: str, text: str, source: Source | None, asker: Asker) -> Refusal:
    what, host = "certificates", f"{name}={text}"
    if name in PROXIES:
        what, host = "proxy", _shown_proxy(text)
    if source is None:
        return Refusal(what, host, ENVIRONMENT, name=name)
    # The local file is the user's own, and a blank would take the shell's own proxy away: by hand then.
    by_hand = source.kind == "local" or (source.kind == "project" and _shell_has(name, asker))
    return Refusal(what, host, source.kind, source.path, name, by_hand=by_hand)


def _is_harmless(name: str, text: str) -> bool:
    return not text or (name == TLS_CHECK and text.strip().lower() in ("1", "true"))


def _is_the_shells(name: str, value: Value, asker: Asker) -> bool:
    text, source = value
    if asker.started is None:
        return source is None  # taken for it
    return any(asker.started.get(each) == text for each in _family(name))


def _family(name: str) -> tuple[str, ...]:
    return PROXIES if name in PROXIES else (name,)


def _shell_has(name: str, asker: Asker) -> bool:
    return any((asker.started or {}).get(each) for each in _family(name))


def _is_the_users(
    name: str, text: str, sources: Sequence[Source], is_remembered: Callable[[str, str], bool]
) -> bool:
    """Whether the user's own file says the same, and did so at the switch; or the administrator's."""
    return any(
        source.env.get(name) == text
        and (source.kind == "managed" or (source.kind == "user" and is_remembered(name, text)))
        for source in sources
    )


def _shown_proxy(url: str) -> str:
    return shown_address(without_login(url))
