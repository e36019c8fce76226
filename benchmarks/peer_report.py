"""Switching beside other switchers, in one run: how long it takes, and what each leaves undone.

Their released programs, as `make components` installs them, in homes of their own, over the same settings.
They are held only to what a switch of Claude Code's settings is; what else they can do is not asked.
`--write` keeps the section in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import PYTHON
from benchmarks.peer_traits import foreign_kept, settings_text, traits
from benchmarks.peers import Peer, PeerHome, installed_peers
from profiles import __version__

HEADING = "## Beside other switchers"
_REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
_ROUNDS = 10
_TEXT = """\
{heading}

`make bench-peers` installs the other programs as they were released, and has each switch Claude Code's
settings between two profiles, over the same file, in turns; medians of {rounds} whole processes.
Every result is checked: the gateway of the profile, and its key or a command that prints it. `x` is against
`python -c pass` ({bare:.1f} ms); `node -e 0` alone is {node:.1f} x. The programs differ in what they are for:
only the switch is compared. One names its backups to the second and refuses another switch within it: it
waits for the next second, which isn't counted.

Measured {date} on {system}; load at the end {load:.0f}.

{times}

What one switch does, and what it leaves undone, by its files and its system calls (strace). The saves are
those of a program that writes as Claude Code does, its lock included, every 10 ms, during 20 switches.
The settings file had mode 644 before, and a program that keeps modes keeps that one.

{table}
"""


def main() -> int:
    """Print the section; 0, also where the programs are not here, which is said."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peer_report", description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the section in docs/benchmarks.md")
    options = parser.parse_args()
    if sys.platform != "linux" or not all(map(shutil.which, ("node", "strace"))):
        sys.stderr.write("left out: other switchers are measured on Linux, with node and strace\n")
        return 0
    try:
        peers = installed_peers()
    except OSError as error:
        sys.stderr.write(f"left out: {error}\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="pkcc-peers-") as name:
        section = _section(Path(name), peers)
    print(section)
    if options.write:
        _REPORT.write_text(_REPORT.read_text().partition(HEADING)[0].rstrip() + "\n\n" + section)
    return 0


def section_kept(report: Path) -> str:
    """The section as it stands in a report, for a caller that writes the rest of it; empty if it has none."""
    _, heading, section = report.read_text().partition(HEADING)
    return heading and f"\n{heading}{section}"


def _section(directory: Path, peers: list[Peer]) -> str:
    variants = {
        "settings as people have them": settings_text(),
        "the same, CRLF": settings_text().replace(b"\n", b"\r\n"),
        "the same, 5 MB": settings_text(entries=58_000),
    }
    all_bare: list[float] = []
    node: list[float] = []
    rows = {peer: [_title(peer)] for peer in peers}
    for number, text in enumerate(variants.values()):
        bare: list[float] = []
        timed = _timed(directory / f"times{number}", peers, text, bare, node)
        base = statistics.median(bare)
        all_bare += bare
        for peer, (times, kept) in timed.items():
            median = statistics.median(times)
            rows[peer].append(f"{median / base:.1f} x ({median:.0f} ms; {kept})")
    heads = ["switch", *(f"{name} ({len(text):,} bytes)" for name, text in variants.items())]
    seen = {peer: traits(directory / f"traits{number}", peer) for number, peer in enumerate(peers)}
    heading_of_traits = list(seen[peers[0]])
    table = [[trait, *(seen[peer][trait] for peer in peers)] for trait in heading_of_traits]
    versions = f"Python {platform.python_version()}, Node {_node_version()}"
    return _TEXT.format(
        heading=HEADING, rounds=_ROUNDS, bare=statistics.median(all_bare),
        node=statistics.median(node) / statistics.median(all_bare), date=time.strftime("%Y-%m-%d"),
        load=os.getloadavg()[0],
        system=f"{platform.system()} {platform.machine()}, {versions}, {os.cpu_count()} shared cores",
        times=_markdown([heads, *rows.values()]),
        table=_markdown([["", *map(_title, peers)], *table]),
    )  # fmt: skip


def _title(peer: Peer) -> str:
    return f"{peer.name} {peer.version or __version__} ({peer.released})"


def _timed(
    directory: Path, peers: list[Peer], text: bytes, bare: list[float], node: list[float]
) -> dict[Peer, tuple[list[float], str]]:
    """Milliseconds of each one's switches, all in turns, and what it kept of the rest after the first."""
    homes = [PeerHome(directory / str(number), peer, text) for number, peer in enumerate(peers)]
    timed: dict[Peer, tuple[list[float], str]] = {}
    for home in homes:
        _switch(home, "two")
        timed[home.peer] = ([], f"kept: {foreign_kept(text, home.settings.read_bytes())}")
    for number in range(_ROUNDS):
        bare.append(_run(homes[0], PYTHON, "-c", "pass"))
        node.append(_run(homes[0], shutil.which("node") or "node", "-e", "0"))
        for home in homes:
            timed[home.peer][0].append(_switch(home, ("one", "two")[number % 2]))
    return timed


def _switch(home: PeerHome, name: str) -> float:
    elapsed = _run(home, *home.switching(name))
    if not home.is_right(name):
        raise RuntimeError(f"{home.peer.name} did not switch")
    return elapsed


def _run(home: PeerHome, *argv: str) -> float:
    started = time.perf_counter()
    done = home.run(*argv)
    elapsed = (time.perf_counter() - started) * 1000
    if done.returncode:
        raise RuntimeError(f"{home.peer.name}: {done.stdout}{done.stderr}")
    return elapsed


def _node_version() -> str:
    done = subprocess.run(
        [shutil.which("node") or "node", "--version"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip().lstrip("v")


def _markdown(rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---" * len(rows[0]) + "|")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
