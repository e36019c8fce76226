"""What a system's package brings, `uv tool` and `pipx` do not: menu entry, icon, links, manual, completion.

By freedesktop's and the shells' own places for one user's files.
"""

from __future__ import annotations

import gzip
import os
from glob import escape, glob
from typing import TYPE_CHECKING

from profiles.base.locations import home
from profiles.files.atomic_replace import write_private
from tray.desktop.autostart import link_handler, remove_file, works_on
from tray.desktop.autostart.linux import entry_text, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ONCE_ONLY = "X-GNOME-Autostart-enabled=true\n"
_OF_MENUS = "GenericName=Claude Code route switcher\nCategories=Development;\nKeywords=claude;portkey;\n"
# Below the user's data directory.
_ENTRY = "applications/pkcc-tray.desktop"
_DRAWN = "icons/hicolor/scalable/apps/pkcc-tray.svg"
_PAGES = "man/man1"
_COMPLETIONS = {
    "bash": "bash-completion/completions/pkcc-tray",
    "fish": "fish/vendor_completions.d/pkcc-tray.fish",
}


def install(
    environ: Mapping[str, str], command: Sequence[str], icon: bytes, pages: Mapping[str, str]
) -> list[str]:
    """The paths that were written. `command` is our own; `pages` are the manual's, by their names.

    Raises PkccError for what cannot be written, or a command that no desktop could start.
    """
    from argcomplete.shell_integration import shellcode

    entry = entry_text([*command, "tray"]).replace(_ONCE_ONLY, "") + _OF_MENUS
    links = entry_text([*command, "link", "--page", "--"]).replace(" --\n", " -- %u\n")
    links = links.replace(_ONCE_ONLY, "") + link_handler.OF_LINKS
    files = {_DRAWN: icon, _ENTRY: entry.encode(), link_handler.ENTRY: links.encode()}
    for name, page in pages.items():
        files[f"{_PAGES}/{name}.1.gz"] = gzip.compress(page.encode(), mtime=0)
    for shell, place in _COMPLETIONS.items():
        files[place] = shellcode(["pkcc-tray"], use_defaults=False, shell=shell).encode()
    below = _data_home(environ)
    written = {os.path.join(below, *place.split("/")): data for place, data in files.items()}
    for path, data in written.items():
        write_private(path, data)
    return sorted([*written, *link_handler.choose(environ)])


def is_installed(environ: Mapping[str, str]) -> bool:
    """Whether there is a menu entry of this user's own."""
    return os.path.lexists(entry_path(environ))


def starts_on(environ: Mapping[str, str], own_dir: str | None) -> bool:
    """Whether the menu entry starts a tray that works on that directory of our own; None is the usual one."""
    return works_on(words_of(entry_path(environ)), own_dir)


def entry_path(environ: Mapping[str, str]) -> str:
    """Where the menu entry lies, or would lie."""
    return os.path.join(_data_home(environ), *_ENTRY.split("/"))


def files_there(environ: Mapping[str, str]) -> list[str]:
    """The paths of ours that are there."""
    below = _data_home(environ)
    places = (_ENTRY, link_handler.ENTRY, _DRAWN, *_COMPLETIONS.values())
    ours = [os.path.join(below, *place.split("/")) for place in places]
    ours += glob(os.path.join(escape(below), *_PAGES.split("/"), "pkcc-tray*.1.gz"))
    return sorted(path for path in ours if os.path.lexists(path))


def remove(environ: Mapping[str, str]) -> list[str]:
    """The paths that were removed. Raises PkccError for one that cannot be."""
    there = files_there(environ)
    for path in there:
        remove_file(path)
    return sorted([*there, *link_handler.unchoose(environ)])


def _data_home(environ: Mapping[str, str]) -> str:
    base = environ.get("XDG_DATA_HOME", "")
    return base if os.path.isabs(base) else os.path.join(home(environ), ".local", "share")
