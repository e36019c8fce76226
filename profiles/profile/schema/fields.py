"""What the text in a profile's fields may be: each check returns the value, or raises ValueError."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from profiles.base.errors import UsageError
from profiles.base.names import KEPT_PREFIX, is_kept_name
from profiles.base.secret_names import is_secret_metadata, is_secret_name, may_be_key
from profiles.base.secret_references.parse import parse_reference
from profiles.claude_code.dialects import DIALECTS, stray_ending
from profiles.claude_code.routing_names import V1
from profiles.portkey.addresses import LOOPBACK, parse_address
from profiles.portkey.header_names import METADATA_LIMIT

TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110: what a header's name may be made of
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# The names that the first versions took for secrets: under others a stored profile may hold plain text.
_SECRET_EVER_SINCE = re.compile(
    r"(authorization|cookie|token|secret|password|passwd|(api|access|secret|private)[-_]?key"
    r"|credentials?|service[-_]account[-_]json)$",
    re.IGNORECASE,
)
# Variables by which an environment makes a program load or run something.
LOADER_VARIABLES = re.compile(
    r"NODE_OPTIONS|NODE_PATH|PATH|HOME|SHELL|BASH_ENV|ENV|IFS|LD_.*|DYLD_.*|PYTHON.*|PERL5.*|RUBYOPT|GIT_.*",
    re.IGNORECASE,
)


def check_visible(value: str) -> str:
    """Text that goes into a header: printable ASCII, no space at its ends, so nothing can be smuggled in."""
    if not value or not value.isascii() or not value.isprintable() or value != value.strip():
        raise ValueError("must be printable ASCII text on one line, with no space around it")
    return value


def check_identifier(value: str) -> str:
    """A name that Portkey gives: no space, quote or shell's sign, which a lost line end or quote leaves."""
    if re.search(r"""[\s"'=$;,\\`<>(){}]""", value):
        raise ValueError("must hold no space, quote or =")
    return check_visible(value)


def check_provider(value: str) -> str:
    """A provider's plain name, or `@` and its slug."""
    if value == "@":
        raise ValueError("has no slug after the @")
    return check_identifier(value)


def check_one_line(value: str) -> str:
    """Text for people: anything that prints, on one line."""
    if not value.isprintable():
        raise ValueError("must be on one line, with no control characters")
    return value


def check_new_metadata(value: dict[str, str]) -> dict[str, str]:
    """As `check_metadata`, of what a person gives now: nor a key, which would be in the gateway's logs."""
    for key, text in value.items():
        if may_be_key(key) or may_be_key(str(text)):
            raise ValueError("holds what looks like a key, and would be in the gateway's logs")
        if text and is_secret_metadata(key):
            raise ValueError(f"{key} looks like a secret, which would be in the gateway's logs")
    return check_metadata(value)


def check_metadata(value: dict[str, str]) -> dict[str, str]:
    """Request metadata as Portkey takes it: texts on one line, the values not too long."""
    for key, text in value.items():
        if not isinstance(text, str):
            raise ValueError(f"the value of {key!r} must be text in double quotes")  # noqa: TRY004 - as the rest
        if not key or not key.isprintable() or not text.isprintable():
            raise ValueError("keys and values must be on one line, with no control characters")
        if len(text) > METADATA_LIMIT:
            raise ValueError(f"the value of {key!r} is longer than {METADATA_LIMIT} characters")
        (key + text).encode("utf-8")  # a lone surrogate is refused here
    return value


def check_reference(value: str) -> str:
    """A reference to a secret, in its normal spelling; never one of the values kept for `off`."""
    try:
        value.encode()
        reference = parse_reference(value)
    except UnicodeEncodeError:
        raise ValueError("must be proper Unicode text") from None
    except UsageError as error:
        reason = f"{error.title}: a key in clear text is never kept in a profile"
        raise ValueError(f"{reason}. {error.hint}") from None
    if reference.scheme in ("keyring", "vault") and is_kept_name(reference.target):
        raise ValueError(f"must not name a key that begins with '{KEPT_PREFIX}': those are kept for `off`")
    return str(reference)


