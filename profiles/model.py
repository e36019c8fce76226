"""What a profile is: a frozen, strict model of one JSON file. Importing this costs pydantic (40 ms)."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from profiles.errors import UsageError
from profiles.names import (
    DEFAULT_PROVIDERS,
    HOSTED_GATEWAYS,
    KEPT_PREFIX,
    PLACEHOLDER_PROJECT_ID,
    SCHEMA_VERSION,
    check_name,
    is_kept_name,
)
from profiles.owned import OWNED_ENV, PROFILE_HEADERS
from profiles.secrets.references import parse_reference

METADATA_LIMIT = 128  # characters a value; Portkey's documentation
HEADER_LIMIT = 15_000  # bytes; the open-source gateway answers 431 beyond about that
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110: what a header's name may be made of
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRETIVE = re.compile(
    r"(authorization|cookie|token|secret|password|passwd|(api|access|secret|private)[-_]?key"
    r"|credentials?|service[-_]account[-_]json)$",
    re.IGNORECASE,
)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# Variables by which an environment makes a program load or run something.
LOADER_VARIABLES = re.compile(
    r"NODE_OPTIONS|NODE_PATH|PATH|HOME|SHELL|BASH_ENV|ENV|IFS|LD_.*|DYLD_.*|PYTHON.*|PERL5.*|RUBYOPT|GIT_.*",
    re.IGNORECASE,
)


def _visible(value: str) -> str:
    """Text that goes into a header: printable ASCII, no space at its ends, so nothing can be smuggled in."""
    if not value or not value.isascii() or not value.isprintable() or value != value.strip():
        raise ValueError("must be printable ASCII text on one line, with no space around it")
    return value


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must be on one line, with no control characters")
    return value


def _reference(value: str) -> str:
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


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class VirtualKeyRoute(_Part):
    """A provider's plain name and a Portkey virtual key: an identifier, not a secret."""

    kind: Literal["virtual_key"]
    provider: str
    virtual_key: str

    _check = field_validator("provider", "virtual_key")(_visible)


class ProviderRoute(_Part):
    """A provider of the workspace (`@slug`), or a plain provider name."""

    kind: Literal["provider"]
    provider: str

    @field_validator("provider")
    @classmethod
    def _check(cls, value: str) -> str:
        if value == "@":
            raise ValueError("has no slug after the @")
        return _visible(value)


