"""Entry of pkcc-trayw.exe, the tray: it has no console, so what it has to say at its end goes into a box."""

import io
import sys

from tray.__main__ import main

_BOX_ICON = {True: 0x40, False: 0x10}  # MB_ICONINFORMATION, MB_ICONERROR


def run() -> int:
    """The exit code of the command; without one it is `tray`."""
    sys.stdin = io.StringIO()
    sys.stdout = sys.stderr = said = io.StringIO()
    if len(sys.argv) == 1:
        sys.argv.append("tray")
    code = main()
    if text := said.getvalue().strip():
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, "pkcc-tray", _BOX_ICON[code == 0])
    return code


sys.exit(run())
