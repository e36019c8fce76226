"""The choice of a notifier for this system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.notices.plain_channel import PlainChannel
from tray.notices.queued_notifier import QueuedNotifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tray.notices.notice import Notifier

    Picture = Callable[[], tuple[int, bytes]]  # a side's length in pixels, and the colours of each
    MakeNotifier = Callable[
        [
            Mapping[str, str],
            Callable[[str, str], None],
            Callable[[str, str], None] | None,
            Callable[[], None] | None,
            Picture | None,
        ],
        Notifier,
    ]


def make_notifier(
    environ: Mapping[str, str],
    on_action: Callable[[str, str], None],
    say: Callable[[str, str], None] | None = None,
    unsay: Callable[[], None] | None = None,
    picture: Picture | None = None,
) -> Notifier:
    """The notifier for this system: by `say` (the icon's own) where one is given, else over D-Bus.

    `picture` is shown with each there (see `BusChannel`).
    """
    if say is not None:
        return QueuedNotifier(PlainChannel(say, unsay), on_action)
    from tray.notices.bus_channel import BusChannel

    return QueuedNotifier(BusChannel(environ, picture=picture), on_action)
