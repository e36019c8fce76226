"""`pkcc-tray://join?source=…&key=…&name=…`: the one thing that a link can ask for. Pure.

Whoever writes a page writes its links, so that none carries a profile, a key to Portkey, or a command.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urlencode

from profiles.base.errors import UsageError
from profiles.base.names import PUBLIC_KEY, is_name

if TYPE_CHECKING:
    from typing import NoReturn

SCHEME = "pkcc-tray"
MOST = 2_048  # characters
_FRONT = re.compile(rf"{SCHEME}://join/?\?")  # some browsers put the slash there
_FIELDS = ("source", "key", "name")
_SOURCE = re.compile(r"(https|ssh)://([A-Za-z0-9.-]+)(:[0-9]{1,5})?/[A-Za-z0-9._~+=@/-]+")
_KEY = re.compile(PUBLIC_KEY)
_NOT_ENCODED = re.compile(r"%(?![0-9A-Fa-f]{2})")
# As browsers read it: a host whose last part is a number is an address, in whatever way it is written.
_IS_NUMBER = re.compile(r"(?:[0-9]+|0[xX][0-9A-Fa-f]*)")


class JoinLink(NamedTuple):
    """Where a catalog is, the key that signs it and the name to give it; "" where the link does not say."""

    source: str
    key: str
    name: str

    @property
    def query(self) -> str:
        """The same as a query, for the manager's page: `source=https://…&key=RW…`."""
        said = {name: value for name, value in self._asdict().items() if value}
        return urlencode(said, safe="/:@", quote_via=quote)


def parse_join_link(text: str) -> JoinLink:
    """What the link asks for. Raises UsageError, which repeats nothing of it."""
    if len(text) > MOST:
        _refuse(f"it is longer than {MOST:,} characters")
    if not (text.isascii() and text.isprintable()) or " " in text:
        _refuse("it holds characters that no link has")
    front = _FRONT.match(text)
    if front is None:
        _refuse(f"it does not begin with {SCHEME}://join?")
    found: dict[str, str] = {}
    for part in text[front.end() :].split("&"):
        name, _, value = part.partition("=")
        if name not in _FIELDS:
            _refuse("it says something else than source, key and name")
        if name in found:
            _refuse(f"it says {name} twice")
        found[name] = _decoded(name, value)
    if "source" not in found:
        _refuse("it names no source")
    return JoinLink(_source(found["source"]), _key(found.get("key")), _name(found.get("name")))


def _decoded(name: str, value: str) -> str:
    if _NOT_ENCODED.search(value):
        _refuse(f"its {name} is not encoded as a link's parts are")
    try:
        decoded = unquote(value, errors="strict")
    except UnicodeDecodeError:
        _refuse(f"its {name} is not UTF-8 text")
    if not decoded.isprintable():
        _refuse(f"its {name} holds control characters")
    return decoded


def _source(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in ("https", "ssh"):
        _refuse("its source is no https or ssh address")
    if "@" in rest.partition("/")[0]:
        _refuse("its source names a user")
    host = rest.partition("/")[0].partition(":")[0]
    if host.startswith("[") or _IS_NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        _refuse("its source names a machine by its number")
    if not _SOURCE.fullmatch(value) or ".." in value or host.startswith("-"):
        _refuse("its source is no plain address of a file or a repository")
    return value


def _key(value: str | None) -> str:
    if value is not None and not _KEY.fullmatch(value):
        _refuse("its key is no minisign public key")
    return value or ""


def _name(value: str | None) -> str:
    if value is not None and not is_name(value):
        _refuse("its name cannot be the name of a catalog")
    return value or ""


def _refuse(why: str) -> NoReturn:
    raise UsageError(
        f"This link is not followed: {why}",
        "Ask its author for the line instead: pkcc-tray join SOURCE --key KEY",
    )
