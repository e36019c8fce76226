"""The process under test: one action on one world, as a command would do it.

`python -m faults.driver ROOT switch NAME|off|undo|restore`. Exit codes: 0 done, 10 a PkccError (as JSON on
standard output), anything else is a fault of ours.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from faults.world import World

from profiles.errors import PkccError

REFUSED = 10


def act(world: World, action: str, *arguments: str) -> None:
    getattr(world.switcher(), action)(*arguments)


def main() -> int:
    root, *action = sys.argv[1:]
    try:
        act(World(Path(root), vault=True), *action)
    except PkccError as error:
        json.dump({"title": error.title, "hint": error.hint}, sys.stdout)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
