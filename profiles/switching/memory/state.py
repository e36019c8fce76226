"""What pkcc-tray remembers of one settings file: who is active, what was displaced, the last 20 steps.

One JSON file, and beside it, while a change is under way, the next one. The next is made durable before
the settings are touched, and a mere rename makes it current after: so a crash at any point leaves enough to
tell which of the two is true (`reading.recover`).
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress

from profiles.base.hashing import digest, text_digest
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import literals_of, references_in
from profiles.files.json_documents import compact, read_document
from profiles.files.replace import read_bytes, remove_private, retry_busy, writing_failed, writing_private
from profiles.profile.rendering import Rendered, from_plain, to_plain
from profiles.switching.edit.plan import Memory

if TYPE_CHECKING:
    from typing import Any

    from profiles.base.locations import Locations
    from profiles.files.durability import Steps

VERSION = 2
HISTORY_LIMIT = 20


class Current(NamedTuple):
    """What holds for the settings file now. `digests`: reference → keyed hash of the secret written."""

    active: str | None = None
    rendered: Rendered | None = None
    helper_command: str | None = None
    digests: dict[str, str] = {}  # noqa: RUF012 - never changed in place
    memory: Memory = Memory()
    mode: int | None = None  # the file's mode before a secret made it 0600
    surroundings: dict[str, str] | None = None  # see that module; None: not remembered at that switch
    origin: str = ""  # digest of the file before the first switch; "" where it is not known
    adopted: list[str] = []  # noqa: RUF012 - slots that `adopt` took into a profile since


class Step(NamedTuple):
    """One change that can be undone; `at` in seconds since 1970.

    `inverse` are [start, end, text template] splices from the new text to the old one, None where there was
    no file. `before` is what held then. `id` is its own name; `part_of` that of the step in the journal which
    it belongs to, or one that it shares with the steps of other settings files. `who` did it, where known.
    `also`: the digest of a text that differs from the one after this step by blanks alone, which came or went
    since, and the splices that lead from it to that one.
    """

    at: float
    action: str
    name: str | None
    before: Current
    inverse: list[list[Any]] | None
    digest_before: str
    digest_after: str
    id: str = ""
    part_of: str = ""
    who: str = ""
    also: list[Any] = []  # noqa: RUF012 - never changed in place


class Stamp(NamedTuple):
    """What every step of one command has in common: see `Step`."""

    part_of: str = ""
    who: str = ""


class State(NamedTuple):
    """All that is remembered of one settings file. `digest` is that of its bytes after our last change."""

    settings_path: str
    salt: str
    current: Current = Current()
    history: list[Step] = []  # noqa: RUF012 - never changed in place
    digest: str = ""
    base_digest: str = ""
    target: str = ""  # the file that the settings path led to then, links resolved
    united: bool = True  # no second memory of the same file is left by the version before

    def references(self) -> set[str]:
        """Every secret reference that something remembered still needs."""
        currents = [self.current, *(step.before for step in self.history)]
        texts = [raw for current in currents for raw in current.memory.displaced.values()]
        texts += [line[1] for current in currents for line in current.memory.taken]
        texts += [splice[2] for step in self.history for splice in step.inverse or []]
        return {reference for text in texts for reference in references_in(text)}


class StateFiles(NamedTuple):
    """Where the state of one settings file lies, and the list of the projects that follow it."""

    state_path: str
    next_path: str
    lock_path: str

    @classmethod
    def within(cls, directory: str) -> StateFiles:
        """Those of the memory that lies in that directory."""
        return cls(*(os.path.join(directory, part) for part in ("state.json", "next.json", "lock")))

    @property
    def projects_path(self) -> str:
        """The projects that follow the settings file."""
        return os.path.join(os.path.dirname(self.state_path), "projects.json")

    @property
    def pending_path(self) -> str:
        """There while settings and projects are being changed together."""
        return os.path.join(os.path.dirname(self.state_path), "projects.pending")

    @property
    def blanks_path(self) -> str:
        """There while the settings or a project have blanks to be taken out: a hint, never synced."""
        return os.path.join(os.path.dirname(self.state_path), "blanks")


def state_files(locations: Locations, target: str = "") -> StateFiles:
    """The files of the memory under this settings file's own name: that of the file, links resolved.

    `target` is that file, where it was looked for already.
    """
    path = target or os.path.realpath(locations.settings_path)
    name = text_digest(path, size=8)
    return StateFiles.within(os.path.join(locations.state_dir, "targets", name))


def followed_path(files: StateFiles) -> str:
    """The settings file that has projects though it was never switched itself; "" where there are none."""
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        return str(json.loads(read_bytes(files.projects_path) or b"")["settings_path"])
    return ""


def digest_of(data: bytes | None) -> str:
    """A hash of a file's bytes; "absent" when there is no file."""
    return "absent" if data is None else digest(data)


def secret_digest(salt: str, secret: str) -> str:
    """A keyed hash by which a secret in the settings is recognised without being kept."""
    return digest(secret.encode("utf-8", "surrogatepass"), key=bytes.fromhex(salt), size=16)


def holds_written(state: State, template: str, value: str) -> bool:
    """Whether a value is what was written for that template, judged by the hashes of its secrets."""
    match = re.fullmatch("(.+?)".join(re.escape(part) for part in literals_of(template)), value, re.DOTALL)
    if match is None:
        return False
    wanted = (state.current.digests.get(reference) for reference in references_in(template))
    return all(
        digest == secret_digest(state.salt, text) for digest, text in zip(wanted, match.groups(), strict=True)
    )


