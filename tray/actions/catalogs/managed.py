"""A person follows what their administrator decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.names import check_name
from profiles.catalogs.kept.acceptance import catalogs_locked_and_resumed
from profiles.catalogs.kept.contents import Contents
from profiles.catalogs.managed import managed_subscriptions
from profiles.catalogs.record import save_record
from profiles.catalogs.subscriptions import (
    load_subscriptions,
    save_subscription,
    taken_by,
)

if TYPE_CHECKING:
    from tray.app import App


def subscribe_managed(app: App) -> list[str]:
    """Have this person follow what their administrator decides; a note on each that cannot be."""
    notes: list[str] = []
    for wanted in managed_subscriptions():
        known = load_subscriptions(app.locations).get(wanted.name)
        if known is not None and known.place == wanted.place:
            continue
        other = taken_by(app.locations, wanted.name)
        if other not in ("", wanted.name):
            notes.append(
                f"your administrator's catalog {wanted.name} is left out while you follow {other}:"
                f" `pkcc-tray catalog remove {other}` makes room"
            )
            continue
        try:
            check_name(wanted.name)
            with catalogs_locked_and_resumed(app.locations):
                kept = (
                    wanted
                    if known is None
                    else wanted._replace(inputs=known.inputs, overrides=known.overrides)
                )
                # From elsewhere it is another catalog: what one saw and accepted there says nothing of it.
                Contents(app.locations, wanted.name).begin_anew()
                save_record(app.locations, wanted.name, None)
                save_subscription(app.locations, wanted.name, kept)
        except PkccError as error:
            notes.append(f"{error.title}: a catalog of your administrator's is left out")
    return notes
