"""A canary key through the manager: typed into its forms, then looked for in every page, address and trace.

The manager is the installed command in a process of its own. Every page that a link leads to is asked for,
after keys were typed, tested, refused, sent twice, too late, in an address and beyond all sizes.
"""

from __future__ import annotations

import html
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.browser import managed
from support.home.user_home import KEY
from support.manager_client import Client
from torture.watching import watch

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from support.home.user_home import UserHome

TYPED = "pk-CANARY-typed-into-a-form-of-the-manager"
CANARY = "CANARY"
_JOB_LIMIT_S = 30.0
_FEWEST_PAGES = 20  # that a home with profiles has; fewer, and the audit sees nothing


def audit_manager(home: UserHome, umask: int, counts: Counter[str], fails: Callable[[str], None]) -> None:
    """Type keys into the manager of that home, whose profiles and settings hold some, and look for them."""
    trace = home.root.parent / "manager-trace"
    # As on a machine that keeps core dumps.
    prefix = ["/bin/sh", "-c", 'ulimit -c "$(ulimit -H -c)"; exec "$@"', "sh"]
    prefix += watch(trace)
    with managed(home, prefix, umask) as manager:
        visit = _Visit(Client(manager), counts, fails)
        visit.all_pages()
        visit.typed()
        visit.all_pages()
        _look_at_process(manager.process.pid, counts, fails)
        visit.client.send("/close")
        if not manager.has_ended():
            fails("the manager does not end when it is closed")
    if "typed" not in home.spawn("key", "list").out:
        fails("no key that was typed into the manager was stored: the audit sees nothing")
    if trace.exists() and CANARY in trace.read_text(errors="replace"):
        fails("the manager starts a process with a key in its arguments or environment")


class _Visit:
    """A person's browser, whatever it is shown watched."""

    def __init__(self, client: Client, counts: Counter[str], fails: Callable[[str], None]) -> None:
        self.client, self.counts, self.fails = client, counts, fails

    def all_pages(self) -> None:
        """Every page that a link leads to, from the first on, and the ones of fixed addresses beside."""
        seen: set[str] = set()
        todo = ["/", "/ended", "/keys/vault", "/open/nothing", f"/keys?key={TYPED}", "/nowhere"]
        while todo:
            address = todo.pop()
            if address in seen:
                continue
            seen.add(address)
            answer = self._looked(self._led(self.client.ask("GET", address)), address)
            links = map(html.unescape, re.findall(r'href="(/[^"#]*)', answer.text))
            todo += [link for link in links if not link.startswith("/static/") and link not in seen]
        self.counts["pages of the manager"] += len(seen)
        if len(seen) < _FEWEST_PAGES:
            self.fails(f"the manager has {len(seen)} pages: the audit sees nothing")

    def typed(self) -> None:
        """Keys that are stored, that the gateway cannot be asked about, and that are refused as too odd."""
        for path, fields in (
            ("/keys/new", {"name": "typed", "key": TYPED}),
            ("/keys/new", {"name": "no name/at all", "key": TYPED}),
            ("/keys/new", {"name": "odd", "key": f"{TYPED} é\n"}),
            ("/keys/typed/replace", {"key": f"{TYPED}-2", "test": "1"}),
            ("/keys/typed/replace", {"anyway": "1"}),
            ("/keys/typed/replace", {"key": f"{TYPED}-3"}),
            ("/add", {"source": "new", "key": TYPED, "gateway": "own", "url": "http://127.0.0.1:9"}),
            ("/add", {"source": "new", "key": TYPED, "gateway": "own", "url": "no address"}),
            ("/add/look-up", {"source": "new", "key": TYPED, "gateway": "own", "url": "http://127.0.0.1:9"}),
            ("/keys/vault", {"way": "passphrase", "passphrase": TYPED, "again": f"{TYPED}-other"}),
            ("/keys/work/remove", {}),
            ("/switch", {"name": "work", "key": TYPED}),
            ("/switch", {"name": KEY}),
            ("/nowhere", {"key": TYPED}),
        ):
            self.counts["keys typed"] += 1
            self._looked(self._led(self.client.send(path, **fields)), path)
        stale = self.client.ask("POST", "/keys/new", f"token=of-another-page&name=late&key={TYPED}")
        self._looked(stale, "a form that is too old")
        huge = self.client.ask("POST", "/keys/new", f"key={TYPED}" + "x" * 300_000)
        self._looked(huge, "a form that is too large")

    def _led(self, answer: Any) -> Any:
        """The page that a form leads to, or a job once it has ended."""
        ends = time.monotonic() + _JOB_LIMIT_S
        place = ""
        while True:
            self._looked(answer, place or "an answer")
            location = answer.getheader("location") or (place if "data-job=" in answer.text else "")
            if not location or time.monotonic() > ends:
                return answer
            if location == place:
                time.sleep(0.05)
            place = location
            answer = self.client.ask("GET", location)

    def _looked(self, answer: Any, where: str) -> Any:
        self.counts["answers of the manager"] += 1
        if CANARY in answer.text or CANARY in str(answer.getheaders()):
            self.fails(f"the manager answers with a key: {where.replace(TYPED, 'KEY')}")
        if "Traceback" in answer.text:
            self.fails(f"the manager answers with a traceback: {where}")
        if answer.getheader("cache-control") != "no-store" and "/static/" not in where:
            self.fails(f"a browser may keep an answer of the manager: {where}")
        return answer


def _look_at_process(pid: int, counts: Counter[str], fails: Callable[[str], None]) -> None:
    """Its arguments, its environment, and what a crash may write."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = Path("/proc") / next((each for each in children if _is_python(each)), str(pid))
    for part in ("cmdline", "environ"):
        counts["process entries"] += 1
        if CANARY.encode() in (own / part).read_bytes():
            fails(f"the key is in the manager's {part}")
    limits = (own / "limits").read_text().splitlines()
    if next(line for line in limits if line.startswith("Max core file size")).split()[4] != "0":
        fails("a crash of the manager may write the keys in its memory into a core dump")


def _is_python(pid: str) -> bool:
    return b"manage" in Path(f"/proc/{pid}/cmdline").read_bytes()
