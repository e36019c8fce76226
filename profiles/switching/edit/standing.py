"""What stands in one settings file before an edit: what we wrote, and what is the user's own. Pure."""

from __future__ import annotations

from functools import partial

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.owned_slots import HEADERS_SLOT, MODEL, OWNED_SLOTS
from profiles.claude_code.settings.parse import plain
from profiles.profile.rendering import slots_of
from profiles.switching.edit.headers import HeaderLines
from profiles.switching.edit.other_files import NO_OTHER_FILES, OtherFiles
from profiles.switching.edit.users_model import is_for_any_route
from profiles.switching.memory.state import holds_written

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from profiles.claude_code.settings.parse import Settings
    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.state import Memory, State

_OWNED = frozenset(OWNED_SLOTS)


class Standing:
    """One settings file, beside what is remembered of it: looked at once for each edit.

    `before` is what pkcc-tray wrote last. `holds(template, value)`: whether a value is what was written for a
    template with a secret.
    """

    def __init__(
        self,
        settings: Settings,
        before: Rendered | None,
        memory: Memory,
        holds: Callable[[str, str], bool] = lambda _template, _value: True,
        around: OtherFiles = NO_OTHER_FILES,
    ) -> None:
        self.settings = settings
        self.before = before
        self.rendered = slots_of(before)
        self.displaced = memory.displaced
        self.blanks = frozenset(memory.blanks)
        self.headers = HeaderLines(settings, before, memory.carried, holds, around.mark)
        self._closed = around.closed

    @classmethod
    def of(cls, settings: Settings, state: State, around: OtherFiles) -> Standing:
        """What stands in parsed settings of which that is remembered."""
        current = state.current
        return cls(settings, current.rendered, current.memory, partial(holds_written, state), around)

    def own_slots(self) -> set[str]:
        """The owned slots in which the user has something of their own: there now, or displaced."""
        owned = _OWNED | {MODEL} if self.is_owned(MODEL, self.displaced) else _OWNED
        there = owned & self.settings.slots()
        found = {slot for slot in there if self.is_users(slot, self.rendered, self.displaced)}
        found |= owned & self.displaced.keys()
        return found | {HEADERS_SLOT} if self.headers.own else found

    def is_owned(self, slot: str, displaced: Mapping[str, str]) -> bool:
        """Whether what stands there, or was displaced, must not go along with a profile."""
        if slot == MODEL:
            return not is_for_any_route(self.settings, displaced)
        return slot in _OWNED

    def is_users(self, slot: str, ours: Collection[str], displaced: Collection[str]) -> bool:
        """Whether what stands there now is the user's own, and not yet remembered."""
        member = self.settings.member(slot)
        if member is None or slot in ours or slot in displaced:
            return False
        if slot in self._closed and plain(member.value) != "":
            return False
        # We left it blank: it is the user's again only if something was typed there since.
        return slot not in self.blanks or plain(member.value) != ""
