"""Another user of this computer is not let in, link or no link."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from support.browser import managed
from support.home.user_home import UserHome
from support.root_only import NOBODY, require_root

from tray.manager.access import socket_user
from tray.manager.access.peer import peer_of

_ASK = """
import os, socket, sys
host, port, path, user = sys.argv[1:]
os.setgroups([]); os.setgid(int(user)); os.setuid(int(user))
with socket.socket() as asked:
    asked.connect((host, int(port)))
    try:
        asked.sendall(f"GET {path} HTTP/1.1\\r\\nHost: {host}:{port}\\r\\n\\r\\n".encode())
        answer = asked.recv(100)
    except ConnectionError:
        answer = b""
print(answer or "refused")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="users other than this one are made by Linux's means")
def test_another_user_is_refused_even_with_the_link(home: UserHome) -> None:
    """The link is an argument of the program that opens it, which every user may read."""
    require_root()
    with managed(home) as manager:
        host, port = manager.origin.removeprefix("http://").split(":")
        path = manager.link.removeprefix(manager.origin)
        asked = subprocess.run(
            [sys.executable, "-I", "-c", _ASK, host, port, path, str(NOBODY)], capture_output=True, text=True
        )
        assert asked.stdout == "refused\n", asked
        with closing(http.client.HTTPConnection(host, int(port), timeout=5)) as connection:
            connection.request("GET", path)  # and the link is as good as it was
            assert connection.getresponse().status == 303
        assert manager.stop() == "another user's program tried to reach the manager, and was refused\n"


@pytest.fixture(params=["asked", "looked up"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the kernel's answer, and where it gives none by its tables."""
    if request.param == "looked up":
        monkeypatch.setattr(socket, "AF_NETLINK", 9999)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's ways to know a socket's user")
@pytest.mark.parametrize("client_family", [socket.AF_INET, socket.AF_INET6])
def test_a_program_of_ours_is_let_in_by_either_kind_of_socket(
    client_family: socket.AddressFamily, way: None
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(client_family) as client:
        port = server.getsockname()[1]
        client.connect(("127.0.0.1" if client_family == socket.AF_INET else "::ffff:127.0.0.1", port))
        accepted, address = server.accept()
        with accepted:
            assert peer_of(address[:2], accepted.getsockname()) == "own"
            assert peer_of(("127.0.0.1", 1), accepted.getsockname()) == "gone"
            assert peer_of(server.getsockname(), address[:2]) == "own"  # the other way round it is ours too
            found = socket_user.socket_user(address[:2], accepted.getsockname())
            assert found == (socket_user.ESTABLISHED, os.getuid())


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's ways to know a socket's user")
def test_who_has_closed_at_once_is_nobody(way: None) -> None:
    """The kernel calls such a socket root's: another user's request would be root's then."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(b"GET / HTTP/1.1")
        accepted, address = server.accept()
        with accepted:
            assert peer_of(address[:2], accepted.getsockname()) == "gone"


def test_it_listens_at_this_computers_own_address_alone(home: UserHome) -> None:
    with managed(home) as manager:
        port = int(manager.origin.rpartition(":")[2])
        sockets = Path(f"/proc/{manager.process.pid}/net/tcp").read_text().splitlines()[1:]
        listening = [row.split()[1] for row in sockets if row.split()[3] == "0A"]
        assert [each for each in listening if each.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
        assert not any(
            row.split()[1].endswith(f":{port:04X}")
            for row in Path(f"/proc/{manager.process.pid}/net/tcp6").read_text().splitlines()[1:]
        )
