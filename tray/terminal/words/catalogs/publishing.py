"""The words of `catalog new`, `check` and `sign`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.text import counted
from tray.terminal.words.catalogs.changes import change_lines
from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from tray.actions.catalogs.publishing.check import CheckedCatalog
    from tray.actions.catalogs.publishing.draft import NewCatalog
    from tray.actions.catalogs.publishing.sign import SignedCatalog


def new_lines(made: NewCatalog) -> list[str]:
    """Where it is, what is in it, and the next step."""
    rows = [
        ["profiles", ", ".join(f"{made.name}/{name}" for name in made.profiles)],
        ["default", f"{made.name}/{made.default}"],
        ["hosts", ", ".join(made.gateway_hosts)],
    ]
    return [
        f"Wrote {made.file}.",
        *table(rows, "  "),
        f"Look at it, then: `pkcc-tray catalog check {made.file}`.",
    ]


def checked_lines(checked: CheckedCatalog) -> list[str]:
    """Each problem with its place, or that there is none; then what people will be asked, and what not."""
    if checked.problems and not checked.name:
        return _problem_lines(checked)
    found = [f"{checked.file}: {checked.name} {checked.serial}, {counted(checked.profiles, 'profile')}"]
    found += [f"  signed by {checked.signed_by}"] if checked.signed_by else []
    found += [f"  sha256:{checked.sha256}"]
    found += _problem_lines(checked) or ["No problems found."]
    if checked.loud:
        found += ["", "People will be asked about:", *change_lines(checked.loud)]
    if checked.quiet:
        when = "And, with the rest, once they said yes" if checked.loud else _BY_ITSELF
        found += ["", f"{when}:", *change_lines(checked.quiet)]
    return found


_BY_ITSELF = "Applies by itself where updates are automatic"


def _problem_lines(checked: CheckedCatalog) -> list[str]:
    return [" ".join(filter(None, ("error:", each.place, each.problem))) for each in checked.problems]


def signed_lines(signed: SignedCatalog) -> list[str]:
    """Where the signature is, and what colleagues type."""
    return [
        f"Wrote {signed.signature}: {signed.name} {signed.serial}, signed by {signed.key_id}.",
        "Publish both files. Colleagues type, with the key that you give them another way:",
        f"  `pkcc-tray join SOURCE --key {signed.key}`",
    ]
