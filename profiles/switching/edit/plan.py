"""Which members of the settings a switch changes, and what it remembers of the user's: pure.

The rules, for each key that pkcc-tray owns:
- what the new profile renders is written, in place or at the end of `env`;
- what the user had there before the first switch is displaced: remembered, and blank in its place (so that
  `off` can put it back into the same place) until then;
- what an earlier profile wrote and this one does not is blank while a session may run that holds it (see
  `blanks`), because a running client keeps the value of a key that is gone, and is taken out otherwise.
"""

from __future__ import annotations

import json

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import has_secret
from profiles.claude_code.credential_lines import Sorted, address_in_force, address_of, sort_out
from profiles.claude_code.header_lines import (
    FOREIGN,
    foreign_lines,
    from_template,
    merge,
    one_line,
    split_lines,
    to_template,
    without_blank_end,
)
from profiles.claude_code.owned_slots import HEADERS_SLOT, HELPER_KEY, OWNED_SLOTS
from profiles.claude_code.settings.file import Settings, plain
from profiles.claude_code.settings.json_edit import Splice, check_result, edit_object, indent_unit, newline_of
from profiles.claude_code.settings.json_text import JsonObject
from profiles.switching.memory.state import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from profiles.claude_code.header_lines import Line
    from profiles.profile.rendering import Rendered

_BLANK = '""'


class Around(NamedTuple):
    """What the less specific settings files say, for the plan of a file that beats them: a project's.

    `beaten`: slots that they set and that must not count. `present`: slots that they have, so that no running
    session needs a blank here. `lines`: raw header lines of theirs, which the header string of this file
    would hide and so repeats; `mark(text)` is the digest by which one is known again. `closed`: slots
    in which only the first edit finds values of the user's: what is typed there later is replaced for good.
    `elsewhere(name)`: what a variable is where this file does not set it. `lines_for`: the address that
    `lines` belong to; `now` and `coming` those that requests go to before and after, where this file alone
    does not say. `is_key(text)`: whether that is the key of the profile that is coming.
    """

    beaten: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    lines: list[str] = []  # noqa: RUF012 - never changed in place
    mark: Callable[[str], str] = str
    closed: frozenset[str] = frozenset()
    elsewhere: Callable[[str], str | None] = lambda _name: None
    lines_for: str = ""
    now: str = ""
    coming: str = ""
    is_key: Callable[[str], bool] = lambda _text: False


_NOTHING_AROUND = Around()


class Filled(NamedTuple):
    """A rendering with its secrets in it, ready to be written."""

    env: dict[str, str | int]
    headers: str
    helper_command: str | None


_NOTHING = Filled({}, "", None)


class EditPlan(NamedTuple):
    """`text` is the whole new text, None when the file itself goes."""

    text: str | None
    splices: list[Splice]
    changed: list[str]  # slots whose raw value changes
    memory: Memory  # displaced values not yet sealed: see `sealing`
    old_headers: tuple[str, str] | None = None  # the raw header string that changes, and its template
    passing: list[str] = []  # noqa: RUF012 - blanks that are there for sessions alone
    gone: list[str] = []  # noqa: RUF012 - see `Memory`
    lines_out: list[list[str]] = []  # noqa: RUF012 - [name, address] of header lines that go
    lines_back: list[list[str]] = []  # noqa: RUF012 - and of those that come back


def plan_edit(
    settings: Settings,
    before: Rendered | None,
    memory: Memory,
    new: Filled | None,
    *,
    keep_blanks: bool,
    exported: frozenset[str] = frozenset(),
    holds: Callable[[str, str], bool] = lambda _template, _value: True,
    around: Around = _NOTHING_AROUND,
    put_back: Mapping[str, str | None] | None = None,
    put_blank: Collection[str] = (),
    taken: Rendered | None = None,
) -> EditPlan:
    """The edit that makes the settings say `new` (None: what the user had before the first switch).

    `before` is what pkcc-tray wrote last. `keep_blanks` when sessions run that could hold old values.
    `exported` names owned variables that the shell sets: one that the profile leaves alone is blanked,
    since only a value in the settings beats the shell's. `holds(template, value)` says whether a value is
    what was written for a template with a secret in it. `put_back`: slots that are not ours → the raw value
    that goes there all the same (None: it goes away); `put_blank`: those that are blank for sessions alone.
    `taken` is what a profile took over of these very
    settings: its values are no longer the user's, though pkcc-tray did not write them.
    """
    planner = _Planner(settings, before, memory, new, keep_blanks, exported, holds, around)
    planner.put_back = {**(put_back or {}), **dict.fromkeys(put_blank, _BLANK)}
    planner.put_blank = put_blank
    if taken is not None:
        planner.take(taken, holds)
    return planner.plan()


