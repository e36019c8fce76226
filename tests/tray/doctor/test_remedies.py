"""Every remedy is done in the situation it is for: the finding is gone then, and nothing besides."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path

import pytest
from support.remedies import key_rows, machine_rows, route_rows, settings_rows
from support.remedies.row import Row, try_row
from support.remedies.source import advice, checks, commands

if sys.platform == "win32":
    pytest.skip("these homes are POSIX ones", allow_module_level=True)
ROWS = [*machine_rows.ROWS, *settings_rows.ROWS, *route_rows.ROWS, *key_rows.ROWS]

AGAIN = "Run `pkcc-tray doctor` again; if it stays so, restart what hangs."
MADE_OF_THEM = "A profile made of these settings puts them right."
HISTORY = "It stays where it is. Then `pkcc-tray key rotate NAME`: the old key is in the history."
DESKTOP = (
    "gnome-extensions enable",
    "Install the extension AppIndicator and KStatusNotifierItem Support (extensions.gnome.org).",
    "Log out and in again.",
    "Switch on the tray, or status notifier, of your desktop's panel.",
    "Then log out and in again, and run doctor once more.",
)
OF_A_POLICY = (
    "policy-refused",
    "metadata-missing",
    "pkcc-tray project add",
    "pkcc-tray project remove",
    "pkcc-tray switch",
    "Switch to a profile that is allowed.",
    "In a project's directory `…` gives it, with what it is there.",
)
OF_A_CATALOG = (
    *("catalog-stale", "catalog-broken", "catalog-edited", "profile-withdrawn", "catalog-waiting"),
    *(
        "pkcc-tray catalog diff",
        "pkcc-tray catalog show",
        "pkcc-tray catalog update",
        "pkcc-tray catalog accept",
        "pkcc-tray catalog override",
        "Ask …'s publisher. `pkcc-tray copy … mine` makes one of your own.",
    ),
)
OTHER_SYSTEMS = (
    "Add-Content -Encoding utf8",
    "attrib -r",
    "echo",  # the second half of a command: mkdir -p
    "irm https://claude.ai/install.ps1",
    "Install pkcc-tray inside that distribution.",
    "Set the clock, in the system's settings.",
)
MANAGED = (
    *("managed-broken", "managed-helper-gone", "managed-login", "managed-partial", "managed-program"),
    "Install that program, or ask who keeps … to name the one that is there.",
    "Ask who keeps … to deploy all of it: `…` prints that.",
    "pkcc-tray policy claude-settings",
)
NOT_DONE_HERE = dict(
    [
        *((each, "hangs or fails: test_doctor has such checks") for each in ("doctor", AGAIN)),
        *((each, "no remedy, but good to know") for each in ("keys-kept-back", MADE_OF_THEM, HISTORY)),
        *((each, "another person's to do") for each in ("Ask your administrator.", "policy-broken")),
        *(
            (each, "needs a desktop: test_doctor_machine has one")
            for each in ("tray-host", "tray-bus", *DESKTOP)
        ),
        *((each, "needs a policy: test_doctor_machine has one") for each in OF_A_POLICY),
        *((each, "needs a publisher: test_doctor_catalogs has one") for each in OF_A_CATALOG),
        *((each, "needs another system") for each in OTHER_SYSTEMS),
        *((each, "would change all of this one") for each in ("late-changes",)),
        *((each, "an administrator's: tests/e2e/test_managed_doctor.py lays it down") for each in MANAGED),
    ]
)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS])
def test_what_doctor_says_helps(row: Row, tmp_path: Path) -> None:
    try_row(row, tmp_path)


def test_every_finding_has_a_row() -> None:
    """A new finding's remedy would be tried by nobody."""
    assert {*chain(*checks().values())} - {row.check for row in ROWS} - {*NOT_DONE_HERE} == set()


def test_every_command_and_advice_has_a_row() -> None:
    """A remedy that no row does may not help, and nobody would notice."""
    said = {*commands(), *advice()}
    assert [each for each in sorted(said) if each[1] not in NOT_DONE_HERE and not _has_row(*each)] == []


def _has_row(module: str, text: str) -> bool:
    pieces = [piece.strip(" `.") for piece in text.split("…") if len(piece) > 7]
    return any(
        row.remedy.strip("`").startswith(text)
        or row.remedy in text
        or any(piece in row.remedy for piece in pieces)
        for row in ROWS
        if row.remedy and row.check in checks()[module]
    )
