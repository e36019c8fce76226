"""The process under test: one action in the home that HOME names, as a command would do it.

`python -m faults.driver switch NAME|off|undo|restore`, with the exit codes and messages of the command line.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from faults.world import World

from profiles.base.errors import PkccError


def act(world: World, action: str, *arguments: str) -> None:
    getattr(world.switcher(), action)(*arguments)


def main() -> int:
    try:
        act(World(Path(os.environ["HOME"]), vault=True), *sys.argv[1:])
    except PkccError as error:
        sys.stderr.write(f"{error.title}\n{error.hint}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
