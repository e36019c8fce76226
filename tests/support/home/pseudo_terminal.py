"""A person at a terminal: a command in a real pseudo-terminal, typed to when it asks."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

LIMIT_S = 20.0
CONTROL_C, CONTROL_D = "\x03", "\x04"


class Terminal:
    """`screen` is everything that was shown so far, with plain line ends."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self._master = master
        self._process = process
        self._bytes = b""
        self._seen = 0

    @property
    def screen(self) -> str:
        return self._bytes.decode("utf-8", "replace").replace("\r\n", "\n")

    def expect(self, text: str) -> str:
        """What was shown up to the next `text`, which must come."""
        while (end := self.screen.find(text, self._seen)) < 0:
            assert self._read_more(), f"ended without {text!r}:\n{self.screen}"
        found = self.screen[self._seen : end + len(text)]
        self._seen = end + len(text)
        return found

    def type(self, text: str, enter: str = "\n") -> None:
        os.write(self._master, (text + enter).encode())

    def press(self, key: str) -> None:
        """Press a key that ends it as a person does: again, until it has ended.

        Python's readline may miss a Ctrl-C in the moment before it begins to wait.
        """
        deadline = time.monotonic() + LIMIT_S
        self.type(key, enter="")
        while not self._ends_within(2.0):
            assert time.monotonic() < deadline, f"it goes on:\n{self.screen}"
            self.type(key, enter="")

    def _ends_within(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def answer(self, question: str, text: str) -> None:
        """Wait for a question, and answer it."""
        self.expect(question)
        self.type(text)

    def answer_each(self, *answers: tuple[str, str]) -> None:
        """Several questions, each with the answer to it."""
        for question, text in answers:
            self.answer(question, text)

    def echoes(self) -> bool:
        """Whether what is typed now would be shown."""
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def has_more(self, within_s: float) -> bool:
        """Whether anything else is shown so soon, though nothing is typed."""
        return bool(select.select([self._master], [], [], within_s)[0])

    def finish(self) -> int:
        """The exit code, after everything was shown."""
        while self._read_more():
            pass
        return self._process.wait(timeout=LIMIT_S)

    def _read_more(self) -> bool:
        deadline = time.monotonic() + LIMIT_S
        ready, _, _ = select.select([self._master], [], [], deadline - time.monotonic())
        assert ready, f"nothing more came within {LIMIT_S} s:\n{self.screen}"
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says so when the last one closed the other end
            return False
        self._bytes += data
        return bool(data)


def _as_from_a_shell() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # anyone who runs the tests in the background ignores it


@contextmanager
def terminal(
    argv: Sequence[str], environ: Mapping[str, str], directory: Path, *, columns: int = 400
) -> Iterator[Terminal]:
    """A terminal of that width with `pkcc-tray argv` in it, or `argv` itself if it begins with a path.

    The usual one is wide enough for all that is expected to stand in one line.
    """
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    command = list(argv) if argv and argv[0].startswith("/") else [sys.executable, "-m", "tray", *argv]
    process = subprocess.Popen(
        command, env=environ, cwd=directory, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        preexec_fn=_as_from_a_shell,
    )  # fmt: skip
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        process.kill()
        process.wait()
        os.close(master)


def without_styles(text: str) -> str:
    """The text without colours."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)
