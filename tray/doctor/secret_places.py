"""Which files hold a key in the clear: recognised by where it stands, and by being one of the stored keys."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.names import is_kept_name
from profiles.base.secret_markers import has_secret
from profiles.base.secret_names import is_secret_name
from profiles.claude_code.beside.start_files import start_files
from profiles.claude_code.settings.project_root import LOCAL_FILE
from profiles.files.read import read_bytes
from profiles.portkey.header_names import LOGIN, PREFIX
from profiles.profile.rendering import expected_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Literal

    from profiles.base.secret import Secret
    from tray.doctor.context import Context

    Kind = Literal["settings", "project", "backup", "shell"]

# A name of Claude Code's or Portkey's, what separates the two, and a value behind it that is none of a
# shell's own (`$KEY`, `$(pass …)`): in JSON, in a header line, in the assignments of sh, fish and PowerShell.
# All of it is looked at from where the name begins: a value may be another name and its value.
_NAMED = re.compile(
    r"(?:(?<![\w-])|(?<=\\n))(?=((?:ANTHROPIC|CLAUDE_CODE|PORTKEY|AWS_BEARER)_\w+"
    rf"|{PREFIX}[\w-]+|{LOGIN})"
    r"((?:\\?[\"'])?(?:[ \t]*+[:=][ \t]*+|[ \t]++)(?:\\?[\"'])?)(?:Bearer )?([^\s\"'\\$`<(;,{}]{8,512}))",
    re.IGNORECASE,
)
_REFERRED = re.compile(r"\$\{?(?:env[:.])?$", re.IGNORECASE)  # what stands before a name that is referred to
_ASSIGNMENT = re.compile(r"[A-Z_][A-Z0-9_]*=")
# An example of somebody's documentation, dots, or the name of another variable.
_PLACEHOLDER = re.compile(r".*(?i:YOUR|EXAMPLE|[x.•*]{6})|[A-Z_]+$")
_KEPT = "a value of yours that `off` put back"  # it has a name of ours, which says nothing to anyone
_SHORTEST = 8  # characters of a stored key: a shorter one may stand anywhere by chance
_LARGEST = 4_000_000  # bytes
_MOST_BACKUPS = 200
# Beside the start files; in fish's directory copies of them, too.
_OF_SHELLS = (".pam_environment", ".bash_history", ".zsh_history", ".local/share/fish/fish_history")
_SHELL_DIRECTORIES = (".config/environment.d", ".config/fish/conf.d")
_PROJECT_FILES = (".env", ".env.local", ".envrc")


class Holding(NamedTuple):
    """A file that holds secrets in the clear: `what` names them, never showing one.

    `chosen`: there is none in it but what the active profile is to write there.
    """

    path: str
    kind: Kind
    what: list[str]
    chosen: bool


def find_holdings(context: Context) -> list[Holding]:
    """Every file in question that holds one, each real file once."""
    found: dict[str, Holding] = {}
    for kind, path in _candidates(context):
        real = os.path.realpath(path)
        if real in found or (text := _text_of(path)) is None:
            continue
        what = secrets_in(text, context.stored.keys)
        if what:
            written = _written(context) if path == context.locations.settings_path else set()
            left = [name for name in what if name not in written]
            found[real] = Holding(path, kind, left or what, chosen=not left)
    return list(found.values())


def secrets_in(text: str, stored: Mapping[str, Secret]) -> list[str]:
    """The names under which secrets stand in a text, and else the stored keys that stand in it."""
    named = [
        match[1]
        for match in _NAMED.finditer(text)
        if is_secret_name(match[1]) and _gives_value(match) and not _PLACEHOLDER.match(match[3])
    ]
    if named:
        return list(dict.fromkeys(named))
    # Compared as they are: hashes would need to know where in the text a key begins and ends.
    texts = {name: secret.reveal() for name, secret in stored.items()}
    found = {name: key for name, key in texts.items() if len(key) >= _SHORTEST and key in text}
    keys = {name: key for name, key in found.items() if not is_kept_name(name)}
    kept = [text for name, text in found.items() if name not in keys]
    others = [text for text in kept if not any(key in text for key in keys.values())]
    return [f"your key {name!r}" for name in keys] + [_KEPT] * bool(others)


def _gives_value(match: re.Match[str]) -> bool:
    """Whether the name is given what follows: not so in `$KEY A=1 claude`, in `${KEY:-default}` it is."""
    separator, value = match[2].strip(" \t\\\"'"), match[3]
    before = match.string[max(match.start() - 6, 0) : match.start()]
    if _REFERRED.search(before):
        return separator.startswith("=") or (separator == ":" and value[0] in "-=")
    return bool(separator) or not _ASSIGNMENT.match(value)


def _written(context: Context) -> set[str]:
    """The names under which the active profile itself put a key into the settings."""
    reading = context.reading
    if reading is None or reading.state.current.rendered is None:
        return set()
    changed = {change.slot for change in reading.changes}
    expected = expected_values(reading.state.current.rendered, None)
    slots = [slot for slot, template in expected.items() if has_secret(template) and slot not in changed]
    keys = {f"your key {reference.partition(':')[2]!r}" for reference in reading.state.current.digests}
    return {slot.partition(".")[2] for slot in slots} | keys


def _candidates(context: Context) -> Iterator[tuple[Kind, str]]:
    settings = context.locations.settings_path
    yield "settings", settings
    yield "project", os.path.join(os.path.dirname(settings), LOCAL_FILE)  # that of the home as a project
    for source in context.sources:
        if source.kind in ("local", "project"):
            yield "project", source.path
    yield from (("project", os.path.join(context.directory, name)) for name in _PROJECT_FILES)
    yield from (("backup", path) for path in _backups(context))
    if context.home:
        yield from (("shell", path) for _, path in start_files(context.environ, context.home))
        yield from (("shell", os.path.join(context.home, *name.split("/"))) for name in _OF_SHELLS)
        for name in _SHELL_DIRECTORIES:
            directory = os.path.join(context.home, *name.split("/"))
            yield from (("shell", path) for path in _files_in(directory))


def _backups(context: Context) -> list[str]:
    """Copies that editors, other switchers, killed programs and the client itself leave."""
    settings = context.locations.settings_path
    beside = [path for path in _files_in(os.path.dirname(settings)) if "settings" in os.path.basename(path)]
    # Where a link leads, other settings than Claude Code's may lie.
    directory, name = os.path.split(os.path.realpath(settings))
    beside += [path for path in _files_in(directory) if os.path.basename(path).strip(".").startswith(name)]
    in_use = {settings, os.path.realpath(settings), os.path.join(os.path.dirname(settings), LOCAL_FILE)}
    kept = _files_in(os.path.join(context.locations.claude_dir, "backups"))
    return [path for path in (*beside, *kept) if path not in in_use][:_MOST_BACKUPS]


def _files_in(directory: str) -> Iterable[str]:
    try:
        paths = [os.path.join(directory, name) for name in sorted(os.listdir(directory))]
    except OSError:
        return []
    return filter(os.path.isfile, paths)


def _text_of(path: str) -> str | None:
    try:
        if os.stat(path).st_size > _LARGEST:
            return None
        data = read_bytes(path)
    except (OSError, PkccError):
        return None
    return None if data is None else data.decode("utf-8", "replace")
