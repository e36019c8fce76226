"""What was found somewhere, on its way to a profile: what is taken, what is left out, and why. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from profiles.base.errors import PkccError, UsageError
from profiles.base.names import check_name
from profiles.base.secret_markers import has_secret, references_in
from profiles.base.secret_names import is_secret_name
from profiles.base.text import printable
from profiles.claude_code.dialects import DIALECTS
from profiles.claude_code.owned_slots import (
    API_KEY,
    API_KEY_SLOT,
    BASE_URL_SLOTS,
    HELPER_KEY,
    MODEL_SLOTS,
    OWNED_ENV,
    PLACES_OF_A_KEY,
    PORTKEY_KEY_SLOT,
    PROFILE_HEADERS,
    ROUTE_SLOTS,
    TOKEN_SLOT,
)
from profiles.claude_code.routing_names import HEADERS_KEY, PROXY_HELPER
from profiles.claude_code.settings.file import actual_values, parse_settings
from profiles.portkey.headers import BEARER, LOGIN, PORTKEY_KEY, PREFIX, PROVIDER
from profiles.portkey.hosts import is_portkey_url
from profiles.profile.fields import TOKEN
from profiles.profile.recognition import Recognised, derived_key_name, dialect_of, recognise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Variables that may come along: they switch features of the client off, or set limits.
HARMLESS = re.compile(
    r"(CLAUDE_CODE_)?DISABLE_[A-Z_]+|CLAUDE_CODE_DISABLE_[A-Z0-9_]+|CLAUDE_CODE_MAX_OUTPUT_TOKENS"
    r"|MAX_THINKING_TOKENS|API_TIMEOUT_MS|BASH_(DEFAULT|MAX)_TIMEOUT_MS"
)
_BASE_URLS = [BASE_URL_SLOTS[dialect] for dialect in DIALECTS]
_VARIABLE = re.compile(r"\$\{?((?:env[:.])?[A-Za-z_][A-Za-z0-9_]*)")
_BEARER = re.compile(r"bearer\s+(\S+)", re.IGNORECASE)
_IN_MODEL = re.compile(r"(@[A-Za-z0-9_.-]+)/(.+)")
# Settings that name a command which Claude Code would run.
_COMMANDS = {
    HELPER_KEY, PROXY_HELPER, "hooks", "statusLine", "mcpServers", "awsAuthRefresh", "awsCredentialExport",
    "otelHeadersHelper", "gcpAuthRefresh", "fileSuggestion", "enabledPlugins", "extraKnownMarketplaces",
}  # fmt: skip


_SHORTEST_KEY = 8  # below, a placeholder such as "x" would be found in any name


class LeftOut(NamedTuple):
    """`what` of the thing called `name` is not imported, for that reason; all of it for an empty `what`."""

    name: str
    what: str
    reason: str


class Candidate(NamedTuple):
    """One thing that may become a profile: `name` where it was found ("" for none), `values` by slot.

    A value may hold marks for what a shell would have expanded. With a `problem` it can be none, and why.
    """

    name: str
    values: dict[str, str]
    left_out: tuple[LeftOut, ...] = ()
    problem: str = ""


class Origin(NamedTuple):
    """Where candidates come from: `path` for messages; `own`: the settings file that a switch would edit.

    `keeps_delivery`: a key found there was written into settings, and a switch shall write it again.
    """

    path: str
    own: bool = False
    keeps_delivery: bool = False


def from_settings(data: bytes, path: str, name: str = "", *, own: bool = False) -> Candidate:
    """The candidate that a settings file is. Raises PkccError for what Claude Code would not read."""
    settings = parse_settings(data, path)
    values = actual_values(settings)
    if own:
        return Candidate(name, values)
    model = settings.root.find("model")
    if model is not None and isinstance(model.value, str) and model.value:
        values.setdefault(MODEL_SLOTS["default"], model.value)
    others = [
        member.key for member in settings.root.members if member.key not in ("env", "model", HELPER_KEY)
    ]
    return Candidate(name, values, tuple(_left_keys(name, dict.fromkeys(others))))


def from_environment(env: Mapping[str, str], name: str = "") -> Candidate:
    """The candidate that variables of an environment are, marks for what was not expanded among them."""
    import json

    lines = env.get(HEADERS_KEY, "").split("\n")
    unclear = [line for line in lines if has_secret(line.partition(":")[0])]  # which header, is not known
    kept = "\n".join(line for line in lines if line not in unclear)
    text = json.dumps({"env": dict(env) | ({HEADERS_KEY: kept} if kept else {})})
    values = actual_values(parse_settings(text.encode(), ""))
    sources = [source for line in unclear for source in references_in(line)]
    left_out = [LeftOut(name, HEADERS_KEY, _unexpanded_reason(sources))] if unclear else []
    glued = re.search(r"\\n\s*[xX]-", kept) is not None
    problem = f"{HEADERS_KEY} holds \\n where a line must end: in a shell write $'…\\n…'" if glued else ""
    return Candidate(name, values, tuple(left_out), problem)


def _unexpanded_reason(sources: list[str]) -> str:
    """Names variables, and no more of the text: the default in `${KEY:-…}` may be the key itself."""
    names = [_VARIABLE.match(source) for source in sources]
    shown = [f"${name[1]}" if name else "something that a shell works out" for name in names]
    return f"it refers to {', '.join(dict.fromkeys(shown))}, which is neither expanded nor run"


def _left_keys(name: str, keys: Mapping[str, None]) -> Iterator[LeftOut]:
    commands = [printable(key) for key in keys if key in _COMMANDS]
    others = [printable(key) for key in keys if key not in _COMMANDS and key != "$schema"]
    if commands:
        yield LeftOut(name, ", ".join(commands), "it may run commands, and an import never takes one over")
    if others:
        yield LeftOut(name, ", ".join(others), "it is no part of a route")


def recognise_candidate(
    candidate: Candidate, name: str, origin: Origin, route: Mapping[str, str], *, helper: bool
) -> tuple[Recognised, list[LeftOut]]:
    """The profile's data that a candidate amounts to, and what of it is left out.

    `route` is the user's word for where there is none: `x-portkey-provider` or `x-portkey-config`. Raises
    PkccError when it holds no Portkey route.
    """
    if candidate.problem:
        raise PkccError(candidate.problem, "")
    values, left_out = _expanded_only(candidate, name)
    notes: list[str] = []
    _find_key_line(values, notes)
    _find_key(values, name, left_out, notes)
    _find_route(values, route, notes)
    command = values.pop(HELPER_KEY, "")
    found = recognise({**values, HELPER_KEY: command} if command else values, name, origin.path)
    data, secrets = found.data, dict(found.secrets)
    keys = [*_keys(candidate.values), *(text for text in secrets.values() if len(text) >= _SHORTEST_KEY)]
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
    if helper or (not origin.keeps_delivery and _may_use_helper(data)):
        data["key_delivery"] = "helper"
        data.pop("key_in", None)
    return Recognised(data, found.key, secrets, [*notes, *found.notes]), left_out


def _keys(values: Mapping[str, str]) -> list[str]:
    """What stands where only a key stands; none for a blank or a word that could be part of a name."""
    found = [
        *(values.get(slot, "") for slot in PLACES_OF_A_KEY),
        *(key for _, key in _authenticating(values)),
    ]
    return [key for key in found if len(key) >= _SHORTEST_KEY]


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


def _may_use_helper(data: Mapping[str, Any]) -> bool:
    usual = DIALECTS[data["dialect"]].delivery == "helper"
    return usual and data.get("key_in") != "header"  # then the client keeps its own login: a helper ends that


def _expanded_only(candidate: Candidate, name: str) -> tuple[dict[str, str], list[LeftOut]]:
    """The values without those that a shell would have had to expand."""
    values, left_out = dict(candidate.values), [part._replace(name=name) for part in candidate.left_out]
    for slot in [slot for slot, value in values.items() if has_secret(value)]:
        place = slot.partition(".")[2] or slot
        left_out.append(LeftOut(name, place, _unexpanded_reason(references_in(values.pop(slot)))))
    return values, left_out


def _find_key_line(values: dict[str, str], notes: list[str]) -> None:
    """A header line that authenticates holds the Portkey key where no other stands: as on its newer pages."""
    token, own = TOKEN_SLOT, PORTKEY_KEY_SLOT
    keys = {values[slot] for slot in (token, own) if values.get(slot)}
    place = token if DIALECTS[dialect_of(values)].token else own
    for header, key in _authenticating(values):
        if key in keys:
            del values[f"header.{header}"]  # the client, or the profile, says it as well
        elif not keys:
            keys = {key}
            values[place] = key
            del values[f"header.{header}"]
            how = "a token" if place == token else PORTKEY_KEY
            notes.append(f"the key stood in the header line {header}: it is sent as {how} from now on")


def _authenticating(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """The header lines by which a gateway can know the user, with the key in each."""
    found = []
    if bearer := _BEARER.fullmatch(values.get(f"header.{BEARER}", "")):
        found.append((BEARER, bearer[1]))
    key = values.get(f"header.{LOGIN}", "")
    if key and not _is_anthropics(key) and any(is_portkey_url(values.get(slot, "")) for slot in _BASE_URLS):
        found.append((LOGIN, key))
    return found


def _is_anthropics(key: str) -> bool:
    """Whether a key is one of Anthropic's own, which is no gateway's."""
    return key.startswith("sk-ant-")


def _find_key(values: dict[str, str], name: str, left_out: list[LeftOut], notes: list[str]) -> None:
    """ANTHROPIC_API_KEY may be the Portkey key: the gateway takes it as x-api-key (its documentation)."""
    other = values.pop(API_KEY_SLOT, "")
    if not other:
        return
    keys = {values.get(TOKEN_SLOT, ""), values.get(PORTKEY_KEY_SLOT, "")}
    if keys == {""} and is_portkey_url(values.get(_BASE_URLS[0], "")) and not _is_anthropics(other):
        values[TOKEN_SLOT] = other
        notes.append(
            "the key stood in ANTHROPIC_API_KEY: it is sent as a token from now on, to the same effect"
        )
    elif other not in keys:
        left_out.append(LeftOut(name, API_KEY, "it is not the Portkey key"))


def _find_route(values: dict[str, str], route: Mapping[str, str], notes: list[str]) -> None:
    """Where no header names the route: take the user's word, or the `@slug/` before every model's name."""
    if any(values.get(slot) for slot in ROUTE_SLOTS):
        return
    if route:
        values |= {f"header.{header}": value for header, value in route.items()}
        return
    models = {slot: values[slot] for slot in MODEL_SLOTS.values() if values.get(slot)}
    parts = {slot: _IN_MODEL.fullmatch(model) for slot, model in models.items()}
    slugs = {part[1] for part in parts.values() if part}
    if len(slugs) == 1 and all(parts.values()):
        values[f"header.{PROVIDER}"] = slugs.pop()
        values |= {slot: part[2] for slot, part in parts.items() if part}
        notes.append("the provider stood before the models' names: it is the route now, to the same effect")
        return
    hosts = dict.fromkeys(host_of(values[slot]) for slot in _BASE_URLS if values.get(slot))
    if not hosts:
        raise PkccError("it does not go through a gateway", "")
    if not any(is_portkey_url(values.get(slot, "")) for slot in _BASE_URLS):
        raise PkccError(f"{', '.join(hosts)} is no gateway of Portkey's, as far as can be told", "")
    raise PkccError("it names no provider, virtual key or config: give --provider or --config", "")


def routed(candidate: Candidate) -> bool:
    """Whether it goes through Portkey, as far as one look tells."""
    values = candidate.values
    named = any(values.get(slot) for slot in ROUTE_SLOTS)
    return named or any(is_portkey_url(values.get(slot, "")) for slot in _BASE_URLS)


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
        if is_secret_name(header):
            key_name = derived_key_name(name, header)
            secrets[key_name] = value
            value = f"keyring:{key_name}"
        taken[header] = value
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
