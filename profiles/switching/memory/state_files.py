"""Where the memory of a settings file lies, read and written: the current one and, during a change, the next.

The next is made durable before the settings are touched, and a mere rename makes it current after: so a crash
at any point leaves enough to tell which of the two is true (`reading.recover`).
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache

from profiles.base.hashing import text_digest
from profiles.base.light_json import loads
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import SETTINGS_FILE
from profiles.files.atomic_replace import remove_private, writing_private
from profiles.files.json_documents import compact, read_document
from profiles.files.read import file_mark, read_bytes, real_path, retry_busy
from profiles.files.refusals import writing_failed
from profiles.profile.rendering import from_plain, to_plain
from profiles.switching.memory.state import Current, Memory, State, Step

if TYPE_CHECKING:
    from typing import Any, NotRequired, TypedDict

    from profiles.base.locations import Locations
    from profiles.files.durability import Writing
    from profiles.switching.memory.state import PlainSplice

    class _PlainState(TypedDict):
        """A state as its file has it; `current` and those of the steps are flat records with a rendering."""

        version: int
        settings_path: str
        salt: str
        current: dict[str, object]
        history: list[dict[str, object]]
        digest: str
        base_digest: str
        target: NotRequired[str]


VERSION = 2
LOCK = "lock"
# What the values of a `Current` and of a `Memory` must be, in their order; `object`: whatever they are.
_KINDS = (object, object, object, dict, Memory, int | None, dict | None, str, list, object, object)
_KINDS_OF_MEMORY = (dict, list, list, dict, list, list, int | float | None, list, dict, str, str)


class StateFiles(NamedTuple):
    """The directory of the state of one settings file, and of the list of the projects that follow it."""

    directory: str

    @property
    def state_path(self) -> str:
        """What is remembered now."""
        return f"{self.directory}{os.sep}state.json"

    @property
    def next_path(self) -> str:
        """What a change under way leads to."""
        return f"{self.directory}{os.sep}next.json"

    @property
    def lock_path(self) -> str:
        """What our own processes lock."""
        return f"{self.directory}{os.sep}{LOCK}"

    @property
    def spare_path(self) -> str:
        """What the copy of a settings file whose directory takes none lies beside."""
        return f"{self.directory}{os.sep}{SETTINGS_FILE}"

    @property
    def projects_path(self) -> str:
        """The projects that follow the settings file."""
        return f"{self.directory}{os.sep}projects.json"

    @property
    def pending_path(self) -> str:
        """The file that exists while settings and projects are being changed together."""
        return f"{self.directory}{os.sep}projects.pending"

    @property
    def blanks_path(self) -> str:
        """The file that exists while settings or a project have blanks to take out: a hint, never synced."""
        return f"{self.directory}{os.sep}blanks"


def state_files(locations: Locations, target: str = "") -> StateFiles:
    """The files of the memory under this settings file's own name: that of the file, links resolved.

    `target` is that file, where it was looked for already.
    """
    return _files_of(locations.state_dir, target or real_path(locations.settings_path))


@lru_cache(maxsize=256)  # one change asks four times, and on Linux 120 of a thousand projects' are under way
def _files_of(state_dir: str, path: str) -> StateFiles:
    """The files of the memory of the settings file with that resolved path: a matter of names alone."""
    return StateFiles(os.path.join(state_dir, "targets", text_digest(path, size=8)))


def followed_path(files: StateFiles) -> str:
    """The settings file that has projects though it was never switched itself; "" where there are none."""
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        return str(loads(read_bytes(files.projects_path) or b"")["settings_path"])
    return ""


def load_state(files: StateFiles, settings_path: str) -> State:
    """What is remembered, or a fresh state. Raises PkccError for a file that is newer or broken."""
    return read_state(files) or State(settings_path, os.urandom(16).hex())


def read_state(files: StateFiles) -> State | None:
    """What is remembered; None where nothing is. Raises PkccError for a file that is newer or broken."""
    return _read(files.state_path)


def load_next(files: StateFiles) -> State | None:
    """The state that a change under way was leading to, if a crash left one."""
    return _read(files.next_path)


def memory_mark(files: StateFiles) -> list[tuple[int, int, int] | None]:
    """What changes whenever a change begins or ends, so that a reader without the lock sees that one did."""
    return [file_mark(path) for path in (files.next_path, files.state_path)]


def writing_next(files: StateFiles, state: State) -> Writing[None]:
    """The steps that make the coming state durable, before the settings are touched."""
    return writing_private(files.next_path, _encode(state))


def commit_next(files: StateFiles) -> None:
    """Make the coming state the current one. Not synced: until it is on disk, `recover` finds the same.

    Raises PkccError; the coming state then stays, for `recover` to find.
    """
    try:
        retry_busy(lambda: os.replace(files.next_path, files.state_path))
    except OSError as error:
        raise writing_failed(files.state_path, error) from None


def mark_blanks(path: str) -> None:
    """Note that there are blanks to take out. Where that cannot be noted, the next switch takes them out."""
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def unmark_blanks(path: str) -> None:
    """Note that there are no blanks to take out."""
    with suppress(OSError):
        os.unlink(path)


def discard_next(files: StateFiles) -> None:
    """Discard the coming state: the change did not happen. Raises PkccError; `recover` then discards it."""
    remove_private(files.next_path)


def _read(path: str) -> State | None:
    remedy = "Move it away: profiles and settings stay, but `undo` and `off` forget what was before."
    return read_document(path, VERSION, _decode, remedy)


def _encode(state: State) -> bytes:
    plain = {
        "version": VERSION, "settings_path": state.settings_path, "salt": state.salt,
        "current": _plain_current(state.current),
        "history": [{**step._asdict(), "before": _plain_current(step.before)} for step in state.history],
        "digest": state.digest, "base_digest": state.base_digest, "target": state.target,
    }  # fmt: skip
    return compact(plain)


def _plain_current(current: Current) -> dict[str, object]:
    plain = current._asdict()
    plain["rendered"] = None if current.rendered is None else to_plain(current.rendered)
    plain["memory"] = current.memory._asdict()
    return plain


def _decode(plain: _PlainState) -> State:
    bytes.fromhex(plain["salt"])
    history = [*map(_decode_step, plain["history"])]
    for path in (plain["settings_path"], plain.get("target", "")):
        _require(b"\0" not in os.fsencode(path))
    _require(isinstance(plain["digest"], str) and isinstance(plain["base_digest"], str))
    return State(
        plain["settings_path"], plain["salt"], _decode_current(plain["current"]), history, plain["digest"],
        plain["base_digest"], plain.get("target", ""), plain["version"] > 1,
    )  # fmt: skip


def _decode_step(plain: dict[str, object]) -> Step:
    fields: dict[str, Any] = {**plain}
    fields["before"] = _decode_current(fields["before"])
    if fields["inverse"] is not None:
        fields["inverse"] = [*map(_splice, fields["inverse"])]
    if also := fields.get("also"):
        fields["also"] = [also[0], *map(_splice, also[1:])]
    return Step(**fields)


def _splice(plain: PlainSplice) -> PlainSplice:
    """A list, as JSON has it, as the tuple that a splice is."""
    start, end, text = plain
    if isinstance(start, int) and isinstance(end, int) and isinstance(text, str):
        return start, end, text
    raise ValueError("of another shape")


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("of another shape")


def _decode_current(plain: dict[str, object]) -> Current:
    fields: dict[str, Any] = {**plain}
    if fields["rendered"] is not None:
        fields["rendered"] = from_plain(fields["rendered"])
    known: dict[str, Any] = fields["memory"]
    if known.get("taken"):
        known = {**known, "taken": [*map(tuple, known["taken"])]}
    fields["memory"] = memory = Memory(**known)
    current = Current(**fields)
    _require(all(map(isinstance, current, _KINDS)) and all(map(isinstance, memory, _KINDS_OF_MEMORY)))
    _require(all(isinstance(line[1], str) and len(line) == 4 for line in memory.taken))
    return current
