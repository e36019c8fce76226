"""A typed line that can be edited, by Python's own readline; Windows' console edits by itself."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 200  # completions


def edited_line(prompt: str, complete: Callable[[str], list[str]] | None = None) -> str:
    """What was typed, with its line end; "" where the input ended. Nothing of it is remembered."""
    sys.stderr.flush()
    _prepare(complete)
    try:
        return f"{input(prompt)}\n"
    except EOFError:
        return ""


def paths(typed: str) -> list[str]:
    """The files and directories that begin so, a `/` behind a directory; `~` may stand for the home."""
    directory, name = os.path.split(typed)
    where = os.path.expanduser(directory) or "."
    try:
        found = sorted(each for each in os.listdir(where) if each.startswith(name))
    except OSError:
        return []
    hidden = name.startswith(".")
    shown = [each for each in found if hidden or not each.startswith(".")]
    return [
        os.path.join(directory, each) + ("/" if os.path.isdir(os.path.join(where, each)) else "")
        for each in shown[:_MOST]
    ]


def _prepare(complete: Callable[[str], list[str]] | None) -> None:
    try:
        import readline
    except ImportError:  # Windows, and a Python that was built without
        return
    readline.set_auto_history(False)
    readline.parse_and_bind("set enable-bracketed-paste off")  # a pasted line end ends the answer
    readline.set_completer_delims("")
    readline.set_completer(None if complete is None else _Completer(complete))
    tab = "tab-insert" if complete is None else "complete"
    libedit = getattr(readline, "backend", "") == "editline" or "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if libedit else f"tab: {tab}")


class _Completer:
    def __init__(self, complete: Callable[[str], list[str]]) -> None:
        self._complete = complete
        self._found: list[str] = []

    def __call__(self, typed: str, number: int) -> str | None:
        if number == 0:
            self._found = self._complete(typed)
        return self._found[number] if number < len(self._found) else None
