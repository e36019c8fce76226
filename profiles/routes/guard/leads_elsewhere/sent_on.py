"""Header lines by which the own gateway, or what stands before it, hands the key on to another host. Pure.

Portkey's gateway sends a request, with the key that came with it, to where `x-portkey-custom-host` says (seen
with the real one), or an inline config, or a provider's own address headers. `Host` chooses among sites that
share an address. Claude Code takes such lines from any settings file. A gateway that is not one of Portkey's
own hands the bearer key on to the provider that is named; Portkey's own do not, since the key is for Portkey
itself.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.header_lines import header_in
from profiles.claude_code.routing_names import HEADERS_KEY
from profiles.portkey.addresses import is_same_address, shown_address
from profiles.portkey.header_names import CHOOSE_NO_HOST, CONFIG, CUSTOM_HOST, PREFIX, PROVIDER
from profiles.routes.guard.possible import OF_PROJECT, possible_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from profiles.profile.rendering import Rendered
    from profiles.routes.guard.asker import Asker
    from profiles.routes.guard.refusal import Refusal
    from profiles.routes.guard.sources import Source

_HOST = "host"


def sent_on(
    asker: Asker,
    sources: Sequence[Source],
    home: Rendered,
    is_portkeys: Callable[[Asker, Sequence[Source], Rendered], bool],
) -> Refusal | None:
    """The first line in force that could lead a key away and is none of what the profile writes.

    `is_portkeys`, of the same three, tells whether requests only go to Portkey's own hosts.
    """
    if not (asker.environ.get(HEADERS_KEY) or any(source.env.get(HEADERS_KEY) for source in sources)):
        return None
    for text, source in possible_values(HEADERS_KEY, asker, sources):
        if _is_the_persons(text, source, asker, sources):
            continue
        for name, value in _lines(text):
            if not (
                _is_harmless(name, value, source)
                or _is_own(name, value, home.headers)
                or _is_trusted(value, home.trusted)
                or (name == PROVIDER and (_is_the_users(value, sources) or is_portkeys(asker, sources, home)))
            ):
                return _refusal(name, value, source)
    return None


def _refusal(name: str, value: str, source: Source | None) -> Refusal:
    from profiles.routes.guard.refusal import ENVIRONMENT, Refusal

    host = value if name in (_HOST, PROVIDER) else shown_address(value) if name == CUSTOM_HOST else name
    if source is None:
        return Refusal("headers", host, ENVIRONMENT, name=name)
    # A project's own lines go along into the file that we write there, except for Portkey's.
    by_hand = name == _HOST and source.kind in OF_PROJECT
    return Refusal("headers", host, source.kind, source.path, name, by_hand=by_hand)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.replace("\r", "\n").split("\n"):
        yield header_in(line)


def _is_harmless(name: str, value: str, source: Source | None) -> bool:
    if name == _HOST:
        return source is not None and source.kind == "user"  # an address behind a name of its own
    if name == CONFIG:
        return value.replace("-", "").replace("_", "").isalnum()
    return not name.startswith(PREFIX) or name in CHOOSE_NO_HOST or not value


def _is_the_persons(text: str, source: Source | None, asker: Asker, sources: Sequence[Source]) -> bool:
    """Whether an administrator says so; or the environment only what the shell or the user's file does."""
    if source is not None:
        return source.kind == "managed"
    if any(each.kind in ("user", "managed") and each.env.get(HEADERS_KEY) == text for each in sources):
        return True  # a user's file is judged itself
    return asker.started is not None and asker.started.get(HEADERS_KEY) == text


def _is_the_users(provider: str, sources: Sequence[Source]) -> bool:
    """Whether the user's own file names that provider too."""
    texts = (source.env.get(HEADERS_KEY, "") for source in sources if source.kind == "user")
    return any((PROVIDER, provider) in _lines(text) for text in texts)


def _is_own(name: str, text: str, own: Sequence[Sequence[str]]) -> bool:
    return any(each[0].lower() == name and _fits(text, each[1]) for each in own)


def _fits(text: str, template: str) -> bool:
    """Whether it is that text, with anything that stays inside a JSON string where a secret stands."""
    from profiles.base.secret_markers import literals_of

    first, *others = literals_of(template)
    ends = {len(first)} if text.startswith(first) else set()
    for literal in others:
        ends = {at + len(literal) for at in _inside(text, ends) if text.startswith(literal, at)}
    return len(text) in ends


def _inside(text: str, starts: set[int]) -> Iterator[int]:
    """Those places, and all to which one comes from them inside of a JSON string."""
    reached = set(starts)
    for at in range(min(starts, default=len(text)), len(text) + 1):
        if at in reached:
            yield at
            after = {'"': 0, "\\": 2}.get(text[at : at + 1], 1)
            reached.add(at + after)


def _is_trusted(text: str, trusted: Sequence[str]) -> bool:
    return any(is_same_address(text, each.removeprefix("url:")) for each in trusted)
