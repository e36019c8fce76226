"""The product with one part taken out, for the row `bites`: what a row must find that is there for that part.

The product has no switch that makes it careless: these are lines that a Python runs before the command.
"""

from __future__ import annotations

import sys
from pathlib import Path

PARTS = {
    # What is to hold of a catalog is not said before it does.
    "no intent": "from profiles.catalogs.kept import acceptance\nacceptance._begin = lambda *_: None\n",
    # Whatever a new version of a catalog changes applies by itself.
    "applies unasked": (
        "from profiles.catalogs.kept import decision\nright = decision.decide\n"
        "decision.decide = lambda *its: right(*its)._replace(why='', agreed=True)\n"
    ),
}
_RUN = "import runpy\nrunpy.run_module('tray', run_name='__main__', alter_sys=True)\n"


def broken_command(part: str) -> tuple[str, ...]:
    """The command line without that part."""
    return (sys.executable, "-c", PARTS[part] + _RUN)


def broken_everywhere(part: str, directory: Path) -> str:
    """A search path on which every Python is without it."""
    (directory / "sitecustomize.py").write_text(PARTS[part])
    return str(directory)
