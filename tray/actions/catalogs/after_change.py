"""After a change that a person asks for, whichever way, settings are written that owe a catalog something."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from profiles.catalogs.kept.owed import Debt
    from tray.app import App


def writing_owed_after(app: App) -> AbstractContextManager[list[Debt]]:
    """Write what is owed from before, once what is done within has ended, well or not.

    One look where nothing is owed. Not around `undo`, whose next step must stay the next one. Who finds that
    nothing was to be changed clears the list that is given: a look writes nothing, nor does a person's no.
    """
    if not app.owes_catalogs():
        return nullcontext([])
    from tray.actions.catalogs.write_settings import owed_written_after

    return owed_written_after(app)
