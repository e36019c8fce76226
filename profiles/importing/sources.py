"""Where profiles can be imported from: settings, exports of a shell, and the stores of other switchers.

Reads only, and runs nothing. The stores' formats are those of cc-switch 3 (its schema 1 to 16, and the
config.json before it), `@kaitranntt/ccs` 7.79 and claude-provider-switcher 0.1.6.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from profiles.base.errors import PkccError, UsageError
from profiles.base.text import os_reason, printable
from profiles.claude_code.owned_slots import AUTH_TOKEN, MODEL_KEYS, OWNED_ENV
from profiles.claude_code.routing_names import BASE_URLS, HEADERS_KEY
from profiles.files.replace import read_bytes, read_start
from profiles.importing.candidates import Candidate, Origin, from_environment, from_settings
from profiles.importing.exports import KINDS as EXPORT_KINDS
from profiles.importing.exports import kind_of, read_exports
from profiles.importing.sqlite_rows import HEADER as SQLITE_HEADER
from profiles.importing.sqlite_rows import read_rows
from profiles.profile.store import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STORES = ("cc-switch", "ccs", "claude-provider-switcher")
KINDS = ("settings", *STORES, *EXPORT_KINDS)
_CCS_ENDING = ".settings.json"
_MOST = 1000
_START = 4096  # bytes: enough to tell what kind of file it is


class Source(NamedTuple):
    """What one place holds. `kind` is one of KINDS."""

    kind: str
    origin: Origin
    candidates: list[Candidate]
    notes: list[str]


def known_places(environ: Mapping[str, str], home: str) -> list[tuple[str, str]]:
    """Kind and path of each store and shell's start file that is there, where they always lie."""
    ccs = environ.get("CCS_DIR") or os.path.join(environ.get("CCS_HOME") or home, ".ccs")
    own = environ.get("CLAUDE_PROVIDER_SWITCHER_HOME") or os.path.join(home, ".claude-provider-switcher")
    config = environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    places = [
        ("cc-switch", os.path.join(home, ".cc-switch")),
        ("ccs", ccs),
        ("claude-provider-switcher", own),
        *(
            ("shell", os.path.join(home, name))
            for name in (".bashrc", ".bash_profile", ".profile", ".zshrc", ".zshenv", ".zprofile")
        ),
        ("fish", os.path.join(config, "fish", "config.fish")),
        ("nushell", os.path.join(config, "nushell", "env.nu")),
        *(
            ("powershell", os.path.join(base, "Microsoft.PowerShell_profile.ps1"))
            for base in (os.path.join(config, "powershell"), os.path.join(home, "Documents", "PowerShell"))
        ),
    ]
    return [
        (kind, os.path.expanduser(path)) for kind, path in places if os.path.exists(os.path.expanduser(path))
    ]


def read_source(path: str, kind: str | None, *, own: bool = False) -> Source:
    """What lies at a path; `kind` as far as the user said it. Raises PkccError when it can be none of them.

    `own`: it is the settings file that a switch would edit.
    """
    is_directory = os.path.isdir(path)
    data = None if is_directory else read_start(path, _START)
    kind = kind or _detect(path, data)
    if kind in STORES:
        candidates = list(_STORE_READERS[kind](path))[:_MOST]
        return Source(kind, Origin(path), candidates, [])
    data = read_bytes(path)  # says what is wrong with a directory
    if data is None:
        raise PkccError(f"There is no file {path}", "Name the file to import.")
    if kind == "settings":
        origin = Origin(path, own=own, keeps_delivery=True)
        return Source(kind, origin, [from_settings(data, path, own=own)], [])
    exports = read_exports(data, path, kind)
    env = {name: value for name, value in exports.values.items() if name in OWNED_ENV}
    relevant = [note for note in exports.notes if note.split()[0] in OWNED_ENV or note.startswith("line ")]
    if not env:
        raise PkccError(
            f"{path} exports nothing that Claude Code routes by",
            f"Such as {HEADERS_KEY}. If it is of another kind, say so with --from.",
        )
    return Source(kind, Origin(path), [from_environment(env)], relevant)


def may_be_json(path: str) -> bool:
    """Whether a file begins as a JSON object does; a directory or a file that cannot be read does not."""
    return read_start(path, _START).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _detect(path: str, data: bytes | None) -> str:
    name = os.path.basename(path)
    if data is None:
        found = [kind for mark, kind in _DIRECTORIES if any(entry.endswith(mark) for entry in _entries(path))]
        if not found:
            raise PkccError(f"{path} is a directory of no program that is known here", "Name a FILE in it.")
        return found[0]
    if data.startswith(SQLITE_HEADER):
        return "cc-switch"
    text = data.decode("utf-8-sig", "replace").lstrip()
    if not name.endswith(".json") and (
        name.endswith((".fish", ".ps1", ".nu")) or text[:1] not in ("{", "[", "/")
    ):
        return kind_of(path)
    if name == "profiles.json":
        return "claude-provider-switcher"
    return "cc-switch" if name == "config.json" and '"providers"' in text else "settings"


# What shows whose directory it is; the surer sign first.
_DIRECTORIES = (
    ("cc-switch.db", "cc-switch"),
    ("profiles.json", "claude-provider-switcher"),
    (_CCS_ENDING, "ccs"),
    ("config.yaml", "ccs"),
    ("config.json", "cc-switch"),
)


def _entries(directory: str) -> list[str]:
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
    """A row a provider, its settings as JSON text. Those for other programs do not matter."""
    if os.path.isdir(path):
        database = os.path.join(path, "cc-switch.db")
        path = database if os.path.exists(database) else os.path.join(path, "config.json")
    if not read_start(path, _START).startswith(SQLITE_HEADER):
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
    """A settings file a profile."""
    paths = [path]
    if os.path.isdir(path):
        paths = [os.path.join(path, entry) for entry in _entries(path) if entry.endswith(_CCS_ENDING)]
    for each in paths:
        name = os.path.basename(each).removesuffix(_CCS_ENDING)
        try:
            data = read_bytes(each)
        except PkccError as error:
            yield Candidate(name, {}, problem=error.title)
            continue
        if data is not None:
            yield _nested(name, data, each)


def _claude_provider_switcher(path: str) -> Iterator[Candidate]:
    """A gateway and a model a profile; keys lie beside it, or in the system's keyring, which is not asked."""
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


_STORE_READERS = {
    "cc-switch": _cc_switch,
    "ccs": _ccs,
    "claude-provider-switcher": _claude_provider_switcher,
}


def _nested(name: str, text: str | bytes, path: str) -> Candidate:
    """The candidate of settings that lie inside a store; what is wrong with them is theirs alone."""
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


def chosen(candidates: list[Candidate], only: list[str]) -> list[Candidate]:
    """The candidates of those names. Raises UsageError for a name that none has."""
    known = {candidate.name for candidate in candidates}
    for name in only:
        if name not in known:
            names = ", ".join(printable(each) for each in list(known)[:20])
            raise UsageError(f"There is no {printable(name, 24)!r} there", f"There are: {names}.")
    return [candidate for candidate in candidates if not only or candidate.name in only]
