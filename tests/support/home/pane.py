"""A person's terminal of 80 columns and 24 rows: a shell in a real pane, whose screen is looked at and kept.

With `PKCC_SCREENSHOTS` each screen that is kept lies in `panes/` there: as text with its colours, and as a
picture on a dark and on a light terminal.
"""

from __future__ import annotations

import io
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, MONOKAI
from rich.text import Text
from support.missing import impossible

from tray.terminal.colours import ACTION, ERROR, FAINT, OK, WARNING

COLUMNS, ROWS = 80, 24
_LIMIT_S = 60.0
_PROMPT = "$"
_SEEN = 20  # characters of what is typed, which stand in one line
_TABLE = {str(colour) for colour in (ACTION, ERROR, FAINT, OK, WARNING)}
_COLOUR = re.compile(r"\x1b\[([0-9;]*)m")
_PLAIN = {"", "0", "1", "2", "22", "39", "49"}


class Pane:
    """A context manager; a tmux server on a socket of its own, so that no other is ever touched."""

    def __init__(self, environ: Mapping[str, str], directory: Path) -> None:
        if not shutil.which("tmux"):
            impossible("tmux is missing: apt-get install tmux")
        programs = f"{Path(sys.executable).parent}:{environ.get('PATH', '/usr/bin:/bin')}"
        self._environ = {**environ, "PATH": programs, "TERM": "xterm-256color", "PS1": f"{_PROMPT} "}
        self._directory = directory

    def __enter__(self) -> Self:
        self._private = Path(tempfile.mkdtemp(prefix="pkcc-"))
        output = self._private / "output"
        os.mkfifo(output)
        self._output = os.open(output, os.O_RDONLY | os.O_NONBLOCK)
        assignments = [f"{name}={value}" for name, value in self._environ.items()]
        self._tmux(
            *("-f", "/dev/null", "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS)),
            *("-c", str(self._directory), "env", "-i", *assignments, "bash", "--norc", "--noprofile"),
            *(";", "pipe-pane", "-O", f"exec cat > {output}"),
        )
        self._until(_at_prompt, "a shell")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run(self._argv("kill-server"), capture_output=True, check=False)
        os.close(self._output)
        shutil.rmtree(self._private)

    @property
    def screen(self) -> str:
        """The 24 lines as they are seen, without colours."""
        return self._tmux("capture-pane", "-p")

    def run(self, line: str) -> str:
        """Type a command on an empty screen, and wait until the prompt is back; the screen then."""
        self.begin(line)
        return self.ended()

    def begin(self, line: str) -> None:
        """Type a command that will ask something, on an empty screen."""
        self._type("clear")
        self._until(lambda screen: screen.strip() == _PROMPT, "an empty screen")
        self._tmux("clear-history")
        self._type(line)

    def ended(self) -> str:
        """The screen once the command is over."""
        self._until(_at_prompt, "the prompt")
        return self.screen

    def answer(self, question: str, *keys: str, text: str = "") -> str:
        """The screen with that question; keys, by tmux's names, or a text and Return are its answer."""
        self._until(lambda screen: question in screen, repr(question))
        asked = self.screen
        if text:
            self._tmux("send-keys", "-l", text)  # of a key no character is shown
            self._tmux("send-keys", "Enter")
        for key in keys:
            self._tmux("send-keys", key)
        return asked

    def keep(self, name: str) -> str:
        """The screen; its colours are ours alone, and it is kept where pictures are."""
        coloured = self._tmux("capture-pane", "-e", "-p")
        for code in _COLOUR.findall(coloured):
            assert _is_ours(code), f"a colour that is readable on dark or on light alone: {code!r}"
        if folder := os.environ.get("PKCC_SCREENSHOTS"):
            _draw(Path(folder) / "panes", name, coloured)
        return self.screen

    def _type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)
        self._until(lambda screen: text[:_SEEN] in screen, f"the typed {text!r}")
        self._tmux("send-keys", "Enter")

    def _until(self, holds: Callable[[str], bool], what: str) -> None:
        end = time.monotonic() + _LIMIT_S
        while not holds(screen := self.screen):
            left = end - time.monotonic()
            ready = left > 0 and select.select([self._output], [], [], left)[0]
            assert ready, f"{what} did not appear in {_LIMIT_S:g} s; the screen:\n{screen}"
            os.read(self._output, 65536)

    def _argv(self, *args: str) -> list[str]:
        return ["tmux", "-S", str(self._private / "tmux"), *args]

    def _tmux(self, *args: str) -> str:
        done = subprocess.run(self._argv(*args), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"tmux {args[0]}: {done.stderr}"
        return done.stdout


def _at_prompt(screen: str) -> bool:
    return screen.rstrip().rpartition("\n")[2] == _PROMPT


def _is_ours(code: str) -> bool:
    """Whether it is bold, dim, the terminal's own colour, or one of the table that is measured on both."""
    parts = code.split(";")
    while parts:
        if parts[0] == "38":
            if parts[1:2] != ["5"] or parts[2] not in _TABLE:
                return False
            parts = parts[3:]
        elif parts.pop(0) not in _PLAIN:
            return False
    return True


def _draw(folder: Path, name: str, coloured: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(coloured)
    for look, theme in (("dark", MONOKAI), ("light", DEFAULT_TERMINAL_THEME)):
        console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
        console.print(Text.from_ansi(coloured), end="")
        console.save_svg(str(folder / f"{name}-{look}.svg"), title=name, theme=theme)
