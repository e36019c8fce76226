"""Measure every figure that is promised, and print them; `--write` puts them into docs/benchmarks.md too."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.catalog import catalog_figures
from benchmarks.installed import installed_figures, size_figure
from benchmarks.looking import many_profiles_looked_at
from benchmarks.lookups import lookup_figures
from benchmarks.manager import manager_figures
from benchmarks.measure import ROUNDS, Figure, bare_start
from benchmarks.peer_report import section_kept
from benchmarks.projects import project_figures
from benchmarks.soak import soak_figures
from benchmarks.startup import secret_service, startup
from benchmarks.tab import tab_figures
from benchmarks.tray import tray_figures

_ROOT = Path(__file__).resolve().parent.parent
_REPORT = """\
# Benchmarks

`make bench` measures these in six to eight minutes; `python -m benchmarks PART` some of them. `--write` keeps
the table here, or those rows, `--long` lives the tray's 24 hours whole (`make soak`), not a fiftieth of them.
`make bench-peers` has other switchers do the same, which is the last section.

Whole processes are timed against `python -c pass` of the same interpreter, in turns; medians of {rounds}.
Machines are noisy: the ratio is the figure, the milliseconds are for orientation. A figure in ms or s says
last how many times `python -c pass` it is, as timed before its part: by that, two days or machines compare.
`key print` runs as Claude Code has it, with the guard on, in a project with two settings files.
The launcher is as `uv tool install` writes it, README's way; with pip 23's, `switch` by the tray is 2.6 x.

The tray is the installed command in a process of its own, with five profiles and the vault, on a private
session bus with a stand-in panel and notification service. What it holds and spends is read from `/proc`
after switches, outside edits, notifications, and commands through its socket, so that all it needs is
loaded. A badge is there when another process on the bus hears of the icon's new status; a click has worked
when the settings are another file.

For the 24 hours the tray's waits are 144 times shorter: 100,000 outside edits and 10,000 switches, by clicks
and through its socket, with restores, undos, `off` and key look-ups among them. Growth is counted from the
end of a warm-up (a tenth, at least 100 switches).

A catalog's server is real nginx, and git's http-backend behind it; its clients are our own. What a server
spends is read from `/proc`, and what git does for it is asked of the system as it ends.

Measured {date} on {system}.

{table}
"""


def large_settings() -> Figure:
    """Planning the edit of a 5 MB settings file: reading, editing, proving the result, in process."""
    from profiles.claude_code.settings.parse import parse_settings
    from profiles.switching.edit.new_text import Filled
    from profiles.switching.edit.plan import plan_edit
    from profiles.switching.edit.standing import Standing
    from profiles.switching.memory.state import Memory

    entry = {"name": "entry", "args": ["-x", "é" * 20], "number": 1.5, "nested": {"a": [1, 2, 3], "b": None}}
    projects = {f"/home/someone/project-{number}": entry for number in range(13_600)}
    settings = {"model": "opus", "projects": projects, "env": {"EDITOR": "vim"}}
    data = json.dumps(settings, indent=2).encode()
    filled = Filled({"ANTHROPIC_BASE_URL": "https://api.portkey.ai"}, "x-portkey-provider: @work", "helper")
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        parsed = parse_settings(data, "settings.json")
        plan = plan_edit(Standing(parsed, None, Memory()), Memory(), filled, keep_blanks=False)
        times.append((time.perf_counter() - started) * 1000)
        if plan.text is None:
            raise RuntimeError("the plan removes the file")
    detail = f"{len(data) / 1e6:.1f} MB, best {min(times):.1f} ms"
    return Figure("edit of a 5 MB settings file, in process", statistics.median(times), 60, "ms", detail)


def running_tray(directory: Path) -> Iterator[Figure]:
    """The tray on a stand-in desktop, where there is a session bus to be had."""
    yield from _where_there_is_a_bus(lambda: tray_figures(directory))


def soak(directory: Path, *, whole: bool) -> Iterator[Figure]:
    """The tray's 24 hours, or a fiftieth of them."""
    yield from _where_there_is_a_bus(lambda: soak_figures(directory, whole=whole))


def _where_there_is_a_bus(figures: Callable[[], Iterator[Figure]]) -> Iterator[Figure]:
    if sys.platform == "linux" and shutil.which("dbus-daemon"):
        yield from figures()
    else:
        sys.stderr.write("left out: the running tray is measured on Linux, with dbus-daemon\n")


