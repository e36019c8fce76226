"""What a profile is: a frozen, strict model of one JSON file. Importing this costs pydantic (40 ms)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from profiles.base.errors import UsageError
from profiles.base.names import check_name, check_profile_name
from profiles.claude_code.dialects import DIALECTS, Delivery, KeyPlace, Name
from profiles.claude_code.owned_slots import OWNED_ENV, PROFILE_HEADERS
from profiles.profile.schema.fields import (
    TOKEN,
    VARIABLE,
    check_gateway,
    check_metadata,
    check_new_gateway,
    check_new_metadata,
    check_one_line,
    check_reference,
    check_secret_or_text,
    check_trusted,
    check_visible,
)
from profiles.profile.schema.model_parts import (
    ConfigRoute,
    Models,
    NoRoute,
    Part,
    ProviderRoute,
    Vertex,
    VirtualKeyRoute,
)

SCHEMA_VERSION = 2


Route = Annotated[VirtualKeyRoute | ProviderRoute | ConfigRoute | NoRoute, Field(discriminator="kind")]
Row = Literal["sonnet", "opus", "haiku", "fable", "custom"]


class Profile(Part):
    """One named way for Claude Code's requests to go."""

    schema_version: Literal[1, 2] = 1
    name: str
    label: str = ""
    dialect: Name = "messages"
    route: Route
    gateway: str | None = Field(default=None, description="Base URL; the hosted gateway's when not given")
    allow_plain_http: bool = Field(
        default=False, description="Let the key travel unencrypted beyond this machine"
    )
    vertex: Vertex = Vertex()
    models: Models = Models()
    model_names: dict[Row, str] = Field(default={}, description="How `/model` names them")
    model_descriptions: dict[Row, str] = Field(default={}, description="What `/model` says of them")
    model_capabilities: dict[Row, str] = Field(default={}, description="What Claude Code may ask of them")
    model_discovery: bool = Field(
        default=False, description="Let Claude Code ask the gateway for its models (messages only)"
    )
    metadata: dict[str, str] = Field(default={})
    trace_id: str | None = None
    extra_headers: dict[str, str] = Field(default={})
    extra_env: dict[str, str] = Field(default={})
    api_key: str = Field(
        description="A secret reference: keyring:NAME, env:VAR, file:PATH, cmd:[argv], op://…, vault-kv://…"
    )
    key_delivery: Delivery | None = Field(
        default=None,
        description="helper: settings hold no secret (default in messages); settings: the key is written",
    )
    key_in: KeyPlace | None = Field(
        default=None,
        description="Where a delivered key goes: both places as Portkey documents it (default in messages), "
        "only the bearer token, or only x-portkey-api-key (the client then keeps its own login)",
    )
    trusted: list[str] = Field(
        default=[],
        description="What else may see the key: url:BASE_URL, proxy:URL, ca:FILE. See `pkcc-tray trust`",
    )
    when_unreachable: str | None = Field(
        default=None, description="The profile that is offered while this one's gateway is unreachable"
    )

    _check_trusted = field_validator("trusted")(check_trusted)
    _check_label = field_validator("label")(check_one_line)
    _check_api_key = field_validator("api_key")(check_reference)

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str, info: ValidationInfo) -> str:
        try:
            # Only what is stored is a catalog's: nothing that comes from elsewhere may say that it is.
            return check_profile_name(value) if info.context else check_name(value)
        except UsageError as error:
            raise ValueError(error.hint) from None

    @field_validator("when_unreachable")
    @classmethod
    def _check_fallback(cls, value: str | None) -> str | None:
        try:
            return value if value is None else check_profile_name(value)
        except UsageError as error:
            raise ValueError(error.hint) from None

    @field_validator("model_names", "model_descriptions", "model_capabilities")
    @classmethod
    def _check_rows(cls, value: dict[Row, str]) -> dict[Row, str]:
        for text in value.values():
            check_one_line(text)
        return value

    @field_validator("trace_id", "gateway")
    @classmethod
    def _check_text(cls, value: str | None) -> str | None:
        return value if value is None else check_visible(value)

    @field_validator("metadata")
    @classmethod
    def _check_metadata(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        return check_metadata(value) if info.context else check_new_metadata(value)

    @field_validator("extra_headers")
    @classmethod
    def _check_headers(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        for name, text in value.items():
            if not TOKEN.fullmatch(name):
                raise ValueError("a header's name is letters, digits and '-'")
            if name.lower() in PROFILE_HEADERS:
                raise ValueError(f"{name} has a field of its own in a profile")
            check_secret_or_text(name, text, stored=bool(info.context))
        return value

    @field_validator("extra_env")
    @classmethod
    def _check_env(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        for name, text in value.items():
            if not VARIABLE.fullmatch(name):
                raise ValueError("a variable's name is letters, digits and '_'")
            if name.upper() in OWNED_ENV:  # for Windows the same, and profiles go from one to the other
                raise ValueError(f"{name} is written by pkcc-tray: use the field for it")
            check_secret_or_text(name, text, stored=bool(info.context))
        return value

    @model_validator(mode="after")
    def _check_together(self, info: ValidationInfo) -> Self:
        if self.gateway is not None:
            check_gateway(self.gateway, self.dialect, plain_http=self.allow_plain_http)
            if not info.context:
                check_new_gateway(self.gateway)
        if DIALECTS[self.dialect].pins_models and not any(self.models.model_dump().values()):
            raise ValueError(
                f"models: the {self.dialect} format needs at least one model, "
                "because model names differ there from Claude Code's own"
            )
        if not DIALECTS[self.dialect].token and self.key_in not in (None, "header"):
            raise ValueError(f"key_in: the {self.dialect} format has no token; only 'header' is possible")
        if self.key_delivery == "helper" and self.key_in not in (None, "token"):
            raise ValueError("key_in: a helper hands out a token; use key_delivery 'settings' for a header")
        return self

    @property
    def base_url(self) -> str:
        """The gateway's base URL without a slash at its end."""
        return (self.gateway or DIALECTS[self.dialect].gateway).rstrip("/")

    @property
    def delivery(self) -> str:
        """`helper` or `settings`: as chosen, or the dialect's default."""
        return self.key_delivery or (DIALECTS[self.dialect].delivery if self.key_in is None else "settings")

    @property
    def key_places(self) -> str:
        """Where a key written into settings goes: token_and_header, token or header."""
        return self.key_in or ("token_and_header" if DIALECTS[self.dialect].token else "header")
