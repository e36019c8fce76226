"""Which memory belongs to a settings file: one, by whatever name the file is reached.

Each file has a directory below `targets`, named after the resolved path. A memory is found again when its
file, or the home it lies in, was renamed: by the bytes or the values that were written last. Versions before
named the directory after the path as it was given, so that links gave one file several: those are united.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.owned_slots import is_owned
from profiles.claude_code.settings.parse import actual_values, parse_settings
from profiles.files.atomic_replace import write_private
from profiles.files.durability import finished
from profiles.files.locks import locked, remove_lock
from profiles.files.read import read_bytes
from profiles.switching.memory import state as states
from profiles.switching.memory.state import State
from profiles.switching.memory.state_files import (
    StateFiles,
    commit_next,
    followed_path,
    read_state,
    state_files,
    writing_next,
)
from profiles.switching.reading.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profiles.base.locations import Locations


class Known(NamedTuple):
    """One memory. `at` is when it was last written, in seconds since 1970."""

    files: StateFiles
    state: State
    at: float

    @property
    def path(self) -> str:
        """A path by which the file is reached: the name it was given, or where that led then."""
        name, target = self.state.settings_path, self.state.target
        return name if target in ("", os.path.realpath(name)) else target


def files_for(locations: Locations, target: str = "") -> StateFiles:
    """Where the memory of this settings file lies, or would lie. Writes nothing.

    `target` is that file with links resolved, where that is known.
    """
    own = state_files(locations, target)
    if _is_begun(own) or not _may_be_known(locations.settings_path):
        return own
    its = [known for known in memories(locations) if _is_its(known, locations)]
    # Files of one profile hold the same values: the one whose very bytes these are is the likelier.
    exact = [known for known in its if _holds(known.state, locations.settings_path)]
    return next((known.files for known in (*exact, *its)), own)


def _holds(state: State, path: str) -> bool:
    """Whether the file holds the very bytes that were written last."""
    try:
        return states.digest_of(read_bytes(path)) == state.digest
    except PkccError:
        return False


def _is_begun(files: StateFiles) -> bool:
    """Whether something is remembered there, or is about to be: what was just written looks as others'."""
    return os.path.exists(files.state_path) or os.path.exists(files.next_path)


def give_own_name(locations: Locations, files: StateFiles, target: str) -> None:
    """Give a memory that was found under another name the file's own. Call it under that memory's lock."""
    own = state_files(locations, target)
    if files != own and not _is_begun(own):
        # It is found again where another holds that lock, or on Windows has a file in the directory open.
        with suppress(OSError, PkccError):
            remove_lock(own.lock_path, limit_s=0)
            with suppress(FileNotFoundError):
                os.rmdir(own.directory)
            os.rename(files.directory, own.directory)


def memories(locations: Locations) -> Iterator[Known]:
    """The readable memories of every settings file that was ever switched from this state directory."""
    for files in all_files(locations):
        with suppress(PkccError, OSError):
            state = read_state(files)
            if state is not None:
                yield Known(files, state, os.stat(files.state_path).st_mtime)


def known_settings(locations: Locations) -> list[str]:
    """The settings files of which something is remembered in this configuration directory."""
    found = [known.path for known in memories(locations)]
    unswitched = [files for files in all_files(locations) if not os.path.exists(files.state_path)]
    found += filter(None, map(followed_path, unswitched))  # such have projects all the same
    return list(dict.fromkeys(found))


def with_blanks(locations: Locations) -> list[str]:
    """The settings files that have blanks to take out, they or their projects; one look at a directory."""
    found = []
    for files in all_files(locations):
        if os.path.exists(files.blanks_path):
            with suppress(PkccError):
                state = read_state(files)
                path = followed_path(files) if state is None else Known(files, state, 0.0).path
                found += [path] if path else []
    return found


def recognises(state: State, path: str) -> bool:
    """Whether the file holds what that state says was written last: the very bytes, or the values."""
    try:
        data = read_bytes(path)
        if data is None or state.current.active is None:
            return False
        return _holds(state, path) or not Reading.of(parse_settings(data, path), state).changes
    except PkccError:
        return False


