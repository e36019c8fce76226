"""Which members of the settings a switch changes, and what it remembers of the user's: pure.

The rules, for each key that pkcc-tray owns:
- what the new profile renders is written, in place or at the end of `env`;
- what the user had there before the first switch is displaced: remembered, its place kept by a blank;
- what an earlier profile wrote and this one does not is blank while a session may run that holds it (see
  `blanks`), because a running client keeps the value of a key that is gone, and is taken out otherwise.
"""

from __future__ import annotations

from functools import partial

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.credential_lines import Sorted
from profiles.claude_code.header_lines import FOREIGN, from_template, merge, without_blank_end
from profiles.claude_code.owned_slots import HEADERS_SLOT, MODEL, OWNED_SLOTS, STATUS_LINE
from profiles.claude_code.settings.json_edit import Splice
from profiles.claude_code.settings.parse import plain
from profiles.profile.rendering import slots_of
from profiles.switching.edit.headers import NewHeaders
from profiles.switching.edit.new_text import NOTHING, Filled, decoded, new_text, raw_values
from profiles.switching.edit.other_files import NO_OTHER_FILES, OtherFiles
from profiles.switching.edit.standing import Standing, stays, users_alias
from profiles.switching.edit.status_line import is_there, with_line
from profiles.switching.memory.state import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from profiles.profile.rendering import Rendered

_BLANK = '""'
_PLACES = {slot: place for place, slot in enumerate((*OWNED_SLOTS, MODEL))}  # always in one order


class EditPlan(NamedTuple):
    """`text` is the whole new text, to be parsed before it is believed; None when the file itself goes."""

    text: str | None
    splices: list[Splice]
    changed: list[str]  # slots whose raw value changes
    memory: Memory  # displaced values not yet sealed: see `displaced_secrets`
    # What gives the raw header string that changes, and its template: only a history asks for that.
    old_headers: Callable[[], tuple[str, str]] | None = None
    passing: list[str] = []  # noqa: RUF012 - blanks that are there for sessions alone
    gone: list[str] = []  # noqa: RUF012 - see `Memory`
    lines_out: list[list[str]] = []  # noqa: RUF012 - [name, address] of header lines that go
    lines_back: list[list[str]] = []  # noqa: RUF012 - and of those that come back


def plan_edit(
    there: Standing,
    memory: Memory,
    new: Filled | None,
    *,
    keep_blanks: bool,
    exported: frozenset[str] = frozenset(),
    around: OtherFiles = NO_OTHER_FILES,
    put_back: Mapping[str, str | None] | None = None,
    put_blank: Collection[str] = (),
    taken: Rendered | None = None,
    same_route: bool = False,
) -> EditPlan:
    """The edit that makes the settings say `new` (None: what the user had before the first switch).

    `there` is what they say now, `memory` what was displaced, with the secrets that go back in it.
    `keep_blanks` when sessions run that could hold old values. `exported`: owned variables that the shell
    sets, blanked where the profile leaves them alone: only a value in the settings beats the shell's.
    `put_back`: slots that are not ours → the raw value that goes there all the same (None: it goes away);
    `put_blank`: those that are blank for sessions alone.
    `taken` is what a profile took over of these very settings: no longer the user's, though not ours.
    `same_route`: `new` leads to where the profile before did.
    """
    planner = Planner(there, memory, new, keep_blanks, exported, around)
    if taken is not None:
        planner.take(taken)
    model_stays = stays(there.settings, there.before, to_profile=new is not None, same_route=same_route)
    return planner.plan(put_back or {}, put_blank, {MODEL} if model_stays else ())


