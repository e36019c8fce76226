"""Whole commands, as they are typed, and as Claude Code runs them before its requests."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import COMMAND, ROUNDS, Figure, Home, ratio
from benchmarks.session import session

_ROOT = Path(__file__).resolve().parent.parent
_MANY, _FEW = 10_000, 10


def startup(directory: Path) -> Iterator[Figure]:
    """Whole commands against `python -c pass`."""
    home = Home(directory)
    for name in ("work", "home"):
        home.tool("add", name, "--provider", f"@{name}", "--key-stdin", stdin="pk-benchmark-1")
    yield ratio("`--version`", home, 2, [COMMAND, "--version"])
    switches = [COMMAND, "switch", "work"], [COMMAND, "switch", "home"]
    yield ratio("`switch`, helper delivery", home, 3.7, *switches)
    home.tool("switch", "work")
    with session(home) as asking:
        yield ratio("`key print`, vault", asking, 2.8, [COMMAND, "key", "print", "work"])
    yield many_profiles(directory, *switches)


def many_profiles(directory: Path, *switches: list[str]) -> Figure:
    """`switch` with 10,000 stored profiles against `switch` with 10, in turns."""
    few, many = Home(directory / "few"), Home(directory / "many")
    for each, count in ((few, _FEW), (many, _MANY)):
        each.path.mkdir()
        for name in ("work", "home"):
            each.tool("add", name, "--provider", f"@{name}", "--key-stdin", stdin="pk-benchmark-1")
        profiles = each.path / ".config" / "pkcc-tray" / "profiles"
        text = (profiles / "work.json").read_text()
        for number in range(count - 2):
            (profiles / f"p{number}.json").write_text(text.replace('"work"', f'"p{number}"'))
    timed: dict[Home, list[float]] = {few: [], many: []}
    for round_number in range(ROUNDS + 2):
        for each, times in timed.items():
            elapsed = each.run(*switches[round_number % 2])
            if round_number >= 2:
                times.append(elapsed)
    with_few, with_many = (statistics.median(times) for times in timed.values())
    detail = f"{with_many:.1f} ms against {with_few:.1f} ms"
    return Figure("`switch` with 10,000 profiles against 10", with_many / with_few, 1.3, "x", detail)


def secret_service(directory: Path) -> Iterator[Figure]:
    """`key print` from a real Secret Service, where one can be started."""
    sys.path.insert(0, str(_ROOT / "tests"))
    try:
        from support.keyring import secret_service as daemon

        with daemon.secret_service(directory) as service:
            home = Home(service.home, {**service.environ, "PKCC_SECRETS": "keyring"})
            home.tool("add", "work", "--provider", "@work", "--key-stdin", stdin="pk-benchmark-1")
            home.tool("switch", "work")
            with session(home) as asking:
                yield ratio("`key print`, Secret Service", asking, 4.8, [COMMAND, "key", "print", "work"])
    except (ImportError, OSError) as error:
        sys.stderr.write(f"left out: no Secret Service here ({error})\n")
