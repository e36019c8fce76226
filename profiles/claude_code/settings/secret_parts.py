"""Which pieces of a settings file's values are secrets, as they are spelled there. Pure."""

from __future__ import annotations

from profiles.base.light_json import dumps, loads
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_names import is_secret_name, key_words, looks_like_key
from profiles.claude_code.credential_lines import carries_credential
from profiles.claude_code.header_lines import split_lines
from profiles.claude_code.owned_slots import HEADERS_SLOT, SLOTS_OF_MODELS
from profiles.portkey.header_names import CONFIG, PREFIX

if TYPE_CHECKING:
    from profiles.claude_code.header_lines import Line


def secret_parts(slot: str, raw: str) -> list[str]:
    """The pieces of a raw JSON value, as spelled there, that are or may be secrets."""
    if slot == HEADERS_SLOT:
        return [part for line in split_lines(raw) for part in _in_line(line)]
    inner = raw[1:-1] if raw.startswith('"') else raw
    if not inner:
        return []
    meant = loads(raw) if raw.startswith('"') else raw  # a key may be spelled with escapes
    if is_secret_name(slot.partition(".")[2]):
        return [inner]
    address = meant.partition("://")[2]
    login, query = address.partition("/")[0].rpartition("@")[0], address.partition("?")[2]
    words = key_words(meant)
    if slot in SLOTS_OF_MODELS:  # long and mixed, too, but in parts: `claude-opus-5-5-20261101`
        words = [word for word in words if looks_like_key(word) or "-" not in word]
    parts = words + [part for part in (login, query) if part]
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
    from profiles.portkey.config.secret_texts import hidden_texts
    from profiles.portkey.config.secrets import secret_fields

    try:
        config = loads(text)
    except (ValueError, RecursionError):
        return [raw] if text.startswith("{") and key_words(text) else []  # else a saved config's id
    found: list[str] = []
    if not isinstance(config, dict):
        return found
    hidden = [piece for _, pieces in hidden_texts(config) for piece in pieces]
    for value in (*(value for _, value in secret_fields(config)), *hidden):
        spelled = dumps(dumps(value)[1:-1])[1:-1] if isinstance(value, str) else ""
        if not spelled or spelled not in raw:
            return [raw]
        found.append(spelled)
    return found
