"""Whose program is at the other end of a loopback connection: ours, or another user's.

The one-time link is an argument of the program that opens it, which other users may see; so a link alone
lets nobody in. Linux tells the user of every socket; elsewhere the connection is looked for among our own
programs'.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

    from tray.manager.access.socket_user import Address

    Peer = Literal["own", "other", "gone"]


def peer_of(client: Address, server: Address) -> Peer:
    """Whose program connected from `client` to `server`: ours, another user's; or it has gone already.

    A socket that its program has closed counts as root's, so none but an established one is believed.
    """
    if sys.platform != "linux":
        return "own" if _is_of_own_program(client, server) else "other"
    from tray.manager.access.socket_user import ESTABLISHED, socket_user

    found = socket_user(client, server)
    if found is None or found.state != ESTABLISHED:
        return "gone"
    return "own" if found.user == os.getuid() else "other"


if sys.platform != "linux":

    def _is_of_own_program(client: Address, server: Address) -> bool:
        import psutil

        own = psutil.Process().username()
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.username() == own and any(
                    tuple(each.laddr) == client and tuple(each.raddr) == server
                    for each in process.net_connections("tcp4")
                ):
                    return True
        return False
