"""Our own command as another program can start it, and what else a change depends on. Loads little."""

from __future__ import annotations

import os
import sys

from profiles.base.hashing import text_digest
from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.own_helper import AS_MODULE
from profiles.claude_code.owned_slots import SHIELDED
from profiles.claude_code.routing_names import (
    HOST_AUTH,
    HOST_FLAG,
    NO_HELPER,
    OTHER_SETTINGS,
    OWN_LOGIN,
    UNIX_SOCKET,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations

_SAID_OF_THE_SHELL = (HOST_FLAG, HOST_AUTH, UNIX_SOCKET, OTHER_SETTINGS, NO_HELPER, OWN_LOGIN)


def circumstances(locations: Locations, environ: Mapping[str, str]) -> str:
    """What else a change depends on, hashed: equal in two processes that would do the very same.

    Our own command as the settings name it, and which variables the shell exports that are shielded, or
    that a switch has something to say about.
    """
    names = (*SHIELDED, *_SAID_OF_THE_SHELL)
    exported = sorted(name for name in names if environ.get(name))
    return text_digest("\0".join([*helper_argv(locations), *exported]), size=16)


def helper_argv(locations: Locations) -> list[str]:
    """Our own command as another program can call it from anywhere: absolute, with our own directory."""
    own_dir = locations.own_dir
    return [*own_command(), *(["--config-dir", own_dir] if own_dir else [])]


def own_command() -> list[str]:
    """The absolute command line that starts this very program again, at a terminal or for another program.

    An installed one on Windows is two programs in one folder, since each either has a console or has none:
    this names the one that has, whichever runs.
    """
    if getattr(sys, "frozen", False):
        program = os.path.abspath(sys.executable)
        if sys.platform == "win32":
            program = os.path.join(os.path.dirname(program), "pkcc-tray.exe")
        return [program]
    started_as = sys.argv[0]
    if os.path.basename(started_as).lower().startswith("pkcc-tray") and os.path.isfile(started_as):
        return [os.path.abspath(started_as)]
    return [os.path.abspath(sys.executable), *AS_MODULE]
