"""The settings files that a session reads, and which of them Claude Code leaves out. Effects: reads them."""

from __future__ import annotations

import os

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.settings.client_reading import as_utf8
from profiles.claude_code.settings.managed.places import managed_settings
from profiles.claude_code.settings.parse import parse_settings, what_drops
from profiles.claude_code.settings.project_root import local_files, shared_settings
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from profiles.base.locations import Locations
    from profiles.claude_code.settings.parse import Settings

    Values = dict[str, object]
    Judge = Callable[[Sequence["ReadFile"]], Mapping[str, str]]

MANAGED = "managed"


class ReadFile(NamedTuple):
    """One file. `kind` is managed, local, project or user; `settings` is None where `problem` says why.

    `unreadable`: the problem is that it cannot be read at all, and not what stands in it.
    """

    kind: str
    path: str
    size: int
    settings: Settings | None
    problem: str = ""
    unreadable: bool = False


def read_files(locations: Locations, directory: str) -> Iterator[ReadFile]:
    """Every file that a session started in `directory` reads, the one that wins first."""
    for each in managed_settings():
        yield _parsed(MANAGED, each.path, each.data, each.problem)
    places = [("local", path) for path in local_files(directory)]
    project = shared_settings(directory)
    if os.path.realpath(os.path.dirname(project)) != os.path.realpath(locations.claude_dir):
        places.append(("project", project))
    for kind, path in (*places, ("user", locations.settings_path)):
        try:
            data = read_bytes(path)
        except PkccError as error:
            yield _parsed(kind, path, b"", error.title)
        else:
            if data is not None:
                yield _parsed(kind, path, data)


def managed_values(locations: Locations, directory: str, keys: Sequence[str]) -> Iterator[tuple[str, Values]]:
    """The path of each managed file that can be read, and what it says of those top-level keys."""
    from profiles.claude_code.settings.client_reading import loads

    for file in read_files(locations, directory):
        if file.kind == MANAGED and file.settings is not None:
            members = {key: file.settings.root.find(key) for key in keys}
            yield file.path, {key: loads(file.settings.raw(each)) for key, each in members.items() if each}


def _parsed(kind: str, path: str, data: bytes, problem: str = "") -> ReadFile:
    if problem:
        return ReadFile(kind, path, 0, None, problem, unreadable=True)
    try:
        settings = parse_settings(as_utf8(data), path, managed=kind == MANAGED)
    except PkccError as error:
        return ReadFile(kind, path, len(data), None, error.title)
    return ReadFile(kind, path, len(data), settings)


def by_table(files: Sequence[ReadFile]) -> Mapping[str, str]:
    """Why Claude Code leaves each of the files out, by path, as far as we know it; "" for one that counts."""
    return {file.path: what_drops(file.settings, file.size) for file in files if file.settings is not None}
