"""What a person enters for a new profile, answer by answer, and the data that it makes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import UsageError
from profiles.base.programs.command_line import words_in
from profiles.claude_code.dialects import DIALECTS, delivery_meant, gateway_meant
from profiles.portkey.editions import AIRS, PORTKEY
from tray.actions.profiles.adding.config_file import config_route

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.base.secret import Secret

NEW, STORED, ELSEWHERE, LATER = "new", "stored", "elsewhere", "later"  # where the key comes from
PROVIDER, CONFIG, VIRTUAL_KEY, BY_MODEL = "provider", "config", "virtual_key", "none"  # kinds of route
OWN = "own"  # gateway
UNNAMED = "new-profile"


class KeyAnswer(NamedTuple):
    """Where the key comes from, and whose gateway it is. `typed`: what was typed, by kind of `ELSEWHERE`."""

    source: str = ""
    stored: str = ""
    kind: str = "env"
    typed: Mapping[str, str] = {}
    gateway: str = PORTKEY.name
    url: str = ""

    def reference(self, name: str) -> str:
        """Where the key of a profile of that name lies, or will. Raises UsageError for a command's line."""
        if self.source == STORED:
            return f"keyring:{self.stored}"
        if self.source != ELSEWHERE:
            return f"keyring:{name}"
        text = self.typed.get(self.kind, "")
        return {"manager": text, "cmd": f"cmd:{_argv(text)}"}.get(self.kind, f"{self.kind}:{text}")

    def base_url(self, dialect: str) -> str:
        """The gateway's base URL, or an edition's name; "" for Portkey's own."""
        if self.gateway == OWN:
            return DIALECTS[dialect].right_url(self.url) if self.url else ""
        return AIRS.name if self.gateway == AIRS.name else ""


def _argv(text: str) -> str:
    """A command's line as the JSON list that a reference holds."""
    if text.startswith("["):
        return text
    try:
        return json.dumps(words_in(text))
    except ValueError:
        raise UsageError("A quote in the command is not closed", "Close it.") from None


class RouteAnswer(NamedTuple):
    """Where requests go. `beside`: a provider for a config that names none; `owner`: a virtual key's."""

    kind: str = PROVIDER
    provider: str = ""
    config: str = ""
    path: str = ""
    beside: str = ""
    virtual_key: str = ""
    owner: str = ""


class Details(NamedTuple):
    """The name, and what few profiles need."""

    label: str = ""
    name: str = ""
    metadata: Sequence[tuple[str, str]] = ()
    dialect: str = "messages"
    delivery: str = "helper"
    trace_id: str = ""
    headers: Sequence[tuple[str, str]] = ()
    env: Sequence[tuple[str, str]] = ()
    project: str = ""
    region: str = ""


class Entered(NamedTuple):
    """All of it."""

    key: KeyAnswer = KeyAnswer()
    route: RouteAnswer = RouteAnswer()
    models: Mapping[str, str] = {}
    details: Details = Details(UNNAMED, UNNAMED)


def data_of(
    entered: Entered, secret: Secret | None
) -> tuple[dict[str, object], dict[str, Secret], tuple[str, ...]]:
    """The profile's data, its secrets by key name, and notes; `secret` is the key that was typed.

    Raises PkccError for a config file that cannot be read.
    """
    key, details = entered.key, entered.details
    secrets = {details.name: secret} if key.source == NEW and secret is not None else {}
    route, notes = _route(entered.route, details.name, secrets)
    vertex = {"project_id": details.project, "region": details.region}
    optional: dict[str, object] = {
        "gateway": gateway_meant(key.base_url(details.dialect), details.dialect),
        "models": {field: model for field, model in entered.models.items() if model},
        "vertex": {field: text for field, text in vertex.items() if text and details.dialect == "vertex"},
        "metadata": dict(details.metadata),
        "trace_id": details.trace_id,
        "extra_headers": dict(details.headers),
        "extra_env": dict(details.env),
        "key_delivery": delivery_meant(details.delivery, details.dialect),
    }
    data = {
        "name": details.name,
        "label": details.label,
        "dialect": details.dialect,
        "route": route,
        "api_key": key.reference(details.name),
    }
    return data | {field: value for field, value in optional.items() if value}, secrets, notes


def _route(
    answer: RouteAnswer, name: str, secrets: dict[str, Secret]
) -> tuple[dict[str, object], tuple[str, ...]]:
    if answer.kind == PROVIDER:
        return {"kind": PROVIDER, "provider": answer.provider}, ()
    if answer.kind == VIRTUAL_KEY:
        return {"kind": VIRTUAL_KEY, "provider": answer.owner, "virtual_key": answer.virtual_key}, ()
    if answer.kind == BY_MODEL:
        return {"kind": BY_MODEL}, ()
    beside: dict[str, object] = {"provider": answer.beside} if answer.beside else {}
    if answer.config:
        return {"kind": CONFIG, "id": answer.config, **beside}, ()
    made = config_route(answer.path, name)
    secrets |= made.secrets
    return made.route | beside, made.notes
