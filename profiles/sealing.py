"""Taking secrets out of what is remembered of the user's settings. Pure but for the `keep` it is given.

Nothing that is kept on disk (displaced values, history) holds a secret in clear text: each is replaced by a
marker whose reference says which backend holds it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from profiles.edit_plan import HEADERS_SLOT
from profiles.header_lines import split_lines
from profiles.templates import fill, marker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEPT_PREFIX = "displaced."  # names of secrets that are the user's own raw text, not a profile's key
_SECRETIVE = re.compile(
    r"(authorization|cookie|token|secret|password|passwd|key|credential|bearer\w*)s?$", re.I
)
# A word that looks like a key in a text that need not hold one: known prefixes, or long and mixed.
_KEY_WORD = re.compile(
    r"\b(?:sk|pk|rk|xox[a-z]|gh[a-z]|glpat|AKIA|AIza|eyJ)[-_A-Za-z0-9.]{12,}"
    r"|(?<![\w/.~-])(?=[\w+=-]*[0-9])(?=[\w+=-]*[A-Za-z])[\w+=-]{24,}(?![\w/.])"
)


def secret_parts(slot: str, raw: str) -> list[str]:
    """The pieces of a raw JSON value, as spelled there, that are or may be secrets."""
    if slot == HEADERS_SLOT:
        return [part for line in split_lines(raw) for part in _in_line(line.name, line.raw)]
    inner = raw[1:-1] if raw.startswith('"') else raw
    if not inner:
        return []
    if _SECRETIVE.search(slot):
        return [inner] if slot != "apiKeyHelper" or _KEY_WORD.search(inner) else []
    return [inner] if _KEY_WORD.search(inner) or "@" in inner.partition("://")[2].partition("/")[0] else []


def _in_line(name: str, raw_line: str) -> list[str]:
    value = raw_line.partition(":")[2].strip()
    if not value or name == "x-portkey-virtual-key":  # an identifier, whatever its name
        return []
    if _SECRETIVE.search(name) or (name == "x-portkey-config" and _config_holds_secret(value)):
        return [value]
    return [match[0] for match in _KEY_WORD.finditer(value)] if not name.startswith("x-portkey-") else []


def _config_holds_secret(raw_value: str) -> bool:
    from profiles.config_secrets import secret_fields

    try:
        config = json.loads(json.loads(f'"{raw_value}"'))
    except (ValueError, RecursionError):
        return False
    return isinstance(config, dict) and bool(secret_fields(config))


def seal(raw: str, secrets: Mapping[str, str]) -> str:
    """The text with each secret, as spelled in it, replaced by its reference's marker; longest first."""
    for secret in sorted(secrets, key=len, reverse=True):
        raw = raw.replace(secret, marker(secrets[secret]))
    return raw


def unseal(template: str, resolve: Callable[[str], str]) -> str:
    """The raw text again. `resolve` gives a reference's secret; a profile's key is spelled as JSON spells it."""

    def spelled(reference: str) -> str:
        secret = resolve(reference)
        return secret if reference.startswith(f"keyring:{KEPT_PREFIX}") else json.dumps(secret)[1:-1]

    return fill(template, spelled)
