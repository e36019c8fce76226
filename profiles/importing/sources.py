"""Where profiles can be imported from: settings, exports of a shell, and the stores of other switchers.

Reads only, and runs nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError, UsageError
from profiles.base.locations import CLAUDE_DIR_VARIABLE, SETTINGS_FILE
from profiles.base.secret_markers import fill, references_in
from profiles.base.text import printable
from profiles.claude_code.beside.start_files import start_files
from profiles.claude_code.owned_slots import KEY_SLOTS, OWNED_ENV, WAYS_TO_A_KEY, variable_of
from profiles.claude_code.routing_names import HEADERS_KEY, OF_THE_CLIENT
from profiles.files.read import read_bytes, read_start
from profiles.importing.candidate import HARMLESS, Candidate, Origin, from_environment, from_settings
from profiles.importing.exports import KINDS as EXPORT_KINDS
from profiles.importing.exports import kind_of, read_exports
from profiles.importing.other_switchers import CCS_ENDING, READERS, START, entries
from profiles.importing.sqlite_rows import HEADER as SQLITE_HEADER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from profiles.importing.exports import Exports

STORES = ("cc-switch", "ccs", "claude-provider-switcher")
KINDS = ("settings", *STORES, *EXPORT_KINDS)
_MOST = 1000


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
    places = [
        ("cc-switch", os.path.join(home, ".cc-switch")),
        ("ccs", ccs),
        ("claude-provider-switcher", own),
    ]
    there = [(kind, path) for kind, path in places if os.path.exists(os.path.expanduser(path))]
    return [(kind, os.path.expanduser(path)) for kind, path in there] + start_files(environ, home)


def read_source(path: str, kind: str | None, *, own: bool = False) -> Source:
    """What lies at a path; `kind` as far as the user said it. Raises PkccError when it can be none of them.

    `own`: it is the settings file that a switch would edit.
    """
    is_directory = os.path.isdir(path)
    data = None if is_directory else read_start(path, START)
    kind = kind or _detect(path, data)
    if kind in STORES:
        candidates = list(READERS[kind](path))[:_MOST]
        return Source(kind, Origin(path), candidates, [])
    data = read_bytes(path)  # says what is wrong with a directory
    if data is None:
        raise PkccError(f"There is no file {path}", "Name the file to import.")
    if kind == "settings":
        origin = Origin(path, own=own, keeps_delivery=True)
        return Source(kind, origin, [from_settings(data, path, own=own)], [])
    return _of_exports(read_exports(data, path, kind), path, kind)


def _of_exports(exports: Exports, path: str, kind: str) -> Source:
    """What is exported there, and what aliases and functions start Claude Code with besides."""
    env = _routing(exports.values)
    notes = [note for note in exports.notes if _is_taken(note.split()[0]) or note.startswith("line ")]
    candidates = [_whole(exports, env)] if _routes(env) else []
    others = [f"it has Claude Code read {place}" for place in _settings_in(exports.values)]
    for start in exports.starts:
        own = _routing(start.values)
        if _routes(own) and (start.name or own != env):
            exported = env if start.name and "*" not in start.without else {}
            kept = {name: value for name, value in exported.items() if name not in start.without}
            found = from_environment({**kept, **own}, start.name)
            joined = [name for name in kept if name not in own and name in exports.of_functions]
            found = _unless(joined, found, _UNSURE)
            if start.unsure and not found.problem:
                found = found._replace(problem=_PIPED)
            candidates.append(found._replace(start=start.words if start.name else ""))
        elif start.settings:
            others.append(f"{start.words} starts Claude Code with settings of its own: import those")
        others += [f"{start.words} has Claude Code read {place}" for place in _settings_in(start.values)]
    if not candidates:
        raise PkccError(
            f"{path}: {others[0]}" if others else f"{path} exports nothing that Claude Code routes by",
            f"Such as {HEADERS_KEY}. If it is of another kind, say so with --from.",
        )
    return Source(kind, Origin(path), candidates, [*notes, *others])


_OF_HOME = {"~", "$HOME", "${HOME}"}
_DECIDING = frozenset(map(variable_of, (*KEY_SLOTS, *WAYS_TO_A_KEY)))  # address and key
_TORN = "{} are set in more than one way, by functions of which not all may be called"
_PIPED = "what was set before it in a pipe or in the background may be gone when it runs"
_UNSURE = "{} is set by a function, and whether that is called before is not known"


def _whole(exports: Exports, env: Mapping[str, str]) -> Candidate:
    """What is exported, of which nothing is made where functions that exclude each other set parts of it."""
    deciding = [name for name in env if name in _DECIDING]
    setters = {exports.of_functions.get(name, "") for name in deciding}
    apart = len(setters) > 1 and not exports.torn.isdisjoint(deciding)
    return _unless(deciding if apart else (), from_environment(env), _TORN)


def _unless(doubtful: Collection[str], candidate: Candidate, why: str) -> Candidate:
    """The candidate, and why it is none where what decides its address or its key is doubtful.

    The key of one route would go to the address of another.
    """
    names = " and ".join(name for name in doubtful if name in _DECIDING)
    return candidate._replace(problem=why.format(names)) if names else candidate


def _settings_in(values: Mapping[str, str]) -> list[str]:
    """The settings in another directory that a variable leads to, with the command that imports them."""
    directory = values.get(CLAUDE_DIR_VARIABLE)
    if directory is None:
        return []
    if not {*references_in(directory)} <= _OF_HOME:
        return [f"settings in a directory that only the shell knows ({CLAUDE_DIR_VARIABLE})"]
    path = printable(f"{fill(directory, str)}/{SETTINGS_FILE}")
    return [f"{path} ({CLAUDE_DIR_VARIABLE}), and what it says wins: `pkcc-tray import {path}`"]


def _routing(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if _is_taken(name)}


def _is_taken(name: str) -> bool:
    return name in OWNED_ENV or HARMLESS.fullmatch(name) is not None or name.startswith(OF_THE_CLIENT)


def _routes(values: Mapping[str, str]) -> bool:
    return any(name in OWNED_ENV for name in values)


def may_be_json(path: str) -> bool:
    """Whether a file begins as a JSON object does; a directory or a file that cannot be read does not."""
    return read_start(path, START).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _detect(path: str, data: bytes | None) -> str:
    name = os.path.basename(path)
    if data is None:
        found = [kind for mark, kind in _DIRECTORIES if any(entry.endswith(mark) for entry in entries(path))]
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
    (CCS_ENDING, "ccs"),
    ("config.yaml", "ccs"),
    ("config.json", "cc-switch"),
)


def chosen(candidates: list[Candidate], only: list[str]) -> list[Candidate]:
    """The candidates of those names. Raises UsageError for a name that none has."""
    known = {candidate.name for candidate in candidates}
    for name in only:
        if name not in known:
            names = ", ".join(printable(each) for each in list(known)[:20])
            raise UsageError(f"There is no {printable(name, 24)!r} there", f"There are: {names}.")
    return [candidate for candidate in candidates if not only or candidate.name in only]
