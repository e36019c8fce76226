"""Setups by hand, people's and made up, imported and switched to: the real client sends what it sent.

What a user would lose otherwise: requests that go to another model or account, without a key, or not at all.
In the same run the model of the client is held to it, so that hundreds of setups elsewhere, by every way,
need no client. `PKCC_SHARE=2/6`: the second sixth of them alone; a landing takes one.
"""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from equivalence.generator import drawn
from equivalence.real_client import RealClient
from equivalence.setup import Setup, corpus
from equivalence.ways import walk
from support.client.real_client import require_client
from support.gateway.every_host import EveryHost

GENERATED = 60
# Every way of one in so many of the corpus, import, switch and off of all: a way is a second a setup.
# It shares no factor with the number of a landing's shares, so that each of them has some.
EACH = 5


def failures_of(setups: list[tuple[Setup, bool]]) -> list[str]:
    """One process's share; with each setup, whether every way of it is gone."""
    failures = []
    with tempfile.TemporaryDirectory(prefix="pkcc-") as name, EveryHost(Path(name)) as world:
        client = RealClient(world)
        for number, (setup, long) in enumerate(setups):
            root = Path(name) / str(number)
            root.mkdir()
            try:
                walk(root, setup, client, long=long, environ=world.environ)
            except AssertionError as problem:
                failures.append(f"{setup.name}: {problem} ({setup})")
    return failures


@pytest.mark.parametrize("what", ["the corpus", "generated"])
def test_the_real_client_sends_what_it_sent_by_hand(what: str) -> None:
    require_client()
    people_s = what == "the corpus"
    drawn_up = corpus() if people_s else drawn(GENERATED, seed=1)
    setups = [(setup, people_s and number % EACH == 0) for number, setup in enumerate(drawn_up)]
    part, _, parts = os.environ.get("PKCC_SHARE", "1/1").partition("/")
    setups = setups[int(part) - 1 :: int(parts)]
    processes = os.cpu_count() or 1
    shares = [setups[start::processes] for start in range(processes)]
    with ProcessPoolExecutor(processes, get_context("fork")) as pool:
        done = [pool.submit(failures_of, share) for share in shares]
        failures = [failure for each in done for failure in each.result()]
    assert not failures, "\n".join(failures)
