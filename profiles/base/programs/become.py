"""Ending as another command, with our text below what it prints. Loads little: a session waits for it.

A client ends what it started with all that belongs to it, and waits as long as it does: so the command takes
our place, in our process group, and there is no time limit but the client's own.
"""

from __future__ import annotations

import os
import sys

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.programs.given_environment import hand_on_signals, handed_on

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

_LIMIT_S = 600.0  # the client's own, where we have to wait ourselves
# What fails shows nothing, and so does what prints more than any client takes: without us Claude Code would
# end it, with us it meets a closed pipe. Our process id behind its last byte says that it ended well.
_SCRIPT = """out=$(
    out=$({ /bin/sh -c "$1" && printf %s "$$"; } | PATH=/usr/bin:/bin:$PATH head -c 1048576)
    [ "${out%$$}" != "$out" ] && printf %s "${out%$$}"
) && [ -n "$out" ] && printf '%s\\n' "$out"; printf %s "$2"; exit 0"""


if sys.platform == "win32":

    def become_shell(command: str, text: str, given: bytes, environ: Mapping[str, str]) -> str:
        """What a command line prints that is given that input, with `text` below it."""
        from profiles.base.programs.run import run_in_shell

        ran = run_in_shell(command, environ, _LIMIT_S, directory=os.getcwd(), given=given)
        theirs = "" if ran.code else ran.output.decode("utf-8", "replace").rstrip("\r\n")
        return f"{theirs}\n{text}" if theirs else text

else:

    def become_shell(command: str, text: str, given: bytes, environ: Mapping[str, str]) -> NoReturn:
        """End as a command line that is given that input, and that prints `text` below its own output.

        Raises OSError or ValueError for one that cannot be started at all.
        """
        os.dup2(_fed(given), 0)
        hand_on_signals()
        arguments = ["/bin/sh", "-c", _SCRIPT, "sh", command, text]
        os.execve("/bin/sh", arguments, handed_on(environ))  # noqa: S606 - what the user has set

    def _fed(given: bytes) -> int:
        """The end of a pipe from which that can be read, and then its end."""
        reading, writing = os.pipe()
        if os.fork():
            os.close(writing)
            return reading
        os.close(reading)  # in a process of its own: the pipe may hold less
        try:
            while given:
                given = given[os.write(writing, given) :]
        finally:
            os._exit(0)
