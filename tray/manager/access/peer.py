"""Whose program is at the other end of a loopback connection: ours, or another user's.

The one-time link is an argument of the program that opens it, which other users may see; so a link alone
lets nobody in. Linux tells the user of every socket; elsewhere the connection is looked for among our own
programs'.
"""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    Address = tuple[str, int]  # IPv4

_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
# An IPv4 address in an IPv6 socket, each 32 bits in the machine's order.
_MAPPED = "0" * 16 + ("FFFF0000" if sys.byteorder == "little" else "0000FFFF")


def is_own_peer(client: Address, server: Address) -> bool:
    """Whether the program that connected from `client` to `server` runs as the user we run as."""
    if sys.platform != "linux":
        return _is_of_own_program(client, server)
    return _user_of(client, server, _lines()) == os.getuid()


def _lines() -> Iterable[str]:
    for path in _TABLES:
        with suppress(OSError), open(path, encoding="ascii") as table:
            next(table, "")
            yield from table


def _user_of(client: Address, server: Address, lines: Iterable[str]) -> int | None:
    """The user of the socket at the client's end; None where there is no such connection."""
    wanted = {(_spelled(client, lead), _spelled(server, lead)) for lead in ("", _MAPPED)}
    for line in lines:
        columns = line.split()
        if len(columns) > 7 and (columns[1], columns[2]) in wanted:
            return int(columns[7])
    return None


def _spelled(address: Address, lead: str) -> str:
    """An address as the kernel's tables spell it."""
    host, port = address
    number = int.from_bytes(socket.inet_aton(host), sys.byteorder)
    return f"{lead}{number:08X}:{port:04X}"


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
