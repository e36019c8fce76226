"""The entry point of `pkcc-tray`. What is asked often is answered before much is loaded."""

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _open_missing_streams()
    if sys.platform == "win32":
        _speak_utf8()
    try:
        return _run()
    except KeyboardInterrupt:  # while modules load; `cli` has its own words for later
        return 130


def _run() -> int:
    gc.disable()  # a command is over before garbage counts, and looking for it takes a twentieth of a switch
    if sys.argv[1:] in (["--version"], ["-V"]):
        from profiles import __version__

        try:
            sys.stdout.write(f"pkcc-tray {__version__}\n")
            sys.stdout.flush()
        except OSError:
            pass  # the usual way can tell what is wrong
        else:
            return 0
    from tray.cli.own_modules import find_at_once

    find_at_once()
    from tray.cli import fast_path as express

    code = express.run(sys.argv[1:])
    if code is not None:
        # All is printed and flushed, and taking the interpreter apart takes a tenth of a whole `key print`.
        os._exit(code)
    from tray.cli.main import run

    code = run(sys.argv[1:])
    if sys.argv[1:2] == ["switch"]:  # the same here: all that it wrote is on the disk
        os._exit(code)
    return code


def _speak_utf8() -> None:
    """Read and write UTF-8 through pipes and files, too, as the programs at their other ends do.

    Windows would have its own code page there, in which Claude Code could not read every key.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and not stream.isatty():
            stream.reconfigure(encoding="utf-8")


def _open_missing_streams() -> None:
    """Let a stream that the caller closed (`>&-`) lead nowhere.

    Else the next file that is opened gets its number, and what is printed would go into that file.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
