"""One thing that may become a profile, and what of it is left out: of a settings file, of an environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.secret_markers import has_secret, references_in
from profiles.base.text import printable
from profiles.claude_code.dialects import DIALECTS
from profiles.claude_code.glued_lines import unglued
from profiles.claude_code.owned_slots import (
    BASE_URL_SLOTS,
    HELPER_KEY,
    MODEL,
    ROUTE_SLOTS,
    slugs_by,
)
from profiles.claude_code.routing_names import HEADERS_KEY, PROXY_HELPER
from profiles.claude_code.settings.managed.places import is_managed
from profiles.claude_code.settings.parse import actual_values, not_texts, parse_settings, what_drops
from profiles.portkey.editions import is_portkey_url
from profiles.portkey.model_names import is_alias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VARIABLE = re.compile(r"\$\{?((?:env[:.])?[A-Za-z_][A-Za-z0-9_]*)")
# Settings that name a command which Claude Code would run.
_COMMANDS = {
    HELPER_KEY, PROXY_HELPER, "hooks", "statusLine", "mcpServers", "awsAuthRefresh", "awsCredentialExport",
    "otelHeadersHelper", "gcpAuthRefresh", "processWrapper", "fileSuggestion", "enabledPlugins",
    "extraKnownMarketplaces",
}  # fmt: skip
# Variables that may come along: they switch features of the client off, set limits, or a model's region.
HARMLESS = re.compile(
    r"(CLAUDE_CODE_)?DISABLE_[A-Z_]+|CLAUDE_CODE_DISABLE_[A-Z0-9_]+|CLAUDE_CODE_MAX_OUTPUT_TOKENS"
    r"|VERTEX_REGION_[A-Z0-9_]+|MAX_THINKING_TOKENS|API_TIMEOUT_MS|BASH_(DEFAULT|MAX)_TIMEOUT_MS"
)
ADDRESSES = [BASE_URL_SLOTS[dialect] for dialect in DIALECTS]  # where requests can be sent


STAYS = "it stays in the file, and goes along with every profile"  # of what is left out, and not lost


class LeftOut(NamedTuple):
    """`what` of the thing called `name` is not imported, for that reason; all of it for an empty `what`."""

    name: str
    what: str
    reason: str


class Candidate(NamedTuple):
    """One thing that may become a profile: `name` where it was found ("" for none), `values` by slot.

    A value may hold marks for what a shell would have expanded. With a `problem` it can be none, and why.
    `notes` are sentences about where it was found; `start` is the alias or function that it is, in words.
    """

    name: str
    values: dict[str, str]
    left_out: tuple[LeftOut, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    start: str = ""


class Answers(NamedTuple):
    """The user's word: `route` (header → value) where none is named, the gateway in place of the one there.

    `plain_http`: the key may go unencrypted beyond this machine; `helper`: a helper is to hand it out.
    """

    route: Mapping[str, str] = {}
    gateway: str = ""
    plain_http: bool = False
    helper: bool = False


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
    wrong = "" if is_managed(path) else what_drops(settings, len(data))
    notes = [f"Claude Code leaves {path} out as a whole, until this is put right: {wrong}"] if wrong else []
    notes += [
        f"{variable} is no text in quotes: Claude Code makes [object Object] or the like of it, "
        "so what was meant there is not taken over"
        for variable in not_texts(settings)
    ]
    if own:
        alias = values.pop(MODEL) if is_alias(values.get(MODEL, "")) else ""
        stays = LeftOut(name, f"{MODEL} ({alias})", STAYS)
        return _lines_apart(Candidate(name, values, (stays,) if alias else (), notes=tuple(notes)))
    others = [member.key for member in settings.root.members if member.key not in ("env", MODEL, HELPER_KEY)]
    left_out = tuple(_left_keys(name, dict.fromkeys(others)))
    return _lines_apart(Candidate(name, values, left_out, notes=tuple(notes)))


def from_environment(env: Mapping[str, str], name: str = "") -> Candidate:
    """The candidate that variables of an environment are, marks for what was not expanded among them."""
    import json

    lines = env.get(HEADERS_KEY, "").split("\n")
    unclear = [line for line in lines if has_secret(line.partition(":")[0])]  # which header, is not known
    kept = "\n".join(line for line in lines if line not in unclear)
    text = json.dumps({"env": dict(env) | ({HEADERS_KEY: kept} if kept else {})})
    values = actual_values(parse_settings(text.encode(), ""))
    sources = [source for line in unclear for source in references_in(line)]
    left_out = [LeftOut(name, HEADERS_KEY, unexpanded_reason(sources))] if unclear else []
    return _lines_apart(Candidate(name, values, tuple(left_out)))


def _lines_apart(candidate: Candidate) -> Candidate:
    """The candidate with a slot for each header line that was meant, or the problem with that."""
    try:
        values, notes = unglued(candidate.values)
    except PkccError as error:
        return candidate._replace(problem=error.title)
    return candidate._replace(values=values, notes=(*candidate.notes, *notes))


def unexpanded_reason(sources: list[str]) -> str:
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


def is_portkeys(values: Mapping[str, str]) -> bool:
    """Whether one of the addresses is a gateway of Portkey's."""
    return any(is_portkey_url(values.get(slot, "")) for slot in ADDRESSES)


def routed(candidate: Candidate) -> bool:
    """Whether it goes through Portkey, as far as one look tells."""
    values = candidate.values
    return bool(any(map(values.get, ROUTE_SLOTS)) or is_portkeys(values) or slugs_by(values))
