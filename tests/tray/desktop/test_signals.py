"""Ending by a signal, in real processes: what a logout, Ctrl-C and a closed terminal do to the tray."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of Linux and macOS")

ROOT = str(Path(__file__).parents[3])
LIMIT_S = 20
# The main thread waits where no Python runs, as in a toolkit's loop; `pause` would be left at any signal.
_PROGRAM = """
import ctypes, os, signal, sys, threading
sys.path.insert(0, sys.argv[1])
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # anyone who runs the tests by nohup
signal.signal(signal.SIGINT, signal.default_int_handler)  # or in the background
exec(sys.argv[2])
from tray.desktop.signals import ended_by_signals
ended = threading.Event()
def once(what):
    if not ended.is_set():  # a signal may ring twice: by the descriptor and by its handler
        print(what, threading.current_thread().name, flush=True)
        ended.set()
def end():
    once("end")
def restart():
    once("restart")
before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
with ended_by_signals(end, restart):
    print("ready", flush=True)
    if sys.argv[3] == "native":
        pipe, other = os.pipe()
        def finish():
            ended.wait()
            os.write(other, b"x")
        threading.Thread(target=finish, daemon=True).start()
        libc, buffer = ctypes.CDLL(None), ctypes.create_string_buffer(1)
        while libc.read(pipe, buffer, 1) != 1:
            pass
    elif sys.argv[3] == "polls":  # so that a handler of the test's own is not left pending
        while not ended.wait(0.05):
            pass
    else:
        ended.wait()
print("after", before == (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)), flush=True)
print(*[thread.name for thread in threading.enumerate() if thread.name == "signals"], flush=True)
sys.stdin.read()
"""


@contextmanager
def program(first: str = "", *, waits: str = "python") -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-c", _PROGRAM, ROOT, first, waits]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert said(process) == "ready"
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    limit = threading.Timer(LIMIT_S, process.kill)
    limit.start()
    try:
        return process.stdout.readline().strip()
    finally:
        limit.cancel()


@pytest.mark.parametrize("waits", ["python", "native"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_each_of_them_ends_it_whatever_the_main_thread_is_in(number: signal.Signals, waits: str) -> None:
    with program(waits=waits) as process:
        process.send_signal(number)
        assert said(process) == "end signals"
        assert said(process) == "after True"  # the handlers are what they were
        assert said(process) == ""  # and no thread is left
        process.communicate("", LIMIT_S)
        assert process.returncode == 0


@pytest.mark.parametrize("waits", ["python", "native"])
def test_after_an_upgrade_it_is_to_start_again(waits: str) -> None:
    with program(waits=waits) as process:
        process.send_signal(signal.SIGUSR1)
        assert said(process) == "restart signals"
        assert said(process) == "after True"


def test_nohup_is_respected() -> None:
    tell = (
        "lambda *_: os.write(1, b'%s\\n' % str(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN).encode())"
    )
    first = f"signal.signal(signal.SIGHUP, signal.SIG_IGN); signal.signal(signal.SIGUSR2, {tell})"
    with program(first, waits="polls") as process:
        process.send_signal(signal.SIGUSR2)
        assert said(process) == "True"
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert said(process) == "end signals"
        assert said(process) == "after True"  # the hangup, which came first, had ended nothing


def test_another_signal_ends_nothing() -> None:
    tell = "signal.signal(signal.SIGUSR2, lambda *_: os.write(1, b'mine\\n'))"
    with program(tell, waits="polls") as process:
        for _ in range(10):  # it would be ended long before the last
            process.send_signal(signal.SIGUSR2)
            assert said(process) == "mine"
        process.send_signal(signal.SIGTERM)
        assert said(process) == "end signals"


def test_a_shower_of_signals_is_harmless() -> None:
    with program() as process:
        for _ in range(200):
            process.send_signal(signal.SIGWINCH)
        process.send_signal(signal.SIGTERM)
        assert said(process) == "end signals"
        assert said(process) == "after True"


def test_after_the_end_a_second_one_has_its_usual_effect() -> None:
    """A tray that hangs while it ends can still be ended."""
    with program() as process:
        process.send_signal(signal.SIGTERM)
        assert said(process) == "end signals"
        assert said(process) == "after True"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LIMIT_S)
        assert process.returncode == -signal.SIGTERM
