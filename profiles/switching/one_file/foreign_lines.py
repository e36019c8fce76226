"""The user's own header lines in the settings, beside those that we wrote."""

from __future__ import annotations

from functools import partial

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.credential_lines import credential_digest
from profiles.claude_code.header_lines import foreign_lines
from profiles.switching.edit.headers import written_headers
from profiles.switching.memory import state as states

if TYPE_CHECKING:
    from profiles.claude_code.settings.parse import Settings
    from profiles.switching.memory.state import State, Step


def foreign_lines_of(settings: Settings, state: State) -> list[str]:
    """The raw lines in the settings that the state does not say we wrote."""
    lines = settings.header_lines()
    holds = partial(states.holds_written, state)
    return foreign_lines(lines, written_headers(state.current.rendered, lines, holds))


def lines_before(settings: Settings, state: State, step: Step) -> list[str]:
    """The same, except for those that came back into the settings since that step."""
    lines = foreign_lines_of(settings, state)
    out = {digest for _, _, _, digest in step.before.memory.taken}
    if not out:
        return lines
    mark = partial(states.secret_digest, state.salt)
    return [raw for raw in lines if credential_digest(raw, mark) not in out]
