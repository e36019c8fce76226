"""Targets: further settings files, by name, that one switch serves along with the user's own.

They are kept in `targets.json` beside the profiles. Without that file a switch pays one failing open.
"""

from __future__ import annotations

import os
import sys

from profiles.base.errors import ConflictError, NotFoundError, PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import SETTINGS_FILE
from profiles.base.names import check_name, is_name
from profiles.base.text import named
from profiles.files.json_documents import read_document, readable
from profiles.files.locks import locked

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import TypedDict

    from profiles.base.locations import Locations

    class _Row(TypedDict):
        name: str
        settings: str

    class _Plain(TypedDict):
        targets: list[_Row]


VERSION = 1


class Target(NamedTuple):
    """A settings file and the name it goes by here."""

    name: str
    settings_path: str

    @property
    def vanished(self) -> bool:
        """Whether the directory is gone: nobody wants it made again by a switch."""
        return not os.path.isdir(os.path.dirname(self.settings_path))


def load_targets(locations: Locations) -> list[Target]:
    """All targets, in the order in which they were added. Raises PkccError where that is no such list."""
    path = locations.targets_path
    return read_document(path, VERSION, _decode, "Correct it, or remove it.") or []


def served_directories(locations: Locations) -> set[str]:
    """The directories, links resolved, whose settings a switch changes: the user's own, and the targets'."""
    paths = [locations.settings_path, *(each.settings_path for each in load_targets(locations))]
    return {os.path.realpath(os.path.dirname(path)) for path in paths}


def _decode(plain: _Plain) -> list[Target]:
    rows = [(row["name"], os.path.abspath(row["settings"])) for row in plain["targets"]]
    if not all(isinstance(name, str) and is_name(name) for name, _ in rows):
        raise ValueError("no name")
    return [Target(name, path) for name, path in rows]


def find_target(locations: Locations, name: str) -> Target:
    """The target of that name. Raises NotFoundError."""
    targets = load_targets(locations)
    for target in targets:
        if target.name.lower() == name.lower():
            return target
    known = ", ".join(target.name for target in targets)
    hint = f"One of: {known}." if known else "There is none yet: `pkcc-tray target add NAME DIR` makes one."
    raise NotFoundError(f"There is no {named('target', name)}", hint)


def add_target(locations: Locations, name: str, place: str) -> Target:
    """Add the settings file `place`, or that in the directory `place`.

    Raises NotFoundError for a directory that is not there, ConflictError for a name or file that is taken.
    """
    check_name(name)
    target = Target(name, settings_in(place))
    if target.vanished:
        raise NotFoundError(
            f"There is no {named('directory', place)} to find settings in",
            "Name one that Claude Code uses (CLAUDE_CONFIG_DIR), or a settings file.",
        )
    if _same(target.settings_path, locations.settings_path):
        raise ConflictError(
            f"{target.settings_path} is what every switch changes anyway",
            "A target is a further settings file.",
        )
    with _locked(locations):
        targets = load_targets(locations)
        for known in targets:
            if known.name.lower() == name.lower() or _same(known.settings_path, target.settings_path):
                raise ConflictError(
                    f"There is a target {known.name!r} already: {known.settings_path}",
                    f"`pkcc-tray target remove {known.name}` takes it out.",
                )
        _save(locations, [*targets, target])
    return target


def remove_target(locations: Locations, name: str) -> None:
    """Serve that target no more; its settings stay as they are. Raises NotFoundError."""
    with _locked(locations):
        gone = find_target(locations, name)
        _save(locations, [target for target in load_targets(locations) if target != gone])


def settings_in(place: str) -> str:
    """The settings file that a directory, or the path of such a file, stands for; absolute."""
    from profiles.claude_code.wsl import distribution_of

    path = os.path.abspath(os.path.expanduser(place))
    if sys.platform != "win32" and distribution_of(place):
        raise PkccError("A path into WSL has a meaning on Windows only", "Run this pkcc-tray on Windows.")
    is_file = os.path.isfile(path) or (path.endswith(".json") and not os.path.isdir(path))
    return path if is_file else os.path.join(path, SETTINGS_FILE)


def others(locations: Locations) -> list[Target]:
    """The targets beside the very file that a command changes first."""
    return [target for target in load_targets(locations) if target.settings_path != locations.settings_path]


def _same(one: str, other: str) -> bool:
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def _locked(locations: Locations) -> AbstractContextManager[bool]:
    return locked(os.path.join(locations.state_dir, "targets.lock"))


def _save(locations: Locations, targets: list[Target]) -> None:
    rows = [{"name": target.name, "settings": target.settings_path} for target in targets]
    from profiles.files.hand_edited import write_hand_edited

    write_hand_edited(locations.targets_path, readable({"version": VERSION, "targets": rows}))
