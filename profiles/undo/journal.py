"""The steps that changed more than a settings file: profiles, rules, projects. One JSON file for all of them.

What a step did to a settings file stands in that file's own state (`state.Step`), which names the step here
that it is a part of. While a step is under way the same text lies beside the journal, as its intent: whatever
command comes after a crash finishes it.
"""

from __future__ import annotations

import json
import os

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import references_in
from profiles.files.atomic_replace import remove_private, write_private
from profiles.files.json_documents import compact, read_document
from profiles.files.read import read_bytes
from profiles.files.temporary import remove_temp_files
from profiles.policy.in_force import steps_kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from profiles.base.locations import Locations

_VERSION = 1
LIMIT = 20
PROFILE, RULES, PROJECT = "profile", "rules", "project"
GONE = "\0gone\0"  # in the place of a text that could not be kept


class Piece(NamedTuple):
    """What a step did to one document: a profile's file, the rules, or one registered project.

    `name` is the profile's, or the project's directory; `place` the settings file that the project follows.
    `before` and `after` are the texts, None where there was no such document. `link`: what a profile's file
    that goes is a link to.
    """

    kind: str
    name: str
    place: str
    before: str | None
    after: str | None
    link: str = ""


class Done(NamedTuple):
    """One step: `what` in plain words, such as "remove work"; `who` did it, such as "command line".

    `anchors`: for each settings file the key of its own latest step when this one began, which says where in
    that file's history this one stands. `renamed`: a profile's old and new name.
    """

    id: str
    at: float
    action: str
    what: str
    name: str | None = None
    pieces: list[Piece] = []  # noqa: RUF012 - never changed in place
    anchors: dict[str, str] = {}  # noqa: RUF012
    renamed: list[str] = []  # noqa: RUF012
    who: str = ""


class Intent(NamedTuple):
    """What is under way: a step that is being done, or steps that are being taken back.

    `back`: their keys, each with the settings files that it changed. `place` is the one whose history it is.
    `keys` are secrets that the step stores first; it has come to its documents once `begun`. `registries`:
    the projects of each settings file when it began.
    """

    step: Done | None = None
    back: dict[str, list[str]] = {}  # noqa: RUF012
    place: str = ""
    keys: list[str] = []  # noqa: RUF012
    begun: bool = False
    registries: dict[str, dict[str, str]] = {}  # noqa: RUF012


class JournalFiles(NamedTuple):
    """Where the journal lies, the intent beside it, and the lock for changing them."""

    journal: str
    intent: str
    lock: str


def journal_files(locations: Locations) -> JournalFiles:
    """The files of this configuration."""
    names = ("journal.json", "journal.pending", "journal.lock")
    return JournalFiles(*(os.path.join(locations.state_dir, name) for name in names))


def load_journal(files: JournalFiles) -> list[Done]:
    """The steps, the oldest first. Raises PkccError for a file that is newer or broken."""
    remedy = "Move it away: profiles and settings stay, but `undo` forgets what was done to profiles."
    return read_document(files.journal, _VERSION, _steps, remedy) or []


def save_journal(files: JournalFiles, steps: Sequence[Done]) -> None:
    """Write the latest steps durably. Call it, and the next, under the lock."""
    remove_temp_files(files.journal)  # what a killed run left
    plain = {"version": _VERSION, "steps": [_plain(step) for step in steps[-steps_kept(LIMIT) :]]}
    write_private(files.journal, compact(plain))


def load_intent(files: JournalFiles) -> Intent | None:
    """What was under way when a command was killed; None for nothing, and for what cannot be read."""
    data = read_bytes(files.intent)
    if data is None:
        return None
    try:
        plain = json.loads(data)
        step = None if plain["step"] is None else _step(plain["step"])
        return Intent(**{**plain, "step": step})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Intent()  # ours alone writes it, whole: of a newer version, or damaged from outside


def save_intent(files: JournalFiles, intent: Intent) -> None:
    """Make durable what is about to be done."""
    remove_temp_files(files.intent)
    step = None if intent.step is None else _plain(intent.step)
    plain = {**intent._asdict(), "step": step}
    write_private(files.intent, compact(plain))


def drop_intent(files: JournalFiles) -> None:
    """Remove a finished intent. Not synced: one that comes back finds everything as it should be."""
    remove_private(files.intent)


def references(steps: Sequence[Done]) -> set[str]:
    """The secrets that the kept texts need."""
    texts = [text for step in steps for piece in step.pieces for text in (piece.before, piece.after) if text]
    return {reference for text in texts if text != GONE for reference in references_in(text)}


def _plain(step: Done) -> dict[str, Any]:
    return {**step._asdict(), "pieces": [piece._asdict() for piece in step.pieces]}


def _steps(plain: dict[str, Any]) -> list[Done]:
    return [_step(each) for each in plain["steps"]]


def _step(plain: dict[str, Any]) -> Done:
    step = Done(**{**plain, "pieces": [Piece(**piece) for piece in plain["pieces"]]})
    for piece in step.pieces:
        if not all(isinstance(part, str) for part in piece[:3]):
            raise TypeError("of another shape")
    return step
