"""Header lines of the user's that carry a credential: each belongs to the address it was written for. Pure.

Sent to another gateway it would give that one somebody's key. So a switch to another address takes such a
line out; it comes back into its place with that address, and by `off`.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_names import is_secret_name, looks_like_key
from profiles.claude_code.header_lines import one_line
from profiles.claude_code.routing_names import V1
from profiles.claude_code.variable_values import provider_in_force, trimmed
from profiles.portkey.addresses import host_of, parse_address, shown_address
from profiles.portkey.header_names import CLIENT_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from profiles.claude_code.header_lines import Line

    TakenLine = tuple[int, str, str | None, str]

REPLACED = ""  # in the place of an address
_SCHEMES = frozenset({"bearer", "basic", "digest", "token", "apikey"})


class Sorted(NamedTuple):
    """The user's own lines of one file: those that stay, and those that are out while the route is another.

    `taken` are [place among all of them, raw line, address, digest]; `known` is digest → address of those
    with a credential that stay. `out` and `back` are [name, address] of those that go or come by this edit.
    """

    stay: list[str]
    taken: list[TakenLine]
    known: dict[str, str]
    out: list[list[str]]
    back: list[list[str]]

    @property
    def going(self) -> set[str]:
        """The raw lines that are out."""
        return {raw for _, raw, _, _ in self.taken}


def carries_credential(line: Line) -> bool:
    """Whether a header line gives its reader a key or a login: by its name, or by how its value looks."""
    words = line.value.split(None, 1)
    return bool(words) and (
        is_secret_name(line.name)
        or (len(words) > 1 and words[0].lower() in _SCHEMES)
        or looks_like_key(line.value)
    )


def sort_out(
    lines: Sequence[str],
    taken: Sequence[TakenLine],
    address_of: Callable[[str], str],
    coming: str | None,
    mark: Callable[[str], str],
    is_key: Callable[[str], bool] = lambda _value: False,
) -> Sorted:
    """The user's raw lines in the file, and those that were taken out, for a route to the address `coming`.

    None: back to what the user had, all of them. `address_of(digest)` is where a line in the file belongs.
    `is_key(text)` says whether that is the coming profile's own key: the line would go on with it for ever,
    in the place of what the profile sends. Such a line is out until `off`.
    """
    if not lines and not taken:
        return Sorted([], [], {}, [], [])
    every = [_own(raw, address_of, mark) for raw in lines]
    if coming is not None:
        every = [
            (raw, REPLACED if digest and _says(raw, is_key) else its, digest) for raw, its, digest in every
        ]
    present = {digest for _, _, digest in every if digest}
    for place, raw, address, digest in taken:
        if digest not in present:  # else the user has written it again
            every.insert(place, (raw, address, digest))
    goes = [coming is not None and address is not None and address != coming for _, address, _ in every]
    rows = [*zip(every, goes, strict=True)]
    return Sorted(
        [own[0] for own, out in rows if not out],
        [(place, *own) for place, (own, out) in enumerate(rows) if out],
        {own[2]: own[1] or "" for own, out in rows if own[2] and not out and coming is not None},
        [[_name(own[0]), own[1] or ""] for own, out in rows if out and own[2] in present],
        [[_name(own[0]), own[1] or ""] for own, out in rows if own[2] and not out and own[2] not in present],
    )


def _own(
    raw: str, address_of: Callable[[str], str], mark: Callable[[str], str]
) -> tuple[str, str | None, str]:
    digest = credential_digest(raw, mark)
    return raw, address_of(digest) if digest else None, digest


def _says(raw: str, is_key: Callable[[str], bool]) -> bool:
    """Whether a line authenticates as the profile does, with the profile's own key."""
    line = one_line(raw)
    return line.name in CLIENT_KEYS and is_key(line.value.rpartition(" ")[2])


def credential_digest(raw: str, mark: Callable[[str], str]) -> str:
    """The digest by which a raw line with a credential is recognised; "" for any other line."""
    line = one_line(raw)
    return mark(f"{line.name}: {line.value}") if carries_credential(line) else ""


def _name(raw: str) -> str:
    """The header's name as the user spelled it."""
    head = trimmed(raw.partition(":")[0])
    return one_line(raw).name if "\\" in head else head


def address_in_force(value_of: Callable[[str], str | None]) -> str:
    """Where requests go by these values of variables: the same text for one gateway in every API format."""
    provider = provider_in_force(value_of)
    url = value_of(provider.base_url) or ""
    if not url:
        chosen = next((value for name in provider.address if (value := value_of(name))), "")
        host = f"{chosen}.{provider.cloud}" if chosen else provider.cloud
        return host if " " in host else f"https://{host}"
    return normal_address(url)


def address_of(env: Mapping[str, object]) -> str:
    """Where the requests of a profile go that writes these variables."""
    return address_in_force(lambda name: str(env.get(name) or ""))


def normal_address(url: str) -> str:
    """A base URL without what differs between spellings and API formats, and without a login."""
    parts = parse_address(url)
    if parts is None:
        return shown_address(url)
    scheme, _, _, path = parts
    path = f"/{path}" if path else ""
    return f"{scheme}://{host_of(url)}{path.removesuffix(V1)}"
