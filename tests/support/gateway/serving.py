"""A tray's serving side in a real process of its own: lock, socket, keys in memory; no icon, no watcher."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[3]
_SERVER = """
import os, sys, threading
sys.path.insert(0, sys.argv[1])
sys.argv[0] = sys.argv[2]
from tray.runtime.requests import Answering, key_cache_minutes
from tray.app import App
from tray.ipc.server import Server
from tray.runtime.key_cache import KeyCache
from tray.ipc.address import address, greeting
from tray.ipc.single_instance import acquire
app = App.start(os.environ, None, None, wants_json=True)
lock = acquire(app.locations, app.environ)
if lock is None:
    sys.exit("taken")
ended = threading.Event()
keys = KeyCache(app.secrets, lambda: key_cache_minutes(app))
say = lambda word: lambda: print(word, flush=True)
def change(work):
    done = work()
    print("change", flush=True)
    return done
def given():
    from tray.actions.keys import sessions_without_key as refusals
    if refusals.is_noted(app.locations):
        print("given", flush=True)
answering = Answering(app, keys, change=change, on_show=say("show"), on_quit=ended.set, on_given=given)
place = address(app.locations, app.environ)
server = Server(place, greeting(app.locations, app.environ), answering, lambda: app.secrets.backends.asking)
server.start()
print("ready", place, flush=True)
ended.wait()
server.stop()
print("ended", flush=True)
"""


class Serving:
    """The running process, and the path of its socket."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address

    def said(self) -> str:
        """The next word it says: `show`, `change`, `ended`; waits for it."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


def start(environ: Mapping[str, str], directory: Path, started_as: str) -> subprocess.Popen[str]:
    """The process, which says `ready ADDRESS` or ends. `started_as` stands for its own command."""
    argv = [sys.executable, "-c", _SERVER, str(ROOT), started_as]
    return subprocess.Popen(
        argv, env=dict(environ), cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@contextmanager
def serving(environ: Mapping[str, str], directory: Path, started_as: str = "tray") -> Iterator[Serving]:
    """A tray that answers, until the end of the block."""
    with start(environ, directory, started_as) as process:
        try:
            assert process.stdout is not None
            word, _, address = process.stdout.readline().strip().partition(" ")
            if word != "ready":
                process.kill()
                raise RuntimeError(f"it did not start: {process.communicate()}")
            yield Serving(process, address)
        finally:
            process.kill()
