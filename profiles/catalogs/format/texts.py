"""What single texts of a catalog may be: hosts, places of keys, remotes. Each raises ValueError."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.base.names import check_name
from profiles.base.secret_names import may_be_key
from profiles.portkey.addresses import HOST_NAME, HOST_NUMBER, PORT
from profiles.portkey.header_names import REQUIRED_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOST = re.compile(f"({HOST_NAME}|{HOST_NUMBER}){PORT}")
_BRACES = re.compile(r"\{([a-z][a-z0-9_]{0,31})\}")
# What is behind these lies on a person's own machine, or runs something there.
_KEPT_OUT = ("cmd:", "env:", "file:", "keyring:", "vault:")
_REMOTE = re.compile(r"[A-Za-z0-9*?][A-Za-z0-9._*?-]*(/[A-Za-z0-9._*?~+-]+)+")


def check_host(text: str) -> str:
    """A gateway's host as `host_of` says it."""
    if not _HOST.fullmatch(text) or text != text.lower():
        raise ValueError("must be a host such as api.portkey.ai, in small letters")
    return text


def check_required_key(text: str) -> str:
    """A metadata key that projects are to give."""
    if not re.fullmatch(REQUIRED_KEY, text):
        raise ValueError("must be a metadata key, such as repo: at most 128 plain characters")
    return text


def check_part_name(text: str) -> str:
    """A name of a catalog, or of a profile in it."""
    try:
        return check_name(text)
    except UsageError as error:
        raise ValueError(f"cannot be a name: {error.hint[0].lower()}{error.hint[1:]}") from None


def check_suggestion(text: str) -> str:
    """A reference that a catalog may suggest, `{input}` in it: to a manager that knows the person."""
    from profiles.base.secret_references.manager_row import parts_of
    from profiles.base.secret_references.managers import manager_of

    manager = manager_of(text)
    if text.startswith(_KEPT_OUT) or (manager is not None and not manager.catalogs):
        raise ValueError(f"must not name {text.partition(':')[0]}: what lies on a person's own machine")
    if manager is None:
        raise ValueError("must be a reference such as vault-kv://secret/portkey/{user}#api_key")
    try:
        parts = parts_of(manager, _BRACES.sub("x", text))
    except UsageError as error:
        raise ValueError(f"is not well formed. {error.hint}") from None
    for option in manager.own_options:
        if option in parts:
            raise ValueError(f"must not say {option}: that is a person's own")
    if may_be_key(text):
        raise ValueError("holds what looks like a key")
    return text


def check_remote(text: str) -> str:
    """What remotes a rule is for: a host, then names, with `*`, `?` and `**` in them."""
    names = text.split("/")
    if not _REMOTE.fullmatch(text) or ".." in names:
        raise ValueError("must be a remote's host and path, such as git.acme.example/**")
    if not names[0].strip("*?.-") or names[0].endswith(("*", "?")):
        raise ValueError("is too wide: it must name a host")
    return text


def check_date(text: str) -> str:
    """A day, such as 2027-02-28."""
    from datetime import date

    if len(text) != len("2027-02-28"):
        raise ValueError("must be a day, such as 2027-02-28")
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a day, such as 2027-02-28") from None
    return text


def check_version(text: str) -> str:
    """A version of pkcc-tray, such as 1.2.0."""
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}", text):
        raise ValueError("must be a version, such as 1.2.0")
    return text


def check_web_page(text: str) -> str:
    """A page that people open by themselves, or words that tell where a key is to be had."""
    if re.match(r"(?i)\s*(javascript|data|file|vbscript):", text):
        raise ValueError("must be a page's https address, or plain words")
    return text


def inputs_in(text: str) -> list[str]:
    """The inputs that stand in a text, such as `user` in `{user}@acme`. ValueError for other braces."""
    if re.search(r"[{}]", _BRACES.sub("", text)):
        raise ValueError("has a brace that belongs to no {input}")
    return _BRACES.findall(text)


def filled(text: str, answers: Mapping[str, str]) -> str:
    """The text with each input's answer in its place. Raises KeyError where one is not answered."""
    return _BRACES.sub(lambda found: answers[found[1]], text)
