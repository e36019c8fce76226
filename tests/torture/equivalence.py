"""Setups that are made up, imported, switched to and taken back: Claude Code sends what it sent before.

What a user would lose otherwise: requests that go to another model or account, without a key, or not at all;
and the file as it was. Told by the model of the client, which the real one is asked about in `make e2e`.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from equivalence.generator import drawn
from equivalence.ways import walk
from torture.row import Row

SETUPS = 500
_LONG = 5000
_EVERY = 20  # so many go through import, switch and off for one that goes every way


def run(seconds: float | None, seed: int) -> Row:
    """At least 500 setups, however long it takes; 5,000 in the long form."""
    counts: Counter[str] = Counter()
    failures = []
    for number, setup in enumerate(drawn(_LONG if seconds is None else SETUPS, seed)):
        whole = number % _EVERY == 0
        counts["setups"] += 1
        counts["by every way"] += whole
        with tempfile.TemporaryDirectory(prefix="pkcc-") as root:
            try:
                walk(Path(root), setup, long=whole)
            except AssertionError as problem:
                failures.append(f"{setup.name}: {problem} ({setup.settings or setup.exports})")
    if counts["setups"] < SETUPS:
        failures.append(f"only {counts['setups']} setups were made")
    return Row("equivalence", dict(counts), failures)
