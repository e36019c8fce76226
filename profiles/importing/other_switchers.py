"""The stores of other switchers, read as candidates. Reads only, and runs nothing.

The formats are those of cc-switch 3 (its schema 1 to 16, and the config.json before it), `@kaitranntt/ccs`
7.79 and claude-provider-switcher 0.1.6.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from profiles.base.errors import PkccError
from profiles.base.text import os_reason
from profiles.claude_code.owned_slots import MODEL_KEYS
from profiles.claude_code.routing_names import AUTH_TOKEN, BASE_URLS
from profiles.files.json_documents import parse_json
from profiles.files.read import read_bytes, read_start
from profiles.importing.candidate import Candidate, from_environment, from_settings
from profiles.importing.sqlite_rows import HEADER as SQLITE_HEADER
from profiles.importing.sqlite_rows import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

CCS_ENDING = ".settings.json"
START = 4096  # bytes: enough to tell what kind of file it is


def entries(directory: str) -> list[str]:
    """The names in a directory, sorted; none for a file. Raises PkccError."""
    try:
        return sorted(os.listdir(directory))
    except NotADirectoryError:
        return []
    except FileNotFoundError:
        raise PkccError(f"There is no {directory}", "Name the FILE to import.") from None
    except OSError as error:
        raise PkccError(
            f"{directory} cannot be read: {os_reason(error)}", "Make it readable for you."
        ) from None


def _cc_switch(path: str) -> Iterator[Candidate]:
    """A row per provider, its settings as JSON text. Those for other programs do not matter."""
    if os.path.isdir(path):
        database = os.path.join(path, "cc-switch.db")
        path = database if os.path.exists(database) else os.path.join(path, "config.json")
    if not read_start(path, START).startswith(SQLITE_HEADER):
        yield from _cc_switch_config(path)
        return
    for app, name, text in read_rows(path, "providers", ("app_type", "name", "settings_config")):
        if app == "claude" and isinstance(name, str):
            yield _nested(name, text if isinstance(text, str) else "", path)


def _cc_switch_config(path: str) -> Iterator[Candidate]:
    data = _json_of(path)
    manager = data.get("claude", data)
    providers = manager.get("providers") if isinstance(manager, dict) else None
    if not isinstance(providers, dict):
        raise PkccError(f"{path} is no store of cc-switch: it has no providers", "Name another FILE.")
    for key, entry in providers.items():
        entry = entry if isinstance(entry, dict) else {}
        name = entry.get("name")
        yield _nested(
            name if isinstance(name, str) and name else key, json.dumps(entry.get("settingsConfig")), path
        )


def _ccs(path: str) -> Iterator[Candidate]:
    """The candidates of ccs: a settings file for each profile."""
    paths = [path]
    if os.path.isdir(path):
        paths = [os.path.join(path, entry) for entry in entries(path) if entry.endswith(CCS_ENDING)]
    for each in paths:
        name = os.path.basename(each).removesuffix(CCS_ENDING)
        try:
            data = read_bytes(each)
        except PkccError as error:
            yield Candidate(name, {}, problem=error.title)
            continue
        if data is not None:
            yield _nested(name, data, each)


def _claude_provider_switcher(path: str) -> Iterator[Candidate]:
    """A gateway and a model per profile; keys lie beside it or in the keyring, which is not asked."""
    directory = path if os.path.isdir(path) else os.path.dirname(path)
    file = os.path.join(directory, "profiles.json")
    profiles = _json_of(file).get("profiles")
    if not isinstance(profiles, dict):
        raise PkccError(f"{file} is no store of claude-provider-switcher", "Name another FILE.")
    keys_path = os.path.join(directory, "credentials.json")
    keys = _json_of(keys_path) if os.path.exists(keys_path) else {}
    for name, entry in profiles.items():
        entry = entry if isinstance(entry, dict) else {}
        extra = entry.get("env")
        env = {**extra} if isinstance(extra, dict) else {}
        env |= {BASE_URLS["messages"]: entry.get("base_url"), MODEL_KEYS["default"]: entry.get("model")}
        key = keys.get(name)
        if isinstance(key, dict) and key.get("backend") == "file":
            env[AUTH_TOKEN] = key.get("secret")
        yield from_environment({key: value for key, value in env.items() if isinstance(value, str)}, name)


READERS = {
    "cc-switch": _cc_switch,
    "ccs": _ccs,
    "claude-provider-switcher": _claude_provider_switcher,
}


def _nested(name: str, text: str | bytes, path: str) -> Candidate:
    """The candidate of settings that lie inside a store; faults in one affect no other."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        return from_settings(data, path, name)
    except PkccError as error:
        return Candidate(
            name, {}, problem=f"its settings cannot be read: {error.title.removeprefix(path).strip()}"
        )


def _json_of(path: str) -> dict[str, Any]:
    data = read_bytes(path)
    if data is None:
        raise PkccError(f"There is no file {path}", "Name the FILE to import.")
    content = parse_json(path, data.removeprefix(b"\xef\xbb\xbf"))
    if not isinstance(content, dict):
        raise PkccError(f"{path} holds no JSON object", "Name another FILE.")
    return content
