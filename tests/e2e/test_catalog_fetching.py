"""Catalogs from real servers: nginx with TLS, git's http-backend and sshd; and what hostile ones do to us.

Whatever is there, it takes no longer and no more room than was set, asks nobody, and says what is wrong.
"""

from __future__ import annotations

import gzip
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from support.fleet.published import CATALOG, Published
from support.fleet.ssh_server import SshServer, agent_with, ssh_server
from support.fleet.web_server import LOGIN, WebServer, web_server
from support.gateway.certificates import make_authority
from support.home.git_repository import git
from support.home.pseudo_terminal import terminal

from profiles.catalogs.fetching.fetch import fetch
from profiles.catalogs.fetching.fetched import Fetched, FetchError, Limits, Unchanged
from profiles.catalogs.fetching.source import source_of

ROOT = Path(__file__).resolve().parents[2]
DATA, SIGNATURE = b'{"pkcc_catalog": 1}', b"untrusted comment: x\n"


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with web_server() as running:
        yield running


@pytest.fixture(scope="module")
def ssh() -> Iterator[SshServer]:
    with ssh_server() as running:
        yield running


@pytest.fixture
def published(web: WebServer, request: pytest.FixtureRequest) -> Published:
    its = Published(web.git / f"{abs(hash(request.node.name))}.git")
    its.publish({CATALOG: DATA, f"{CATALOG}.minisig": SIGNATURE})
    return its


@pytest.fixture
def environ(web: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of somebody who believes the server, and a temporary directory of their own."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return {"HOME": str(tmp_path), "PATH": os.environ["PATH"], **web.environ}


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path) -> Iterator[None]:
    """A disk that fills up by one directory a day, or a git that runs on for ever."""
    yield
    left = tmp_path / "tmp"
    assert not left.exists() or not list(left.iterdir())
    running = subprocess.run(["pgrep", "-f", str(left)], capture_output=True, text=True).stdout
    assert not running


def _got(text: str, environ: Mapping[str, str], mark: str = "") -> Fetched:
    found = fetch(source_of(text), mark, environ, Limits())
    assert isinstance(found, Fetched)
    return found


def _refused(text: str, environ: Mapping[str, str], limits: Limits = Limits()) -> FetchError:  # noqa: B008
    with pytest.raises(FetchError) as caught:
        fetch(source_of(text), "", environ, limits)
    assert caught.value.hint
    return caught.value


# Git -------------------------------------------------------------------------------------------------------


def test_by_git_over_https_and_nothing_is_fetched_twice(
    web: WebServer, published: Published, environ: dict[str, str]
) -> None:
    url = f"{web.url}/git/{published.bare.name}"
    first = _got(url, environ)
    assert (first.data, first.signature) == (DATA, SIGNATURE)
    before = len(web.asked())
    assert fetch(source_of(url), first.mark, environ) == Unchanged(first.mark)
    assert not [line for line in web.asked()[before:] if f"{published.bare.name}/git-upload-pack" in line][1:]
    published.publish({"ai/ours.json": b"{}"}, branch="next")
    other = fetch(source_of(url, "next", "ai/ours.json"), "", environ)
    assert isinstance(other, Fetched)
    assert other.data == b"{}"
    assert fetch(source_of(url, "next", "ai/ours.json"), other.mark, environ) == Unchanged(other.mark)


def test_by_git_over_ssh_with_a_key_and_with_an_agent(
    ssh: SshServer, published: Published, environ: dict[str, str]
) -> None:
    address = ssh.address(published.bare)
    assert _got(address, environ | ssh.environ("open_key")).data == DATA
    with agent_with(ssh.directory / "open_key") as agent:
        assert _got(address, environ | ssh.environ(agent=agent)).data == DATA


def test_an_ssh_that_would_ask_is_not_waited_for(
    ssh: SshServer, published: Published, environ: dict[str, str]
) -> None:
    """The tray would hang at a question that nobody sees, or open a window each day."""
    address, began = ssh.address(published.bare), time.monotonic()
    asks = {
        "DISPLAY": ":99",
        "SSH_ASKPASS": f"{environ['HOME']}/asks",
        "GIT_ASKPASS": f"{environ['HOME']}/asks",
    }
    Path(environ["HOME"], "asks").write_text(f"#!/bin/sh\ntouch {environ['HOME']}/asked\n")
    Path(environ["HOME"], "asks").chmod(0o700)
    locked = _refused(address, environ | asks | ssh.environ("locked_key"))
    assert "SSH keys" in locked.reason
    unknown = _refused(address, environ | asks | ssh.environ("open_key", known=False))
    assert "host key" in unknown.reason
    assert not Path(environ["HOME"], "asked").exists()
    assert time.monotonic() - began < 10


