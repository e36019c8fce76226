"""Everything that the menu and the icon show, made from what was read. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.hashing import digest
from profiles.portkey.editions import PORTKEY, edition_of
from profiles.profile.rendering import base_url_of
from tray.actions.policy.standing import NO_LOCKS, Locks
from tray.runtime.menu.change_words import FILE_IS_GONE, Changed, changed, short_line
from tray.runtime.menu.undo_words import undo_words

if TYPE_CHECKING:
    from profiles.portkey.editions import Edition
    from profiles.switching.reading.reading import Reading
    from profiles.undo.history import Entry
    from tray.desktop.late_changes import Late

RECENT_SHOWN = 8


class ProfileRow(NamedTuple):
    """A profile as the menu names it; `problem`: why it cannot be used; `keyless`: its key is missing.

    `refused`: an administrator does not allow it. `withdrawn`: its publisher wants it used no more.
    """

    name: str
    label: str
    hint: str
    problem: str = ""
    favourite: bool = False
    keyless: bool = False
    refused: bool = False
    withdrawn: bool = False


class ProjectRow(NamedTuple):
    """A registered project; `pin` is the profile it is pinned to, "" when it follows.

    `condition` is that of `profiles.projects.project_file.Look`. `alarm`: where an outside change would lead
    the key.
    `problem`: why the file cannot be read.
    """

    directory: str
    pin: str
    condition: str
    alarm: str = ""
    problem: str = ""


class Health(NamedTuple):
    """What is wrong with a profile's gateway: `kind` is unreachable, or offline where there is no network.

    `why` is a sentence of `check`; `other` the profile that is offered meanwhile, "" for none.
    """

    kind: str
    profile: str
    why: str
    other: str = ""


class TrayState(NamedTuple):
    """Everything that the menu and the icon tell."""

    condition: str  # active | off | drift | error
    active: str | None
    profiles: tuple[ProfileRow, ...]
    recent: tuple[str, ...] = ()  # names, latest first
    drift: tuple[str, ...] = ()  # one line each, masked
    changed: Changed = Changed()
    undo: str = ""  # what undo would do, such as "back to Fallback"; "" when nothing
    autostart: bool | None = None  # None: not possible here
    message: str = ""  # an error in one line
    busy: str = ""  # what is being done, such as "Switching to Vertex EU…"
    broken: str = ""  # the settings file is no JSON: where, such as "settings.json is broken (line 7)"
    by_hand: str | None = None  # the route of settings that lead through Portkey without a profile
    favourites_only: bool = False
    projects: tuple[ProjectRow, ...] = ()
    update: str = ""  # a newer version of pkcc-tray, "" for none
    waiting: tuple[str, ...] = ()  # catalogs of which a newer version waits for a yes
    budget: str = ""  # what is used of the active profile's, "" where it is not known
    late: Late | None = None  # changes by something else are noticed late
    edition: Edition = PORTKEY  # whose pages are offered: the active profile's
    health: Health | None = None  # of the active profile's gateway; None where nothing is known to be wrong
    locks: Locks = NO_LOCKS

    @property
    def is_free(self) -> bool:
        """Whether the settings can be written now."""
        return not self.busy and not self.broken

    @property
    def keyless(self) -> ProfileRow | None:
        """The active profile's row, where its key is missing."""
        row = self.active_row
        return row if row is not None and row.keyless else None

    @property
    def unreachable(self) -> Health | None:
        """What is wrong with the active profile's gateway, where that is known and nothing worse is."""
        is_so = self.health is not None and self.health.kind == "unreachable" and self.condition == "active"
        return self.health if is_so else None

    @property
    def active_row(self) -> ProfileRow | None:
        """The active profile's row; None without one."""
        return next((row for row in self.profiles if row.name == self.active), None)


def present(
    reading: Reading,
    rows: tuple[ProfileRow, ...],
    *,
    ignored: frozenset[str] = frozenset(),
    autostart: bool | None = None,
    message: str = "",
    latest: Entry | None = None,
    broken: str = "",
    by_hand: str | None = None,
    favourites_only: bool = False,
    locks: Locks = NO_LOCKS,
) -> TrayState:
    """What is to be shown. `ignored` holds the marks (`marks_of`) of changes that the user has dismissed.

    `message` is what went wrong last, in one line, "" when nothing did. `latest` is what `undo` would take
    back. `broken`, `by_hand`, `favourites_only`, `locks`: as in the state.
    """
    current = reading.state.current
    drift = tuple(short_line(change) for change in reading.changes)
    if reading.condition == "gone":
        drift = (FILE_IS_GONE,)
    if reading.problem is not None:
        condition, message, drift = "error", reading.problem.title, ()
    elif drift and not marks_of(reading) <= ignored:
        condition = "drift"
    else:
        condition = "error" if message else "active" if current.active is not None else "off"
    steps = reading.state.history
    recent = dict.fromkeys(step.name for step in reversed(steps) if step.name)
    return TrayState(
        condition=condition,
        active=current.active,
        profiles=rows,
        recent=tuple(recent)[:RECENT_SHOWN],
        drift=drift,
        undo="" if latest is None else undo_words(latest, {row.name: row.label for row in rows}),
        changed=changed(reading) if condition == "drift" else Changed(),
        autostart=autostart,
        message=message,
        broken=broken,
        by_hand=by_hand,
        favourites_only=favourites_only,
        locks=locks,
        edition=PORTKEY if current.rendered is None else edition_of(base_url_of(current.rendered)),
    )


def marks_of(reading: Reading) -> frozenset[str]:
    """A mark for each outside change: the same for the same change, another as soon as its value differs.

    They are hashes, since a value may be a secret.
    """
    if reading.condition == "gone":
        return frozenset({FILE_IS_GONE})
    texts = (f"{change.slot}\0{reading.values.get(change.slot, '')}" for change in reading.changes)
    return frozenset(digest(text.encode("utf-8", "surrogatepass"), size=16) for text in texts)
