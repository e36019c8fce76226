"""How the program itself is removed: by whatever brought it, which only its user can ask."""

from __future__ import annotations

import os
import shlex
import sys


def how_to_remove() -> str:
    """Such as ``Remove the program by `uv tool uninstall pkcc-tray`.``, by where this one lies."""
    return _by_place(sys.prefix, os.environ.get("APPIMAGE", ""))


def _by_place(prefix: str, image: str) -> str:
    place = prefix.replace("\\", "/")
    if image:
        return f"Remove the program by deleting its file: {image}"
    if getattr(sys, "frozen", False) and sys.platform == "darwin":
        return "Remove the program by moving it to the Trash, or by `brew uninstall --cask pkcc-tray`."
    if getattr(sys, "frozen", False):
        return "Remove the program in Settings, Apps, or by `winget uninstall pkcc-tray.pkcc-tray`."
    if "/uv/tools/" in place:
        return "Remove the program by `uv tool uninstall pkcc-tray`."
    if "/pipx/venvs/" in place or "/pipx/" in place:
        return "Remove the program by `pipx uninstall pkcc-tray`."
    if os.path.abspath(__file__).startswith("/usr/lib/pkcc-tray/"):
        return "Remove the program by `sudo apt remove pkcc-tray` or `sudo dnf remove pkcc-tray`."
    return f"Remove the program by `{shlex.join([sys.executable, '-m', 'pip', 'uninstall', 'pkcc-tray'])}`."