def test_a_git_that_wants_a_password_asks_at_a_terminal_alone(
    web: WebServer, published: Published, environ: dict[str, str]
) -> None:
    url = f"{web.url}/private/{published.bare.name}"
    error = _refused(url, environ)
    assert "could not read Username" in error.reason
    assert error.of("acme", "43, 2 days old").title.startswith(
        "The catalog acme could not be reached: git: could"
    )
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[2]); from profiles.catalogs.fetching.fetch import fetch;"
        "from profiles.catalogs.fetching.fetched import Limits;"
        "from profiles.catalogs.fetching.source import source_of;"
        "print(fetch(source_of(sys.argv[1]), '', os.environ, Limits(may_ask=True)).data)"
    )
    with terminal([sys.executable, "-c", code, url, str(ROOT)], environ, Path(environ["HOME"])) as person:
        person.answer_each(("Username", LOGIN[0]), ("Password", LOGIN[1]))
        person.expect(str(DATA))
        assert person.finish() == 0


def test_a_pack_of_60_mb_ends_early(web: WebServer, published: Published, environ: dict[str, str]) -> None:
    published.publish({CATALOG: DATA, "film": os.urandom(60_000_000)})
    error = _refused(f"{web.url}/git/{published.bare.name}", environ)
    assert (error.why, error.reason) == ("refused", "what it sends is too large for a catalog")


@pytest.mark.parametrize("filtering", ["false", "true"])
def test_a_catalog_of_5_mb_is_not_read(
    web: WebServer, published: Published, environ: dict[str, str], filtering: str
) -> None:
    published.publish({CATALOG: b'{"a": "' + b"x" * 5_000_000 + b'"}'})
    git(published.bare, "config", "uploadpack.allowFilter", filtering)
    error = _refused(f"{web.url}/git/{published.bare.name}", environ)
    assert (error.why, "512 kB" in error.reason) == ("refused", True)


def test_only_a_plain_file_is_a_catalog(
    web: WebServer, published: Published, environ: dict[str, str]
) -> None:
    """A link would have a file of the reader's own read as a catalog."""
    url = f"{web.url}/git/{published.bare.name}"
    published.publish_entry("120000", "/etc/passwd")
    assert "symbolic link" in _refused(url, environ).reason
    published.publish_entry("160000", "")
    assert "submodule" in _refused(url, environ).reason
    published.publish({f"{CATALOG}/x": b""})
    assert "directory" in _refused(url, environ).reason
    published.publish({"README": b""})
    assert _refused(url, environ).why == "withdrawn"


def test_a_git_server_that_drips_is_ended_in_time(
    web: WebServer, published: Published, environ: dict[str, str]
) -> None:
    began = time.monotonic()
    error = _refused(f"{web.url}/slow-git/{published.bare.name}", environ, Limits(git_s=2.0))
    assert (error.why, "in time" in error.reason) == ("unreachable", True)
    assert time.monotonic() - began < 8


def test_what_a_repository_or_its_caller_has_set_runs_nothing(
    web: WebServer, published: Published, environ: dict[str, str], tmp_path: Path
) -> None:
    """A fetch from within a git hook would go into that repository, whose configuration names programs."""
    trap = tmp_path / "trap"
    git(tmp_path, "init", "-q", str(trap))
    git(trap, "config", "core.sshCommand", f"touch {tmp_path}/ran")
    git(trap, "config", f"url.ext::sh -c touch% {tmp_path}/ran %S.insteadOf", web.url)
    inside = {"GIT_DIR": f"{trap}/.git", "GIT_WORK_TREE": str(trap), "GIT_INDEX_FILE": f"{trap}/.git/index"}
    assert _got(f"{web.url}/git/{published.bare.name}", environ | inside).data == DATA
    assert not (tmp_path / "ran").exists()
    assert not list((trap / ".git" / "objects").rglob("*.pack"))


def test_a_repository_that_lies_above_the_temporary_directory_has_no_say(
    web: WebServer, published: Published, environ: dict[str, str], tmp_path: Path
) -> None:
    """Anyone may lay one into /tmp, and git would go by its settings, or refuse for its owner."""
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "url.https://127.0.0.1:1/.insteadOf", web.url)
    url = f"{web.url}/git/{published.bare.name}"
    first = _got(url, environ)
    assert fetch(source_of(url), first.mark, environ) == Unchanged(first.mark)


def test_no_git_and_no_server_are_said(environ: dict[str, str], tmp_path: Path, web: WebServer) -> None:
    missing = _refused(f"{web.url}/git/x.git", environ | {"PATH": str(tmp_path)})
    assert missing.title.endswith("git is not installed")
    assert "no such repository" in _refused(f"{web.url}/git/none.git", environ).reason
    assert "certificate" in _refused(f"{web.expired_url}/git/x.git", environ).reason
    assert _refused("https://127.0.0.1:1/x.git", environ).why == "unreachable"
    insecure = _refused(f"{web.url}/to-http/git/x.git", environ)
    assert '"http"' in insecure.reason, insecure.reason


