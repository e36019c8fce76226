"""A config written into a new file: at once or not at all, and over none that is there."""

from __future__ import annotations

import os

from profiles.base.errors import ConflictError, NotFoundError


def place_for(output: str, *, force: bool) -> str:
    """The absolute path. Raises NotFoundError without its directory, ConflictError over a file."""
    path = os.path.abspath(os.path.expanduser(output))
    if not os.path.isdir(os.path.dirname(path)):
        raise NotFoundError(
            f"There is no directory {os.path.dirname(path)}", "Make it, or name another file."
        )
    if os.path.isdir(path):
        raise ConflictError(f"{path} is a directory", "Name a file in it.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise ConflictError(f"{path} is not a regular file", "Name another file.")
    if os.path.lexists(path) and not force:
        raise ConflictError(f"{path} is there already", "Name another file, or say --force.")
    return path
