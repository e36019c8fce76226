"""How the program itself is removed: by whatever brought it, which only its user can ask."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from profiles.base.programs.command_line import shown_line

if TYPE_CHECKING:
    from collections.abc import Mapping


def how_to_remove(environ: Mapping[str, str]) -> str:
    """Such as ``Remove the program by `uv tool uninstall pkcc-tray`.``, by where this one lies."""
    return _by_place(sys.prefix, os.path.realpath(__file__), environ)


def _by_place(prefix: str, here: str, environ: Mapping[str, str]) -> str:
    place = prefix.replace("\\", "/")
    if image := _image(here, environ):
        return f"Remove the program by deleting its file: {image}"
    if getattr(sys, "frozen", False) and sys.platform == "darwin":
        return "Remove the program by moving it to the Trash, or by `brew uninstall --cask pkcc-tray`."
    if getattr(sys, "frozen", False):
        return "Remove the program in Settings, Apps, or by `winget uninstall pkcc-tray.pkcc-tray`."
    if "/uv/tools/" in place:
        return "Remove the program by `uv tool uninstall pkcc-tray`."
    if "/pipx/" in place:
        return "Remove the program by `pipx uninstall pkcc-tray`."
    if here.startswith("/usr/lib/pkcc-tray/"):
        return "Remove the program by `sudo apt remove pkcc-tray` or `sudo dnf remove pkcc-tray`."
    return f"Remove the program by `{shown_line([sys.executable, '-m', 'pip', 'uninstall', 'pkcc-tray'])}`."


def _image(here: str, environ: Mapping[str, str]) -> str:
    """The AppImage that this program runs from; "" for none, and for one that merely started our terminal."""
    mounted = environ.get("APPDIR", "")
    inside = bool(mounted) and here.startswith(os.path.join(os.path.realpath(mounted), ""))
    return environ.get("APPIMAGE", "") if inside else ""
