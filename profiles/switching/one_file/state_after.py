"""What is remembered of a settings file once a drafted edit is made. Pure."""

from __future__ import annotations

from functools import partial

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.owned_slots import MODEL
from profiles.switching.edit import blanks
from profiles.switching.memory import state as states
from profiles.switching.memory.state import Current, State, Step
from profiles.switching.one_file.draft import Draft, variables_of
from profiles.switching.reading.reading import Reading
from profiles.switching.reading.surroundings import is_surrounding, remembered, remembered_after
from profiles.switching.undo import as_swept, inverse_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.switching.memory.state import Memory, Stamp
    from profiles.switching.one_file.wish import Wish

# A rotated key does not come back, nor does a name that is gone; a project goes back with the settings.
_WITHOUT_A_TRACE = ("refresh", "rename", "project", "again")
_NO_STEPS = (*_WITHOUT_A_TRACE, "sweep")  # that one changes the latest


def current_after(wish: Wish, draft: Draft, state: State, memory: Memory, mode: int | None) -> Current:
    """What holds after the edit: the profile, what was displaced (`memory`, sealed), the mode of before."""
    current, rendered = state.current, draft.rendered
    memory = blanks.dated(current.memory, draft.plan, memory, draft.now, elsewhere=draft.elsewhere)
    return Current(
        None if rendered is None else rendered.name,
        rendered,
        None if draft.filled is None else draft.filled.helper_command,
        draft.digests,
        memory,
        mode,
        _surroundings_after(draft, memory.blanks, state, accepting=wish.accepting),
        *_since(wish.action, draft, state),
        rows_owned=True,
        status_line=draft.status_line,
    )


def in_history(action: str) -> bool:
    """Whether the history may hold what an edit for that takes out of the file."""
    return action not in _WITHOUT_A_TRACE


def state_after(
    action: str, draft: Draft, state: State, after: Current, kept: Mapping[str, str], stamp: Stamp
) -> State:
    """The whole state with `after` in it, and the step in its history where the edit is one."""
    return state._replace(
        current=after,
        history=_history(action, draft, state, after, kept, stamp),
        digest=states.digest_of(draft.data),
        base_digest=states.digest_of(draft.base),
    )


def _history(
    action: str, draft: Draft, state: State, after: Current, kept: Mapping[str, str], stamp: Stamp
) -> list[Step]:
    base, data, history = draft.base, draft.data, state.history
    if action == "undo":
        return history[:-1]
    inverse = partial(inverse_of, draft.settings, draft.plan, kept)
    if action == "sweep" and history:
        return [*history[:-1], as_swept(history[-1], base, data, inverse())]
    if not _is_step(action, data != base, after, state.current):
        return history
    digests = states.digest_of(base), states.digest_of(data)
    step = Step(
        *(draft.now, action, after.active, state.current, inverse(), *digests, states.new_step_id(), *stamp)
    )
    return states.with_step(state, step)


def _is_step(action: str, rewritten: bool, after: Current, before: Current) -> bool:
    """Whether a change can be undone by itself: `adopt` is one though the settings say that already."""
    changed = rewritten or after.active != before.active or after.status_line != before.status_line
    changed = changed or action == "adopt"
    return changed and action not in _NO_STEPS


def _since(action: str, draft: Draft, state: State) -> tuple[str, list[str]]:
    """What the file was before the first switch, and the slots that were adopted since."""
    current = state.current
    if draft.rendered is None:
        return "", []
    origin = states.digest_of(draft.base) if current.active is None else current.origin
    changes = Reading.of(draft.settings, state).changes if action == "adopt" else []
    adopted = [change.slot for change in changes if not is_surrounding(change.slot)]
    if action == "adopt" and current.rendered is not None and draft.rendered.model != current.rendered.model:
        adopted.append(MODEL)  # one that was picked is no change, and goes with the profile all the same
    return origin, [*dict.fromkeys([*current.adopted, *adopted])]


def _surroundings_after(
    draft: Draft, our_blanks: Sequence[str], state: State, *, accepting: bool
) -> dict[str, str] | None:
    """What is remembered of the proxies and certificates that the written file names."""
    if draft.coming is None:
        return None  # nothing was remembered, and nothing is accepted now
    now = remembered(draft.coming, state.salt, our_blanks)
    if accepting:
        return now
    ours = {*variables_of(state.current.rendered), *variables_of(draft.rendered)}
    return remembered_after(state.current.surroundings, now, ours)
