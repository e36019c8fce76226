"""What the tray shows of what is so: states, faces and notices, in plain words. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.base.hashing import digest
from profiles.claude_code.owned_slots import HELPER_KEY
from profiles.claude_code.routing_names import (
    CERTIFICATES,
    GATEWAY_SWITCH,
    MESSAGES,
    NO_PROXY,
    PROXIES,
    SWITCHES,
    TLS_CHECK,
    is_on,
)
from profiles.switching.reading.model_dialog import dialog_words
from profiles.switching.reading.surroundings import is_surrounding
from tray.icon.base import Face
from tray.notices.notice import Notice
from tray.runtime.menu.menu import RECENT_SHOWN, ProfileRow, ProjectRow, TrayState, without_directories

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from profiles.base.errors import PkccError
    from profiles.profile.rendering import Rendered
    from profiles.switching.reading.drift import Change
    from profiles.switching.reading.reading import Reading
    from profiles.undo.history import Entry

# What a notice is about: `Notice.key`.
DRIFT, PROBLEM, TOLD = "drift", "problem", "told"
PROJECTS, UNREADABLE, UPDATE = "projects", "unreadable", "update"
RESTORE, ADOPT, IGNORE = ("restore", "Restore"), ("adopt", "Adopt"), ("ignore", "Ignore")
_LONGEST_LINE = 300  # characters, of a tooltip
_LONGEST_NAME = 64
_WORD = re.compile(r"[\w.-]+")
_DIRECT = {f"env.{MESSAGES.base_url}"}  # without it the client goes to Anthropic
_GONE = "the settings file is gone"


def present(
    reading: Reading,
    rows: tuple[ProfileRow, ...],
    *,
    ignored: frozenset[str] = frozenset(),
    autostart: bool | None = None,
    message: str = "",
    latest: Entry | None = None,
) -> TrayState:
    """What is to be shown. `ignored` holds the marks (`mark_of`) of changes that the user has dismissed.

    `message` is what went wrong last, in one line, "" when nothing did. `latest` is what `undo` would take
    back.
    """
    current = reading.state.current
    drift = tuple(short_line(change) for change in reading.changes)
    if reading.condition == "gone":
        drift = (_GONE,)
    if reading.problem is not None:
        condition, message, drift = "error", reading.problem.title, ()
    elif drift and not marks_of(reading) <= ignored:
        condition = "drift"
    else:
        condition = "error" if message else "active" if current.active is not None else "off"
    steps = reading.state.history
    recent = dict.fromkeys(step.name for step in reversed(steps) if step.name)
    return TrayState(
        condition=condition,
        active=current.active,
        profiles=rows,
        recent=tuple(recent)[:RECENT_SHOWN],
        drift=drift,
        undo="" if latest is None else _undone(latest),
        adoptable=adoptable(reading.changes),
        autostart=autostart,
        message=message,
    )


def marks_of(reading: Reading) -> frozenset[str]:
    """A mark for each outside change: the same for the same change, another as soon as its value differs.

    They are hashes, since a value may be a secret.
    """
    if reading.condition == "gone":
        return frozenset({_GONE})
    texts = (f"{change.slot}\0{reading.values.get(change.slot, '')}" for change in reading.changes)
    return frozenset(digest(text.encode("utf-8", "surrogatepass"), size=16) for text in texts)


def face_of(state: TrayState) -> Face:
    """The icon and its words. LXQt shows only the title of a tooltip, so the state is in that."""
    name = title_of(state)
    words = {
        "active": name,
        "off": "off",
        "drift": f"{name}, changed by something else",
        "error": without_directories(state.message),
    }
    row = next((row for row in state.profiles if row.name == state.active), None)
    more = [_brief(line) for line in (row.hint if row else "", *state.drift) if line]
    return Face(state.condition, _brief(f"Claude Code: {words[state.condition]}"), "\n".join(more[:4]))


def title_of(state: TrayState) -> str:
    """The active profile as people call it; `off` without one."""
    row = next((row for row in state.profiles if row.name == state.active), None)
    return (row.label if row else "") or state.active or "off"


def slot_name(slot: str) -> str:
    """A slot's name, as it may be shown.

    Of a header line's name only its first word: a key may have slipped into the rest of it.
    """
    name = slot.partition(".")[2] or slot
    word = _WORD.match(name)
    shown = word[0][:_LONGEST_NAME] if word else ""
    return shown if shown == name else f"{shown}…"


def short_line(change: Change) -> str:
    """A change in the few words that a menu has room for; masked as the change is."""
    name = slot_name(change.slot)
    if change.kind == "removed":
        return f"{name} removed"
    return f"{name}: {change.actual}" if change.kind == "changed" else f"{name} added: {change.actual}"


def long_line(change: Change) -> str:
    """A change with what was there before."""
    was, now = change.expected or "(nothing)", change.actual or "(nothing)"
    return f"{slot_name(change.slot)}: {was} → {now}"


def drift_notice(reading: Reading, *, guarded: bool) -> Notice:
    """What was changed by something else, the dangerous changes in its title, with a way to answer.

    `guarded`: `key print` gives a key to its own gateway only. Then a helper's key stayed here.
    """
    active = reading.state.current.active or ""
    if reading.condition == "gone":
        body = f"Claude Code runs without the profile {active}."
        return Notice(DRIFT, "Claude Code's settings file is gone", body, (RESTORE, IGNORE))
    alarming = [change for change in reading.changes if change.alarming]
    rendered = reading.state.current.rendered
    dialog = dialog_words(rendered.dialect, reading.changes) if rendered is not None else ""
    title = dialog or f"Claude Code's settings no longer say what {active} writes"
    title = _alarm(alarming[0]) if alarming else title
    lines = [*map(long_line, reading.changes), *([_given(rendered, alarming, guarded)] if alarming else [])]
    body = "\n".join(lines)
    return Notice(DRIFT, title, body, _answers(adoptable(reading.changes)), urgent=bool(alarming))


def _given(rendered: Rendered | None, alarming: Sequence[Change], guarded: bool) -> str:
    """Whether a session may have sent the key there: what a gateway sends on, it was given."""
    kept = rendered is not None and rendered.helper and guarded
    if kept and not any(change.slot.startswith("header.") for change in alarming):
        return "The key was not given to it. Prompts are sent there until this is put right."
    return "The key may have been sent there: replace it at Portkey."


def adoptable(changes: Sequence[Change]) -> bool:
    """Whether a click may take the changes into the profile.

    Never one that decides where the key goes; and proxies and certificates are no part of a profile.
    """
    return not any(change.alarming for change in changes) and not (
        changes and all(is_surrounding(change.slot) for change in changes)
    )


def _answers(adopting: bool) -> tuple[tuple[str, str], ...]:
    return (RESTORE, ADOPT, IGNORE) if adopting else (RESTORE, IGNORE)


def restored_notice(reading: Reading) -> Notice:
    """What was changed by something else, and is put back by the user's standing wish."""
    name = reading.state.current.active or ""
    lines = [_GONE] if reading.condition == "gone" else list(map(long_line, reading.changes))
    return Notice(TOLD, f"Changed by something else, and put back: {name}", "\n".join(lines))


