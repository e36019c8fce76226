"""Keys that the tray keeps in memory for a while, so that Claude Code's `key print` need not ask the keyring.

Only for as long as a preference says; gone at once when the screen is locked or the machine sleeps, and when
any key was stored or removed by any of our processes. (Python cannot overwrite a string: "gone" means that
nothing refers to it any more.)

Several that ask for one key at once share one look-up, and so one question of the keyring to its user. It
goes on when the first of them went away. A question that was refused is not asked again for a minute.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import NotUnlockedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from profiles.base.secret import Secret

    class Secrets(Protocol):
        """What the cache needs of the secret store."""

        def resolve(self, reference: str) -> Secret: ...  # noqa: D102
        def changes(self) -> int: ...  # noqa: D102
        def ask_again(self) -> None: ...  # noqa: D102


MOST_KEYS = 64
REFUSAL_S = 60.0  # for how long the user's "no" to a keyring's question holds
_LONGEST_SLEEP_S = 60.0


def seconds_awake_or_asleep() -> float:
    """A clock that goes on while the machine sleeps, where there is one."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()  # macOS and Windows: `forget_all` on wake-up is then what counts


class _Kept(NamedTuple):
    secret: Secret
    since: float
    changes: int


class KeyCache:
    """Secrets by reference. `minutes` is asked each time, so a changed preference holds at once.

    All methods may be called from any thread. Never shows a secret in its repr.
    """

    def __init__(
        self,
        secrets: Secrets,
        minutes: Callable[[], int],
        clock: Callable[[], float] = seconds_awake_or_asleep,
    ) -> None:
        self._secrets = secrets
        self._minutes = minutes
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._looked_up: dict[tuple[str, int, int], Future[Secret]] = {}  # what is under way
        self._refused_at: float | None = None
        self._forgotten = 0  # how often: a look-up that began before must not put its key back

    def get(self, reference: str) -> Secret:
        """The secret, from memory or from its backend. Raises PkccError as the secret store does."""
        changes = self._secrets.changes()
        with self._lock:
            kept = self._kept.get(reference)
            began = self._forgotten
            if kept is not None:
                if kept.changes == changes and not self._is_over(kept):
                    return kept.secret
                del self._kept[reference]
            this = reference, changes, began  # an answer of before a change is no answer after it
            others = self._looked_up.get(this)
            mine = others or self._looked_up.setdefault(this, Future())
        if others is not None:
            return others.result()
        try:
            secret = self._look_up(reference)
        except BaseException as error:
            with self._lock:
                del self._looked_up[this]
            mine.set_exception(error)
            raise
        mine.set_result(secret)
        with self._lock:
            del self._looked_up[this]
            if self._minutes() > 0 and began == self._forgotten:
                while len(self._kept) >= MOST_KEYS:
                    del self._kept[next(iter(self._kept))]
                self._kept[reference] = _Kept(secret, self._clock(), changes)
                self._set_timer()
        return secret

    def _look_up(self, reference: str) -> Secret:
        refused_at = self._refused_at
        if refused_at is not None and self._clock() - refused_at >= REFUSAL_S:
            self.ask_again()
        try:
            return self._secrets.resolve(reference)
        except NotUnlockedError:
            if self._refused_at is None:
                self._refused_at = self._clock()
            raise

    def ask_again(self) -> None:
        """Let a keyring ask its user again: a person wants something, or it is unlocked by now."""
        self._refused_at = None
        self._secrets.ask_again()

    def _is_over(self, kept: _Kept) -> bool:
        return self._clock() - kept.since >= self._minutes() * 60

    def forget(self, name: str) -> None:
        """Drop one stored key: it was replaced or removed."""
        with self._lock:
            self._forgotten += 1
            for reference in [kept for kept in self._kept if kept.partition(":")[2] == name]:
                del self._kept[reference]

    def forget_all(self) -> None:
        """Drop all of them: the screen was locked, the machine goes to sleep, or we end."""
        with self._lock:
            self._forgotten += 1
            self._kept.clear()
            self._set_timer()

    def __len__(self) -> int:
        """How many keys are in memory."""
        return len(self._kept)

    def _set_timer(self) -> None:
        """One thread that sleeps until a key is to go, and none while there are no keys.

        At most a minute at a time: its sleep knows nothing of the machine's, nor of a changed preference.
        """
        if not self._kept:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        elif self._timer is None:
            first = min(kept.since for kept in self._kept.values()) + self._minutes() * 60
            wait = min(max(first - self._clock(), 0.0), _LONGEST_SLEEP_S)
            self._timer = threading.Timer(wait, self._drop_expired)
            self._timer.name = "key-cache"
            self._timer.daemon = True
            self._timer.start()

    def _drop_expired(self) -> None:
        with self._lock:
            self._timer = None
            for reference in [name for name, kept in self._kept.items() if self._is_over(kept)]:
                del self._kept[reference]
            self._set_timer()
