"""An edit of one settings file that is planned, not yet made. Reads only."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import fill
from profiles.base.secret_references.parse import runs_program
from profiles.claude_code.credential_lines import address_of
from profiles.claude_code.owned_slots import MODEL, STATUS_LINE
from profiles.claude_code.routing_names import SURROUNDINGS
from profiles.claude_code.settings.finished_read import finished_read, may_be_unfinished
from profiles.claude_code.settings.json_edit import check_edited, parse_edited
from profiles.claude_code.settings.masked import masked_values
from profiles.claude_code.settings.parse import Settings, parse_settings, rules_for_models, what_drops
from profiles.files.read import read_bytes
from profiles.profile.rendering import Rendered, header_text, same_route
from profiles.switching.edit import blanks
from profiles.switching.edit.new_text import Filled
from profiles.switching.edit.plan import EditPlan, plan_edit
from profiles.switching.edit.standing import Standing, picked
from profiles.switching.edit.status_line import is_replaced, shown_line, status_line
from profiles.switching.memory import state as states
from profiles.switching.one_file.wish import LINE_OFF, LINE_ON
from profiles.switching.outcome import Outcome
from profiles.switching.reading.drift import left_over
from profiles.switching.reading.hidden_changes import hidden_changes
from profiles.switching.reading.reading import Reading
from profiles.switching.reading.surroundings import (
    NOTHING,
    Restoration,
    changes_since,
    is_surrounding,
    restoration,
    untrusted,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profiles.claude_code.process.sessions import Session
    from profiles.switching.memory.state import Current, Memory, State
    from profiles.switching.one_file.scope import Scope
    from profiles.switching.one_file.tools import Tools
    from profiles.switching.one_file.wish import Wish
    from profiles.switching.outcome import Renderings


class Draft(NamedTuple):
    """Of which bytes, to which, and what remembering it takes. Its `outcome` says that nothing is written."""

    now: float
    base: bytes | None
    settings: Settings
    rendered: Rendered | None
    filled: Filled | None
    digests: dict[str, str]
    unsealed: Memory
    plan: EditPlan
    data: bytes | None
    coming: Settings | None  # what `data` says; None where that is nothing to anybody
    elsewhere: bool  # requests go to another place than before
    outcome: Outcome
    status_line: bool  # whether ours goes along with each profile


def draft_edit(tools: Tools, scope: Scope, state: State, wish: Wish) -> Draft:
    """The edit of the file as it is now, and what it would do. Raises PkccError where it cannot be made."""
    action = wish.action
    base, settings = finished_settings(tools, state)
    sessions = scope.sessions()
    current = state.current
    around = scope.around(state)
    there = Standing.of(settings, state, around)
    rendered = scope.fitted(wish.rendered, there)
    filled, digests = fill_in(tools, rendered, state)
    replaced = is_replaced(settings, current)
    line = _has_line(wish, current, replaced=replaced)
    if rendered is not None and filled is not None and line:
        raw = status_line(settings, partial(tools.helper.status_line, rendered))
        filled = filled._replace(status_line=raw)
    now = tools.clock()
    our_line = around.our_line or action == LINE_OFF  # then also one that nothing remembers
    around = around._replace(is_key=_is_key_of(tools, rendered), our_line=our_line)
    address = around.coming or ("" if rendered is None else address_of(rendered.env))
    unsealed, lost = tools.keeper.unsealed(
        blanks.still_known(current.memory, now), rendered, address, () if line else (STATUS_LINE,)
    )
    again = _surroundings_again(tools, settings, state, sessions) if action == "restore" else NOTHING
    keep_blanks, elsewhere = bool(sessions), blanks.leads_elsewhere(current.rendered, rendered)
    if wish.aim != "tidy":
        keep_blanks |= blanks.for_unseen(rendered, current.memory, now, elsewhere=elsewhere)
    plan = plan_edit(
        there, unsealed, filled, keep_blanks=keep_blanks, exported=scope.exported(state), around=around,
        put_back=again.put_back, put_blank=again.blanks, taken=rendered if action == "adopt" else None,
        same_route=same_route(current.rendered, rendered),
    )  # fmt: skip
    data = None if plan.text is None else settings.encode(plan.text)
    accepted = []
    if wish.accepting:
        accepted = changes_since(settings, current.surroundings, state.salt, variables_of(current.rendered))
    path = tools.locations.settings_path
    coming = None
    if tools.shows or wish.accepting or current.surroundings is not None:
        coming = settings if data == base else parse_edited(data)
    elif data != base:
        check_edited(data)
    outcome = Outcome(
        action, None if rendered is None else rendered.name, path, {}, {}, sessions, len(plan.memory.blanks),
        written=False, atomic=True, passing=len(plan.passing), lines_out=plan.lines_out,
        lines_back=plan.lines_back, lost=lost, accepted=accepted, by_hand=again.by_hand, kept=again.kept,
        line_replaced=replaced and not line,
    )  # fmt: skip
    if tools.shows and coming is not None:
        outcome = _for_readers(outcome, settings, coming, plan, state)
        outcome = outcome._replace(dropped=what_drops(coming, len(data or b"")))
    if rendered is None:
        as_before = bool(current.origin) and current.origin == states.digest_of(data)
        outcome = outcome._replace(as_before=as_before, adopted=current.adopted)
    return Draft(
        now, base, settings, rendered, filled, digests, unsealed, plan, data, coming, elsewhere, outcome, line
    )  # fmt: skip


def _has_line(wish: Wish, current: Current, *, replaced: bool) -> bool:
    """Whether our status line goes along from now on: not in the place of what replaced it, unasked."""
    if replaced and wish.action != LINE_ON:
        return False
    return current.status_line if wish.status_line is None else wish.status_line


def finished_settings(tools: Tools, state: State) -> tuple[bytes | None, Settings]:
    """The file's bytes and what they say, when nobody is in the middle of writing them. Raises PkccError.

    An editor that truncates the file before it writes would lose all of it to a change made in between: its
    bytes would go into a file that no longer exists.
    """
    path, active = tools.locations.settings_path, state.current.active

    def read() -> tuple[bytes | None, Settings | PkccError]:
        base = read_bytes(path)
        try:
            return base, parse_settings(base, path)
        except PkccError as error:
            return base, error

    def is_unfinished(found: tuple[bytes | None, Settings | PkccError]) -> bool:
        base, settings = found
        if states.digest_of(base) == state.digest:
            return False  # as we left it: a project that follows may need no file, or no value in it
        return isinstance(settings, PkccError) or may_be_unfinished(settings, active)

    base, settings = finished_read(path, read, is_unfinished, tools.sleep)
    if isinstance(settings, PkccError):
        raise settings
    return base, settings


def fill_in(tools: Tools, rendered: Rendered | None, state: State) -> tuple[Filled | None, dict[str, str]]:
    """The rendering with its secrets in it, and a digest of each secret by its reference."""
    if rendered is None:
        return None, {}
    secrets = {ref: tools.keeper.reveal(ref) for ref in rendered.references()}
    env = {
        name: fill(value, secrets.__getitem__) if isinstance(value, str) else value
        for name, value in rendered.env.items()
    }
    lines, command = header_text(rendered, secrets.__getitem__), tools.helper.command(rendered)
    filled = Filled(env, lines, command, rendered.model)
    return filled, {ref: states.secret_digest(state.salt, secret) for ref, secret in secrets.items()}


def judged(reading: Reading, store: Renderings) -> Reading:
    """The reading without the proxies and certificates that the active profile trusts."""
    name = reading.state.current.active
    if name is None or not any(is_surrounding(change.slot) for change in reading.changes):
        return reading
    trusted: list[str] = []
    with suppress(PkccError):  # of a profile that cannot be read nothing is trusted
        trusted = store.rendered(name).trusted
    return reading._replace(changes=untrusted(reading.changes, reading.values, trusted))


def variables_of(rendered: Rendered | None) -> frozenset[str]:
    """The variables that a rendering writes."""
    return frozenset() if rendered is None else frozenset(rendered.env)


def _is_key_of(tools: Tools, rendered: Rendered | None) -> Callable[[str], bool]:
    """Whether a text is that profile's key; asked only where a line of the user's may be it."""

    def is_key(text: str) -> bool:
        if rendered is None or runs_program(rendered.key_ref):
            return False
        try:
            return tools.keeper.reveal(rendered.key_ref) == text
        except PkccError:
            return False  # it cannot be had: the line stays, as the user's

    return is_key


def _surroundings_again(
    tools: Tools, settings: Settings, state: State, sessions: Sequence[Session]
) -> Restoration:
    """What puts proxies and certificates back to what the file said at the switch."""
    exported = [name for name in SURROUNDINGS if tools.environ.get(name)]
    reading = judged(Reading.of(settings, state), tools.store)
    changes = [change for change in reading.changes if is_surrounding(change.slot)]
    return restoration(changes, state.current.surroundings, sessions=bool(sessions), exported=exported)


def _for_readers(
    outcome: Outcome, settings: Settings, coming: Settings, plan: EditPlan, state: State
) -> Outcome:
    """The outcome with what stood in the file and what will, for someone to read."""
    reading = Reading.of(settings, state)
    left = left_over(coming, state.current.memory.displaced) if outcome.name is None else []
    replaced = [
        row.slot
        for row in reading.changes
        if row.slot not in left
        and (row.slot in plan.changed or not (row.slot == MODEL or is_surrounding(row.slot)))
        and (outcome.name is not None or row.kind != "removed")  # of that, nothing was there to be replaced
    ]
    aside = picked(settings, state.current.rendered) if MODEL in plan.changed else ""
    if aside and outcome.action != "switch" and MODEL not in replaced and state.current.active is not None:
        replaced.append(MODEL)
    before, after = masked_values(settings), masked_values(coming)
    if STATUS_LINE in plan.changed:
        before, after = before | shown_line(settings), after | shown_line(coming)
    hidden = hidden_changes(settings, coming, plan.changed, before, after)
    return outcome._replace(
        before=before, after=after, replaced=replaced, **hidden._asdict(),
        left=left if state.current.active is not None else [],
        set_aside=aside,
        rules=bool(rules_for_models(coming)),
    )  # fmt: skip