class ConfigRoute(_Part):
    """A Portkey Config: exactly one of a saved id, an inline object, the path of a JSON file."""

    kind: Literal["config"]
    id: str | None = None
    inline: dict[str, Any] | None = None
    path: str | None = None

    @field_validator("id")
    @classmethod
    def _check_id(cls, value: str | None) -> str | None:
        if value is not None and value.lstrip().startswith("{"):
            raise ValueError("is a saved config's id, such as pc-…: put an object into `inline`")
        return value if value is None else _visible(value)

    @field_validator("path")
    @classmethod
    def _check_path(cls, value: str | None) -> str | None:
        if value is not None and (
            "\0" in value or not (value.startswith(("/", "~")) or value[1:3] in (":\\", ":/"))
        ):
            raise ValueError("must be an absolute path, or one that begins with ~/")
        return value if value is None else _one_line(value)

    @field_validator("inline")
    @classmethod
    def _check_inline(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        return value if value is None else check_inline_config(value)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(part is not None for part in (self.id, self.inline, self.path)) != 1:
            raise ValueError("needs exactly one of id, inline and path")
        return self


def check_inline_config(config: dict[str, Any]) -> dict[str, Any]:
    """The config unchanged. Raises ValueError that names the wrong field, or a secret in clear text."""
    from profiles.config_findings import path_text
    from profiles.portkey_config import ConfigError, parse_config, reference_fields, secret_fields

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
            parse_reference(reference)
        except UsageError as error:
            raise ValueError(f"{path_text(path)}: {error.title}") from None
    clear = [path_text(path) for path, _ in secret_fields(config)]
    if clear:
        raise ValueError(
            f"{clear[0]} holds a secret in clear text: write keyring:NAME, env:VAR or file:PATH there"
        )
    return config


class Vertex(_Part):
    """What only the Vertex dialect has. A project id is always written: the client refuses without one."""

    project_id: str = PLACEHOLDER_PROJECT_ID
    region: str | None = None

    @field_validator("project_id", "region")
    @classmethod
    def _check(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9._:-]+", value):
            raise ValueError("must be letters, digits, '.', '_', ':' or '-': it becomes a part of a URL")
        return value


class Models(_Part):
    """Model names as the dialect spells them; what is not given is left to Claude Code."""

    default: str | None = None
    sonnet: str | None = None
    opus: str | None = None
    haiku: str | None = None
    fable: str | None = None
    small_fast: str | None = None
    subagent: str | None = None

    @field_validator("*")
    @classmethod
    def _check(cls, value: str | None) -> str | None:
        return value if value is None else _visible(value)


Route = Annotated[VirtualKeyRoute | ProviderRoute | ConfigRoute, Field(discriminator="kind")]


class Profile(_Part):
    """One named way for Claude Code's requests to go."""

    schema_version: Literal[1] = 1
    name: str
    label: str = ""
    dialect: Literal["messages", "vertex", "bedrock"] = "messages"
    route: Route
    gateway: str | None = Field(default=None, description="Base URL; the hosted gateway's when not given")
    allow_plain_http: bool = Field(
        default=False, description="Let the key travel unencrypted beyond this machine"
    )
    vertex: Vertex = Vertex()
    models: Models = Models()
    metadata: dict[str, str] = {}
    trace_id: str | None = None
    extra_headers: dict[str, str] = {}
    extra_env: dict[str, str] = {}
    api_key: str = Field(
        description="A secret reference: keyring:NAME, env:VAR, file:PATH, op://…, cmd:[argv]"
    )
    key_delivery: Literal["helper", "settings"] | None = Field(
        default=None,
        description="helper: settings hold no secret (default in messages); settings: the key is written",
    )
    key_in: Literal["token_and_header", "token", "header"] | None = Field(
        default=None,
        description="Where a delivered key goes: both places as Portkey documents it (default in messages), "
        "only the bearer token, or only x-portkey-api-key (the client then keeps its own login)",
    )

    _check_label = field_validator("label")(_one_line)
    _check_api_key = field_validator("api_key")(_reference)

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        try:
            return check_name(value)
        except UsageError as error:
            raise ValueError(error.hint) from None

    @field_validator("trace_id", "gateway")
    @classmethod
    def _check_text(cls, value: str | None) -> str | None:
        return value if value is None else _visible(value)

    @field_validator("metadata")
    @classmethod
    def _check_metadata(cls, value: dict[str, str]) -> dict[str, str]:
        for key, text in value.items():
            if not key or not key.isprintable() or not text.isprintable():
                raise ValueError("keys and values must be on one line, with no control characters")
            if len(text) > METADATA_LIMIT:
                raise ValueError(f"the value of {key!r} is longer than {METADATA_LIMIT} characters")
            (key + text).encode("utf-8")  # a lone surrogate is refused here
        return value

    @field_validator("extra_headers")
    @classmethod
    def _check_headers(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if not _TOKEN.fullmatch(name):
                raise ValueError("a header's name is letters, digits and '-'")
            if name.lower() in PROFILE_HEADERS:
                raise ValueError(f"{name} has a field of its own in a profile")
            _secret_or_text(name, text)
        return value

    @field_validator("extra_env")
    @classmethod
    def _check_env(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if not _VARIABLE.fullmatch(name):
                raise ValueError("a variable's name is letters, digits and '_'")
            if name in OWNED_ENV:
                raise ValueError(f"{name} is written by pkcc-tray: use the field for it")
            _secret_or_text(name, text)
        return value

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.gateway is not None:
            _check_gateway(self.gateway, self.dialect, plain_http=self.allow_plain_http)
        if self.dialect != "messages":
            if not any(self.models.model_dump().values()):
                raise ValueError(
                    f"models: the {self.dialect} dialect needs at least one model, "
                    "because model names differ there from Claude Code's own"
                )
            if self.key_in not in (None, "header"):
                raise ValueError(
                    f"key_in: the {self.dialect} dialect has no token; only 'header' is possible"
                )
        if self.key_delivery == "helper" and self.key_in not in (None, "token"):
            raise ValueError("key_in: a helper hands out a token; use key_delivery 'settings' for a header")
        return self

    @property
    def base_url(self) -> str:
        """The gateway's base URL without a slash at its end."""
        return (self.gateway or HOSTED_GATEWAYS[self.dialect]).rstrip("/")

    @property
    def delivery(self) -> str:
        """`helper` or `settings`: as chosen, or the dialect's default."""
        return self.key_delivery or (
            "helper" if self.dialect == "messages" and self.key_in is None else "settings"
        )

    @property
    def key_places(self) -> str:
        """Where a key written into settings goes: token_and_header, token or header."""
        return self.key_in or ("token_and_header" if self.dialect == "messages" else "header")


def is_secretive(name: str) -> bool:
    """Whether a header or variable of that name holds a secret: its value is then a reference, always."""
    return bool(_SECRETIVE.search(name))


def _secret_or_text(name: str, text: str) -> None:
    _visible(text)
    if is_secretive(name):
        try:
            parse_reference(text)
        except UsageError:
            raise ValueError(
                f"{name} looks like a secret: give a reference such as keyring:NAME, not the value"
            ) from None


def _check_gateway(url: str, dialect: str, *, plain_http: bool) -> None:
    """Raises ValueError with the form that is right for the dialect."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or " " in url:
        raise ValueError(f"gateway: must be a URL such as {HOSTED_GATEWAYS[dialect]}")
    if parts.username is not None or "?" in url or "#" in url:  # an empty one would swallow the path
        raise ValueError("gateway: must hold no user name, password, query or fragment")
    bare = url.rstrip("/")
    ends_in_v1 = bare.endswith("/v1")
    if dialect == "messages" and ends_in_v1:
        raise ValueError(
            "gateway: in the messages dialect Claude Code adds /v1 itself; "
            f"the right URL is {bare.removesuffix('/v1')}"
        )
    if dialect != "messages" and not ends_in_v1:
        raise ValueError(f"gateway: the {dialect} dialect needs /v1 at its end; the right URL is {bare}/v1")
    if parts.scheme == "http" and host not in _LOOPBACK and not plain_http:
        raise ValueError(
            "gateway: plain http would send the key unencrypted; use https, or set allow_plain_http to true"
        )


def default_provider(dialect: str) -> str:
    """The provider's plain name that a virtual key of that dialect goes with."""
    return DEFAULT_PROVIDERS[dialect]


class FieldError(Exception):
    """A profile's data is wrong: `path` to the field and a message in plain words, for the first problem."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(problems[0][1])
        self.problems = problems

    def text(self) -> str:
        """All problems, on one line."""
        return "; ".join(f"{path}: {message}" if path else message for path, message in self.problems)


def parse_profile(data: object) -> Profile:
    """The profile that the data describes. Raises FieldError with paths; values are never repeated."""
    if not isinstance(data, dict):
        raise FieldError([("", "a profile is a JSON object")])
    version = data.get("schema_version", SCHEMA_VERSION)
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise FieldError(
            [
                (
                    "schema_version",
                    f"is {version}, but this pkcc-tray knows only up to {SCHEMA_VERSION}: update it",
                )
            ]
        )
    try:
        return Profile.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise FieldError(
            [_plain(problem["loc"], problem["type"], problem["msg"]) for problem in found]
        ) from None
    except RecursionError:
        raise FieldError([("", "is nested too deeply")]) from None


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of a profile",
    "string_type": "must be text in double quotes",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "bool_type": "must be true or false",
    "union_tag_not_found": "needs `kind`: virtual_key, provider or config",
    "union_tag_invalid": "`kind` must be virtual_key, provider or config",
}


def _plain(location: tuple[int | str, ...], kind: str, message: str) -> tuple[str, str]:
    # The tag of the route's union stands in the location but in no file.
    parts = [
        str(part)
        for index, part in enumerate(location)
        if not (index == 1 and location[0] == "route" and part in ("virtual_key", "provider", "config"))
    ]
    message = _WORDS.get(kind, message.removeprefix("Value error, "))
    field, colon, rest = message.partition(": ")
    if not parts and colon and field in Profile.model_fields:
        return field, rest
    if message.startswith("Input should be "):
        message = "must be " + message.removeprefix("Input should be ")
    return ".".join(parts), message


def migrate(data: dict[str, Any]) -> dict[str, Any]:
    """Data of any schema version up to ours, in today's form. There has been only one version."""
    return data
