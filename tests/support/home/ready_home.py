"""A home that is furnished once, and laid out anew for each test: in the same place, as paths in it say."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from support.home.user_home import UserHome


def ready_homes(place: Path, furnish: Callable[[UserHome], object]) -> Iterator[UserHome]:
    """Endlessly the home in that place, each time as it was once furnished."""
    home = UserHome(place / "home")
    furnish(home)
    shutil.copytree(home.root, place / "furnished", symlinks=True)
    while True:
        shutil.rmtree(home.root)
        shutil.copytree(place / "furnished", home.root, symlinks=True)
        handed_out = copy.copy(home)
        handed_out.environ = {**home.environ}
        yield handed_out
