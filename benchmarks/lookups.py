"""What a guided `add` waits for: three lists of an account, beside the slowest of them."""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.measure import ROUNDS, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DELAYS = {"/v1/models": 0.3, "/v1/providers": 0.2, "/v1/configs": 0.25}  # seconds: 750 ms one by one
_MODELS = 10_000


def lookup_figures(directory: Path, root: Path) -> Iterator[Figure]:
    """Three lists from a stand-in account, which takes its time for each; and a search in the longest."""
    sys.path.insert(0, str(root / "tests"))
    from support.gateway.account import HostedAccount
    from support.gateway.account_client import KEY, client

    from tray.actions.account.choice import Choice
    from tray.terminal.choosing.searched_list import found_in

    with HostedAccount(KEY) as hosted:
        hosted.delays = _DELAYS
        took = []
        for number in range(ROUNDS):
            with client(hosted.url, directory / str(number)) as account:
                started = time.perf_counter()
                account.offer()
                took.append((time.perf_counter() - started) * 1000)
    slowest = max(_DELAYS.values()) * 1000
    detail = f"{statistics.median(took):.0f} ms, the slowest list {slowest:.0f} ms, best {min(took):.0f} ms"
    yield Figure(
        "`add`: three lists, beyond the slowest", statistics.median(took) - slowest, 50, "ms", detail
    )

    rows = [Choice(f"@p/{at}", f"@p/model-{at}", "$ 3.00 in, $ 15.00 out") for at in range(_MODELS)]
    searched = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        found_in(rows, "99 p 1", free=True)
        searched.append((time.perf_counter() - started) * 1000)
    detail = f"in process, best {min(searched):.1f} ms"
    yield Figure("`add`: a key typed in 10,000 models", statistics.median(searched), 50, "ms", detail)
