"""The steps that take the latest step of one settings file back."""

from __future__ import annotations

from profiles.base.errors import ConflictError, NotFoundError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.settings.masked import masked_values
from profiles.claude_code.settings.parse import Settings, parse_settings
from profiles.profile.under_policy import held
from profiles.switching.displaced_secrets import standing
from profiles.switching.edit import blanks
from profiles.switching.memory import state as states
from profiles.switching.one_file.draft import finished_settings
from profiles.switching.one_file.foreign_lines import lines_before
from profiles.switching.one_file.wish import Wish
from profiles.switching.outcome import Outcome
from profiles.switching.undo import bytes_before, gone_variables, with_blanks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.claude_code.process.sessions import Session
    from profiles.files.durability import Writing
    from profiles.switching.memory.state import Current, State, Step
    from profiles.switching.one_file.file import OneFile


class _Earlier(NamedTuple):
    """What the file is to be again, what then holds, what is left to take back, and who runs meanwhile."""

    settings: Settings
    data: bytes | None
    current: Current
    history: list[Step]
    sessions: list[Session]


def step_to_take_back(file: OneFile, state: State, key: str) -> Step:
    """The latest step; with `key` only if it is that one. Raises ConflictError where none can go."""
    if not state.history:
        raise NotFoundError("There is nothing to undo", "`pkcc-tray history` shows what was done.")
    step = state.history[-1]
    if key and key != states.key_of(step):
        raise ConflictError(
            "Something else was done meanwhile", "`pkcc-tray history` shows what `undo` would take back."
        )
    rendered = step.before.rendered
    if rendered is not None and rendered.helper:
        try:
            file.tools.store.rendered(rendered.name)
        except NotFoundError:
            raise ConflictError(
                f"The step before used the profile {rendered.name!r}, which was renamed or removed since",
                "`pkcc-tray switch NAME` uses another one; `pkcc-tray off` puts back what was there first.",
            ) from None
    return step


def take_back(file: OneFile, state: State, step: Step) -> Writing[Outcome]:
    """One attempt: to the very bytes where nothing else changed since, else by the owned values.

    Raises ChangedMeanwhileError where the file is not what was judged.
    """
    rendered = held("use", step.before.rendered, file.tools.store.rendered, file.tools.policy())
    base, settings = finished_settings(file.tools, state)
    there = standing(settings, state)
    is_same = rendered == step.before.rendered  # else something is forced now that was not there then
    earlier = _earlier(file, state, step, base, settings, there) if is_same else None
    if earlier is None:
        # Something else changed since, or there is no place for what a running session needs blank.
        wish = Wish("undo", rendered, status_line=step.before.status_line)
        return (yield from file.change_once(state, wish))
    coming = state._replace(
        current=earlier.current,
        history=earlier.history,
        digest=states.digest_of(earlier.data),
        base_digest=states.digest_of(base),
    )
    mode = state.current.mode if earlier.current.mode is None else 0o600
    write = earlier.data != base
    atomic = yield from file.commit(state, coming, base, earlier.data, mode, there, write=write)
    return Outcome(
        "undo", earlier.current.active, file.path, masked_values(settings), masked_values(earlier.settings),
        earlier.sessions, len(earlier.current.memory.blanks), written=write, atomic=atomic,
    )  # fmt: skip


def _earlier(
    file: OneFile,
    state: State,
    step: Step,
    base: bytes | None,
    settings: Settings,
    there: Mapping[str, str],
) -> _Earlier | None:
    """What was before that step, with what sessions need blank; None where it cannot be had exactly."""
    own, now = {reference: part for part, reference in there.items()}, file.tools.clock()

    def reveal(reference: str) -> str:
        return own.get(reference) or file.tools.keeper.reveal(reference)

    exact = bytes_before(step, base, lines_before(settings, state, step), reveal)
    if exact is None:
        return None
    earlier, before, history = parse_settings(exact or None, file.path), step.before, state.history[:-1]
    rendered, memory = state.current.rendered, state.current.memory
    held, sessions = gone_variables(settings, earlier), file.scope.sessions()
    elsewhere = blanks.leads_elsewhere(rendered, before.rendered)
    if held and (sessions or blanks.for_unseen(before.rendered, memory, now, elsewhere=elsewhere)):
        found = with_blanks(earlier, held)
        if before.rendered is None or found is None:
            return None
        earlier, also = found
        exact = earlier.encode(earlier.text)
        before = blanks.also(before, held, now)
        history = [*history[:-1], *(each._replace(also=also) for each in history[-1:])]
    elif before.memory.blanked_at is not None and elsewhere:
        before = blanks.also(before, before.memory.blanks, now)  # their time begins again
    data = None if exact == b"" and step.inverse is None else exact
    return _Earlier(earlier, data, before, history, sessions)
