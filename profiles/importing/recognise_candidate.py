"""From a candidate to a profile's data: what is taken, what is left out, and why. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from profiles.base.errors import PkccError, UsageError
from profiles.base.names import check_name
from profiles.base.secret_markers import has_secret, references_in
from profiles.base.secret_names import is_secret_name
from profiles.base.text import printable
from profiles.claude_code.dialects import DIALECTS, gateway_meant
from profiles.claude_code.owned_slots import (
    API_KEY_SLOT,
    BASE_URL_SLOTS,
    HELPER_KEY,
    OWNED_ENV,
    PROFILE_HEADERS,
    ROUTE_SLOTS,
    TOKEN_SLOT,
    name_in,
    slugs_by,
)
from profiles.claude_code.routing_names import GATEWAY_SWITCH, SWITCH_OF
from profiles.claude_code.variable_values import is_on
from profiles.importing.candidate import (
    ADDRESSES,
    HARMLESS,
    Answers,
    Candidate,
    LeftOut,
    Origin,
    is_portkeys,
    unexpanded_reason,
)
from profiles.importing.find_key import find_key, find_key_line, keys_in, needs_no_route, start_with_header
from profiles.importing.placeholder_keys import SHORTEST_KEY
from profiles.importing.recognition import Recognised, dialect_of, recognise, without_secret
from profiles.portkey.header_names import PREFIX
from profiles.profile.advice import KEY_DECIDES
from profiles.profile.schema.fields import TOKEN, is_plain_http

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def recognise_candidate(
    candidate: Candidate, name: str, origin: Origin, answers: Answers
) -> tuple[Recognised, list[LeftOut]]:
    """The profile's data that a candidate amounts to, and what of it is left out.

    Raises PkccError when it holds no Portkey route, or a gateway that is not known.
    """
    if candidate.problem:
        raise PkccError(candidate.problem, "")
    values, left_out = _expanded_only(candidate, name)
    notes: list[str] = []
    _leave_other_ways(values, name, left_out)
    _find_gateway(values, candidate, answers)
    find_key_line(values, notes)
    find_key(values, name, left_out, notes)
    for slot in (API_KEY_SLOT, TOKEN_SLOT):
        if has_secret(candidate.values.get(slot, "")):
            start_with_header(values, slot.removeprefix("env."), notes)
    unrouted = _find_route(values, answers.route)
    if unrouted and not slugs_by(values):
        notes.append(KEY_DECIDES)
    command = values.pop(HELPER_KEY, "")
    found = recognise(
        {**values, HELPER_KEY: command} if command else values, name, origin.path, unrouted=unrouted
    )
    data, secrets = found.data, dict(found.secrets)
    keys = [*keys_in(candidate.values), *(text for text in secrets.values() if len(text) >= SHORTEST_KEY)]
    _refuse_a_key_in_clear(data, keys)
    if command:
        program, *rest = command.split() or [""]
        # `KEY=… program` begins with a secret
        hidden = "=" in program or any(key in program for key in keys)
        called = "…" if hidden else printable(program) + (" …" if rest else "")
        what = f"{HELPER_KEY} ({called})"
        left_out.append(LeftOut(name, what, "a command is never taken over"))
    if not origin.own:
        data["extra_headers"] = data.get("extra_headers", {}) | _other_headers(
            values, name, secrets, left_out
        )
        data["extra_env"] = _harmless(values, name, left_out)
    _allow_plain_http(data, origin, answers, notes)
    if answers.helper or (not origin.keeps_delivery and may_use_helper(data["dialect"], data.get("key_in"))):
        data["key_delivery"] = "helper"
        data.pop("key_in", None)
    return Recognised(data, found.key, secrets, [*notes, *found.notes]), left_out


def _refuse_a_key_in_clear(data: Mapping[str, Any], keys: list[str]) -> None:
    """Raises PkccError for a lost line end, say, that made the key a part of the provider's name."""
    if any(key in text for text in _texts(data) for key in keys):
        raise PkccError("its key stands in its provider, its models or another place that is shown", "")


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)


def may_use_helper(dialect: str, key_in: str | None) -> bool:
    """Whether a helper is the usual way of that API format, and takes nothing else away."""
    usual = DIALECTS[dialect].delivery == "helper"
    return usual and key_in != "header"  # then the client keeps its own login: a helper ends that


def _expanded_only(candidate: Candidate, name: str) -> tuple[dict[str, str], list[LeftOut]]:
    """The values without those that a shell would have had to expand."""
    values, left_out = dict(candidate.values), [part._replace(name=name) for part in candidate.left_out]
    for slot in [slot for slot, value in values.items() if has_secret(value)]:
        place = name_in(slot)
        left_out.append(LeftOut(name, place, unexpanded_reason(references_in(values.pop(slot)))))
    return values, left_out


