"""A catalog is followed from real servers, by https and by git: what comes, and who is asked when."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.catalog_homes import GATEWAY, Publisher, with_work
from support.fleet.published import CATALOG, Published
from support.fleet.web_server import WebServer, web_server
from support.home.user_home import KEY, UserHome

SIGNATURE = f"{CATALOG}.minisig"


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with web_server() as running:
        yield running


class Served:
    """A publisher whose catalog lies on a web server, as a file and in a repository."""

    def __init__(self, web: WebServer, publisher: Publisher, name: str) -> None:
        self.web, self.publisher = web, publisher
        self._www = web.www / name
        self._git = Published(web.git / f"{name}.git")
        self.addresses = {"https": f"{web.url}/{name}/{CATALOG}", "git": f"{web.url}/git/{name}.git"}

    def publish(self, **changed: object) -> None:
        self.publisher.publish(**changed)  # type: ignore[arg-type]
        shutil.rmtree(self._www, ignore_errors=True)
        shutil.copytree(self.publisher.directory, self._www)
        self._git.publish({path.name: path.read_bytes() for path in self._www.iterdir()})

    def gone(self) -> None:
        shutil.rmtree(self._www)
        shutil.rmtree(self._git.bare)


@pytest.fixture
def served(web: WebServer, tmp_path: Path) -> Served:
    its = Served(web, Publisher(tmp_path / "published"), f"team-{tmp_path.name}")
    its.publish()
    return its


@pytest.fixture
def home(tmp_path: Path, web: WebServer) -> UserHome:
    user = UserHome(tmp_path / "home")
    user.environ |= web.environ
    return user


def follow(home: UserHome, served: Served, how: str) -> None:
    options = ("--key", served.publisher.key, "--yes", "--key-stdin")
    joined = home.spawn("join", served.addresses[how], *options, stdin=f"{KEY}\n")
    assert joined.code == 0, joined


@pytest.mark.parametrize("how", ["https", "git"])
def test_followed_from_the_first_line_to_the_way_back(home: UserHome, served: Served, how: str) -> None:
    """A new colleague joins; the publisher changes a model, then the host, and takes it back."""
    follow(home, served, how)
    assert home.ok("status", "--short").out == "acme/work\n"
    served.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    assert "is in force" in home.spawn("catalog", "update").out
    assert home.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-6"
    before = home.settings.read_bytes()
    served.publish(profiles=with_work(gateway=GATEWAY), gateway_hosts=["api.portkey.ai", "gw.acme.example"])
    assert "to look at" in home.spawn("catalog", "update").out
    assert home.settings.read_bytes() == before
    served.publish(profiles=with_work(models={"sonnet": "claude-sonnet-6"}))
    assert home.spawn("catalog", "update").code == 0
    assert home.settings.read_bytes() == before
    served.gone()
    gone = home.spawn("catalog", "update")
    assert gone.code == 1
    assert "The catalog acme" in gone.text
    assert home.settings.read_bytes() == before
    assert home.spawn("switch", "acme/safe").code == 0


@pytest.mark.parametrize("how", ["https", "git"])
def test_nothing_but_an_update_asks_the_source(home: UserHome, served: Served, how: str) -> None:
    """A switch would wait for a server, a key be late, and each prompt be seen in a company's log."""
    follow(home, served, how)
    before = served.web.asked()
    for words in (
        ("switch", "acme/safe"), ("switch", "acme/work"), ("status",), ("key", "print", "acme/work"),
        ("list",), ("show", "acme/work"), ("doctor",), ("catalog", "list"), ("catalog", "show", "acme"),
        ("catalog", "diff", "acme"), ("env", "acme/work"), ("support", "--json"), ("policy", "show"),
        ("off",),
    ):  # fmt: skip
        ran = home.spawn(*words)
        assert ran.code in (0, 1, 2), (words, ran)
        assert "Traceback" not in ran.text
    assert served.web.asked() == before
    home.spawn("catalog", "update")
    assert served.web.asked() != before