class Planner:
    """Goes through the slots of one file; `plan_edit` makes one for each edit."""

    def __init__(
        self,
        there: Standing,
        memory: Memory,
        new: Filled | None,
        keep_blanks: bool,
        exported: frozenset[str],
        around: OtherFiles,
    ) -> None:
        settings = there.settings
        self.there = there
        self.settings = settings
        self.around = around
        self.new = new
        self.keep_blanks = keep_blanks
        self.shield = exported if new is not None else frozenset()
        self.headers = NewHeaders(there.headers, settings, memory, new, around)
        self.displaced = with_line(settings, memory.displaced) if around.our_line else dict(memory.displaced)
        self.alias = users_alias(settings, there.before, memory.alias)
        self.shells = dict(memory.shells)
        self.old_gone = set(memory.gone)
        line = {STATUS_LINE} if around.our_line and is_there(settings) else set[str]()
        self.rendered_before = there.rendered | line
        self.blanks: list[str] = []
        self.passing: list[str] = []
        self.changes: dict[str, str | None] = {}

    def take(self, taken: Rendered) -> None:
        """Count what that rendering says as written by us."""
        if MODEL in slots_of(taken) and self.alias:
            self.displaced.setdefault(MODEL, self.alias)
        self.rendered_before |= slots_of(taken)
        self.there.headers.take(taken)

    def plan(
        self, put_back: Mapping[str, str | None], put_blank: Collection[str], staying: Collection[str]
    ) -> EditPlan:
        """The edit; arguments as for `plan_edit`. `staying`: slots left alone that `new` does not set."""
        sorted_lines = self.headers.sorted_out()
        wanted = raw_values(self.new)
        earlier = sorted(self.rendered_before | self.there.blanks | self.old_gone)
        beaten = sorted(self.around.beaten) if self.new is not None else []
        concerned = {*self.settings.slots(), *(f"env.{name}" for name in self.shield), *earlier, *beaten}
        concerned |= {HEADERS_SLOT, *self.displaced}
        owned = sorted(concerned & _PLACES.keys(), key=_PLACES.__getitem__)
        for slot in dict.fromkeys([*wanted, *owned, *earlier, *self.displaced, *beaten]):
            if slot == HEADERS_SLOT:
                self._plan_headers(sorted_lines.stay)
            elif slot in wanted:
                self._write(slot, wanted[slot])
            elif slot not in staying:
                self._withdraw(slot)
        self.changes |= {**put_back, **dict.fromkeys(put_blank, _BLANK)}
        self.blanks += [slot for slot in put_blank if slot not in self.blanks]
        self.passing += [slot for slot in put_blank if slot not in self.passing]
        return self._result(sorted_lines)

    def _write(self, slot: str, raw: str) -> None:
        member = self.settings.member(slot)
        if self._is_users(slot) and member is not None:
            self.displaced[slot] = self.settings.raw(member)
        # The client takes null for the text `null`, and refuses a file with a list or an object there.
        if member is None or plain(member.value) != decoded(raw) or not isinstance(member.value, str | bool):
            self.changes[slot] = raw

    def _withdraw(self, slot: str) -> None:
        member = self.settings.member(slot)
        users = self._is_users(slot)
        owned = self.there.is_owned(slot, self.displaced)
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

    def _is_users(self, slot: str) -> bool:
        return self.there.is_users(slot, self.rendered_before, self.displaced)

    def _must_be_blank(self, slot: str) -> bool:
        """Whether a blank is needed even where nothing stands: for running sessions, or against the shell."""
        ours = slot in self.rendered_before or slot in self.there.blanks or slot in self.old_gone
        return (ours and self._keeps_blank(slot)) or self._is_beaten(slot)

    def _keeps_blank(self, slot: str) -> bool:
        return self.keep_blanks and slot not in self.around.present

    def _is_beaten(self, slot: str) -> bool:
        return slot[4:] in self.shield or (self.new is not None and slot in self.around.beaten)

    def _blank_or_remove(self, slot: str) -> None:
        # A running client drops apiKeyHelper once it is gone, and never takes another `model`: only variables
        # need a blank for it (facts).
        if self._is_beaten(slot) or (slot.startswith("env.") and self._keeps_blank(slot)):
            self.changes[slot] = _BLANK
            self.blanks.append(slot)
            if not self._is_beaten(slot):
                self.passing.append(slot)
        else:
            self.changes[slot] = None

    def _plan_headers(self, foreign: Sequence[str]) -> None:
        slot = HEADERS_SLOT
        member = self.settings.member(slot)
        if member is not None and slot not in self.displaced and self._is_users(slot):
            self.displaced[slot] = self.there.headers.template()
        if self.new is not None and self.new.headers:
            lines = [*self.headers.carry(foreign), *foreign]
            # The same lines in another order mean the same: then they stay where the user put them.
            if member is None or not self.there.headers.say(lines, self.new.headers):
                self.changes[slot] = merge(lines, self.new.headers)
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

    def _result(self, lines: Sorted) -> EditPlan:
        settings, nothing = self.settings, self.new is None or self.new == NOTHING
        new = new_text(settings, self.changes, self.shells, empties=nothing)
        memory = Memory()
        if self.new is not None or self.blanks:
            memory = Memory(
                self.displaced, self.blanks, sorted(self.shield), new.shells, self.headers.carried,
                taken=lines.taken, known=lines.known, address=self.headers.coming or "", alias=self.alias,
            )  # fmt: skip
        old_headers = None
        if HEADERS_SLOT in new.changed:
            old_headers = partial(self.there.headers.with_template, lines.going)
        return EditPlan(
            new.text, new.splices, new.changed, memory, old_headers, self.passing, self._gone(), lines.out,
            lines.back,
        )  # fmt: skip

    def _gone(self) -> list[str]:
        """The variables of ours that are not in the file any more, where nothing of ours is left."""
        if self.new is not None:
            return []
        ours = self.rendered_before | self.there.blanks | self.old_gone
        return sorted(slot for slot in ours if slot.startswith("env.") and not self._will_stand(slot))

    def _will_stand(self, slot: str) -> bool:
        return self.changes[slot] is not None if slot in self.changes else bool(self.settings.member(slot))
