"""Portkey's Config object: the typed model, every finding about one, and a round trip that changes nothing.

The model is in `model`, the rules in `rules/`, the secrets' places in `secrets`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from profiles.base.errors import UsageError
from profiles.portkey.config.findings import WHOLE, Finding, near, path_text, value_at
from profiles.portkey.config.limits import not_json
from profiles.portkey.config.model import (
    Cache,
    Check,
    CircuitBreaker,
    Condition,
    Deployment,
    Feedback,
    Guardrail,
    Hook,
    Outcome,
    Part,
    PortkeyConfig,
    Retry,
    Sticky,
    Strategy,
)
from profiles.portkey.config.rules.general import common_findings, hosted_findings
from profiles.portkey.config.rules.self_hosted import self_hosted_findings
from profiles.portkey.config.secrets import Path

# Which part stands in a field, alone or in a list. A field's name means the same wherever it is.
_PARTS: dict[str, type[Part]] = {
    "after_request_hooks": Hook,
    "before_request_hooks": Hook,
    "cache": Cache,
    "cb_config": CircuitBreaker,
    "checks": Check,
    "conditions": Condition,
    "deployments": Deployment,
    "feedback": Feedback,
    "input_guardrails": Guardrail,
    "on_fail": Outcome,
    "on_success": Outcome,
    "output_guardrails": Guardrail,
    "retry": Retry,
    "sticky": Sticky,
    "strategy": Strategy,
    "targets": PortkeyConfig,
}


class ConfigError(UsageError):
    """A config with errors; `findings` holds all of them, warnings too."""

    def __init__(self, findings: list[Finding]) -> None:
        errors = [finding for finding in findings if finding.level == "error"]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        where = "" if errors[0].path == WHOLE else f" at {errors[0].path}"
        super().__init__(
            f"The Portkey config is wrong{where}: {errors[0].message}{more}",
            "Correct the field; `pkcc-tray config check FILE` lists everything it finds",
        )
        self.findings = findings


def check_config(data: object, *, self_hosted: bool = False) -> list[Finding]:
    """Every finding about a config read from JSON, errors first; never raises.

    `self_hosted` judges it as the open-source gateway does, else as Portkey's own service.
    """
    if not isinstance(data, dict):
        return [Finding("error", WHOLE, 'must be an object, like {"provider": "@slug"}')]
    if unfit := not_json(data):
        return [unfit]
    findings = [
        *_type_findings(data),
        *_unknown_fields(PortkeyConfig, data, ()),
        *(self_hosted_findings(data) if self_hosted else hosted_findings(data)),
        *common_findings(data, self_hosted=self_hosted),
    ]
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.level)


def parse_config(data: object, *, self_hosted: bool = False) -> PortkeyConfig:
    """The config as a model, independent of `data`. Raises ConfigError when `check_config` finds an error."""
    findings = check_config(data, self_hosted=self_hosted)
    if any(finding.level == "error" for finding in findings):
        raise ConfigError(findings)
    return PortkeyConfig.model_validate(copy.deepcopy(data))


def dump_config(config: PortkeyConfig) -> dict[str, Any]:
    """What was parsed, equal to the last key: order, unknown fields and all."""
    return config.model_dump()


def _type_findings(data: dict[str, Any]) -> Iterator[Finding]:
    try:
        PortkeyConfig.model_validate(data)
    except ValidationError as error:
        # Never the value: it may be a secret in the wrong field.
        for detail in error.errors(include_url=False, include_input=False):
            path = tuple(step for step in detail["loc"] if not str(step).startswith("<"))
            yield Finding("error", path_text(path), _in_words(detail, path, value_at(data, path)))


def _in_words(detail: ErrorDetails, path: Path, value: object) -> str:
    """What is allowed there: the model's own description, else its type; and what may have been meant."""
    kind, allowed = detail["type"], _allowed(path)
    if kind in ("null", "object_or_reference"):
        return detail["msg"]
    if kind == "missing":
        return f"is required: {allowed}" if allowed else "is required"
    words = f"must be {allowed}" if allowed else _TYPES.get(kind, "is not allowed")
    return words + near(value, re.findall(r"'(\w+)'", detail.get("ctx", {}).get("expected", "")))


def _allowed(path: Path) -> str | None:
    """The model's description of the field at `path`."""
    names = [step for step in path if isinstance(step, str)]
    part = _PARTS.get(names[-2], PortkeyConfig) if len(names) > 1 else PortkeyConfig
    fields = (field for name, field in part.model_fields.items() if (field.alias or name) == path[-1])
    return next((field.description for field in fields), None)


_TYPES = {
    "bool_type": "must be true or false",
    "dict_type": "must be an object",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "string_type": "must be text",
}


def _unknown_fields(part: type[Part], data: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    """A warning for each field the model does not know; an error for a known one in another spelling."""
    known = {field.alias or name for name, field in part.model_fields.items()}
    for name, value in data.items():
        here = (*path, name)
        if name not in known:
            if finding := _unknown_field(name, known, path_text(here), names_vary=part.names_vary):
                yield finding
        elif inner := _PARTS.get(name):
            for index, item in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(item, dict):
                    yield from _unknown_fields(
                        inner, item, (*here, index) if isinstance(value, list) else here
                    )


def _unknown_field(name: str, known: set[str], path: str, *, names_vary: bool) -> Finding | None:
    for candidate in known:
        if _letters(_OTHER_NAMES.get(name, name)) == _letters(candidate):
            return Finding("error", path, f"is spelled {candidate}")
    if names_vary:
        return None
    hint = near(name, known, 0.8) or ", and is passed on as it is"
    return Finding("warning", path, f"is not a field this version knows{hint}")


# What Portkey's pages call a field where they mean another.
_OTHER_NAMES = {"integration": "provider"}


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