def own_slots(
    settings: Settings,
    before: Rendered | None,
    memory: Memory,
    holds: Callable[[str, str], bool],
    around: Around,
) -> set[str]:
    """The owned slots in which the user has something of their own in this file: there now, or displaced."""
    planner = _Planner(settings, before, memory, None, False, frozenset(), holds, around)
    there = {*OWNED_SLOTS} & settings.slots()
    found = {*OWNED_SLOTS} & planner.displaced.keys() | {slot for slot in there if planner.is_users(slot)}
    return found | {HEADERS_SLOT} if planner.own_lines() else found


class _Planner:
    def __init__(
        self,
        settings: Settings,
        before: Rendered | None,
        memory: Memory,
        new: Filled | None,
        keep_blanks: bool,
        exported: frozenset[str],
        holds: Callable[[str, str], bool],
        around: Around,
    ) -> None:
        self.settings = settings
        self.around = around
        self.new = new
        self.keep_blanks = keep_blanks
        self.shield = exported if new is not None else frozenset()
        member = settings.member(HEADERS_SLOT)
        self.raw_headers = settings.raw(member) if member is not None else _BLANK
        self.lines = split_lines(self.raw_headers)
        self.written_headers = written_headers(before, self.lines, holds)
        self.displaced = dict(memory.displaced)
        self.shells = dict(memory.shells)
        self.old_blanks = set(memory.blanks)
        self.old_gone = set(memory.gone)
        self.old_carried = set(memory.carried)
        self.carried: list[str] = []
        self.rendered_before = slots_of(before)
        self.blanks: list[str] = []
        self.passing: list[str] = []
        self.changes: dict[str, str | None] = {}
        self.put_back: Mapping[str, str | None] = {}
        self.put_blank: Collection[str] = ()
        self.known = memory.known
        self.coming = self._coming()
        self.old_taken = memory.taken
        self.own = Sorted([], [], {}, [], [])

    def take(self, taken: Rendered, holds: Callable[[str, str], bool]) -> None:
        """Count what that rendering says as written by us."""
        self.rendered_before |= slots_of(taken)
        self.written_headers |= written_headers(taken, self.lines, holds)

    def plan(self) -> EditPlan:
        lines = self.own_lines()
        around = self.around
        self.own = sort_out(lines, self.old_taken, self._address_of, self.coming, around.mark, around.is_key)
        wanted = _raw_values(self.new)
        earlier = sorted(self.rendered_before | self.old_blanks | self.old_gone)
        beaten = sorted(self.around.beaten) if self.new is not None else []
        shielded = [f"env.{name}" for name in self.shield]
        concerned = {*self.settings.slots(), *shielded, HEADERS_SLOT}  # of the owned: most are nowhere
        owned = [slot for slot in OWNED_SLOTS if slot in concerned]
        for slot in dict.fromkeys([*wanted, *owned, *earlier, *self.displaced, *beaten]):
            if slot == HEADERS_SLOT:
                self._plan_headers()
            elif slot in wanted:
                self._write(slot, wanted[slot])
            else:
                self._withdraw(slot)
        self.changes |= self.put_back
        self.blanks += [slot for slot in self.put_blank if slot not in self.blanks]
        self.passing += [slot for slot in self.put_blank if slot not in self.passing]
        return self._result()

    # One slot at a time ------------------------------------------------------------------------------

    def is_users(self, slot: str) -> bool:
        """Whether what stands there now is the user's own, and not yet remembered."""
        member = self.settings.member(slot)
        if member is None:
            return False
        if slot in self.rendered_before or slot in self.displaced:
            return False
        if slot in self.around.closed and plain(member.value) != "":
            return False
        # We left it blank: it is the user's again only if something was typed there since.
        return slot not in self.old_blanks or plain(member.value) != ""

    def _write(self, slot: str, raw: str) -> None:
        member = self.settings.member(slot)
        if self.is_users(slot) and member is not None:
            self.displaced[slot] = self.settings.raw(member)
        # The client takes null for the text `null`, and refuses a file with a list or an object there.
        if member is None or plain(member.value) != _decoded(raw) or not isinstance(member.value, str | bool):
            self.changes[slot] = raw

    def _withdraw(self, slot: str) -> None:
        member = self.settings.member(slot)
        users = self.is_users(slot)
        owned = slot in OWNED_SLOTS
        if slot in self.displaced:
            if self.new is None or not owned:
                self.changes[slot] = self.displaced.pop(slot)
            elif member is not None or self._must_be_blank(slot):
                self.changes[slot] = _BLANK
        elif users and member is not None:
            if self.new is not None and owned and plain(member.value) != "":
                self.displaced[slot] = self.settings.raw(member)
                self.changes[slot] = _BLANK
        elif member is not None or self._must_be_blank(slot):
            self._blank_or_remove(slot)

    def _must_be_blank(self, slot: str) -> bool:
        """Whether a blank is needed even where nothing stands: for running sessions, or against the shell."""
        ours = slot in self.rendered_before or slot in self.old_blanks or slot in self.old_gone
        return (ours and self._keeps_blank(slot)) or self._is_beaten(slot)

    def _keeps_blank(self, slot: str) -> bool:
        return self.keep_blanks and slot not in self.around.present

    def _is_beaten(self, slot: str) -> bool:
        return slot[4:] in self.shield or (self.new is not None and slot in self.around.beaten)

    def _blank_or_remove(self, slot: str) -> None:
        # A running client drops apiKeyHelper once it is gone: only variables need a blank for it (facts).
        if self._is_beaten(slot) or (slot != HELPER_KEY and self._keeps_blank(slot)):
            self.changes[slot] = _BLANK
            self.blanks.append(slot)
            if not self._is_beaten(slot):
                self.passing.append(slot)
        else:
            self.changes[slot] = None

    def _plan_headers(self) -> None:
        slot = HEADERS_SLOT
        member = self.settings.member(slot)
        raw = self.raw_headers
        foreign = self.own.stay
        if member is not None and slot not in self.displaced and self.is_users(slot):
            self.displaced[slot] = to_template(raw, self.written_headers)
        if self.new is not None and self.new.headers:
            merged = merge([*self._carry(foreign), *foreign], self.new.headers)
            # The same lines in another order mean the same: then they stay where the user put them.
            if member is None or _meaning(merged) != _meaning(raw):
                self.changes[slot] = merged
            return
        if self.new is None:
            foreign = without_blank_end(foreign, self.displaced.get(slot, "").count(FOREIGN))
        if slot in self.displaced and self.new is None:
            self.changes[slot] = from_template(self.displaced.pop(slot), foreign)
        elif foreign:
            self.changes[slot] = merge(foreign, "")
        elif slot in self.displaced:
            self.changes[slot] = _BLANK
        elif member is not None or self._must_be_blank(slot):
            self._blank_or_remove(slot)

    def _coming(self) -> str | None:
        if self.new is None:
            return None
        return self.around.coming or address_of(self.new.env)

    def _address_of(self, digest: str) -> str:
        """Where a line of the user's belongs: where it went when it was first seen."""
        return self.known.get(digest) or self.around.now or address_in_force(self._value_of)

    def _value_of(self, name: str) -> str | None:
        member = self.settings.member(f"env.{name}")
        return self.around.elsewhere(name) if member is None else plain(member.value)

    def own_lines(self) -> list[str]:
        """The user's raw header lines of this very file: not ours, not repeated from another file."""
        lines = foreign_lines(self.lines, self.written_headers)
        return [raw for raw in lines if not self.old_carried or self._mark(raw) not in self.old_carried]

    def _carry(self, own: Sequence[str]) -> list[str]:
        """The lines of the less specific file that neither this one nor the profile says otherwise."""
        text = self.new.headers if self.new is not None else ""
        taken = {line.name for raw in (*own, json.dumps(text)[1:-1]) for line in split_lines(f'"{raw}"')}
        taken.add("")  # a blank line says nothing, and there may be one at the end of each file's
        lines = [raw for raw in self._lines_around() if one_line(raw).name not in taken]
        self.carried = [self._mark(raw) for raw in lines]
        return lines

    def _lines_around(self) -> Sequence[str]:
        """The less specific file's lines but for the credentials that belong to another address."""
        lines, address = self.around.lines, self.around.lines_for
        return sort_out(lines, [], lambda _: address, self.coming, self.around.mark).stay

    def _mark(self, raw: str) -> str:
        line = one_line(raw)
        return self.around.mark(f"{line.name}: {line.value}")

    # The splices ---------------------------------------------------------------------------------------

    def _result(self) -> EditPlan:
        settings = self.settings
        changes = {slot: raw for slot, raw in self.changes.items() if self._differs(slot, raw)}
        if settings.blank or not settings.root.members:
            self.shells.setdefault("root", None if settings.absent else settings.original)
        if settings.env is None or not settings.env.members:
            member = settings.root.find("env")
            self.shells.setdefault("env", None if member is None else settings.raw(member))
        env_changes = {slot[4:]: raw for slot, raw in changes.items() if slot.startswith("env.")}
        root_changes = self._root_changes(changes, env_changes)
        splices = self._splices(root_changes, env_changes)
        text: str | None = check_result(settings.text, settings.root, splices)
        if settings.blank and not splices:
            text = None if settings.absent else settings.original
        nothing = self.new is None or self.new == _NOTHING
        if nothing and "root" in self.shells and not _would_stay(settings.root, root_changes):
            text = self.shells["root"]
            self.shells = {}  # it is as it was found
        if self.new is None and not self.blanks:
            memory = Memory()
        else:
            memory = Memory(
                self.displaced, self.blanks, sorted(self.shield), self.shells, self.carried
            )._replace(taken=self.own.taken, known=self.own.known, address=self.coming or "")
        old_headers = None
        if HEADERS_SLOT in changes:
            template = to_template(self.raw_headers, self.written_headers, self.own.going)
            old_headers = (self.raw_headers, template)
        return EditPlan(
            text, splices, list(changes), memory, old_headers, self.passing, self._gone()
        )._replace(lines_out=self.own.out, lines_back=self.own.back)

    def _gone(self) -> list[str]:
        """The variables of ours that are not in the file any more, where nothing of ours is left."""
        if self.new is not None:
            return []
        ours = (self.rendered_before | self.old_blanks | self.old_gone) - {HELPER_KEY}
        return sorted(slot for slot in ours if not self._will_stand(slot))

    def _will_stand(self, slot: str) -> bool:
        return self.changes[slot] is not None if slot in self.changes else bool(self.settings.member(slot))

    def _differs(self, slot: str, raw: str | None) -> bool:
        member = self.settings.member(slot)
        return raw is not None if member is None else raw != self.settings.raw(member)

    def _root_changes(
        self, changes: Mapping[str, str | None], env_changes: Mapping[str, str | None]
    ) -> dict[str, str | None]:
        """The changes of top-level members; that of `env` itself only when it comes, goes, or is emptied."""
        root_changes = {slot: raw for slot, raw in changes.items() if not slot.startswith("env.")}
        settings = self.settings
        if settings.env is None:
            if any(raw is not None for raw in env_changes.values()):
                root_changes = {"env": self._new_env(env_changes), **root_changes}
        elif env_changes and not _would_stay(settings.env, env_changes) and "env" in self.shells:
            root_changes["env"] = self.shells["env"]
        return root_changes

    def _splices(
        self, root_changes: Mapping[str, str | None], env_changes: Mapping[str, str | None]
    ) -> list[Splice]:
        settings = self.settings
        unit = indent_unit(settings.text, settings.root)
        splices = edit_object(settings.text, settings.root, root_changes, unit)
        if settings.env is not None and "env" not in root_changes:
            splices += edit_object(settings.text, settings.env, env_changes, unit)
        return splices

    def _new_env(self, changes: Mapping[str, str | None]) -> str:
        items = [f"{json.dumps(key)}: {raw}" for key, raw in changes.items() if raw is not None]
        text, root = self.settings.text, self.settings.root
        if root.members and "\n" not in text[root.start : root.end]:
            return "{" + ", ".join(items) + "}"
        unit, newline = indent_unit(text, root), newline_of(text)
        return "{" + newline + f",{newline}".join(unit * 2 + item for item in items) + newline + unit + "}"


