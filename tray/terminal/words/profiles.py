"""The lines of the commands about profiles. Pure, but for the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from profiles.base.text import counted
from profiles.importing.candidate import STAYS
from profiles.portkey.editions import PORTKEY
from profiles.profile.config.names import with_name
from tray.actions.describing.delivery import IN_FILE
from tray.terminal.words.catalogs.ages import came_from_words
from tray.terminal.words.columns import slot_lines, table
from tray.terminal.words.switching.switching import off_line

if TYPE_CHECKING:
    from tray.actions.profiles.add import Added
    from tray.actions.profiles.change import Edited
    from tray.actions.profiles.editing.bring_back import BroughtBack
    from tray.actions.profiles.export import Exported
    from tray.actions.profiles.importing.store import Imported
    from tray.actions.profiles.overview import (
        BrokenProfile,
        KeyState,
        ListedProfile,
        ProfileList,
        ShownProfile,
    )
    from tray.actions.profiles.remove import Removed
    from tray.actions.profiles.rename import Copied, Renamed
    from tray.actions.profiles.set_field import FieldSet

NO_KEY = "missing"
NOT_ALLOWED = "not allowed here"
WITHDRAWN = "withdrawn"
FAVOURITE = "\N{BLACK STAR}"
NONE_YET = "No profiles yet. `pkcc-tray add NAME` makes one, `pkcc-tray import` makes one of your settings."


def list_lines(found: ProfileList) -> list[str]:
    """A line for each profile, the one in use marked."""
    if not found.profiles:
        return [NONE_YET]
    whole, broken = found.whole, found.broken
    texts = {name: f"broken: {row.problem}" for name, row in broken.items()}
    texts |= {
        name: route_cell(row)
        + (f", {IN_FILE}" if row.key_delivery == "settings" else "")
        + (", its key is missing" if row.key_present is False else "")
        for name, row in whole.items()
    }
    labels = {name: row.label for name, row in whole.items()}
    return table(
        [
            ["*" if row.active else " ", row.name, texts[row.name], labels.get(row.name, ""), _star(row)]
            for row in found.profiles
        ]
    )


def key_cell(row: ListedProfile) -> str:
    """How the key reaches Claude Code, or that there is none."""
    if row.key_present is False:
        return NO_KEY
    return "helper" if row.key_delivery == "helper" else "clear text"


def _star(row: ListedProfile | BrokenProfile) -> str:
    return FAVOURITE if row.favourite else ""


def route_cell(row: ListedProfile) -> str:
    """The route in a few words, with the gateway where it is not the usual one: `@a at aigw.portkey.ai`.

    With it that an administrator does not allow it, or that its publisher has withdrawn it.
    """
    route = with_name(row.route, row.config_name)
    usual = row.gateway == PORTKEY.gateway
    route = route if usual else f"{route} at {row.gateway.removeprefix('https://')}"
    marks = [NOT_ALLOWED] if row.refused else []
    marks += [WITHDRAWN] if row.withdrawn else []
    return ", ".join([route, *marks])


def show_lines(shown: ShownProfile) -> list[str]:
    """One profile, line by line, and the slots that it writes."""
    label = f" ({shown.label})" if shown.label else ""
    delivery = "helper" if shown.key_delivery == "helper" else "settings, in clear text in the file"
    other = shown.profile.get("when_unreachable")
    own = shown.catalog.overridden if shown.catalog else ()
    return [
        f"{shown.name}{label}",
        f"  format    {shown.dialect}",
        f"  route     {with_name(shown.route, shown.config_name)}",
        f"  key       {shown.key.reference}, {key_place(shown.key)}; delivery: {delivery}",
        *([f"  from      {came_from_words(shown.catalog, time.time())}"] if shown.catalog else []),
        *([f"  yours     {', '.join(own)}, over the catalog's"] if own else []),
        f"  file      {shown.file}",
        *(f"  trusts    {entry}" for entry in shown.trusted),
        *([f"  fallback  {other}, while the gateway is unreachable"] if other else []),
        "  writes",
        *slot_lines(shown.writes, "    "),
    ]


def key_place(key: KeyState) -> str:
    """Where a key lies, as far as that can be known without reading it."""
    if key.stored_in:
        return f"stored in the {key.stored_in}"
    if key.reference.startswith(("keyring:", "vault:")):
        return "not stored yet" if key.present is False else "perhaps in a keyring that is locked"
    return "not found here" if key.present is False else "kept elsewhere"


def added_lines(done: Added) -> list[str]:
    """What was stored, the slots that it writes, and how it takes force."""
    switch = "It is in use now." if done.switched else f"`pkcc-tray switch {done.name}` puts it in use."
    return [
        f"Stored {done.name}: {with_name(done.route, done.config_name)}",
        *slot_lines(done.writes),
        switch,
    ]


def in_force(*, applied: bool) -> str:
    """What follows a change that took force at once."""
    return ", in force at once" if applied else ""


def renamed_lines(done: Renamed) -> list[str]:
    """A profile's two names."""
    return [f"Renamed {done.old} to {done.new}{in_force(applied=done.applied)}."]


def field_lines(done: FieldSet) -> list[str]:
    """Which field was changed."""
    return [f"Changed {done.field} of {done.name}{in_force(applied=done.applied)}."]


def edited_lines(done: Edited) -> list[str]:
    """Whether the edited profile is another one now."""
    return [
        f"Changed {done.name}{in_force(applied=done.applied)}." if done.changed else "Nothing was changed."
    ]


def copied_lines(done: Copied) -> list[str]:
    """What was copied to what."""
    return [f"Copied {done.source} to {done.name} (same key: {done.key})."]


def removed_lines(done: Removed) -> list[str]:
    """What ended, and what is gone."""
    return [
        *(off_line(path, as_before=path in done.as_before) for path in done.off),
        *(f"{directory} follows the profile in use." for directory in done.unpinned),
        f"Removed {done.name}" + (" and its key." if done.keys_removed else "."),
    ]


def brought_back_lines(done: BroughtBack) -> list[str]:
    """What is there again."""
    return [f"Brought {done.name} back."]


def imported_lines(done: Imported) -> list[str]:
    """What was imported, and what was left out."""
    made, replaced = ("Would make", "Would replace") if done.dry_run else ("Made", "Replaced")
    found = [
        f"{replaced if row.name in done.replaced else made} {row.name}: {row.route}" for row in done.profiles
    ]
    if done.keys_stored:
        kept = "would go" if done.dry_run else "went"
        keys = counted(len(done.keys_stored), "key")
        found.append(f"{keys} {kept} into the key store: {', '.join(done.keys_stored)}")
    for part in done.left_out:
        what = f"{part.name}: {part.what}" if part.what else part.name
        found.append(f"{'Left as it is' if part.reason == STAYS else 'Left out'}: {what}: {part.reason}")
    if len(done.profiles) == 1 and not done.dry_run:
        first = "".join(f"`pkcc-tray key set {key}`, then " for key in done.keys_missing)
        found.append(f"{first}`pkcc-tray switch {done.profiles[0].name}` puts it in use.")
    return found


def exported_lines(done: Exported) -> list[str]:
    """Where the bundle lies."""
    return [f"Wrote {counted(len(done.profiles), 'profile')} to {done.file}, without keys."]