def _leave_other_ways(values: Mapping[str, str], name: str, left_out: list[LeftOut]) -> None:
    """Name switches that no profile has. Raises PkccError where requests go by one, and to no gateway."""
    others = [switch for dialect, switch in SWITCH_OF.items() if dialect not in DIALECTS]
    on = [switch for switch in (*others, GATEWAY_SWITCH) if is_on(values.get(f"env.{switch}"))]
    if on and not any(map(values.get, ADDRESSES)):
        raise PkccError(f"requests go by {on[0]}, which no profile can say", "")
    left_out.extend(
        LeftOut(name, switch, "with it Claude Code does not just use the gateway") for switch in on
    )


def _find_gateway(values: dict[str, str], candidate: Candidate, answers: Answers) -> None:
    """The user's word for the base URL. Raises PkccError for one that is there and not known."""
    slot = BASE_URL_SLOTS[dialect_of({**candidate.values, **values})]
    if answers.gateway:
        values[slot] = gateway_meant(answers.gateway, dialect_of(values))
    elif has_secret(unknown := candidate.values.get(slot, "")):
        title = f"its gateway is not known: {unexpanded_reason(references_in(unknown))}"
        raise PkccError(title, "Name it with --gateway URL. Nothing was imported.")


def _allow_plain_http(data: dict[str, Any], origin: Origin, answers: Answers, notes: list[str]) -> None:
    """Raises PkccError where the key would go unencrypted, and neither does so already nor is meant to."""
    if not is_plain_http(data.get("gateway", "")):
        return
    if not (answers.plain_http or origin.own):
        title = f"{data['gateway']} is plain http beyond this machine: the key would go unencrypted"
        raise PkccError(title, "Import it with --allow-plain-http if that is meant. Nothing was imported.")
    data["allow_plain_http"] = True
    if origin.own:
        notes.append("the gateway is plain http, as before: the key goes unencrypted beyond this machine")


def _find_route(values: dict[str, str], route: Mapping[str, str]) -> bool:
    """Whether there is no route and need be none: models name it, or the key may have a config of its own.

    Where there is none, the user's word is taken. Raises PkccError for what needs one.
    """
    if any(values.get(slot) for slot in ROUTE_SLOTS):
        return False
    if route:
        values |= {f"header.{header}": value for header, value in route.items()}
        return False
    if needs_no_route(values):
        return True
    hosts = dict.fromkeys(host_of(values[slot]) for slot in ADDRESSES if values.get(slot))
    if not hosts:
        raise PkccError("it does not go through a gateway", "")
    if not is_portkeys(values):
        raise PkccError(f"{', '.join(hosts)} is not a known gateway of Portkey's", "")
    raise PkccError("it names no provider, virtual key or config: give --provider or --config", "")


def host_of(url: str) -> str:
    """The host and port of a URL, and nothing of it that may be a secret."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        host = parts.hostname
    except ValueError:
        host, port = None, ""
    return printable(f"{host}{port}") if host else "its base URL"


def _other_headers(
    values: Mapping[str, str], name: str, secrets: dict[str, str], left_out: list[LeftOut]
) -> dict[str, str]:
    """Header lines that are not Portkey's: they would stay in a settings file, but these lie elsewhere."""
    taken = {}
    for slot, value in values.items():
        header = slot.removeprefix("header.")
        if slot == header or header.startswith(PREFIX):
            continue
        if header in PROFILE_HEADERS or not TOKEN.fullmatch(header):
            left_out.append(
                LeftOut(name, f"header {printable(header)}", "a profile writes none of that name")
            )
            continue
        taken[header] = without_secret(header, value, name, secrets)
    return taken


def _harmless(values: Mapping[str, str], name: str, left_out: list[LeftOut]) -> dict[str, str]:
    names = [slot.removeprefix("env.") for slot in values if slot.startswith("env.")]
    others = [variable for variable in names if variable not in OWNED_ENV]
    taken = [variable for variable in others if HARMLESS.fullmatch(variable) and not is_secret_name(variable)]
    rest = [printable(variable) for variable in others if variable not in taken]
    if rest:
        reason = "only routing, limits and what switches a feature off is taken"
        left_out.append(LeftOut(name, ", ".join(rest), reason))
    return {variable: values[f"env.{variable}"] for variable in taken}


def fitting_name(text: str) -> str:
    """A profile's name that is as near to the text as may be; `imported` for one with no letter in it."""
    base = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")[:40].rstrip(".") or "imported"
    try:
        return check_name(base)
    except UsageError:
        return check_name(f"imported-{base}")
