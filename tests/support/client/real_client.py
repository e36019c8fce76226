"""Drives the real Claude Code client in a throw-away home: one-shot, or a session in a terminal.

Nothing of the caller's environment reaches the client, and it never sees the caller's home.
Seen with client 2.1.332.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from support.missing import impossible

_ROOT = Path(__file__).resolve().parents[3]
_PACKAGES = _ROOT / ".components" / "claude-code" / "node_modules" / "@anthropic-ai"
# The mark before the input line; further right, the same mark points at a choice in a dialog.
_INPUT_LINE = re.compile("^\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}", re.MULTILINE)
_BUSY = "esc to interrupt"
_CHOSEN = "\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}"
# What it may ask before its first prompt, and what a user who wants to work as before answers.
TRUST = "Yes, I trust this folder"
_QUESTIONS = {TRUST: TRUST, "model available": "2. No"}
_PAGES = ("Let's get started", "Press Enter to continue")  # of the very first start: Enter goes on
_LIMIT = 30.0  # seconds for anything that takes well under one


def find_client() -> Path | None:
    """The client's native binary: `PKCC_TEST_CLAUDE`, else the installed component; None when neither is."""
    named = os.environ.get("PKCC_TEST_CLAUDE")
    if named:
        return Path(named)
    return next(iter(sorted(_PACKAGES.glob("claude-code-*/claude"))), None)


def require_client() -> Path:
    """The client; without one the test is skipped with the reason, or fails where CI promises a client."""
    client = find_client()
    if not (client and client.is_file() and shutil.which("tmux")):
        impossible("no Claude Code client (tests/e2e/components/install.sh claude-code) or no tmux")
    return client


