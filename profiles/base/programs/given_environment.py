"""The environment and signals for a program that we start, as they were given to us. Effects: those.

Where no locale is set, Python sets `LC_CTYPE` as it starts (PEP 538), which its own children would get, too.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SET_BY_PYTHON = "LC_CTYPE"


def handed_on(environ: Mapping[str, str]) -> dict[str, str]:
    """These variables without what Python itself put among them; what that replaced is there again."""
    found = dict(environ)
    if _SET_BY_PYTHON in found and found[_SET_BY_PYTHON] == os.environ.get(_SET_BY_PYTHON):
        with suppress(OSError):
            given = _given()
            if given is None:
                del found[_SET_BY_PYTHON]
            else:
                found[_SET_BY_PYTHON] = given
    return found


def hand_on_signals() -> None:
    """Set back those that Python ignores: what takes this process's place would ignore them, too."""
    import signal

    for name in ("SIGPIPE", "SIGXFSZ"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


if sys.platform == "linux":

    def _given() -> str | None:
        """The variable's value when this process was started; None where it was not set."""
        start = f"{_SET_BY_PYTHON}=".encode()
        with open("/proc/self/environ", "rb") as file:
            lines = file.read().split(b"\0")
        return next((os.fsdecode(line[len(start) :]) for line in lines if line.startswith(start)), None)

elif sys.platform == "win32":

    def _given() -> str | None:
        """As it is: Python leaves it alone there."""
        return os.environ.get(_SET_BY_PYTHON)

else:

    def _given() -> str | None:
        """The variable's value when this process was started; None where it was not set."""
        import psutil

        try:
            given: str | None = psutil.Process().environ().get(_SET_BY_PYTHON)
        except psutil.Error as error:
            raise OSError(str(error)) from None
        return given
