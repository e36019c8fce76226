"""A catalog of a thousand profiles: accepted, listed, and one of them switched to like one's own."""

from __future__ import annotations

import hashlib
import json
import statistics
from typing import TYPE_CHECKING

from benchmarks.measure import COMMAND, ROUNDS, Figure, Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MANY = 1_000
_SWITCH, _ACCEPT_MS, _LIST = 1.05, 3_000, 1.25


def profile_figures(directory: Path) -> Iterator[Figure]:
    """What a large catalog costs whoever follows it."""
    own, followed = Home(directory / "own"), Home(directory / "followed")
    for home in (own, followed):
        home.path.mkdir(parents=True)
        for name in ("work", "home"):
            home.tool("add", name, "--provider", f"@{name}", "--key-stdin", stdin="pk-benchmark-1")
    yield _accepted(followed, directory / "published")
    for name in ("acme/p0", "acme/p1"):
        followed.tool("catalog", "override", name, "api_key", "keyring:work")
    yield _switched(followed)
    profiles = own.path / ".config" / "pkcc-tray" / "profiles"
    text = (profiles / "work.json").read_text()
    for number in range(_MANY):
        (profiles / f"p{number}.json").write_text(text.replace('"work"', f'"p{number}"'))
    yield _listed(own, followed)


def _accepted(home: Home, source: Path) -> Figure:
    """`catalog add` as a person types it, from a directory: no network is measured."""
    data = _catalog()
    source.mkdir()
    (source / "pkcc-catalog.json").write_bytes(data)
    content = f"sha256:{hashlib.sha256(data).hexdigest()}"
    took = home.tool("catalog", "add", str(source), "--expect", content, "--yes")
    made = list((home.path / ".local/share/pkcc-tray/catalogs/acme/profiles").glob("p*.json"))
    if len(made) != _MANY:
        raise RuntimeError(f"{len(made)} profiles were made")
    detail = f"{len(data) / 1000:.0f} kB read, verified, and each profile written"
    return Figure(f"a catalog of {_MANY:,} profiles accepted", took, _ACCEPT_MS, "ms", detail)


def _catalog() -> bytes:
    host = "api.portkey.ai"
    profiles = [
        {
            "name": f"p{number}",
            "label": f"Team {number}",
            "route": {"kind": "provider", "provider": f"@team-{number}"},
        }
        for number in range(_MANY)
    ]
    plain = {"pkcc_catalog": 1, "name": "acme", "serial": 1, "gateway_hosts": [host], "profiles": profiles}
    return json.dumps(plain).encode()


def _switched(home: Home) -> Figure:
    """`switch acme/p0` against `switch work`, in turns; each is to another than the one before."""
    times: dict[str, list[float]] = {"work": [], "acme/p0": [], "home": [], "acme/p1": []}
    for round_number in range(ROUNDS + 2):
        for name, taken in times.items():
            elapsed = home.run(COMMAND, "switch", name)
            if round_number >= 2:
                taken.append(elapsed)
    own = statistics.median(times["work"] + times["home"])
    theirs = statistics.median(times["acme/p0"] + times["acme/p1"])
    detail = f"{theirs:.1f} ms against {own:.1f} ms, with {_MANY:,} profiles in the catalog"
    return Figure("`switch acme/work` against `switch work`", theirs / own, _SWITCH, "x", detail)


def _listed(own: Home, followed: Home) -> Figure:
    times: dict[Home, list[float]] = {own: [], followed: []}
    for round_number in range(ROUNDS // 2 + 1):
        for home, taken in times.items():
            elapsed = home.tool("list")
            if round_number:
                taken.append(elapsed)
    with_own, with_theirs = (statistics.median(taken) for taken in times.values())
    detail = f"{with_theirs:.0f} ms against {with_own:.0f} ms"
    return Figure(
        f"`list` of {_MANY:,} of a catalog against one's own", with_theirs / with_own, _LIST, "x", detail
    )
