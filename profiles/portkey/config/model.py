"""The typed model of Portkey's Config object: fields, types and bounds. `config` is the way in.

Facts: Portkey's documentation, its JSON schema, and the open-source gateway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from profiles.portkey.config.secrets import is_reference


class Part(BaseModel):
    """An object inside a config: strictly typed, keeps unknown fields, dumps as it was written.

    A field's description says what is allowed: it is what the user reads when the value is not.
    """

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, hide_input_in_errors=True)
    names_vary: ClassVar[bool] = False  # True: unknown field names are part of the format
    _source: dict[str, Any] = PrivateAttr(default_factory=dict)

    @field_validator("*", mode="before")
    @classmethod
    def _given_means_not_null(cls, value: object) -> object:
        if value is None:
            raise PydanticCustomError("null", "must not be null: leave the field out")
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _remember_source(cls, data: Any, handler: Callable[[Any], Part]) -> Part:
        part = handler(data)
        if isinstance(data, dict):
            part._source = data
        return part

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        """Names only: a value may be a secret."""
        return [(None, name) for name in self._source]

    @model_serializer(mode="plain")
    def _as_written(self) -> dict[str, Any]:
        return self._source


def _object_or_reference(value: object) -> object:
    if isinstance(value, dict) or is_reference(value):
        return value
    raise PydanticCustomError(
        "object_or_reference", "must be an object, or a secret reference such as file:PATH"
    )


_STATUS_CODES = "a list of status codes such as [429, 503]"


class Feedback(Part):
    """What a guardrail notes about a request."""

    value: float | None = None
    weight: float | None = None
    metadata: dict[str, Any] | None = None


class Outcome(Part):
    """What a guardrail does when it passes or fails."""

    feedback: Feedback | None = None
    deny: bool | None = None


class Check(Part):
    """One check of a hook."""

    id: str
    parameters: dict[str, Any] | None = None


class Hook(Part):
    """A guardrail before or after the request, by id or spelled out."""

    id: str = Field(description="the guardrail's id, as text")
    type: str | None = None
    credentials: dict[str, Any] | None = None
    deny: bool | None = None
    is_async: bool | None = Field(None, alias="async")
    on_fail: Outcome | None = None
    on_success: Outcome | None = None
    checks: list[Check] | None = None


class Guardrail(Part):
    """A guardrail spelled out; its other fields are checks, objects named like `default.regexMatch`."""

    names_vary: ClassVar[bool] = True
    __pydantic_extra__: dict[str, dict[str, Any]]
    id: str | None = None
    deny: bool | None = None
    is_async: bool | None = Field(None, alias="async")
    on_fail: Outcome | None = None
    on_success: Outcome | None = None


# A tag is shown in an error's location, where "<" tells it from a field's name.
_GuardrailOrId = Annotated[
    Annotated[str, Tag("<id>")] | Annotated[Guardrail, Tag("<object>")],
    Discriminator(lambda value: "<object>" if isinstance(value, (dict, Guardrail)) else "<id>"),
]


class Cache(Part):
    """Answers kept at the gateway."""

    mode: Literal["simple", "semantic"] = Field(description='"simple" or "semantic"')
    max_age: int | None = Field(
        None, ge=60, le=7_776_000, description="a whole number of seconds from 60 to 7776000"
    )


class Retry(Part):
    """Asking the same target again; without `on_status_codes` after 429, 500, 502, 503, 504 and 529."""

    attempts: int = Field(ge=0, le=5, description="a whole number from 0 to 5")
    on_status_codes: list[int] | None = Field(None, description=_STATUS_CODES)
    use_retry_after_headers: bool | None = None
    # The open-source gateway's spelling of the same.
    use_retry_after_header: bool | None = None


class CircuitBreaker(Part):
    """When a target rests after failures: after so many, or after such a share of its requests."""

    failure_threshold: float | None = Field(None, ge=1, description="a number, 1 or more")
    failure_threshold_percentage: float | None = Field(
        None, ge=1, le=100, description="a number from 1 to 100"
    )
    minimum_requests: int | None = Field(None, ge=0, description="a whole number, 0 or more")
    cooldown_interval: float = Field(ge=30_000, description="a number of milliseconds, 30000 or more")
    failure_status_codes: list[int] | None = Field(None, description=_STATUS_CODES)


class Condition(Part):
    """Which target a request goes to when the query matches."""

    query: dict[str, Any]
    then: str = Field(description="the name of a target, as text")


class Sticky(Part):
    """Which requests stay with the target that answered them first."""

    enabled: bool | None = None
    hash_fields: list[str] | None = None
    ttl: float | None = Field(None, ge=0, description="a number of seconds")


class Strategy(Part):
    """How a request finds its target."""

    mode: Literal["single", "loadbalance", "fallback", "conditional"] = Field(
        description='"single", "loadbalance", "fallback" or "conditional"'
    )
    conditions: list[Condition] | None = None
    default: str | None = Field(None, description="the name of a target, as text")
    on_status_codes: list[int] | None = Field(None, description=_STATUS_CODES)
    sticky: Sticky | None = None
    cb_config: CircuitBreaker | None = None


class Deployment(Part):
    """One Azure deployment behind an alias."""

    deployment_id: str
    alias: str
    api_version: str
    is_default: bool | None = None


class PortkeyConfig(Part):
    """A config, or a target inside one: the same object at every level. Made by `parse_config`."""

    name: str | None = None
    strategy: Strategy | None = None
    targets: list[PortkeyConfig] | None = None
    provider: str | None = None
    virtual_key: str | None = None
    api_key: str | None = None
    weight: float | None = Field(None, ge=0, description="a number, 0 or more")
    custom_host: str | None = None
    override_params: dict[str, Any] | None = None
    default_params: dict[str, Any] | None = None
    drop_params: list[str] | None = None
    forward_headers: list[str] | None = Field(None, description="a list of header names")
    sensitive_headers: list[Any] | None = None
    passthrough: bool | None = None
    prompt_id: str | None = None
    metadata: dict[str, Any] | None = None
    fetch_integrated_models: bool | None = None
    cache: Cache | None = None
    retry: Retry | None = None
    request_timeout: int | None = Field(None, ge=0, description="a whole number of milliseconds")
    on_status_codes: list[int] | None = Field(None, description=_STATUS_CODES)
    cb_config: CircuitBreaker | None = None
    before_request_hooks: list[Hook] | None = None
    after_request_hooks: list[Hook] | None = None
    input_guardrails: list[_GuardrailOrId] | None = None
    output_guardrails: list[_GuardrailOrId] | None = None
    strict_open_ai_compliance: bool | None = None
    openai_organization: str | None = None
    openai_project: str | None = None
    vertex_project_id: str | None = None
    vertex_region: str | None = None
    vertex_service_account_json: (
        Annotated[dict[str, Any] | str, BeforeValidator(_object_or_reference)] | None
    ) = None
    aws_access_key_id: str | None = None
    aws_secret_access_key: str | None = None
    aws_session_token: str | None = None
    aws_region: str | None = None
    amzn_sagemaker_inference_component: str | None = None
    azure_region: str | None = None
    azure_deployment_name: str | None = None
    azure_deployment_type: Literal["serverless", "managed"] | None = Field(
        None, description='"serverless" or "managed"'
    )
    azure_endpoint_name: str | None = None
    azure_api_version: str | None = None
    azure_auth_mode: str | None = None
    azure_model_name: str | None = None
    resource_name: str | None = None
    deployment_id: str | None = None
    api_version: str | None = None
    deployments: list[Deployment] | None = None
