"""Our own modules are found where they must be: a question to the disk for each, and no folder is listed.

A command loads a hundred of them. The usual way reads a whole folder for each room, and tries five kinds of
file for each module: an eighth of a switch.
"""

from __future__ import annotations

import sys
from os.path import isfile, sep

TYPE_CHECKING = False  # of `typing`: this is loaded first, and alone

try:  # the same classes as in `importlib.machinery`, which loads more
    from _frozen_importlib_external import SourceFileLoader, spec_from_file_location
except ImportError:  # an interpreter that has them elsewhere
    from importlib.machinery import SourceFileLoader
    from importlib.util import spec_from_file_location

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec

_OURS = ("profiles.", "tray.")


class _OwnModules:
    """A finder, as `sys.meta_path` has them."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, _target: object = None) -> ModuleSpec | None:
        """The module's file, or None where it is found as any other: not a file of source, or not ours."""
        if path is None or not name.startswith(_OURS):
            return None
        place = path[0] + sep + name.rpartition(".")[2]
        file, inside = f"{place}.py", None
        if not isfile(file):
            file, inside = f"{place}{sep}__init__.py", [place]
            if not isfile(file):
                return None
        loader = SourceFileLoader(name, file)
        return spec_from_file_location(name, file, loader=loader, submodule_search_locations=inside)


def find_at_once() -> None:
    """Have them found so from now on."""
    sys.meta_path.insert(0, _OwnModules)
