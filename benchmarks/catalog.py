"""A team's catalog: what its server spends on each machine that asks, and ten thousand of them on paper.

Real nginx and git http-backend on loopback; the clients are our own `fetch`, four at a time.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.catalog_profiles import profile_figures
from benchmarks.measure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support.fleet.web_server import WebServer

_ROOT = Path(__file__).resolve().parent.parent
_CLIENTS, _AT_ONCE, _LIMIT_S = 500, 4, 90.0
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 10.0
# On paper: of so many machines four fifths start within half an hour, each looks once.
_MACHINES, _SHARE, _MORNING_S = 10_000, 0.8, 1800.0
_UNCHANGED_MS, _NEW_MS, _FETCHED_MS = 1.2, 2.5, 25.0
_HTTPS_PERCENT, _GIT_PERCENT = 1.0, 6.0
_BACKEND = """#!{python} -SEI
import os, resource, subprocess
subprocess.call(["{backend}"])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open("{spent}", "a") as file:
    file.write(f"{{used.ru_utime + used.ru_stime}}\\n")
"""


def catalog_figures(directory: Path) -> Iterator[Figure]:
    """The catalog's server, and who follows a large one."""
    yield from profile_figures(directory / "profiles")
    yield from _server_figures(directory)


def _server_figures(directory: Path) -> Iterator[Figure]:
    """Server time of each kind of question; left out where the servers are not installed."""
    sys.path.insert(0, str(_ROOT / "tests"))
    try:
        from support.fleet.published import CATALOG, Published
        from support.fleet.web_server import web_server

        counted = _counting_backend(directory)
        with web_server(counted) as web:
            published = Published(web.git / "pkcc.git")
            files = {CATALOG: _catalog(40), f"{CATALOG}.minisig": b"untrusted comment: x\n" * 4}
            published.publish(files)
            for name, data in files.items():
                (web.www / name).write_bytes(data)
            environ = {"HOME": str(directory), "PATH": os.environ["PATH"], **web.environ}
            ask = _Asking(web, directory / "spent", environ)
            yield from _https(ask, f"{web.url}/{CATALOG}")
            yield from _git(ask, f"{web.url}/git/pkcc.git")
    except BaseException as error:
        if type(error).__name__ not in ("Skipped", "Failed", "ImportError", "ModuleNotFoundError"):
            raise
        sys.stderr.write(f"left out: {error}\n")


def _catalog(profiles: int) -> bytes:
    """About 11 kB: what a company of some size publishes."""
    return (
        b"["
        + b",".join(b'{"name": "team-%d", "text": "%s"}' % (n, b"x" * 230) for n in range(profiles))
        + b"]"
    )


def _https(ask: _Asking, url: str) -> Iterator[Figure]:
    unchanged = ask.many(url, known=True)
    yield _figure("server time of a catalog's https check, nothing new", unchanged, _UNCHANGED_MS)
    yield _figure("the same with a new version", ask.many(url, known=False), _NEW_MS)
    yield _on_paper("https", unchanged[0], _HTTPS_PERCENT)


def _git(ask: _Asking, url: str) -> Iterator[Figure]:
    unchanged = ask.many(url, known=True)
    limit = _GIT_PERCENT / 100 * 1000 / _per_second()
    yield _figure("server time of a catalog's git check, nothing new", unchanged, limit)
    yield _figure("the same of a fresh fetch", ask.many(url, known=False), _FETCHED_MS)
    yield _on_paper("git", unchanged[0], _GIT_PERCENT)


def _per_second() -> float:
    return _MACHINES * _SHARE / _MORNING_S


def _figure(name: str, asked: tuple[float, int, float], limit: float) -> Figure:
    each_ms, count, took_s = asked
    return Figure(name, each_ms, round(limit, 1), "ms", f"{count} clients in {took_s:.0f} s")


def _on_paper(how: str, each_ms: float, limit: float) -> Figure:
    percent = _per_second() * each_ms / 1000 * 100
    detail = (
        f"on paper: {_SHARE:.0%} of them within {_MORNING_S / 60:.0f} minutes, {_per_second():.1f} a second"
    )
    return Figure(f"{_MACHINES:,} machines in the morning, {how}", percent, limit, "% of a core", detail)


class _Asking:
    """Many machines that ask one server, and what it spends on that."""

    def __init__(self, web: WebServer, spent: Path, environ: dict[str, str]) -> None:
        self._pids = web.pids
        self._spent = spent
        self._environ = environ

    def many(self, url: str, *, known: bool) -> tuple[float, int, float]:
        """The server's milliseconds a client, how many there were, and the seconds that all took.

        `known`: they have had that version. After a minute and a half no other begins.
        """
        from profiles.catalogs.fetching.fetch import fetch
        from profiles.catalogs.fetching.fetched import Fetched
        from profiles.catalogs.fetching.source import source_of

        source = source_of(url)
        mark = fetch(source, "", self._environ).mark
        until = time.monotonic() + _LIMIT_S

        def client(_: int) -> bool:
            if time.monotonic() > until:
                return False
            found = fetch(source, mark if known else "", self._environ)
            if isinstance(found, Fetched) == known:
                raise RuntimeError(f"{url}: not what was expected")
            return True

        before, began = self._spent_ms(), time.monotonic()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            count = sum(pool.map(client, range(_CLIENTS)))
        return (self._spent_ms() - before) / count, count, time.monotonic() - began

    def _spent_ms(self) -> float:
        """The processor time of nginx and of the CGI runner, and of all the git that this has started."""
        size = -1
        while size != self._size():  # what answered last is still being counted
            size = self._size()
            time.sleep(0.3)
        git = sum(map(float, self._spent.read_text().split())) if size else 0.0
        return git * 1000 + sum(_spent_ticks(pid) for pid in _with_workers(self._pids)) * _TICK_MS

    def _size(self) -> int:
        return self._spent.stat().st_size if self._spent.exists() else 0


def _counting_backend(directory: Path) -> str:
    """Git's http-backend, behind a script that writes down what each took: the CGI runner waits for none."""
    from support.fleet.processes import program

    backend = program("git-http-backend", package="git")
    script = directory / "backend"
    script.write_text(_BACKEND.format(python=sys.executable, backend=backend, spent=directory / "spent"))
    script.chmod(0o755)
    return str(script)


def _with_workers(pids: Sequence[int]) -> Iterator[int]:
    for pid in pids:
        yield pid
        yield from map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def _spent_ticks(pid: int) -> int:
    with suppress(OSError):  # one has just ended
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0
