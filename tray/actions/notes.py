"""What a person should know after a change: a line for each thing that is otherwise than it should be."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import counted, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.switching.outcome import Outcome, ProjectOutcome
    from tray.app import App


LINE_REPLACED = (
    "`statusLine` was changed by something else, and stays as it is: `pkcc-tray statusline on` puts the "
    "status line of pkcc-tray beside it"
)
_TOLD = 5  # projects named in notes; the list shows all


def change_notes(outcome: Outcome) -> list[str]:
    """A line for each thing that a change left otherwise than it should be."""
    return [
        *lost_notes(len(outcome.lost)),
        *_line_notes(outcome),
        *project_notes(outcome.projects),
        *_surroundings_notes(outcome),
        *filter(None, [outcome.git_note]),
        *([LINE_REPLACED] if outcome.line_replaced else []),
    ]


def _line_notes(outcome: Outcome) -> list[str]:
    """What became of the user's header lines that carry a credential."""
    was = "was" if outcome.written else "would be"
    notes = [
        f"your header line {printable(name)!r} {was} taken out: {_why_out(address)}"
        for name, address in outcome.lines_out
    ]
    if outcome.name is not None:  # `off` puts back everything
        notes += [
            f"your header line {printable(name)!r} {was} put back: it belongs to {address}"
            for name, address in outcome.lines_back
        ]
    return notes


def _why_out(address: str) -> str:
    return (
        f"it belongs to {address}" if address else "it held the profile's own key"
    ) + "; `off` puts it back"


def _surroundings_notes(outcome: Outcome) -> list[str]:
    """What a change did with the proxies and certificates that the file names."""
    notes = [
        f"{change.slot.removeprefix('env.')} was {change.kind} since the last switch, and is accepted "
        f"from now on: {change.actual or '(nothing)'}"
        for change in outcome.accepted
    ]
    notes += [
        f"{name} had a login in it at the switch, which was not kept: put it back by hand, or "
        f"`pkcc-tray switch {outcome.name}` takes the file as it is"
        for name in outcome.by_hand
    ]
    if outcome.kept:
        names = " and ".join(outcome.kept)
        notes.append(f"sessions that run keep {names} until they are restarted: your shell sets it too")
    return notes


def project_notes(outcomes: Sequence[ProjectOutcome]) -> list[str]:
    """A line for each project that is not as it should be; one for the rest where there are many."""
    wrong = [each for each in outcomes if each.problem or each.note]
    notes = []
    for each in wrong[:_TOLD]:
        if not each.problem:
            notes.append(f"{each.directory}: {each.note}")
            continue
        where = f"{each.directory}: " if each.directory and each.directory not in each.problem else ""
        notes.append(f"{where}{each.problem}. {each.remedy}".rstrip())
    if len(wrong) > _TOLD:
        notes.append(f"and {counted(len(wrong) - _TOLD, 'project')} more: see `pkcc-tray project list`")
    notes += [
        f"{each.directory}: your header line {printable(name)!r} was taken out: {_why_out(address)}"
        for each in outcomes
        for name, address in each.lines_out
    ]
    return [*notes, *(note for each in outcomes for note in lost_notes(each.lost, each.directory))]


def lost_notes(count: int, directory: str = "") -> list[str]:
    """A line where secrets of the user's own were to be put back, and are gone."""
    if not count:
        return []
    where = f"{directory}: " if directory else ""
    what, left = ("a secret", "its place is") if count == 1 else (f"{count} secrets", "their places are")
    is_gone = "is" if count == 1 else "are"
    return [f"{where}{what} of before the first switch {is_gone} gone from the key store: {left} left empty"]


def missing_key_notes(app: App, name: str, reference: str, *, left_out: bool = False) -> list[str]:
    """A sentence when a profile's key is not there yet, with what to do.

    `left_out` when the person just gave none: then that counts where no keyring can tell.
    """
    try:
        present = app.secrets.present(reference)  # without reading it
    except PkccError as error:  # what a switch did is done, whatever can be said of the key
        return [f"whether a key is stored for it is not known: {error.title}"]
    scheme, _, target = reference.partition(":")
    if present is None and scheme not in ("keyring", "vault", "cmd"):
        return _no_program_notes(app, reference)
    if present or (present is None and not left_out):
        return []
    if scheme == "env":
        return [f"{target} is not set here: Claude Code gets no key unless it is set where that is started"]
    if scheme == "file":
        return [f"there is no key file {target} yet"]
    if scheme == "vault":
        return [f"the vault holds no key {target!r} yet"]
    return [f"no key is stored for it yet: `pkcc-tray key set {name}` asks for it"]


def _no_program_notes(app: App, reference: str) -> list[str]:
    """A sentence where nothing is installed that could hand out the key; the program itself is not asked."""
    from profiles.base.secret_references.managers import manager_of
    from profiles.secrets.managers.ask import missing, program_of

    manager = manager_of(reference)
    if manager is None or not manager.programs or program_of(manager, app.environ):
        return []
    title, hint = missing(manager)
    return [f"its key cannot be read now. {title}; {hint[0].lower()}{hint[1:].rstrip('.')}"]
