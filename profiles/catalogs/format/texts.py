"""What single texts of a catalog may be: hosts, places of keys, remotes. Each raises ValueError."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from profiles.base.errors import UsageError
from profiles.base.names import check_name
from profiles.base.secret_names import may_be_key

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?|\[[0-9a-f:]{2,39}\](:[0-9]{1,5})?")
_BRACES = re.compile(r"\{([a-z][a-z0-9_]{0,31})\}")
_USUAL_PORTS = {"https": 443, "http": 80}
# Schemes that a catalog may name: what is behind them asks who the person is. The others would have this
# machine read its own files, variables or keys, or run something, and send what comes.
_SCHEMES = (
    "vault-kv://", "aws-secret://", "aws-parameter://", "pass-store:", "op://", "gcp-secret://",
    "azure-secret://", "bws:", "keeper://", "pass://", "doppler://", "infisical://",
)  # fmt: skip
_KEPT_OUT = ("cmd:", "env:", "file:", "keyring:", "vault:", "credential:")
_ABOUT = {
    "namespace",
    "region",
}  # after a `?`; an `address` would be sent the person's token, a profile is theirs
_PATH = re.compile(
    r"[A-Za-z0-9@][A-Za-z0-9._/@+=: -]{0,200}(\?[A-Za-z0-9=&._-]{1,100})?(#[A-Za-z0-9._-]{1,64})?"
)
_REMOTE = re.compile(r"[A-Za-z0-9*?][A-Za-z0-9._*?-]*(/[A-Za-z0-9._*?~+-]+)+")


def host_of(url: str) -> str:
    """Where a key goes by that base URL: `gw.acme.example`, with the port where it is an unusual one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, _USUAL_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


def check_host(text: str) -> str:
    """A gateway's host as `host_of` says it."""
    if not _HOST.fullmatch(text):
        raise ValueError("must be a host such as api.portkey.ai, in small letters")
    return text


def check_part_name(text: str) -> str:
    """A name of a catalog, or of a profile in it."""
    try:
        return check_name(text)
    except UsageError as error:
        raise ValueError(f"cannot be a name: {error.hint[0].lower()}{error.hint[1:]}") from None


def check_suggestion(text: str) -> str:
    """A reference to a key that a catalog may suggest, `{input}` in it."""
    if text.startswith(_KEPT_OUT):
        raise ValueError(f"must not name {text.partition(':')[0]}: what lies on a person's own machine")
    scheme = next((scheme for scheme in _SCHEMES if text.startswith(scheme)), "")
    if not scheme:
        raise ValueError("must be a reference such as vault-kv://secret/portkey/{user}#api_key")
    rest = _BRACES.sub("x", text.removeprefix(scheme))
    query = rest.partition("?")[2].partition("#")[0]
    if not _PATH.fullmatch(rest) or ".." in rest or "://" in rest:
        raise ValueError("is not well formed after its scheme")
    names = [part.partition("=")[0] for part in query.split("&")] if query else []
    if not _ABOUT.issuperset(names):
        raise ValueError(
            f"must not say {next(name for name in names if name not in _ABOUT)}: that is a person's own"
        )
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
