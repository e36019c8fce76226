"""Row: whatever a file says, a key of the real Claude Code only ever goes to its own gateway.

What a user would lose otherwise: their key, to a cloned repository, to a proxy that a file names, to whoever
replaces a team's catalog, or to a program that edits their settings while a session runs. And, where the
guard is wrong, every request of an honest day. Both are counted: bytes of a key at strangers, and refusals
where nobody did anything.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

from support.client.real_client import require_client
from torture.guard_cases import Case, attacks
from torture.guard_catalogs import catalog_days, catalogs
from torture.guard_corners import corners
from torture.guard_honest import honest
from torture.guard_sessions import sessions
from torture.guard_world import World, world
from torture.row import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

_TRIES = 3  # of a case that showed nothing
# Of each group a short form takes so many, by chance; of those that are not here, all.
_SHARE = {
    "pairs": 8, "proxies": 7, "clouds": 4, "options": 4, "spellings": 5, "headers": 3, "forms": 5, "masks": 4,
    "sessions": 1, "starts": 2, "moments": 1, "corners": 8, "honest": 17, "catalogs": 3, "kept": 2,
}  # fmt: skip


class Work:
    """The cases that are left, and what came of those that were run."""

    def __init__(self, seconds: float | None) -> None:
        self.began = time.monotonic()
        self.seconds = seconds
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self._lock = threading.Lock()

    def is_over(self) -> bool:
        return self.seconds is not None and time.monotonic() - self.began > self.seconds

    def do(self, case: Case, its: World) -> None:
        """Run a case in a world that is as at the start; again where it showed nothing, not even a failure.

        On a busy machine the client may read a changed file too late for the attack.
        """
        for _ in range(_TRIES):
            try:
                its.reset()
                found = case.run(its)
            except Exception as problem:  # noqa: BLE001  a case that breaks fails; the others go on
                found = [f"{type(problem).__name__}: {problem}"[:1000]]
            leaked, shown = its.leaked(), not case.arrives or its.reached()
            if shown or leaked or found:
                break
        if not shown:
            found.append("nothing came to the stranger: the case shows nothing")
        if leaked:
            found.append(f"{leaked} bytes of a key at a stranger")
        way = "through a tray" if its.tray else "alone"
        with self._lock:
            self.counts["honest setups" if case.honest else "attacks"] += 1
            self.counts["refused in honest setups"] += case.honest and bool(found)
            self.counts["bytes of a key at a stranger"] += leaked
            self.failures += [f"{case.name}, {way}: {each}" for each in found]


def drawn(cases: Sequence[Case], rng: random.Random, *, whole: bool) -> list[Case]:
    """All of them; or a share of each group, in turns: where time is short, some of each are done."""
    if whole:
        return list(cases)
    groups: dict[str, list[Case]] = {}
    for case in rng.sample(cases, len(cases)):
        its = groups.setdefault(case.group, [])
        if len(its) < _SHARE[case.group]:
            its.append(case)
    ranked = [
        ((number + rng.random()) / len(its), case)
        for its in groups.values()
        for number, case in enumerate(its)
    ]
    return [case for _, case in sorted(ranked, key=lambda pair: pair[0])]


def torment(work: Work, seed: int, *, tray: bool, helper: Sequence[str], broken: str, only: str) -> None:
    """One user, with a tray or without, and the cases one after the other."""
    rng = random.Random(f"{seed} {tray}")
    try:
        with world(tray=tray, helper=helper, broken=broken) as its:
            whole = work.seconds is None
            cases = [*attacks(its), *corners(its), *sessions(its, None if whole else rng), *catalogs(its)]
            if not helper:
                cases += [*honest(its), *catalog_days(its)]
            cases = [case for case in cases if only in ("", case.group)]
            for case in drawn(cases, rng, whole=whole):
                if work.is_over():
                    return
                work.do(case, its)
    except Exception as problem:  # noqa: BLE001  told by the row
        work.failures.append(f"{type(problem).__name__}: {problem}")


def run(
    seconds: float | None, seed: int, helper: Sequence[str] = (), *, broken: str = "", only: str = ""
) -> Row:
    """Everything through a tray and without one; the short form draws from it.

    `helper` prints keys in the place of ours, and must fail; so must what is `broken`, a search path. `only`
    is one group.
    """
    require_client()
    work = Work(seconds)
    threads = [
        threading.Thread(
            target=torment,
            args=(work, seed),
            kwargs={"tray": tray, "helper": helper, "broken": broken, "only": only},
        )
        for tray in (True, False)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not work.counts["attacks"]:
        work.failures.append("nothing was tried")
    return Row("guard", dict(work.counts), work.failures)
