"""Who opens `pkcc-tray:` links on a freedesktop system: an entry in no menu, and the user's choice of it."""

from __future__ import annotations

import os
import re
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError
from profiles.base.locations import home
from profiles.catalogs.join_link import SCHEME
from profiles.files.atomic_replace import ChangedMeanwhileError, replace_file
from profiles.files.read import read_bytes
from tray.desktop.autostart import remove_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENTRY = "applications/pkcc-tray-link.desktop"  # below the user's data directory
OF_LINKS = f"NoDisplay=true\nMimeType=x-scheme-handler/{SCHEME};\n"
_LINE = f"x-scheme-handler/{SCHEME}=pkcc-tray-link.desktop"
_GROUP = "[Default Applications]"
_CHOSEN = re.compile(rf"^x-scheme-handler/{SCHEME}[ \t]*=.*$\n?", re.MULTILINE)


def choose(environ: Mapping[str, str]) -> list[str]:
    """Have our entry open those links: the path of the file that says so, where that was changed."""
    return _edit(environ, chosen)


def unchoose(environ: Mapping[str, str]) -> list[str]:
    """Take that back: the path of the file, where it said so; one that says nothing else goes."""
    changed = _edit(environ, not_chosen)
    for path in changed:
        if read_bytes(path) == b"":
            remove_file(path)
    return changed


def chosen(text: str) -> str:
    """`mimeapps.list` with our line, in its group; a line for another program gives way. Pure."""
    if _LINE in text.splitlines():
        return text
    text = _CHOSEN.sub("", text)
    if text and not text.endswith("\n"):
        text += "\n"
    before, group, rest = text.partition(f"{_GROUP}\n")
    return f"{before}{group}{_LINE}\n{rest}" if group else f"{text}{_GROUP}\n{_LINE}\n"


def not_chosen(text: str) -> str:
    """The same without our line, and without a group that was made for it. Pure."""
    made = f"{_GROUP}\n{_LINE}\n"
    return text.removesuffix(made) if text.endswith(made) else text.replace(f"{_LINE}\n", "")


def _edit(environ: Mapping[str, str], change: Callable[[str], str]) -> list[str]:
    path = _choices_path(environ)
    for _ in range(20):
        base = read_bytes(path)
        text = (base or b"").decode("utf-8", "surrogateescape")
        data = change(text).encode("utf-8", "surrogateescape")
        if data == (base or b""):
            return []
        with suppress(ChangedMeanwhileError):
            replace_file(path, base, data, None, nullcontext())
            return [path]
    raise ConflictError(f"{path} keeps changing while it is written", "End what rewrites it, then try again.")


def _choices_path(environ: Mapping[str, str]) -> str:
    base = environ.get("XDG_CONFIG_HOME", "")
    return os.path.join(
        base if os.path.isabs(base) else os.path.join(home(environ), ".config"), "mimeapps.list"
    )
