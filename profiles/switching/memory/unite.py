"""Merging two memories of one settings file: pure.

Each took what the other had written for the user's own. The earlier one met the user's values, so what it
displaced is the user's; what the later one displaced where the earlier had written is only the earlier's.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.profile.rendering import expected_values, slots_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.switching.memory.state import Current, State


def united(earlier: State, later: State, values: Mapping[str, str]) -> State:
    """What holds now, by the later one, over what the user had, by the earlier one.

    `values` is what the file says, by slot. Of the steps those of the later one stay that lead back to a
    profile of its own: the ones before lead to what only the other memory could judge.
    """
    if later.current.active is not None:
        return later if earlier.current.active is None else _laid_over(earlier.current, later)
    last = later.history[-1].before if later.history else later.current
    if last.active is not None and _is_partly_there(earlier.current, values):
        return _laid_over(last, earlier)  # it was laid over that one, whose `off` could not know it
    return later  # blanks of the earlier one may stay: they count as unset


def _laid_over(first: Current, state: State) -> State:
    had, laid, written = first.memory, state.current.memory, slots_of(first.rendered)
    memory = laid._replace(
        displaced={
            **{slot: raw for slot, raw in laid.displaced.items() if slot not in written},
            **had.displaced,
        },
        blanks=[*dict.fromkeys([*laid.blanks, *(slot for slot in laid.displaced if slot in written)])],
        shells={**laid.shells, **had.shells},
    )
    mode = state.current.mode if first.mode is None else first.mode
    history = [step for step in state.history if step.before.active is not None]
    return state._replace(current=state.current._replace(memory=memory, mode=mode), history=history)


def _is_partly_there(current: Current, values: Mapping[str, str]) -> bool:
    if current.rendered is None:
        return False
    expected = expected_values(current.rendered, current.helper_command)
    return any(values.get(slot) == text for slot, text in expected.items())
