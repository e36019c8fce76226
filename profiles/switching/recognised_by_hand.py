"""Settings that carry a profile which no switch put there: written by hand, or an old copy of ours."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.owned_slots import HELPER_KEY
from profiles.claude_code.settings.parse import parse_settings
from profiles.files.read import read_bytes
from profiles.policy.in_force import policy_in_force
from profiles.profile.rendering import slots_of
from profiles.profile.under_policy import why_refused
from profiles.switching.edit import blanks
from profiles.switching.edit.status_line import is_there
from profiles.switching.memory import state as states
from profiles.switching.memory.state import Current, State
from profiles.switching.one_file.draft import fill_in
from profiles.switching.one_file.tools import Tools
from profiles.switching.reading.reading import look

if TYPE_CHECKING:
    from profiles.switching.reading.reading import Reading


def matching(tools: Tools, reading: Reading) -> str | None:
    """The profile that the settings carry exactly, no matter who wrote them; None when there is none."""
    command = reading.values.get(HELPER_KEY, "")
    if command:  # it names the only one that could match: no need to read a thousand others
        named = tools.helper.name_in(command)
        names = [] if named is None else [named]
    else:
        names = tools.store.names()
    for name in names:
        with suppress(PkccError):
            rendered = tools.store.rendered(name)
            if reading.carries(rendered, tools.helper.command(rendered), tools.keeper.reveal):
                return name
    return None


def recognised(tools: Tools, state: State) -> State:
    """The state, or a new one where the settings carry another profile than it says. Raises PkccError."""
    reading = look(tools.locations.settings_path, state)
    if state.current.active is None:
        ours = _ours_again(tools, state, reading)
        return state if ours is None else state._replace(current=ours)
    if not reading.changes:
        return state
    other = matching(tools, reading)
    if other is None or other == state.current.active:
        return state
    rendered = tools.store.rendered(other)
    if why_refused(policy_in_force(), rendered):
        return state  # then it is a change like any other, and put back like one
    _, digests = fill_in(tools, rendered, state)
    current = state.current._replace(
        active=other, rendered=rendered, helper_command=tools.helper.command(rendered), digests=digests
    )
    held = slots_of(state.current.rendered) - slots_of(rendered)
    gone = sorted(slot for slot in held if slot.startswith("env."))
    return state._replace(current=blanks.also(current, gone, tools.clock()))


def _ours_again(tools: Tools, state: State, reading: Reading) -> Current | None:
    """What held when the settings were as they are now, if pkcc-tray wrote them: they are not the user's.

    An editor with an old copy, or a restored backup, can bring them back after `off`; so can a state
    directory that was lost, but then only a helper of ours tells.
    """
    path = tools.locations.settings_path
    found = states.digest_of(read_bytes(path))
    later = [*(step.before for step in state.history[1:]), state.current]
    after: Current
    for step, after in zip(reversed(state.history), reversed(later), strict=False):
        # A step may have begun with an old copy: what held then is not what the one before it had led to.
        if step.digest_after == found and after.active is not None and after.active == step.name:
            return after
    command = reading.values.get(HELPER_KEY, "")
    name = tools.helper.name_in(command)
    if name is not None:
        with suppress(PkccError):
            rendered = tools.store.rendered(name)
            settings = parse_settings(read_bytes(path), path)
            return Current(rendered.name, rendered, command, status_line=is_there(settings))
    return None
