"""The variables that a shell's start file or a `.env` file exports, read as text: nothing is ever run.

A value's parts that only a shell could work out (`$VAR`, `$(command)`, …) are not expanded: their source
stands in the value between two NULs (see `secret_markers.marker`), for the caller to leave out and to name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.importing.exports.gathering import Exports, Start, TooMuchError

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ("shell", "fish", "powershell", "nushell", "batch", "dotenv")
_LARGEST = 1024 * 1024  # bytes; such files have some kB
_ENCODINGS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))

__all__ = ["KINDS", "Exports", "Start", "kind_of", "read_exports"]


def kind_of(path: str) -> str:
    """The kind of file that a path names, one of KINDS; `shell` is sh, bash, zsh and their like."""
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    if name.endswith(".fish"):
        return "fish"
    if name.endswith((".ps1", ".psm1")):
        return "powershell"
    if name.endswith(".nu"):
        return "nushell"
    if name.endswith((".cmd", ".bat")):
        return "batch"
    of_systemd = name.endswith(".conf") and "/environment.d/" in path.replace("\\", "/")
    return "dotenv" if name.endswith(".env") or name.startswith(".env.") or of_systemd else "shell"


def read_exports(data: bytes, path: str, kind: str) -> Exports:
    """What a file of that kind exports. Raises PkccError for what is no such file."""
    if len(data) > _LARGEST:
        raise PkccError(f"{path} is too large for a file of exports", "Name another file.")
    encoding = next((name for mark, name in _ENCODINGS if data.startswith(mark)), "utf-8")
    text = data.decode(encoding, "replace").replace("\r\n", "\n")
    if "\0" in text:
        raise PkccError(f"{path} is not a text file", "Name a shell's start file, a .env file or settings.")
    try:
        return _reader(kind)(text)
    except TooMuchError:
        title = f"{path} has more variables, branches and starts of Claude Code than can be followed"
        raise PkccError(title, "Name a file with the part of it that is meant.") from None


def _reader(kind: str) -> Callable[[str], Exports]:
    if kind == "fish":
        from profiles.importing.exports.fish import read_fish

        return read_fish
    if kind == "dotenv":
        from profiles.importing.exports.dotenv import read_dotenv

        return read_dotenv
    if kind == "batch":
        from profiles.importing.exports.batch import read_batch

        return read_batch
    if kind in ("powershell", "nushell"):
        from profiles.importing.exports.dollar_env import read_nushell, read_powershell

        return read_powershell if kind == "powershell" else read_nushell
    from profiles.importing.exports.posix import read_posix

    return read_posix
