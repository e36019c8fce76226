"""Which files the tray watches, and how they look: a change of one of them has it look again."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from profiles.gateway.check.kept_checks import checks_path
from profiles.profile.together.order import order_path
from profiles.switching.find_memory import files_for
from profiles.undo.journal import journal_files
from tray.desktop.directory_events import ANY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from profiles.base.locations import Locations

_MOST_HOPS = 40  # as the kernel's own limit for links
_T = TypeVar("_T")

Signature = tuple[object, ...]


def watched_files(locations: Locations, further: Iterable[str]) -> list[str]:
    """Paths of settings, profiles and their order, of what is remembered of them, and the `further` ones."""
    files = files_for(locations)
    journal = journal_files(locations).journal
    kept = [files.state_path, files.projects_path, journal, checks_path(locations)]
    return [locations.settings_path, locations.profiles_dir, order_path(locations), *kept, *further]


class Survey(NamedTuple):
    """What watched paths look like now, and where a change of them would show: directory → names in it.

    `asked` is all that the system was asked for it, with its answers.
    """

    paths: Sequence[str]
    signatures: dict[str, Signature]
    places: dict[str, frozenset[str]]
    asked: _Asked

    def again(self, paths: Sequence[str]) -> Survey:
        """How those paths look by now: this one, where they are the same, and each answer is."""
        return self if paths == self.paths and self.asked.holds() else survey(paths)


class _Asked:
    """Questions to the system about paths, each asked once: the watched ones share most of their ways."""

    def __init__(self) -> None:
        self._answers: dict[tuple[Callable[[str], object], str], object] = {}

    def __call__(self, question: Callable[[str], _T], path: str) -> _T:
        key = (question, path)
        if key not in self._answers:
            self._answers[key] = question(path)
        return self._answers[key]  # type: ignore[return-value]

    def holds(self) -> bool:
        """Whether the system answers all of them as it did."""
        return all(question(path) == answer for (question, path), answer in self._answers.items())


NOTHING_SEEN = Survey((), {}, {}, _Asked())


def survey(paths: Sequence[str]) -> Survey:
    """How these paths look; opens nothing, and raises nothing for what cannot be looked at."""
    signatures = {}
    places: dict[str, set[str]] = {}
    ask = _Asked()
    place_of = _places(ask)
    for path in paths:
        found = [place_of(hop) for hop in _hops(path, ask)]
        status, is_directory = ask(_status, path)
        signatures[path] = (*found[-1], *status)
        for directory, name in found:
            places.setdefault(directory, set()).add(name)
        if is_directory:
            places.setdefault(os.path.join(*found[-1]), set()).add(ANY_NAME)
    return Survey(paths, signatures, {each: frozenset(names) for each, names in places.items()}, ask)


def _status(path: str) -> tuple[Signature, bool]:
    """How it looks, and whether it is a directory."""
    try:
        now = os.stat(path)
    except (OSError, ValueError) as error:
        return (type(error).__name__,), False
    # The change time too: except on Windows it betrays a write whose modification time was put back.
    return (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns), stat.S_ISDIR(now.st_mode)


def _link(path: str) -> str | None:
    """What a symbolic link holds; None where it is none."""
    with suppress(OSError, ValueError):
        return os.readlink(path)
    return None


def _hops(path: str, ask: _Asked) -> list[str]:
    """The path, and every path that it leads to through symbolic links."""
    hops = [os.path.abspath(path)]
    while len(hops) <= _MOST_HOPS and (step := ask(_link, hops[-1])) is not None:
        hops.append(os.path.join(os.path.dirname(hops[-1]), step))
    return hops


def _places(ask: _Asked) -> Callable[[str], tuple[str, str]]:
    """What says of a path where a change of it shows: the nearest real directory, and the name in that."""

    @cache
    def real(directory: str) -> str:
        above, name = os.path.split(directory)
        if sys.platform == "win32" or name in ("", ".", ".."):
            return ask(os.path.realpath, directory)
        itself = os.path.join(real(above), name)
        return ask(os.path.realpath, itself) if ask(os.path.islink, itself) else itself

    @cache
    def nearest(directory: str) -> tuple[str, str]:
        there, missing = real(directory), ""
        while not ask(os.path.isdir, there) and os.path.dirname(there) != there:
            there, missing = os.path.split(there)
        return there, missing

    def place_of(path: str) -> tuple[str, str]:
        there, missing = nearest(os.path.dirname(path))
        return there, missing or os.path.basename(path)

    return place_of
