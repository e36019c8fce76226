"""The entry point of `pkcc-tray`. What is asked often is answered before much is loaded."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    if sys.argv[1:] == ["--version"]:
        from profiles import __version__

        sys.stdout.write(f"pkcc-tray {__version__}\n")
        return 0
    from tray import express

    code = express.run(sys.argv[1:])
    if code is not None:
        return code
    from tray.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
