"""What a level says beside where requests go: retries, cache, limits, guardrails, overrides. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeGuard

from profiles.portkey.config.explaining.phrases import (
    either,
    numbers_in,
    pairs,
    plural,
    shown,
    span,
    statuses,
    times,
)
from profiles.portkey.config.findings import list_in, object_in
from profiles.portkey.config.secrets import is_reference, is_secret_field

RETRIED = (429, 500, 502, 503, 504, 529)  # where a config names no others
_SHOWN_IDS = 10
# Text by which a cloud is told what it serves; none of them is a secret.
_CLOUD = (
    "vertex_project_id", "vertex_region", "aws_region", "azure_region", "azure_deployment_name",
    "azure_deployment_type", "azure_endpoint_name", "azure_api_version", "azure_model_name",
    "azure_auth_mode", "amzn_sagemaker_inference_component", "resource_name", "deployment_id", "api_version",
    "openai_organization", "openai_project",
)  # fmt: skip
_GUARDRAILS = {
    "input_guardrails": "the request",
    "before_request_hooks": "the request",
    "output_guardrails": "the answer",
    "after_request_hooks": "the answer",
}
# What other functions put into words; every field that is neither here nor above is named at the end.
_TOLD = frozenset((
    "strategy", "targets", "name", "provider", "virtual_key", "prompt_id", "passthrough", "weight",
    "custom_host", "retry", "cache", "request_timeout", "cb_config", "override_params", "default_params",
    "drop_params", "forward_headers", "metadata", *_CLOUD, *_GUARDRAILS,
))  # fmt: skip


def details(data: Mapping[str, Any]) -> list[str]:
    """A clause for each thing that a level says, such as `retries up to 3 times on 429 or 503`."""
    return [text for each in _CLAUSES for text in each(data)]


def retried_on(retry: Mapping[str, Any]) -> tuple[int, list[int]]:
    """How often a request is retried, and on which statuses."""
    attempts = retry.get("attempts")
    number = attempts if isinstance(attempts, int) and not isinstance(attempts, bool) else 0
    codes = numbers_in(retry.get("on_status_codes"))
    return max(number, 0), [*RETRIED] if codes is None else codes


def _retry(data: Mapping[str, Any]) -> Iterator[str]:
    retry = object_in(data, "retry")
    if not retry:
        return
    attempts, codes = retried_on(retry)
    if not attempts or not codes:
        yield "never retries"
        return
    waits = retry.get("use_retry_after_headers") is True or retry.get("use_retry_after_header") is True
    after = ", after as long as the provider says" if waits else ""
    yield f"retries {times(attempts)} on {statuses(codes)}{after}"


def _cache(data: Mapping[str, Any]) -> Iterator[str]:
    cache = object_in(data, "cache")
    if not cache:
        return
    age = cache.get("max_age")
    kept = f" for {span(age)}" if _is_number(age) else ""
    like = "a similar request" if cache.get("mode") == "semantic" else "the same request"
    yield f"caches answers at the gateway{kept}, for {like}"


def _limits(data: Mapping[str, Any]) -> Iterator[str]:
    timeout = data.get("request_timeout")
    if isinstance(timeout, int) and not isinstance(timeout, bool) and timeout > 0:
        yield f"gives up after {span(timeout / 1000)} (status 408)"
    for breaker in (object_in(data, "cb_config"), object_in(object_in(data, "strategy"), "cb_config")):
        yield from _breaker(breaker)


def _breaker(breaker: Mapping[str, Any]) -> Iterator[str]:
    if not breaker:
        return
    number, percent = breaker.get("failure_threshold"), breaker.get("failure_threshold_percentage")
    causes = []
    if _is_number(number):
        causes.append(plural(float(number), "failure"))
    if _is_number(percent):
        causes.append(f"{shown(percent)} % of its requests failed")
    codes, wait = numbers_in(breaker.get("failure_status_codes")), breaker.get("cooldown_interval")
    rests = f" for {span(wait / 1000)}" if _is_number(wait) else ""
    on = f" with {statuses(codes)}" if codes else ""
    least = breaker.get("minimum_requests")
    of = f", of {plural(float(least), 'request')} or more" if isinstance(least, int) and least else ""
    yield f"lets a target rest{rests} after {either(causes) or 'failures'}{on}{of} (circuit breaker)"


def _parameters(data: Mapping[str, Any]) -> Iterator[str]:
    overrides = {name: value for name, value in object_in(data, "override_params").items() if name != "model"}
    if overrides:
        yield f"always sets {either(pairs(overrides), 'and')}"
    presets = pairs(object_in(data, "default_params"))
    if presets:
        yield f"sets {either(presets, 'and')} where the request does not"
    if dropped := list_in(data, "drop_params"):
        yield f"leaves out {either(map(shown, dropped[:_SHOWN_IDS]), 'and')}"


def _headers(data: Mapping[str, Any]) -> Iterator[str]:
    if names := list_in(data, "forward_headers"):
        yield f"forwards {either(map(shown, names[:_SHOWN_IDS]), 'and')}"
    if labels := object_in(data, "metadata"):
        yield f"logs {either(pairs(labels), 'and')}"


def _guardrails(data: Mapping[str, Any]) -> Iterator[str]:
    for field, what in _GUARDRAILS.items():
        names = [_guardrail(item) for item in list_in(data, field)[:_SHOWN_IDS]]
        if names:
            yield f"checks {what} by {either(names, 'and')}"


def _guardrail(item: object) -> str:
    """Its id, or the checks that it is made of, and what it does in the end."""
    if not isinstance(item, Mapping):
        return shown(item)
    checks = [name for name, value in item.items() if "." in name and isinstance(value, Mapping)]
    name = shown(item["id"]) if "id" in item else either(map(shown, checks[:_SHOWN_IDS]), "and") or "unnamed"
    denies = item.get("deny") is True or object_in(item, "on_fail").get("deny") is True
    return (
        f"{name} ({'refuses (446)' if denies else 'lets pass (246)'} what fails)" if len(item) > 1 else name
    )


def _credentials(data: Mapping[str, Any]) -> Iterator[str]:
    held = [name for name in data if is_secret_field(name) and name not in _TOLD and data[name]]
    if not held:
        return
    clear = [name for name in held if not all(map(is_reference, _each(data[name])))]
    if clear:
        yield f"holds {either(map(shown, clear), 'and')} in clear text"
    for name in held:
        if name not in clear:
            sources = (
                "a command" if str(each).startswith("cmd:") else shown(each) for each in _each(data[name])
            )
            yield f"takes {shown(name)} from {either(sources, 'and')}"


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _cloud(data: Mapping[str, Any]) -> Iterator[str]:
    told = [f"{name} {shown(data[name])}" for name in _CLOUD if isinstance(data.get(name), str)]
    if told:
        yield f"names {either(told, 'and')}"


def _rest(data: Mapping[str, Any]) -> Iterator[str]:
    """What is passed on as it is: fields that change an answer's form, and those of a later Portkey."""
    rest = [name for name in data if name not in _TOLD and not is_secret_field(name)]
    if rest:
        yield f"also sets {either(map(shown, rest[:_SHOWN_IDS]), 'and')}"


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


_CLAUSES: tuple[Callable[[Mapping[str, Any]], Iterator[str]], ...] = (
    _credentials, _parameters, _cloud, _headers, _retry, _cache, _limits, _guardrails, _rest,
)  # fmt: skip