def project_notices(changed: Sequence[ProjectRow], joined: Sequence[str]) -> list[Notice]:
    """What happened to projects: changed or unreadable, or taking part since a session started."""
    found = []
    broken = [row for row in changed if row.condition == "unparsable"]
    if broken:
        title = f"Claude Code ignores the settings of {_among([row.directory for row in broken])}"
        found.append(Notice(UNREADABLE, title, "\n".join(row.problem for row in broken)))
    written = sorted((row for row in changed if row not in broken), key=lambda row: not row.alarm)
    if written:
        names, alarm = [row.directory for row in written], written[0].alarm
        title = f"Changed by something else: the settings of {_among(names)}"
        if alarm:
            title = f"{_among(names[:1])}: {alarm}"
        lines = [f"{row.directory}: {row.alarm}" if row.alarm else row.directory for row in written]
        actions = (("sync", "Write again"),)
        found.append(Notice(PROJECTS, title, "\n".join(lines), actions, urgent=bool(alarm)))
    if joined:
        found.append(Notice(TOLD, f"By a rule, {_among(joined)} takes part", "\n".join(joined)))
    return found


def project_alarm(changes: Sequence[Change]) -> str:
    """What of the changes of a project's file would lead the key elsewhere; "" for nothing."""
    return next((_alarm(change, direct=frozenset()) for change in changes if change.alarming), "")


