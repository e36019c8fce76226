"""What the settings files that a session here reads say of where requests go. Effects: reads the files.

Read as the client reads them, not as JSON is best read: where it is lenient so are we, and a file that cannot
be judged is reported as such, since the client may understand it.
"""

from __future__ import annotations

import os
import stat
import time

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.owned_slots import HELPER_KEY
from profiles.claude_code.routing_names import PROXY_HELPER
from profiles.claude_code.settings.client_reading import LARGEST, decoded, loads, variables
from profiles.claude_code.settings.managed.places import managed_settings
from profiles.claude_code.settings.project_root import (
    local_files,
    local_settings,
    project_root,
    repository_root,
    shared_settings,
)
from profiles.files.read import open_shared
from profiles.routes.guard.asker import PLACES, SIGN_INS, WATCHED

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 2 * LARGEST  # bytes; older clients may read longer files
# File systems count times in steps, on many of a few milliseconds. A file just written may be written
# again within one step, with nothing to tell it by.
_COARSEST_NS = 2_000_000_000
_NAMES = frozenset({*WATCHED, *PLACES})
_PROGRAMS = frozenset({"policyHelper", "policyHelpers"})  # as `managed.program`, which is not loaded here


class Source(NamedTuple):
    """One settings file. `kind` is managed, local, project or user; `env` has only the names that matter.

    `certain` when the client surely reads it: a file with one wrong value it leaves out as a whole.
    `unknown` says why it cannot be judged, "" when it can. `elsewhere`: it may not be read at all.
    """

    kind: str
    path: str
    env: dict[str, str]
    helper: str = ""
    proxy_helper: str = ""
    certain: bool = False
    unknown: str = ""
    elsewhere: bool = False


class SourceReader:
    """Reads the files; a file that did not change since is not parsed again."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[tuple[int, int, int, int], Source | None]] = {}

    def read(self, directory: str, user_path: str) -> list[Source]:
        """The files that a session started in `directory` reads, the one that wins first."""
        found: list[Source | None] = [*_administrators(), *self._hidden(directory)]
        places = [
            *(("local", path) for path in local_files(directory)),
            ("project", shared_settings(directory)),
        ]
        for kind, path in places:
            if not _is_same(path, user_path):
                found.append(self._file(kind, path))
        found.append(self._file("user", user_path))
        return [source for source in found if source is not None]

    def _hidden(self, directory: str) -> Iterator[Source]:
        """The local files of a linked worktree itself, whose `.git` says that another directory's count.

        A clone may have made that up for us to read the one file, and the client another.
        """
        start = os.path.realpath(directory)
        root = repository_root(start) or start
        if project_root(start) != root:
            for path in dict.fromkeys((local_settings(root), local_settings(start))):
                source = self._file("local", path)
                if source is not None:
                    yield source._replace(certain=False, elsewhere=True)

    def _file(self, kind: str, path: str) -> Source | None:
        try:
            handle = open_shared(path)
        except FileNotFoundError:
            return None
        except (IsADirectoryError, NotADirectoryError, PermissionError):
            return None  # for the client, too
        except (OSError, ValueError) as error:
            return Source(kind, path, {}, unknown=f"cannot be read ({type(error).__name__})")
        try:
            return self._opened(kind, path, handle)
        except OSError as error:
            return Source(kind, path, {}, unknown=f"cannot be read ({type(error).__name__})")
        finally:
            os.close(handle)

    def _opened(self, kind: str, path: str, handle: int) -> Source | None:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return Source(kind, path, {}, unknown="is not a regular file")
        mark = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
        known = self._known.get((kind, path))
        if known is not None and known[0] == mark:
            return known[1]
        data = b""
        while len(data) <= _LONGEST and (more := os.read(handle, 1 << 16)):
            data += more
        if len(data) > _LONGEST:
            return Source(kind, path, {}, unknown="is too large")
        source = _parsed(kind, path, data)
        if len(self._known) > 256:
            self._known.clear()
        if time.time_ns() - max(mark[:2]) > _COARSEST_NS:
            self._known[kind, path] = (mark, source)
        return source


def _administrators() -> list[Source]:
    """The managed files; none of them is sure to count where a program's output may take their place."""
    parsed = (_parsed("managed", each.path, each.data) for each in managed_settings() if not each.problem)
    found = [source for source in parsed if source is not None]
    if all(source.certain for source in found):
        return found
    return [source._replace(certain=False) for source in found]


def _is_same(path: str, user_path: str) -> bool:
    """Whether a session in the home directory finds the user's own file as its project's."""
    if path == user_path:
        return True
    try:
        return os.path.samefile(path, user_path)
    except OSError:
        return False


def _parsed(kind: str, path: str, data: bytes) -> Source | None:
    """What the text says; None where the client leaves the file out, or finds nothing in it."""
    text = decoded(data)
    if text is None or not text.strip():
        return None
    try:
        root = loads(text)
    except RecursionError:
        return Source(kind, path, {}, unknown="is nested too deeply")
    except ValueError:
        return None
    if not isinstance(root, dict):
        return None
    env = root.get("env", {})
    if not isinstance(env, dict):
        if kind != "managed":
            return None
        env = {}  # of an administrator's file the rest counts
    helper, proxy_helper = root.get(HELPER_KEY), root.get(PROXY_HELPER)
    return Source(
        kind,
        path,
        variables({name: value for name, value in env.items() if _matters(_name(name))}),
        helper if type(helper) is str else "",
        proxy_helper if type(proxy_helper) is str else "",
        certain=_PROGRAMS.isdisjoint(root)
        if kind == "managed"
        else kind != "user" and len(data) <= LARGEST and _is_surely_read(root),
    )


def _matters(name: str) -> bool:
    return name in _NAMES or name.startswith(SIGN_INS)


def _name(name: str) -> str:
    return name.upper() if os.name == "nt" else name


_SIMPLE = ("env", HELPER_KEY, "$schema", "model")


def _is_surely_read(root: dict[str, object]) -> bool:
    """Whether nothing in the file could make the client leave it out."""
    if all(key == "env" or (key in _SIMPLE and type(value) is str) for key, value in root.items()):
        return True
    from profiles.claude_code.settings.surely_read import is_surely_read

    return is_surely_read(root)
