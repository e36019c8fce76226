"""Where the session bus is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def session_bus_address(environ: Mapping[str, str]) -> str:
    """The address the environment names, else systemd's socket of every login; "" where there is neither."""
    address = environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if address:
        return address
    path = os.path.join(environ.get("XDG_RUNTIME_DIR", ""), "bus")
    return f"unix:path={path}" if os.path.isabs(path) and os.path.exists(path) else ""
