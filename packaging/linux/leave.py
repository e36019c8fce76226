"""Before the package is removed, as one user: put back settings that name its helper, no start at login.

Run by `maintain leave`. `off` itself does it, so the settings are as they were before the first switch, and
profiles and keys stay. Exit code 3: some settings file still names the helper; which one is printed.
"""

import json
import os
import shlex
import subprocess
import sys
from contextlib import suppress

sys.path.insert(0, "/usr/lib/pkcc-tray/site-packages")

from profiles.base.errors import PkccError
from profiles.base.locations import Locations, find_locations
from profiles.switching.find_memory import files_for, known_settings
from profiles.switching.memory.project_registry import load_registry
from profiles.switching.targets import load_targets

PROGRAM = "/usr/bin/pkcc-tray"
LIMIT_S = 20


def main() -> int:
    """Do it for every settings file that was ever switched from here, and the projects that follow it."""
    locations = find_locations(os.environ)
    chosen = chosen_directory(locations.settings_path)
    left = leave(locations, [])
    if chosen:
        left += leave(find_locations(os.environ, chosen), ["--config-dir", chosen])
    # What the one configuration directory knows nothing of, the other may have put back.
    left = [path for path in dict.fromkeys(left) if names_helper(path)]
    for path in left:
        print(f"pkcc-tray: {path} still names {PROGRAM}: take out its apiKeyHelper line", file=sys.stderr)
    if os.path.exists(os.path.join(os.environ["HOME"], ".config", "autostart", "pkcc-tray.desktop")):
        run("autostart", "off")
    return 3 if left else 0


def leave(locations: Locations, options: list[str]) -> list[str]:
    """Put back what that configuration directory knows of; the files that name the helper all the same."""
    left = []
    for path in settings_files(locations):
        carriers = [file for file in [path, *projects_of(locations, path)] if names_helper(file)]
        if carriers:
            run(*options, "--settings", path, "off")
        for file in carriers:
            if names_helper(file):
                left.append(file)
            else:
                print(f"pkcc-tray: {file} carries no profile any more: your own values are back")
    return left


def settings_files(locations: Locations) -> list[str]:
    """The user's own, every other that was switched, and the targets; each once."""
    targets: list[str] = []
    try:
        targets = [target.settings_path for target in load_targets(locations)]
    except PkccError as error:
        print(f"pkcc-tray: {error.title}", file=sys.stderr)
    return list(dict.fromkeys([locations.settings_path, *known_settings(locations), *targets]))


def projects_of(locations: Locations, path: str) -> list[str]:
    """The files of the projects that follow those settings: a pinned one names the helper by itself."""
    files = files_for(locations._replace(settings_path=path))
    try:
        projects = load_registry(files.projects_path, path).projects.values()
    except PkccError as error:
        print(f"pkcc-tray: {error.title}", file=sys.stderr)
        return []
    return [project.settings_path for project in projects]


def chosen_directory(path: str) -> str | None:
    """The configuration directory that the helper in those settings is told to use; None for the usual."""
    with suppress(OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        if names_helper(path):
            with open(path, "rb") as file:
                words = shlex.split(json.loads(file.read())["apiKeyHelper"])
            return str(words[words.index("--config-dir") + 1])
    return None


def names_helper(path: str) -> bool:
    """Whether that file's text has our command in it; a special file, which could block us, has not."""
    with suppress(OSError):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                return f'"{PROGRAM} '.encode() in file.read()
    return False


def run(*words: str) -> None:
    """Run a command; what it prints is of no use to who removes a package, but its errors are."""
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 - our own program
            [PROGRAM, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=LIMIT_S,
            check=False,
        )


sys.exit(main())