def load_state(files: StateFiles, settings_path: str) -> State:
    """What is remembered, or a fresh state. Raises PkccError for a file that is newer or broken."""
    return read_state(files) or State(settings_path, os.urandom(16).hex())


def read_state(files: StateFiles) -> State | None:
    """What is remembered; None where nothing is. Raises PkccError for a file that is newer or broken."""
    return _read(files.state_path)


def load_next(files: StateFiles) -> State | None:
    """The state that a change under way was leading to, if a crash left one."""
    return _read(files.next_path)


def mark_of(files: StateFiles) -> list[tuple[int, int, int] | None]:
    """What changes whenever a change begins or ends, so that a reader without the lock sees that one did."""
    return [_identity(path) for path in (files.next_path, files.state_path)]


def _identity(path: str) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def writing_next(files: StateFiles, state: State) -> Steps[None]:
    """The steps that make the coming state durable, before the settings are touched."""
    return writing_private(files.next_path, _encode(state))


def commit(files: StateFiles) -> None:
    """The coming state is now the current one. Not synced: until it is on disk, `recover` finds the same.

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
    """Note that there are none."""
    with suppress(OSError):
        os.unlink(path)


def discard_next(files: StateFiles) -> None:
    """The change did not happen. Raises PkccError; `recover` then discards it."""
    remove_private(files.next_path)


def new_step_id() -> str:
    """A name for a step that no other has."""
    return os.urandom(6).hex()


def key_of(step: Step | None) -> str:
    """The identity of a step; one of an earlier version has only its time."""
    return "" if step is None else step.id or repr(step.at)


def with_step(state: State, step: Step) -> list[Step]:
    """The history with one more step, the oldest dropped beyond the limit."""
    return [*state.history, step][-HISTORY_LIMIT:]


def with_renamed(state: State, old: str, new: str) -> State:
    """The state with that profile called by its new name wherever it is remembered.

    Where the old settings named it in a helper command, the bytes from before must not come back.
    """

    def current(known: Current) -> Current:
        if known.rendered is None or known.rendered.name != old:
            return known
        return known._replace(active=new, rendered=known.rendered._replace(name=new))

    def step(known: Step) -> Step:
        before = current(known.before)
        same = before is known.before or known.before.helper_command is None
        return known._replace(
            name=new if known.name == old else known.name,
            before=before,
            digest_before=known.digest_before if same else "",
        )

    return state._replace(current=current(state.current), history=[step(known) for known in state.history])


def _read(path: str) -> State | None:
    remedy = "Move it away: profiles and settings stay, but `undo` and `off` forget what was before."
    return read_document(path, VERSION, _decode, remedy)


def _encode(state: State) -> bytes:
    plain = {
        "version": VERSION,
        "settings_path": state.settings_path,
        "salt": state.salt,
        "current": _plain_current(state.current),
        "history": [{**step._asdict(), "before": _plain_current(step.before)} for step in state.history],
        "digest": state.digest,
        "base_digest": state.base_digest,
        "target": state.target,
    }
    return compact(plain)


def _plain_current(current: Current) -> dict[str, Any]:
    rendered = None if current.rendered is None else to_plain(current.rendered)
    return {**current._asdict(), "rendered": rendered, "memory": current.memory._asdict()}


def _decode(plain: dict[str, Any]) -> State:
    bytes.fromhex(plain["salt"])
    history = [Step(**{**step, "before": _decode_current(step["before"])}) for step in plain["history"]]
    for step in history:
        for start, end, text in [*(step.inverse or []), *step.also[1:]]:
            _require(isinstance(start, int) and isinstance(end, int) and isinstance(text, str))
    for path in (plain["settings_path"], plain.get("target", "")):
        _require(b"\0" not in os.fsencode(path))
    _require(isinstance(plain["digest"], str) and isinstance(plain["base_digest"], str))
    return State(
        plain["settings_path"],
        plain["salt"],
        _decode_current(plain["current"]),
        history,
        plain["digest"],
        plain["base_digest"],
        plain.get("target", ""),
        plain["version"] > 1,
    )


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("of another shape")


def _decode_current(plain: dict[str, Any]) -> Current:
    rendered = None if plain["rendered"] is None else from_plain(plain["rendered"])
    current = Current(**{**plain, "rendered": rendered, "memory": Memory(**plain["memory"])})
    _require(isinstance(current.digests, dict) and isinstance(current.mode, int | None))
    _require(isinstance(current.memory.displaced, dict) and isinstance(current.memory.shells, dict))
    _require(isinstance(current.memory.blanks, list) and isinstance(current.memory.shield, list))
    _require(isinstance(current.memory.carried, list) and isinstance(current.memory.gone, list))
    _require(all(isinstance(line[1], str) and len(line) == 4 for line in current.memory.taken))
    _require(isinstance(current.memory.known, dict) and isinstance(current.memory.address, str))
    _require(isinstance(current.memory.blanked_at, int | float | None))
    _require(current.surroundings is None or isinstance(current.surroundings, dict))
    _require(isinstance(current.origin, str) and isinstance(current.adopted, list))
    return current