def all_files(locations: Locations) -> Iterator[StateFiles]:
    """The files of every memory in this state directory, whole or not."""
    targets = os.path.join(locations.state_dir, "targets")
    with suppress(OSError):
        for name in sorted(os.listdir(targets)):
            if os.path.isdir(os.path.join(targets, name)):
                yield StateFiles(os.path.join(targets, name))


def _may_be_known(path: str) -> bool:
    """Whether looking through all memories is worth it: the file is a link, or holds something we own."""
    if os.path.realpath(path) != path:
        return True
    try:
        return any(map(is_owned, actual_values(parse_settings(read_bytes(path), path))))
    except PkccError:
        return False


def _is_its(known: Known, locations: Locations) -> bool:
    """Whether that memory, of another name, is this settings file's."""
    path, state = locations.settings_path, known.state
    if _same_file(state.settings_path, path) or state.settings_path == path:
        return True  # two names by a mount; or a link that was turned round, which `Switcher` judges
    old = state.target or state.settings_path
    moved = not os.path.lexists(old) or os.path.realpath(old) == os.path.realpath(path)
    return moved and recognises(state, path)


def _same_file(one: str, other: str) -> bool:
    """Whether two names lead to one file, or would: it need not be there, its directory must."""
    with suppress(OSError):
        if os.path.samefile(one, other):
            return True
    with suppress(OSError):
        directories = os.path.dirname(one), os.path.dirname(other)
        return os.path.basename(one) == os.path.basename(other) and os.path.samefile(*directories)
    return False


# What versions before left ------------------------------------------------------------------------------


def unite(locations: Locations, forget: Callable[[set[str]], None]) -> None:
    """Make one memory of those that a version before kept of this settings file, under the file's own name.

    `forget` is given the references of secrets that nothing needs any more. Raises PkccError.
    """
    own, target = state_files(locations), os.path.realpath(locations.settings_path)
    with locked(own.lock_path), ExitStack() as stack:
        of_one = [known for known in memories(locations) if os.path.realpath(known.path) == target]
        for files in sorted({known.files for known in of_one} - {own}):
            stack.enter_context(locked(files.lock_path))
        # A change that was interrupted is finished first, by whatever changes the file next.
        if len(of_one) > 1 and not any(os.path.exists(known.files.next_path) for known in of_one):
            _unite(own, sorted(of_one, key=_age), forget)


def _unite(own: StateFiles, oldest_first: list[Known], forget: Callable[[set[str]], None]) -> None:
    from profiles.switching.memory.unite import united

    state = oldest_first[0].state
    path = oldest_first[-1].path
    values = actual_values(parse_settings(read_bytes(path), path))
    for known in oldest_first[1:]:
        state = united(state, known.state, values)
    finished(writing_next(own, state))
    _unite_projects(own, oldest_first)
    commit_next(own)
    forget({ref for known in oldest_first for ref in known.state.references()} - state.references())
    for known in oldest_first:
        if known.files != own:
            _remove(known.files)


def _age(known: Known) -> tuple[bool, bool, float]:
    """The sort key, oldest first: what the file holds now was written last."""
    state, path = known.state, known.path
    holds = states.digest_of(read_bytes(path)) == state.digest
    return recognises(state, path), holds, state.history[-1].at if state.history else known.at


def _unite_projects(own: StateFiles, oldest_first: list[Known]) -> None:
    from profiles.switching.memory.project_registry import Registry, load_registry, save_registry

    path = oldest_first[-1].path
    all_files = [own, *(known.files for known in oldest_first if known.files != own)]
    found = [load_registry(files.projects_path, path) for files in all_files]
    having = [registry for registry in found if registry.projects]
    save_registry(
        own.projects_path,
        Registry(
            path,
            paused=bool(having) and all(registry.paused for registry in having),
            projects={key: project for registry in found for key, project in registry.projects.items()},
            declined=[*dict.fromkeys(each for registry in found for each in registry.declined)],
        ),
    )
    if any(os.path.exists(files.pending_path) for files in all_files):
        write_private(own.pending_path, b"{}")


def _remove(files: StateFiles) -> None:
    for name in os.listdir(files.directory):
        os.unlink(os.path.join(files.directory, name))
    os.rmdir(files.directory)