def _would_stay(owner: JsonObject, changes: Mapping[str, str | None]) -> bool:
    """Whether any member is left in the object after the changes."""
    keys = {member.key for member in owner.members}
    return any(changes.get(key, "") is not None for key in keys | set(changes))


def _meaning(raw: str) -> object:
    """What a header string says: its order matters only where one name stands twice."""
    lines = [(line.name, line.value) for line in split_lines(raw)]
    return sorted(lines) if len(dict(lines)) == len(lines) else lines


def _decoded(raw: str) -> str:
    return plain(json.loads(raw, parse_int=str, parse_float=str))


def _raw_values(new: Filled | None) -> dict[str, str]:
    """Slot → raw JSON value, in the order in which new keys are added: base URL, headers, the rest."""
    if new is None:
        return {}
    raw = {f"env.{name}": json.dumps(value) for name, value in new.env.items()}
    base_url = [*raw][:1]  # none where only a part of a profile is wanted
    ordered = {**{slot: raw[slot] for slot in base_url}, HEADERS_SLOT: "", **raw}
    if new.helper_command:
        ordered[HELPER_KEY] = json.dumps(new.helper_command)
    return ordered


def slots_of(rendered: Rendered | None) -> set[str]:
    """The slots that a rendering writes, blank ones too; all header lines are one."""
    if rendered is None:
        return set()
    slots = {f"env.{name}" for name in rendered.env}
    if rendered.headers:
        slots.add(HEADERS_SLOT)
    if rendered.helper:
        slots.add(HELPER_KEY)
    return slots


def written_headers(
    rendered: Rendered | None, lines: Sequence[Line], holds: Callable[[str, str], bool]
) -> dict[str, str]:
    """Lower-case name → text of each header that the rendering put among these lines."""
    written = {}
    for name, template in rendered.headers if rendered is not None else []:
        if not has_secret(template):
            written[name.lower()] = template
            continue
        for line in lines:
            if line.name == name.lower() and holds(template, line.value):
                written[line.name] = line.value
    return written