PARTS: dict[str, Callable[[Path], Iterator[Figure]]] = {
    "startup": startup,
    "installed": lambda directory: installed_figures(directory, _ROOT),
    "size": lambda directory: size_figure(directory, _ROOT),
    "service": secret_service,
    "large": lambda _: iter([large_settings()]),
    "profiles": many_profiles_looked_at,
    "lookups": lambda directory: lookup_figures(directory, _ROOT),
    "tab": lambda directory: tab_figures(directory, _ROOT),
    "projects": project_figures,
    "tray": running_tray,
    "manager": manager_figures,
    "catalog": catalog_figures,
    "soak": partial(soak, whole=False),
}


def main(words: list[str] | None = None) -> int:
    """Print the table. A missed figure is reported and breaks no build: it is 1 only where a part broke."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of: {', '.join(PARTS)}; all when none is named"
    )
    parser.add_argument(
        "--long", action="store_true", help="the soak's 24 hours whole: ten to twenty minutes"
    )
    parser.add_argument("--write", action="store_true", help="keep the table, or these rows, in the docs")
    options = parser.parse_args(words)
    if unknown := [part for part in options.parts if part not in PARTS]:
        parser.error(f"there is no {unknown[0]}: name {', '.join(PARTS)}")
    parts = dict(PARTS)
    if options.long:
        parts["soak"] = partial(soak, whole=True)
    named = list(dict.fromkeys(options.parts or parts))
    rows, broken = measured(parts, named)
    if options.write and (options.parts or broken):
        write_rows(rows, [part for part in named if part not in broken])
    elif options.write:
        write_report("\n".join([*_HEADER, *rows.values()]))
    if broken:
        sys.stderr.write(f"Broke, and are not measured whole: {', '.join(broken)}\n")
    return 1 if broken else 0


def measured(
    parts: dict[str, Callable[[Path], Iterator[Figure]]], named: list[str]
) -> tuple[dict[str, str], list[str]]:
    """A row for each figure, by its name, printed once it is there; and the parts that broke."""
    rows, broken = {}, []
    print("\n".join(_HEADER), flush=True)
    with tempfile.TemporaryDirectory(prefix="pkcc-bench-") as name:
        for part in named:
            directory = Path(name) / part
            directory.mkdir()
            try:
                bare_ms = bare_start(directory)
                for figure in parts[part](directory):
                    rows[figure.name] = _row(figure, bare_ms)
                    print(rows[figure.name], flush=True)
            except Exception:  # noqa: BLE001 - minutes of measuring are not lost to one part
                broken.append(part)
                sys.stderr.write(f"{part} broke:\n{traceback.format_exc()}")
    return rows, broken


_MS = {"ms": 1, "s": 1000}
_HEADER = ("| figure | measured | limit | | |", "|---|---|---|---|---|")


def _row(figure: Figure, bare_ms: float) -> str:
    details = [figure.detail] if figure.detail else []
    if figure.unit in _MS:
        details.append(f"{figure.value * _MS[figure.unit] / bare_ms:.2f} x `python -c pass`")
    verdict = "met" if figure.met else "**missed**"
    value, limit = (
        f"{number} {figure.unit}".strip() for number in (f"{figure.value:.2f}", f"{figure.limit:g}")
    )
    return f"| {figure.name} | {value} | {limit} | {verdict} | {'; '.join(details)} |"


def write_rows(rows: dict[str, str], parts: list[str]) -> None:
    """Keep these rows in the docs' table, in place of those of the same names, and the day of it."""
    report = _ROOT / "docs" / "benchmarks.md"
    before, header, rest = report.read_text().partition("\n".join(_HEADER) + "\n")
    table, gap, after = rest.partition("\n\n")
    kept = {line.split(" | ")[0].removeprefix("| "): line for line in table.splitlines()}
    day = f" {', '.join(f'`{part}`' for part in parts)}: {time.strftime('%Y-%m-%d')}."
    before = before.rstrip("\n").replace(day, "") + day + "\n\n"
    report.write_text(before + header + "\n".join((kept | rows).values()) + gap + after)


def write_report(table: str) -> None:
    """Keep the table in the docs, with what it was measured on."""
    python = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    system = f"{python}, {os.cpu_count()} shared cores"
    text = _REPORT.format(rounds=ROUNDS, date=time.strftime("%Y-%m-%d"), system=system, table=table)
    report = _ROOT / "docs" / "benchmarks.md"
    report.write_text(text + section_kept(report))


if __name__ == "__main__":
    sys.exit(main())
