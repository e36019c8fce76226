"""What is remembered of one settings file: who is active, what was displaced, the latest steps."""

from __future__ import annotations

import os

from profiles.base.hashing import digest, growing_digest
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import literals_of, references_in
from profiles.policy.in_force import steps_kept
from profiles.profile.rendering import Rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.claude_code.credential_lines import TakenLine

    PlainSplice = tuple[int, int, str]

HISTORY_LIMIT = 20  # where an administrator wants no fewer


class Memory(NamedTuple):  # the defaults are never changed in place
    """What must be remembered between edits of one settings file. Plain JSON data, secrets as markers.

    `displaced`: slot → the user's raw value before the first switch. `blanks`: slots that hold "" only for
    running sessions or against the shell. `shield`: variables that the shell exported and a profile must not
    inherit. `shells`: "root" and "env", if empty at first: their text, None where there was none; "directory"
    is explained in `one_file.scope`. `carried`: digests of header lines that were repeated here from a less
    specific file. `gone`: slots of ours that left the file with no blank, which a session may still hold.
    `blanked_at`: since when (seconds since 1970) the last of those, or of the blanks that are for sessions
    alone, is out of force. `taken` and `known`: header lines that carry a credential, see
    `credential_lines.Sorted`; `address`: where the route leads that was written last. `alias`: the user's raw
    top-level `model` that was left where it was, since every profile gives it a meaning of its own.
    """

    displaced: dict[str, str] = {}  # noqa: RUF012
    blanks: list[str] = []  # noqa: RUF012
    shield: list[str] = []  # noqa: RUF012
    shells: dict[str, str | None] = {}  # noqa: RUF012
    carried: list[str] = []  # noqa: RUF012
    gone: list[str] = []  # noqa: RUF012
    blanked_at: float | None = None
    taken: list[TakenLine] = []  # noqa: RUF012
    known: dict[str, str] = {}  # noqa: RUF012
    address: str = ""
    alias: str = ""


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
    rows_owned: bool = False  # made by a version that owns how the rows of `/model` look
    status_line: bool = False  # a status line of ours goes along with each profile


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
    inverse: list[PlainSplice] | None
    digest_before: str
    digest_after: str
    id: str = ""
    part_of: str = ""
    who: str = ""
    also: list[str | PlainSplice] = []  # noqa: RUF012 - never changed in place


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

    def needs_beyond(self, other: State) -> set[str]:
        """The references that this state needs, and that other one does not."""
        needed = self.references()
        return needed - other.references() if needed else needed


def digest_of(data: bytes | None) -> str:
    """A hash of a file's bytes; "absent" when there is no file."""
    return "absent" if data is None else digest(data)


_SIZE = 16  # bytes of a secret's hash


def secret_digest(salt: str, secret: str) -> str:
    """A keyed hash by which a secret in the settings is recognised without being kept."""
    return digest(_encoded(secret), key=bytes.fromhex(salt), size=_SIZE)


def _encoded(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")


def holds_written(state: State, template: str, value: str) -> bool:
    """Whether a value is what was written for that template, judged by the hashes of its secrets."""
    first, *others = literals_of(template)
    if not value.startswith(first):
        return False
    at = len(first)
    for reference, literal in zip(references_in(template), others, strict=True):
        at = _after_secret(state, state.current.digests.get(reference), value, at, literal)
        if at < 0:
            return False
    return at == len(value)


def _after_secret(state: State, wanted: str | None, value: str, start: int, literal: str) -> int:
    """Where that text ends behind the secret that begins there and has that hash; -1 where none does."""
    ends: list[int] = []

    def pieces() -> Iterator[bytes]:
        """The secret, as it grows from one place where it may end to the next."""
        at = start
        while (end := value.find(literal, at + 1)) > at:
            ends.append(end)
            yield _encoded(value[at:end])
            at = end

    found = growing_digest(pieces(), key=bytes.fromhex(state.salt), size=_SIZE)
    return next((ends[-1] + len(literal) for each in found if each == wanted), -1)


def new_step_id() -> str:
    """A name for a step that no other has."""
    return os.urandom(6).hex()


def key_of(step: Step | None) -> str:
    """The identity of a step; one of an earlier version has only its time."""
    return "" if step is None else step.id or repr(step.at)


def with_step(state: State, step: Step) -> list[Step]:
    """The history with one more step, the oldest dropped beyond what is kept."""
    return [*state.history, step][-steps_kept(HISTORY_LIMIT) :]


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
