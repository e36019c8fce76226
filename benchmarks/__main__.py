"""Measure every figure that is promised, and print them; `--write` puts them into docs/benchmarks.md too."""

from __future__ import annotations

import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import COMMAND, ROUNDS, Figure, Home, ratio
from benchmarks.projects import project_figures

_ROOT = Path(__file__).resolve().parent.parent


def startup(directory: Path) -> Iterator[Figure]:
    """Whole commands against `python -c pass`."""
    home = Home(directory)
    for name in ("work", "home"):
        home.tool("add", name, "--provider", f"@{name}", "--key-stdin", stdin="pk-benchmark-1")
    yield ratio("`--version`", home, 2, [COMMAND, "--version"])
    switches = [COMMAND, "switch", "work"], [COMMAND, "switch", "home"]
    yield ratio("`switch`, helper delivery", home, 4, *switches)
    yield ratio("`key print`, vault", home, 3, [COMMAND, "key", "print", "work"])
    yield many_profiles(directory, *switches)


def many_profiles(directory: Path, *switches: list[str]) -> Figure:
    """`switch` with 10,000 stored profiles against `switch` with 10, in turns."""
    few, many = Home(directory / "few"), Home(directory / "many")
    for each, count in ((few, 10), (many, 10_000)):
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
        import secret_service as daemon

        with daemon.secret_service(directory) as service:
            home = Home(service.home, {**service.environ, "PKCC_SECRETS": "keyring"})
            home.tool("add", "work", "--provider", "@work", "--key-stdin", stdin="pk-benchmark-1")
            yield ratio("`key print`, Secret Service", home, 5, [COMMAND, "key", "print", "work"])
    except (ImportError, OSError) as error:
        sys.stderr.write(f"left out: no Secret Service here ({error})\n")


def large_settings() -> Figure:
    """Planning the edit of a 5 MB settings file: reading, editing, proving the result, in process."""
    from profiles.edit_plan import Filled, Memory, plan_edit
    from profiles.settings import parse_settings

    entry = {"name": "entry", "args": ["-x", "é" * 20], "number": 1.5, "nested": {"a": [1, 2, 3], "b": None}}
    projects = {f"/home/someone/project-{number}": entry for number in range(13_600)}
    settings = {"model": "opus", "projects": projects, "env": {"EDITOR": "vim"}}
    data = json.dumps(settings, indent=2).encode()
    filled = Filled({"ANTHROPIC_BASE_URL": "https://api.portkey.ai"}, "x-portkey-provider: @work", "helper")
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        parsed = parse_settings(data, "settings.json")
        plan = plan_edit(parsed, None, Memory(), filled, keep_blanks=False)
        times.append((time.perf_counter() - started) * 1000)
        if plan.text is None:
            raise RuntimeError("the plan removes the file")
    detail = f"{len(data) / 1e6:.1f} MB, best {min(times):.1f} ms"
    return Figure("edit of a 5 MB settings file, in process", statistics.median(times), 60, "ms", detail)


def main() -> int:
    """Print the table; always 0: a missed figure is reported, it breaks no build."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="pkcc-bench-") as name:
        directory = Path(name)
        for part in ("startup", "service", "projects"):
            (directory / part).mkdir()
        figures += startup(directory / "startup")
        figures += secret_service(directory / "service")
        figures += project_figures(directory / "projects")
    figures.append(large_settings())
    lines = ["| figure | measured | limit | | |", "|---|---|---|---|---|"]
    for figure in figures:
        verdict = "met" if figure.met else "**missed**"
        value = f"{figure.value:.2f} {figure.unit}"
        lines.append(
            f"| {figure.name} | {value} | {figure.limit:g} {figure.unit} | {verdict} | {figure.detail} |"
        )
    table = "\n".join(lines)
    print(table)
    if "--write" in sys.argv:
        write_report(table)
    return 0


def write_report(table: str) -> None:
    """Keep the table in the docs, with what it was measured on."""
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    text = (
        "# Benchmarks\n\n"
        "`make bench` measures these, `python -m benchmarks --write` keeps them here. Whole processes are\n"
        "timed against `python -c pass` of the same interpreter, in turns; medians of "
        f"{ROUNDS}.\nMachines are noisy: the ratio is the figure, the milliseconds are for orientation.\n\n"
        f"Measured {time.strftime('%Y-%m-%d')} on {system}.\n\n{table}\n"
    )
    (_ROOT / "docs" / "benchmarks.md").write_text(text)


if __name__ == "__main__":
    sys.exit(main())
