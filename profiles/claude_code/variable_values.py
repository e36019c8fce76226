"""What a variable's value means to Claude Code: does a switch count as on, can others read a key. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import CLAUDE_DIR_VARIABLE
from profiles.claude_code.routing_names import (
    CLIENT_DATA,
    HOST_AUTH,
    HOST_FLAG,
    MESSAGES,
    NO_HELPER,
    NO_PROXY,
    OTHER_SETTINGS,
    PROVIDERS,
    TLS_CHECK,
    UNIX_SOCKET,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.claude_code.routing_names import Provider

# Text that turns a switch on, in any case; everything else, `2` and `enabled` too, leaves it off.
_TRUTHY = frozenset({"1", "true", "yes", "on"})
# What JavaScript takes off the ends of a text before it looks; Python's own `strip` takes more.
_BLANKS = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
EXACT = 16  # digits: a shorter whole number keeps each of them in JavaScript, too


def is_on(value: str | None) -> bool:
    """Whether that value of a switch turns it on."""
    return trimmed(value).lower() in _TRUTHY if value else False


def trimmed(text: str) -> str:
    """A text without the blanks at its ends, as the client takes them off."""
    if text.isascii() and text[:1] > " " < text[-1:]:
        return text  # mostly
    return text.strip(_BLANKS)


# Variables by which sessions go another way than the settings say, and what happens then.
BYPASSES = {
    HOST_FLAG: "Claude Code leaves the route of its settings aside",
    HOST_AUTH: "Claude Code leaves the route of its settings aside",
    UNIX_SOCKET: "Claude Code sends its requests through that socket",
    CLIENT_DATA: "Claude Code starts only with an address that Anthropic gave",
    OTHER_SETTINGS: "Claude Code reads another settings file",
    NO_HELPER: "Claude Code asks no helper for a key",
    CLAUDE_DIR_VARIABLE: "Claude Code goes on with the settings file there, and its helper",
}

# Of these the user's own settings, and an administrator's, can set some; seen with client 2.1.332.
BYPASSES_IN_SETTINGS = (CLIENT_DATA, OTHER_SETTINGS, NO_HELPER, CLAUDE_DIR_VARIABLE)


def bypasses(environ: Mapping[str, str]) -> list[str]:
    """The variables of a shell by which sessions started in it do not follow the settings."""
    if is_on(environ.get(HOST_FLAG)):
        return [HOST_FLAG]
    found = [name for name in (HOST_AUTH, UNIX_SOCKET, CLIENT_DATA) if environ.get(name)]
    return found + [name for name in (OTHER_SETTINGS, NO_HELPER) if is_on(environ.get(name))]


def first_start_asks(provider: str, *, helper: bool, token_from: str) -> bool:
    """Whether the client's first interactive start asks for a login at Anthropic, in spite of these.

    `token_from`: which kind of source sets a token, as `profiles.routes.sources.Source.kind`; "" for none.
    """
    return provider == MESSAGES.name and not helper and token_from in ("", "project", "local")


def provider_in_force(value_of: Callable[[str], str | None]) -> Provider:
    """Where requests go by those values of variables; `value_of(name)` is None or "" where one is not set."""
    return next((provider for provider in PROVIDERS if is_on(value_of(provider.switch))), MESSAGES)


def switches_checks_off(value: str) -> bool:
    """Whether that value of `TLS_CHECK` has the client believe every certificate."""
    return value.strip() == "0"


def lets_others_read(name: str, value: str) -> bool:
    """Whether that value of one of `SURROUNDINGS`, or of the proxy helper, can let somebody else read a key.

    To name fewer proxies or certificates lets nobody in; to name fewer exceptions does.
    """
    if name in NO_PROXY:
        return True
    return switches_checks_off(value) if name == TLS_CHECK else bool(value)
