"""How macOS hands a clicked link to the app that runs, or that it starts for it: an Apple event."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from profiles.base.programs.paths import ProgramError
from profiles.base.programs.run import run_detached

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_GET_URL = int.from_bytes(b"GURL")  # both kInternetEventClass and kAEGetURL
_DIRECT = int.from_bytes(b"----")  # keyDirectObject: the event's one argument
_LIMIT_S = 30.0


def hear_links(command: Sequence[str], environ: Mapping[str, str]) -> object:
    """Have `command` run with each link behind it. What comes back is to be kept as long as that holds."""
    import Foundation  # type: ignore[import-not-found]

    class Links(Foundation.NSObject):  # type: ignore[misc]
        def opened_with_(self, event: Foundation.NSAppleEventDescriptor, _reply: object) -> None:
            argv = [*command, str(event.paramDescriptorForKeyword_(_DIRECT).stringValue())]
            threading.Thread(target=_follow, args=(argv, environ), name="a link", daemon=True).start()

    links = Links.alloc().init()
    Foundation.NSAppleEventManager.sharedAppleEventManager().setEventHandler_andSelector_forEventClass_andEventID_(
        links, b"opened:with:", _GET_URL, _GET_URL
    )
    return links


def _follow(argv: Sequence[str], environ: Mapping[str, str]) -> None:
    import logging

    try:
        run_detached(argv, environ, _LIMIT_S)
    except ProgramError as error:
        logging.getLogger("pkcc-tray").warning("a link is not followed: it %s", error)
