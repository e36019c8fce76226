"""The parts of a profile: its routes, what only the Vertex dialect has, its models. Costs pydantic."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator

from profiles.claude_code.dialects import PLACEHOLDER_PROJECT_ID
from profiles.profile.schema.fields import (
    check_identifier,
    check_inline_config,
    check_one_line,
    check_provider,
    check_visible,
)


class Part(BaseModel):
    """What all of them are: frozen and strict, and no error shows what stood there."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class VirtualKeyRoute(Part):
    """A Portkey virtual key, an identifier and no secret, and mostly its provider's plain name."""

    kind: Literal["virtual_key"]
    provider: str | None = None
    virtual_key: str

    @field_validator("provider", "virtual_key")
    @classmethod
    def _check(cls, value: str | None) -> str | None:
        return value if value is None else check_identifier(value)


class ProviderRoute(Part):
    """A provider of the workspace (`@slug`), or a plain provider name."""

    kind: Literal["provider"]
    provider: str

    _check = field_validator("provider")(check_provider)


class ConfigRoute(Part):
    """A Portkey Config: exactly one of a saved id, an inline object, the path of a JSON file.

    One that holds only a cache, retries or hooks takes its provider or virtual key from beside it.
    """

    kind: Literal["config"]
    id: str | None = None
    inline: dict[str, object] | None = None
    path: str | None = None
    provider: str | None = None
    virtual_key: str | None = None

    @field_validator("provider", "virtual_key")
    @classmethod
    def _check_beside(cls, value: str | None) -> str | None:
        return value if value is None else check_provider(value)

    @field_validator("id")
    @classmethod
    def _check_id(cls, value: str | None) -> str | None:
        if value is not None and value.lstrip().startswith("{"):
            raise ValueError("is a saved config's id, such as pc-…: put an object into `inline`")
        return value if value is None else check_identifier(value)

    @field_validator("path")
    @classmethod
    def _check_path(cls, value: str | None) -> str | None:
        if value is not None and (
            "\0" in value or not (value.startswith(("/", "~")) or value[1:3] in (":\\", ":/"))
        ):
            raise ValueError("must be an absolute path, or one that begins with ~/")
        return value if value is None else check_one_line(value)

    @field_validator("inline")
    @classmethod
    def _check_inline(cls, value: dict[str, object] | None, info: ValidationInfo) -> dict[str, object] | None:
        return value if value is None else check_inline_config(value, stored=bool(info.context))

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(part is not None for part in (self.id, self.inline, self.path)) != 1:
            raise ValueError("needs exactly one of id, inline and path")
        return self


class NoRoute(Part):
    """No header line: the models name their providers (`@slug/model`), or the key has a default config."""

    kind: Literal["none"]


class Vertex(Part):
    """What only the Vertex dialect has. A project id is always written: the client refuses without one."""

    project_id: str = PLACEHOLDER_PROJECT_ID
    region: str | None = None

    @field_validator("project_id", "region")
    @classmethod
    def _check(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9._:-]+", value):
            raise ValueError("must be letters, digits, '.', '_', ':' or '-': it becomes a part of a URL")
        return value


class Models(Part):
    """Model names as the dialect spells them; what is not given is left to Claude Code.

    `setting` is the top-level `model`, `otherwise` what counts where nothing names one, `custom` one more row
    of `/model`.
    """

    default: str | None = None
    sonnet: str | None = None
    opus: str | None = None
    haiku: str | None = None
    fable: str | None = None
    small_fast: str | None = None
    subagent: str | None = None
    custom: str | None = None
    otherwise: str | None = None
    setting: str | None = None

    @field_validator("*")
    @classmethod
    def _check(cls, value: str | None) -> str | None:
        return value if value is None else check_visible(value)