def check_inline_config(
    config: dict[str, object], *, from_file: bool = False, stored: bool = False
) -> dict[str, object]:
    """The config unchanged. Raises ValueError that names the wrong field, or a secret in clear text.

    One that comes `from_file` may not name a command either. `stored`: a profile uses it already, perhaps
    since a version that saw secrets under their own names alone.
    """
    from profiles.portkey.config.config import ConfigError, parse_config
    from profiles.portkey.config.findings import path_text
    from profiles.portkey.config.secret_texts import hidden_texts
    from profiles.portkey.config.secrets import (
        REFERENCES,
        is_secret_field,
        reference_fields,
        refused_in_file,
        secret_fields,
    )

    try:
        parse_config(config)
    except ConfigError as error:
        raise ValueError(error.title) from None
    try:
        json.dumps(config, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("holds text that is not proper Unicode: half of a surrogate pair") from None
    for path, reference in reference_fields(config):
        try:
            check_reference(reference)
        except ValueError as error:
            raise ValueError(f"{path_text(path)}: {error}") from None
        if from_file and (why := refused_in_file(reference)):
            raise ValueError(f"{path_text(path)} {why}")
    clear = [path for path, _ in secret_fields(config) if not stored or is_secret_field(path[-1])]
    if clear:
        raise ValueError(f"{path_text(clear[0])} holds a secret in clear text: write {REFERENCES} there")
    hidden = [] if stored else hidden_texts(config)
    if hidden:
        raise ValueError(f"{path_text(hidden[0][0])} holds a login or token in clear text: take it out")
    return config


def check_secret_or_text(name: str, text: str, *, stored: bool = False) -> None:
    """The value of a header or variable: a reference where the name says that it is a secret.

    `stored`: it stands in a profile already, perhaps from a version that took the name for another one.
    """
    check_visible(text)
    if is_secret_name(name) and not (stored and _SECRET_EVER_SINCE.search(name) is None):
        try:
            check_reference(text)
        except ValueError:
            raise ValueError(
                f"{name} looks like a secret: give a reference such as keyring:NAME, not the value"
            ) from None


def check_trusted(value: list[str]) -> list[str]:
    """What else may see a key: `url:` and a base URL, `proxy:` and a URL, `ca:` and an absolute path."""
    for entry in value:
        kind, _, text = entry.partition(":")
        if kind in ("url", "proxy"):
            if parse_address(text) is None:
                raise ValueError(f"after {kind}: must come a URL such as https://gateway.example/v1, plain")
        elif kind == "ca":
            check_one_line(text)
            if not text:
                raise ValueError("after ca: must come the path of a certificate file")
        else:
            raise ValueError("each begins with url:, proxy: or ca:")
    return value


def is_plain_http(url: str) -> bool:
    """Whether a base URL would send a key unencrypted beyond this machine; False for what is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def check_gateway(url: str, dialect: str, *, plain_http: bool) -> None:
    """Raises ValueError with the form that is right for the dialect."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or " " in url:
        raise ValueError(f"gateway: must be a URL such as {DIALECTS[dialect].gateway}")
    if parts.username is not None or "?" in url or "#" in url:  # an empty one would swallow the path
        raise ValueError("gateway: must hold no user name, password, query or fragment")
    bare = url.rstrip("/")
    right = DIALECTS[dialect].right_url(bare)
    if stray := stray_ending(bare):
        raise ValueError(f"gateway: must not end in {stray}; the right URL is {right}")
    if len(right) < len(bare):
        raise ValueError(
            f"gateway: in the {dialect} format Claude Code adds {V1} itself; the right URL is {right}"
        )
    if len(right) > len(bare):
        raise ValueError(f"gateway: the {dialect} format needs {V1} at its end; the right URL is {right}")
    if is_plain_http(url) and not plain_http:
        raise ValueError(
            "gateway: plain http would send the key unencrypted; use https, or set allow_plain_http to true"
        )


def check_new_gateway(url: str) -> None:
    """Raises ValueError for an address that programs may read differently: the guard gives no key for it."""
    if parse_address(url) is None:
        raise ValueError(
            "gateway: must be an address that all programs read alike: no backslash, no `//` in its path"
        )
