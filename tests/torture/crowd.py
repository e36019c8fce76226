"""Those who use one settings file at once: switchers, a Claude-like writer, readers, a watcher."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

_CLAUDE_TRIES = 16  # at a lock of ours, over about half a second; then Claude Code writes anyway
_CLAUDE_PAUSE_S = 0.03


class Reader:
    """Looks at the file again and again; `torn` counts what was empty, gone, or no JSON."""

    def __init__(self, settings: Path) -> None:
        self.settings = settings
        self.reads = 0
        self.torn = 0

    def look(self) -> None:
        self.reads += 1
        try:
            json.loads(self.settings.read_bytes())
        except (ValueError, FileNotFoundError):
            self.torn += 1

    def until(self, done: threading.Event) -> None:
        while not done.wait(0.001):
            self.look()


class _Watching(FileSystemEventHandler):
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in ("opened", "closed_no_write"):  # its own looks
            self._reader.look()


class ClaudeLike:
    """Saves as Claude Code does; each save adds one entry, and none may be lost."""

    def __init__(self, settings: Path) -> None:
        self.settings = settings
        self.saved: list[str] = []

    def until(self, done: threading.Event) -> None:
        while not done.wait(0.04):
            self.save(f"edit-{len(self.saved)}")

    def save(self, name: str) -> None:
        lock = Path(f"{self.settings}.lock")
        for _ in range(_CLAUDE_TRIES):
            with suppress(FileExistsError):
                lock.mkdir()
                break
            time.sleep(_CLAUDE_PAUSE_S)
        try:
            data = json.loads(self.settings.read_bytes())
        except ValueError:  # torn by another: Claude Code goes on with what it knows
            lock.rmdir()
            return
        data.setdefault("edits", {})[name] = True
        target = self.settings.resolve()
        temporary = target.with_name(f"settings.json.tmp.{os.getpid()}.{name}")
        with temporary.open("w") as file:
            file.write(json.dumps(data, indent=2))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        with suppress(FileNotFoundError):
            lock.rmdir()
        self.saved.append(name)

    def lost(self) -> list[str]:
        try:
            kept = json.loads(self.settings.read_bytes()).get("edits", {})
        except ValueError:
            return self.saved
        return [name for name in self.saved if name not in kept]


class Switchers:
    """Runs the command, again and again, in processes of their own."""

    def __init__(self, command: Sequence[str], environ: dict[str, str], names: Sequence[str]) -> None:
        self._command = command
        self._environ = environ
        self._names = names
        self._lock = threading.Lock()
        self.switches = 0
        self.refused: list[str] = []

    def switch(self, name: str) -> bool:
        """Switch once; False when the command failed."""
        done = subprocess.run(
            [*self._command, "switch", name],
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        with self._lock:
            self.switches += 1
            if done.returncode:
                self.refused.append(f"exit {done.returncode}: {done.stderr.strip()}")
        return done.returncode == 0

    def work(self, first: int, times: int | None, deadline: float) -> None:
        """Switch in turns, `times` or, without, until `deadline` on the monotonic clock."""
        number = 0
        while number < times if times is not None else time.monotonic() < deadline:
            self.switch(self._names[(first + number) % len(self._names)])
            number += 1


@contextmanager
def watching(reader: Reader) -> Iterator[None]:
    """A file watcher that reads at every event, as editors and Claude Code itself do."""
    observer = Observer()
    observer.schedule(_Watching(reader), str(reader.settings.resolve().parent))
    observer.start()
    try:
        yield
    finally:
        observer.stop()
        observer.join()


@contextmanager
def meanwhile(*works: Callable[[threading.Event], None]) -> Iterator[None]:
    """Each in a thread of its own, until the block is done; what one raised is raised here."""
    done = threading.Event()
    raised: list[BaseException] = []

    def guarded(work: Callable[[threading.Event], None]) -> None:
        try:
            work(done)
        except BaseException as problem:  # noqa: BLE001  raised below, in the thread that asked
            raised.append(problem)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()
    if raised:
        raise raised[0]
