"""What takes a while: it works in a thread, and its page lists its steps as they end."""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, PkccError
from profiles.base.text import took_words
from tray.actions.catalogs.after_change import writing_owed_after
from tray.app import Terminal
from tray.manager.access.sessions import Flash
from tray.terminal.output import unforeseen

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.app import App

QUIET_S = 0.3  # what takes less is not shown
SLOW_S = 3.0  # from then on a step is said to take longer than usual
LONGEST_S = 90.0  # a keyring waits for its password for a minute
NO_END_YET = "It may still end by itself: look again in a while."
MOST_AT_WORK = 6
_KEPT = 24
_UNLOCK = "Waiting for you to unlock the keyring…"


class WayOn(NamedTuple):
    """Where a person who does not want to wait goes on, and what its button says."""

    label: str
    address: str


class Step:
    """One step: `kind` is "" while it is at work, wait before, then ok, warn or bad."""

    def __init__(self, text: str, clock: Callable[[], float], kind: str = "") -> None:
        self.text = text
        self.kind = kind
        self.more = ""
        self._clock = clock
        self._began_at = clock()
        self._ended_at = 0.0

    def begin(self) -> None:
        """It begins, from now."""
        self.kind, self._began_at = "", self._clock()

    def end(self, text: str = "", kind: str = "ok", more: str = "") -> None:
        """It has ended: `text` says what came of it, where that is more than what it was."""
        if self.kind in ("", "wait"):
            self._ended_at = self._clock()
            self.text, self.kind, self.more = text or self.text, kind, more

    @property
    def is_slow(self) -> bool:
        """Whether it takes longer than usual."""
        return not self.kind and self._clock() - self._began_at >= SLOW_S

    @property
    def took(self) -> str:
        """Such as `212 ms`; of one at work `4 s`, once it is slow."""
        if self.kind == "wait" or not (self.kind or self.is_slow):
            return ""
        seconds = (self._ended_at if self.kind else self._clock()) - self._began_at
        return took_words(seconds * 1000) if self.kind else f"{seconds:.0f} s"


class Job:
    """Something at work. `app` is its own: it waits for no page, and no page for it."""

    def __init__(
        self, title: str, back: str, way_on: WayOn | None, app: App, clock: Callable[[], float]
    ) -> None:
        self.title = title
        self.back = back
        self.way_on = way_on
        self.number = 0  # of the step, where it is a part of adding a profile
        self.when_slow = "This takes longer than usual."
        self.app = app
        self.app.terminal = Terminal(on_question=lambda: self._note(_UNLOCK))
        self.steps: list[Step] = []
        self.path = f"/jobs/{secrets.token_urlsafe(16)}"  # of its page
        self.address = back  # where its page goes on, once it is over
        self._flash: Flash | None = None
        self._clock = clock
        self._began_at = clock()
        self._ended = threading.Event()

    def wait(self, limit_s: float = QUIET_S) -> None:
        """Wait a moment for it to end: what is over at once needs no page."""
        self._ended.wait(limit_s)

    def plan(self, *texts: str) -> None:
        """List steps that are still to come."""
        self.steps += [Step(text, self._clock, "wait") for text in texts]

    def step(self, text: str, *, beside: bool = False) -> Step:
        """A step begins; the one before has ended well, unless both go on `beside` each other."""
        if not beside:
            self._end_steps("ok")
        found = next((step for step in self.steps if step.text == text and step.kind == "wait"), None)
        if found is not None:
            found.begin()
            return found
        self.steps.append(Step(text, self._clock))
        return self.steps[-1]

    def tell(self, flash: Flash) -> None:
        """Have the page after it say that first."""
        self._flash = flash

    def told(self) -> Flash | None:
        """What the page after it is to say; it is said once."""
        if self.is_at_work:
            return Flash("warn", f"{self.title}: no end yet", (NO_END_YET,))
        flash, self._flash = self._flash, None
        return flash

    @property
    def is_at_work(self) -> bool:
        """Whether it has not ended, however long that takes."""
        return not self._ended.is_set()

    @property
    def is_over(self) -> bool:
        """Whether its page goes on: it has ended, or is waited for no longer."""
        return not self.is_at_work or self._clock() - self._began_at >= LONGEST_S

    def run(self, work: Callable[[Job], str]) -> None:
        """Do the work; what it raises is told by the page that it came from."""
        try:
            self.address = work(self)
        except PkccError as error:
            self._fail(Flash("bad", error.title, (error.hint,)))
        except Exception as error:  # noqa: BLE001 - none of its text is shown: it may hold anything
            fault = unforeseen(error)
            self._fail(Flash("bad", fault.title, (fault.hint,)))
        else:
            self._end_steps("ok")
        self._ended.set()

    def _fail(self, flash: Flash) -> None:
        self._end_steps("bad")
        self.tell(flash)

    def _end_steps(self, kind: str) -> None:
        for step in self.steps:
            if not step.kind:
                step.end(kind=kind)

    def _note(self, text: str) -> None:
        for step in self.steps:
            if not step.kind:
                step.more = text


class Jobs:
    """All that is at work, and what has ended of late. `new_app` makes an app for one of them."""

    def __init__(self, new_app: Callable[[], App], clock: Callable[[], float]) -> None:
        self._new_app = new_app
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}  # by the path of its page

    def begin(
        self, title: str, work: Callable[[Job], str], back: str = "/", way_on: WayOn | None = None
    ) -> str:
        """Begin `work` in a thread: the address of its page, such as `/jobs/Zk3…`.

        It says its steps by `job.step("Reading providers")`, does them with `job.app`, and returns the
        address to go on to. An error leads `back`, and is said there. Raises ConflictError where too much
        is at work.
        """
        return self.start(title, work, back, way_on).path

    def change(self, title: str, work: Callable[[Job], str], back: str = "/") -> str:
        """As `begin`, for work that changes something: settings that owe a catalog are written then."""

        def changing(job: Job) -> str:
            with writing_owed_after(job.app):
                return work(job)

        return self.begin(title, changing, back)

    def start(
        self, title: str, work: Callable[[Job], str], back: str = "/", way_on: WayOn | None = None
    ) -> Job:
        """The job that `begin` gives the address of."""
        job = Job(title, back, way_on, self._new_app(), self._clock)
        with self._lock:
            if len(self.at_work()) >= MOST_AT_WORK:
                raise ConflictError("Too much is under way", "Wait until something of it has ended.")
            while len(self._jobs) >= _KEPT:
                del self._jobs[next(path for path, old in self._jobs.items() if not old.is_at_work)]
            self._jobs[job.path] = job
        threading.Thread(target=job.run, args=(work,), name="job", daemon=True).start()
        return job

    def at_work(self) -> list[Job]:
        """Those that have not ended, one that hangs too."""
        return [job for job in [*self._jobs.values()] if job.is_at_work]

    def wait(self, limit_s: float) -> None:
        """Wait for all of them to end, but no longer than that."""
        until = time.monotonic() + limit_s
        for job in self.at_work():
            job.wait(max(until - time.monotonic(), 0))

    def find(self, name: str) -> Job | None:
        """The job of that name; None where it is not known any more."""
        return self._jobs.get(f"/jobs/{name}")
