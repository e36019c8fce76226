"""The manager: from its start to the first page, a page later, a thousand profiles, and its memory."""

from __future__ import annotations

import http.client
import statistics
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from benchmarks.measure import COMMAND, Figure, Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_STARTS = 5
_PAGES = 20
_MANY = 1_000
_FIRST_MS, _LATER_MS, _MANY_MS, _RSS_MIB = 800, 150, 100, 60


class _Visit:
    """One manager, and what a browser asks of it."""

    def __init__(self, process: subprocess.Popen[str], link: str) -> None:
        self.pid = process.pid
        self._host, _, path = link.removeprefix("http://").partition("/")
        self._cookie = ""
        _, cookie = self.ask(f"/{path}")
        self._cookie = cookie.partition(";")[0]

    def ask(self, path: str = "/") -> tuple[float, str]:
        """The milliseconds until all of that page is there, and the cookie that came with it."""
        began = time.perf_counter()
        with closing(http.client.HTTPConnection(self._host)) as connection:
            connection.request("GET", path, headers={"Cookie": self._cookie})
            answer = connection.getresponse()
            answer.read()
            if answer.status not in (200, 303):
                raise RuntimeError(f"{path}: {answer.status}")
        return (time.perf_counter() - began) * 1000, answer.getheader("set-cookie") or ""

    def rss_mib(self) -> float:
        """What it holds in memory, by /proc."""
        with open(f"/proc/{self.pid}/status") as status:
            return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


@contextmanager
def _opened(home: Home) -> Iterator[_Visit]:
    process = subprocess.Popen(
        [COMMAND, "manage", "--no-browser"],
        env=home.environ,
        cwd=home.path,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None  # noqa: S101
        try:
            yield _Visit(process, process.stdout.readline().strip())
        finally:
            process.terminate()


def manager_figures(directory: Path) -> Iterator[Figure]:
    """The manager's figures; left out where there is no /proc."""
    if sys.platform != "linux":
        sys.stderr.write("left out: the manager is measured on Linux\n")
        return
    home = Home(directory)
    home.tool("add", "work", "--provider", "@work", "--key-stdin", stdin="pk-benchmark-1")
    home.tool("switch", "work")
    firsts, later = [], []
    for _ in range(_STARTS):
        began = time.perf_counter()
        with _opened(home) as visit:
            for path in ("/", "/static/base.css", "/static/shell.css", "/static/parts.css"):
                visit.ask(path)
            firsts.append((time.perf_counter() - began) * 1000)
            later += [visit.ask()[0] for _ in range(_PAGES)]
            held = visit.rss_mib()
    detail = f"at best {min(firsts):.0f} ms; with its styles"
    yield Figure(
        "the manager, from its start to the first page", statistics.median(firsts), _FIRST_MS, "ms", detail
    )
    yield Figure("a page of it later", statistics.median(later), _LATER_MS, "ms", f"best {min(later):.1f} ms")
    yield Figure("the manager's memory with a page open", held, _RSS_MIB, "MiB", "resident")
    profiles = home.path / ".config" / "pkcc-tray" / "profiles"
    text = (profiles / "work.json").read_text()
    for number in range(_MANY - 1):
        (profiles / f"p{number}.json").write_text(text.replace('"work"', f'"p{number}"'))
    with _opened(home) as visit:
        visit.ask()  # renders each profile once, as any list does
        times = [visit.ask()[0] for _ in range(_PAGES)]
    yield Figure(
        "overview of 1,000 profiles", statistics.median(times), _MANY_MS, "ms", f"best {min(times):.0f} ms"
    )