# Https -----------------------------------------------------------------------------------------------------


@pytest.fixture
def served(web: WebServer) -> Iterator[str]:
    """The address of a catalog and its signature."""
    (web.www / CATALOG).write_bytes(DATA)
    (web.www / f"{CATALOG}.minisig").write_bytes(SIGNATURE)
    yield f"{web.url}/{CATALOG}"
    (web.www / f"{CATALOG}.minisig").unlink()


def test_by_https_and_nothing_is_sent_twice(web: WebServer, served: str, environ: dict[str, str]) -> None:
    first = _got(served, environ)
    assert (first.data, first.signature) == (DATA, SIGNATURE)
    before = len(web.asked())
    assert fetch(source_of(served), first.mark, environ) == Unchanged(first.mark)
    (line,) = web.asked()[before:]
    assert '" 304 0 ' in line
    (web.www / CATALOG).write_bytes(DATA + b"\n")
    assert _got(served, environ, first.mark).data == DATA + b"\n"


def test_nothing_says_who_asks(web: WebServer, served: str, environ: dict[str, str]) -> None:
    """A company would see from its log who has which version, and a cookie would know them again."""
    before = len(web.asked())
    _got(served.replace(CATALOG, "cookie.json"), environ)
    assert all(line.endswith('"-" "-"') for line in web.asked()[before:]), web.asked()[before:]


def test_redirections_stay_on_the_host_and_on_https(
    web: WebServer, served: str, environ: dict[str, str]
) -> None:
    assert _got(f"{web.url}/moved/{CATALOG}", environ).signature == SIGNATURE
    assert "another place than https" in _refused(f"{web.url}/to-http/{CATALOG}", environ).reason
    assert "another host" in _refused(f"{web.url}/to-other/{CATALOG}", environ).reason


@pytest.mark.parametrize(
    ("path", "why", "words"),
    [
        ("none.json", "withdrawn", "404"), ("gone.json", "withdrawn", "410"),
        ("login.json", "unreachable", "login"), ("busy.json", "unreachable", "in trouble"),
        ("page.json", "unreachable", "web page"), ("large.json", "refused", "512 kB"),
        ("packed/bomb.json", "refused", "compressed"),
    ],
)  # fmt: skip
def test_what_is_no_catalog_is_said(
    web: WebServer, environ: dict[str, str], path: str, why: str, words: str
) -> None:
    (web.www / "page.json").write_bytes(b"<!DOCTYPE html><title>Sign in</title>")
    (web.www / "large.json").write_bytes(b'{"a": "' + b"x" * 5_000_000)
    (web.www / "bomb.json").write_bytes(gzip.compress(b" " * 50_000_000))
    error = _refused(f"{web.url}/{path}", environ)
    assert (error.why, words in error.reason) == (why, True), error.reason
    assert error.retry_after_s == (7200 if path == "busy.json" else None)


def test_a_server_that_drips_is_left_in_time(web: WebServer, served: str, environ: dict[str, str]) -> None:
    began = time.monotonic()
    (web.www / CATALOG).write_bytes(DATA * 1000)
    assert _refused(f"{web.url}/drip/{CATALOG}", environ, Limits(https_s=1.0)).why == "unreachable"
    assert time.monotonic() - began < 5


def test_a_certificate_that_is_not_right_is_said(
    web: WebServer, served: str, environ: dict[str, str]
) -> None:
    assert "has expired" in _refused(f"{web.expired_url}/{CATALOG}", environ).reason
    assert "no authority" in _refused(served, environ | {"SSL_CERT_FILE": ""}).reason


@contextmanager
def answering(context: ssl.SSLContext, answer: bytes = b"") -> Iterator[str]:
    """The address of a server that says that once, whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with (
                suppress(OSError),
                context.wrap_socket(listening.accept()[0], server_side=True) as connection,
            ):
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://localhost:{listening.getsockname()[1]}/{CATALOG}"
        thread.join()


def test_an_answer_that_breaks_off_is_no_catalog(environ: dict[str, str], tmp_path: Path) -> None:
    """Half of a file may still be JSON, with half of the profiles."""
    authority = make_authority(tmp_path)
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"
    with answering(authority.server_context("localhost"), half) as url:
        error = _refused(url, environ | {"SSL_CERT_FILE": str(authority.path)})
    assert error.why == "unreachable"


def test_a_clock_that_was_set_back_is_thought_of(environ: dict[str, str], tmp_path: Path) -> None:
    """No certificate is right then, and nobody would look at the clock."""
    authority = make_authority(tmp_path)
    with answering(authority.server_context("localhost", early=True)) as url:
        error = _refused(url, environ | {"SSL_CERT_FILE": str(authority.path)})
    assert "not valid yet" in error.reason
    assert "machine's date" in error.hint
