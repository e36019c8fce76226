"""Taking secrets out of what is remembered of the user's settings. Pure but for the `keep` it is given.

Nothing that is kept on disk (displaced values, history) holds a secret in clear text: each is replaced by a
marker whose reference says which backend holds it.
"""

from __future__ import annotations

import json
import re

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import KEPT_PREFIX
from profiles.base.secret_markers import fill, marker
from profiles.base.secret_names import is_secret_name, key_words
from profiles.claude_code.credential_lines import carries_credential
from profiles.claude_code.header_lines import split_lines
from profiles.claude_code.own_helper import is_own_helper
from profiles.claude_code.owned_slots import HEADERS_SLOT, HELPER_KEY
from profiles.claude_code.routing_names import PROXY_HELPER
from profiles.portkey.headers import CONFIG, PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.claude_code.header_lines import Line

_PIECE = 600  # characters, each at most two UTF-16 units


def secret_parts(slot: str, raw: str) -> list[str]:
    """The pieces of a raw JSON value, as spelled there, that are or may be secrets."""
    if slot == HEADERS_SLOT:
        return [part for line in split_lines(raw) for part in _in_line(line)]
    inner = raw[1:-1] if raw.startswith('"') else raw
    if not inner:
        return []
    meant = json.loads(raw) if raw.startswith('"') else raw  # a key may be spelled with escapes
    if is_secret_name(slot.partition(".")[2]):
        return [inner]
    address = meant.partition("://")[2]
    login, query = address.partition("/")[0].rpartition("@")[0], address.partition("?")[2]
    parts = key_words(meant) + [part for part in (login, query) if part]
    return [inner] if parts and "\\" in inner else parts


def _in_line(line: Line) -> list[str]:
    head, _, rest = line.raw.partition(":")
    value = line.raw if "\\" in head else rest.strip()  # `\u003a` may be the colon: then the whole line
    if not line.value:
        return []
    if is_secret_name(line.name):
        return [value]
    if line.name == CONFIG:
        return _in_config(line.value, value)
    if line.name.startswith(PREFIX):
        return []
    if carries_credential(line):
        return [value]
    if not key_words(line.value):
        return []
    return [value] if "\\" in value else key_words(value)


def _in_config(text: str, raw: str) -> list[str]:
    """The secrets of an inline config as the raw line spells them; all of it where that is unclear."""
    from profiles.portkey.config_secrets import secret_fields

    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        return [raw] if text.startswith("{") and key_words(text) else []  # else a saved config's id
    found = []
    for _, value in secret_fields(config) if isinstance(config, dict) else []:
        spelled = json.dumps(json.dumps(value)[1:-1])[1:-1] if isinstance(value, str) else ""
        if not spelled or spelled not in raw:
            return [raw]
        found.append(spelled)
    return found


def storable_parts(slot: str, raw: str) -> list[str]:
    """Like `secret_parts`, each `in_pieces`."""
    parts = secret_parts(slot, raw)
    if slot in (HELPER_KEY, PROXY_HELPER) and len(raw) > 2 and not _is_ours(raw):
        # A command of the user's: who knows what is in it.
        parts = [raw[1:-1] if raw.startswith('"') else raw]
    return [piece for part in parts for piece in in_pieces(part)]


def in_pieces(text: str) -> list[str]:
    """The text in pieces that every backend can hold (Windows: 1,280 UTF-16 units)."""
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


def _is_ours(raw: str) -> bool:
    return raw.startswith('"') and is_own_helper(json.loads(raw))


def seal(raw: str, secrets: Mapping[str, str]) -> str:
    """The text with each secret, as spelled in it, replaced by its reference's marker; longest first.

    In one pass, and over the markers that are there already: a short secret may occur in a reference.
    """
    longest_first = sorted(secrets, key=len, reverse=True)
    pieces = re.compile("|".join(["\0[^\0]*\0", *map(re.escape, longest_first)]))
    return pieces.sub(lambda match: marker(secrets[match[0]]) if match[0] in secrets else match[0], raw)


def unseal(template: str, resolve: Callable[[str], str]) -> str:
    """The raw text again. `resolve` gives a reference's secret; a profile's key is spelled as in JSON."""

    def spelled(reference: str) -> str:
        secret = resolve(reference)
        return secret if is_kept(reference) else json.dumps(secret)[1:-1]

    return fill(template, spelled)


def is_kept(reference: str) -> bool:
    """Whether the secret of that reference is the user's own raw text, not a profile's key."""
    return reference.startswith(f"keyring:{KEPT_PREFIX}")