def client_env(home: Path, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The client's whole environment: `home`, no background traffic, and what `env` adds."""
    return {
        "HOME": str(home), "TMPDIR": str(home / "tmp"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1", **(env or {}),
    }  # fmt: skip


def prepare_home(home: Path) -> Path:
    """Make `home` one whose first-run questions are answered; returns its (trusted) project directory.

    `home` should be a short path: the client keeps a socket in it, and elsewhere when the name is too long.
    """
    project = home / "project"
    project.mkdir(parents=True)
    (home / "tmp").mkdir(mode=0o700)
    (home / ".claude").mkdir(mode=0o700)
    state = {
        "hasCompletedOnboarding": True,
        "theme": "dark",
        "projects": {str(project): {"hasTrustDialogAccepted": True}},
        "customApiKeyResponses": {"approved": [], "rejected": []},
    }
    (home / ".claude.json").write_text(json.dumps(state))
    return project


@contextlib.contextmanager
def throwaway_home() -> Iterator[Path]:
    """A prepared home with a short path (pytest's own are too long for the client's socket)."""
    require_client()
    with tempfile.TemporaryDirectory(prefix="pkcc-") as home:
        prepare_home(Path(home))
        yield Path(home)


def write_settings(home: Path, settings: Mapping[str, Any]) -> None:
    """Replace the user settings by renaming a new file over them, as the client itself does."""
    target = home / ".claude" / "settings.json"
    fresh = target.with_suffix(".fresh")
    fresh.write_text(json.dumps(settings, indent=2))
    fresh.chmod(0o600)
    fresh.replace(target)


def run_once(
    home: Path,
    prompt: str,
    env: Mapping[str, str] | None = None,
    *args: str,
    timeout: float = 2 * _LIMIT,
    directory: Path | None = None,
    prefix: Sequence[str] = (),
) -> subprocess.CompletedProcess[str]:
    """The finished `claude -p PROMPT`, in the home's project directory unless told; `args` are options.

    `prefix` is a program that runs it.
    """
    return subprocess.run(
        [*prefix, str(require_client()), "-p", prompt, *args], cwd=directory or home / "project",
        env=client_env(home, env), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout,
        check=False,
    )  # fmt: skip


class ClientSession:
    """An interactive session in a terminal of its own; a context manager that ends it.

    The terminal is a tmux server on a socket in a private directory, so no other server is ever touched.
    """

    def __init__(
        self, home: Path, env: Mapping[str, str] | None = None, *args: str, directory: Path | None = None
    ) -> None:
        self._command = [str(require_client()), *args]
        self._project = directory or home / "project"
        self.asked: list[str] = []  # what it asked before its first prompt
        self._env = client_env(home, {"TERM": "xterm-256color", **(env or {})})

    def __enter__(self) -> ClientSession:
        self._client_pid: int | None = None
        self._dir = Path(tempfile.mkdtemp(prefix="pkcc-"))
        output = self._dir / "output"
        os.mkfifo(output)
        self._output = os.open(output, os.O_RDONLY | os.O_NONBLOCK)
        try:
            assignments = [f"{name}={value}" for name, value in self._env.items()]
            self._tmux(
                *("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "50", "-c", str(self._project)),
                *("env", "-i", *assignments, *self._command),
                *(";", "pipe-pane", "-O", f"exec cat > {output}"),
            )
            self._client_pid = int(self._tmux("display-message", "-p", "#{pane_pid}"))
            self._begin()
        except BaseException:
            self.close()
            raise
        return self

    def _begin(self) -> None:
        """Answer what it asks, until it takes a prompt."""
        while True:
            self._wait_until(lambda screen: _is_ready(screen) or bool(_question(screen)), "its prompt")
            question = _question(screen := self.screen)
            if not question:
                return
            if question not in self.asked:
                self.asked.append(question)
            if question in _PAGES:
                self._turn(question)
                continue
            # A dialog may be drawn again, with its first line chosen again, while it is being answered.
            self.press("Enter" if f"{_CHOSEN} {_QUESTIONS[question]}" in screen else "Down")
            self._output_arrives(1)

    def _turn(self, page: str) -> None:
        """Go on to what follows that page: a second Enter, too soon, would answer that as well."""
        while page in self.screen:
            self.press("Enter")  # which is lost where it comes before the page takes keys
            while page in self.screen and self._output_arrives(5):
                pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def screen(self) -> str:
        """The text on the terminal now."""
        return self._tmux("capture-pane", "-p")

    @property
    def pid(self) -> int:
        """The client's process id."""
        assert self._client_pid, "the session has not started"
        return self._client_pid

    def send(self, text: str) -> None:
        """Wait until the client is idle, type one line and press Enter."""
        self._wait_until(_is_ready, "its prompt")
        self._tmux("send-keys", "-l", text)
        self._wait_until(lambda screen: text in screen, f"the typed {text!r}")
        self._tmux("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        """Press keys by their tmux names."""
        self._tmux("send-keys", *keys)

    def wait_for_text(self, text: str) -> None:
        """Wait until `text` is on the screen; AssertionError when it does not come."""
        self._wait_until(lambda screen: text in screen, repr(text))

    def wait_until_gone(self, text: str) -> None:
        """Wait until `text` is on the screen no longer; AssertionError when it stays."""
        self._wait_until(lambda screen: text not in screen, f"a screen without {text!r}")

    def close(self) -> None:
        """End the client as a closing terminal does, wait until it has gone, and remove the terminal."""
        if self._client_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._client_pid, signal.SIGHUP)
            while self._output_arrives(_LIMIT):
                pass
        subprocess.run(self._argv("kill-server"), capture_output=True, check=False)
        os.close(self._output)
        shutil.rmtree(self._dir)

    def _wait_until(self, holds: Callable[[str], bool], what: str) -> None:
        """Look at the screen again after each output until `holds` does."""
        end = time.monotonic() + _LIMIT
        while not holds(screen := self.screen):
            left = end - time.monotonic()
            assert left > 0, f"{what} did not appear in {_LIMIT} s; the screen:\n{screen}"
            assert self._output_arrives(left), f"{what} did not appear; the screen was:\n{screen}"

    def _output_arrives(self, timeout: float) -> bool:
        """Wait for output; False when none comes in `timeout` seconds, or when the client has ended."""
        readable = select.select([self._output], [], [], timeout)[0]
        return bool(readable and os.read(self._output, 65536))

    def _argv(self, *args: str) -> list[str]:
        return ["tmux", "-S", str(self._dir / "tmux"), *args]

    def _tmux(self, *args: str) -> str:
        done = subprocess.run(self._argv(*args), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"tmux {args[0]}: {done.stderr}"
        return done.stdout


def _question(screen: str) -> str:
    """The question on the screen; empty when there is none that is known."""
    asked = (question for question in _QUESTIONS if question in screen and "Enter to confirm" in screen)
    return next((page for page in _PAGES if page in screen), next(asked, ""))


def _is_ready(screen: str) -> bool:
    return bool(_INPUT_LINE.search(screen)) and _BUSY not in screen
