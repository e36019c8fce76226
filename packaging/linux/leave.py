"""Before the package is removed, as one user: put back settings that name its helper, no start at login.

Run by `maintain leave`. `off` itself does it, so the settings are as they were before the first switch, and
profiles and keys stay. Exit code 1: some settings file still names the helper; which one is printed.
"""

import os
import subprocess
import sys
from contextlib import suppress

sys.path.insert(0, "/usr/lib/pkcc-tray/site-packages")

from profiles.locations import find_locations
from profiles.state import known_settings

PROGRAM = "/usr/bin/pkcc-tray"
LIMIT_S = 20


def main() -> int:
    """Do it for every settings file that was ever switched from here."""
    locations = find_locations(os.environ)
    left = False
    for path in dict.fromkeys([locations.settings_path, *known_settings(locations)]):
        if not names_helper(path):
            continue
        code = run("--settings", path, "off")
        if code == 0 and not names_helper(path):
            print(f"pkcc-tray: {path} is as it was before the first switch")
        else:
            print(f"pkcc-tray: {path} still names {PROGRAM}: take out its apiKeyHelper line", file=sys.stderr)
            left = True
    if os.path.exists(os.path.join(os.environ["HOME"], ".config", "autostart", "pkcc-tray.desktop")):
        run("autostart", "off")
    return int(left)


def names_helper(path: str) -> bool:
    """Whether that file's text has our command in it; a special file, which could block us, has not."""
    with suppress(OSError):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                return f'"{PROGRAM} '.encode() in file.read()
    return False


def run(*words: str) -> int:
    """A command's exit code; what it prints is of no use to who removes a package, but its errors are."""
    with suppress(subprocess.TimeoutExpired):
        return subprocess.run(  # noqa: S603 - our own program
            [PROGRAM, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=LIMIT_S,
            check=False,
        ).returncode
    return 1


sys.exit(main())