def _among(directories: Sequence[str]) -> str:
    first = directories[0].rstrip("/\\").replace("\\", "/").rpartition("/")[2]
    return first if len(directories) == 1 else f"{first} and {len(directories) - 1} more"


def problem_notice(error: PkccError) -> Notice:
    """What went wrong, and what to do."""
    return Notice(PROBLEM, error.title, error.hint)


def summary_notice(state: TrayState) -> Notice:
    """How things stand, for whoever asks by a click on the icon or a second start."""
    face = face_of(state)
    actions = _answers(state.adoptable) if state.condition == "drift" else ()
    return Notice(TOLD, face.title, face.tooltip or "pkcc-tray runs: its menu is at the icon.", actions)


def update_notice(version: str, installed: str) -> Notice:
    """That there is a newer version. Getting it is up to the user."""
    body = f"You have {installed}. Get it the way you got this one."
    return Notice(UPDATE, f"pkcc-tray {version} is out", body, (("update", "What is new"),))


def switched_notice(name: str, notes: Sequence[str], *, models_pinned: bool) -> Notice | None:
    """What the user should know after a click on a profile; None when all is as expected."""
    lines = list(notes)
    if models_pinned:
        lines.append("Running sessions keep the model they were started with: restart them to change it.")
    return Notice(TOLD, f"{name} is active", "\n".join(lines)) if lines else None


def _undone(entry: Entry) -> str:
    """What undo would take back; of a switch what it would go back to."""
    step = entry.settings
    if entry.done is not None or step is None:
        return entry.what
    if step.name == step.before.active:
        return f"last switch: {step.name} {'restored' if step.action == 'restore' else 'written again'}"
    return f"last switch: {step.name or 'off'} → {step.before.active or 'off'}"


def _alarm(change: Change, direct: Collection[str] = _DIRECT) -> str:
    name = slot_name(change.slot)
    if is_surrounding(change.slot):
        return f"{name} was {change.kind}: {_reader(name, change.actual)}"
    if change.slot == HELPER_KEY:
        return f"{name} was changed: another program would hand out your key"
    if (switch := change.slot.removeprefix("env.")) in (*SWITCHES, GATEWAY_SWITCH):
        how = "on" if is_on(change.actual) else "off"
        return f"{switch} was switched {how}: your key would go to another address"
    if change.kind == "removed":
        elsewhere = "Anthropic's own address" if change.slot in direct else "another address"
        return f"{name} was removed: your key would go to {elsewhere}"
    return f"{name} was changed: your key would go to {change.actual}"


def _reader(name: str, value: str) -> str:
    """Who could read the key, with that value of one of the surroundings."""
    if name in NO_PROXY:
        return "more of your requests would go by a proxy"
    if name == TLS_CHECK:
        return "no certificate would be checked, and anybody on the way could read your key"
    if name in PROXIES:
        return f"your requests would go by {value}, and it may read your key"
    if name in CERTIFICATES:
        return f"certificates of {value} would be believed, and your key could be read"
    return "it decides who can read your key"


def _brief(text: str) -> str:
    """One line that no tooltip grows too wide for."""
    line = " ".join(text[: 2 * _LONGEST_LINE].split())
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1].rstrip() + "…"
