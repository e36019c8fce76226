"""Finding everything that can be wrong, and fixing what can be fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.text import os_reason
from tray.doctor import CHECKS, Context, examine
from tray.updates.update_watch import ask

if TYPE_CHECKING:
    from tray.app import App
    from tray.doctor import Finding
    from tray.doctor.examine import Check


_ASK_LIMIT_S = 4.0  # whoever waits for doctor waits for something else


def examined(app: App) -> dict[Check, list[Finding]]:
    """What each check finds. First asks whether there is a newer version, where that is due and wanted."""
    ask(app.locations, limit_s=_ASK_LIMIT_S)  # here, since a check writes nothing and calls no network
    return examine(Context(app), CHECKS)


def fix(fixable: list[Finding]) -> tuple[list[Finding], list[str]]:
    """Those that were mended, and a sentence about each that could not be."""
    mended, notes = [], []
    for finding in fixable:
        assert finding.fix is not None  # noqa: S101 - for the type checker
        try:
            finding.fix()
        except PkccError as error:
            notes.append(f"could not be fixed: {finding.what}: {error.title}. {error.hint}")
        except OSError as error:
            notes.append(f"could not be fixed: {finding.what}: {os_reason(error)}")
        else:
            mended.append(finding)
    return mended, notes
