"""The entry point of `pkcc-tray`. `--version` is answered before anything else is loaded."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    if sys.argv[1:] == ["--version"]:
        from profiles import __version__

        sys.stdout.write(f"pkcc-tray {__version__}\n")
        return 0
    from tray.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
