"""Secrets inside of a text whose field's name does not say so: a login in an address, a token. Pure.

Such as `https://me:pw@host/v1`, `https://host/hook?token=abc`, `Bearer abc`, a header line, or JSON as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from profiles.base.secret_markers import MASK
from profiles.base.secret_names import is_secret_name, looks_like_key
from profiles.portkey.config.secrets import Path, plain_texts, secret_fields

_ADDRESS = re.compile(r"(?:\b[A-Za-z][A-Za-z0-9+.-]{0,19}:)?//[^\s\"'<>]+")
_SCHEME = re.compile(r"\s*(?:bearer|basic|digest|apikey)\s+(\S{6,})\s*", re.IGNORECASE)
_LINE = re.compile(r"^[ \t]*([A-Za-z][\w-]*)[ \t]*:(.+)$", re.MULTILINE)
# In a query they open what is asked for, though elsewhere they say less.
_IN_QUERY = frozenset({"sig", "code", "pass", "pwd", "pat"})


def hidden_texts(data: Mapping[str, object]) -> list[tuple[Path, list[str]]]:
    """Path and secrets of each text of a config that holds some, though no name says so; labels hold none."""
    found = ((path, secret_pieces(text)) for path, text in plain_texts(data))
    return [(path, pieces) for path, pieces in found if pieces]


def without_secrets(text: str) -> str:
    """The text with dots for the secrets in it, such as `https://••••••••@host/v1`."""
    for piece in sorted(secret_pieces(text), key=len, reverse=True):
        text = text.replace(piece, MASK)
    return text


def secret_pieces(text: str) -> list[str]:
    """The secrets in a text, as they are spelled there; the whole text where it is JSON that holds one."""
    if _is_json_with_secret(text):
        return [text]
    found = [piece for match in _ADDRESS.finditer(text) for piece in _in_address(match[0])]
    if scheme := _SCHEME.fullmatch(text):
        found.append(scheme[1])
    found += [
        value.strip() for name, value in _LINE.findall(text) if is_secret_name(name) and _is_value(value)
    ]
    return [*dict.fromkeys(found)]


def _in_address(address: str) -> Iterator[str]:
    rest = address.partition("//")[2]
    host = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    login, at, _ = host.rpartition("@")
    port = host.rpartition("]")[2].partition(":")[2]
    if not at and port and not port.isdigit():
        login = rest.rpartition("@")[0]  # a password with a slash in it
    if login:
        yield login
    for pair in re.split(r"[?&#;]", rest)[1:]:
        name, _, value = pair.partition("=")
        if value and (_opens(name) or looks_like_key(value)):
            yield value
        elif looks_like_key(name):
            yield name


def _opens(name: str) -> bool:
    """Whether a parameter of that name is a secret, however it is encoded."""
    if "%" in name:
        from urllib.parse import unquote

        name = unquote(name)
    return name.lower() in _IN_QUERY or name.lower().endswith("signature") or is_secret_name(name)


def _is_value(text: str) -> bool:
    """Whether it may be a header's value that is a secret: a sentence after a colon is none."""
    return len(text.split()) == 1 or _SCHEME.fullmatch(text) is not None


def _is_json_with_secret(text: str) -> bool:
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        inner = {"": json.loads(text)}
    except (ValueError, RecursionError):
        return False
    return bool(secret_fields(inner) or hidden_texts(inner))
