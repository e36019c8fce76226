"""What stands in one settings file before an edit: what we wrote, and what is the user's own. Pure."""

from __future__ import annotations

from functools import partial

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.owned_slots import HEADERS_SLOT, MODEL, OWNED_SLOTS
from profiles.claude_code.settings.parse import plain
from profiles.portkey.model_names import is_alias
from profiles.profile.rendering import slots_of
from profiles.switching.edit.headers import HeaderLines
from profiles.switching.edit.other_files import NO_OTHER_FILES, OtherFiles
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


# The top-level `model` of the user's own: does it go along with a profile?


def is_for_any_route(settings: Settings, displaced: Mapping[str, str]) -> bool:
    """Whether the one displaced, or else there, is an alias: each profile gives that a meaning of its own."""
    member = settings.member(MODEL)
    raw = displaced.get(MODEL) or (settings.raw(member) if member is not None else "")
    return is_alias(raw.strip('"'))


def users_alias(settings: Settings, before: Rendered | None, known: str) -> str:
    """The raw alias of the user's that stands there; the one `known` where a model is in its place since."""
    member = settings.member(MODEL)
    if before is not None and before.model:
        return known
    raw = settings.raw(member) if member is not None else ""
    return raw if not raw or is_alias(raw.strip('"')) else known


def picked(settings: Settings, before: Rendered | None) -> str:
    """The one that stands there and that the last profile did not write, such as by `/model`; or ""."""
    member = settings.member(MODEL)
    text = plain(member.value) if member is not None else ""
    return "" if before is not None and text == before.model else text


def stays(settings: Settings, before: Rendered | None, *, to_profile: bool, same_route: bool) -> bool:
    """Whether the one picked is left where it is: any on the same route, and an alias with every profile.

    But not an alias that was picked in place of the last profile's own model.
    """
    model = picked(settings, before)
    alone = before is None or not before.model
    return bool(model) and (same_route or (to_profile and alone and is_alias(model)))
