"""A company's SSH server for git: real sshd on loopback, its client told apart from this machine's own."""

from __future__ import annotations

import getpass
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from support.fleet.processes import free_port, program, server

PASSPHRASE = "of-the-key"


class SshServer(NamedTuple):
    """`open_key` has no passphrase, `locked_key` has one; both are let in."""

    directory: Path
    port: int

    def address(self, repository: Path) -> str:
        """The repository as a source names it."""
        return f"ssh://{getpass.getuser()}@localhost:{self.port}{repository}"

    def environ(self, key: str = "", *, known: bool = True, agent: str = "") -> dict[str, str]:
        """The environment of somebody whose ssh has that key, or an agent, and knows the server or not."""
        hosts = self.directory / ("known_hosts" if known else "no_hosts")
        options = ["-F", "none", "-o", f"UserKnownHostsFile={hosts}", "-o", "IdentitiesOnly=no"]
        options += ["-i", str(self.directory / key)] if key else ["-o", "IdentityFile=none"]
        command = " ".join(["ssh", *options])
        return {"GIT_SSH_COMMAND": command} | ({"SSH_AUTH_SOCK": agent} if agent else {})


@contextmanager
def ssh_server() -> Iterator[SshServer]:
    """One that runs until the end of the block."""
    sshd = program("sshd", package="openssh-server")
    keygen = program("ssh-keygen", package="openssh-client")
    with tempfile.TemporaryDirectory(prefix="pkcc-ssh-") as name:
        at, port = Path(name), free_port()
        for key, passphrase in (("host_key", ""), ("open_key", ""), ("locked_key", PASSPHRASE)):
            subprocess.run([keygen, "-q", "-t", "ed25519", "-N", passphrase, "-f", str(at / key)], check=True)
        allowed = [(at / f"{key}.pub").read_text() for key in ("open_key", "locked_key")]
        (at / "allowed").write_text("".join(allowed))
        host = " ".join((at / "host_key.pub").read_text().split()[:2])
        (at / "known_hosts").write_text(f"[localhost]:{port} {host}\n")
        (at / "no_hosts").write_text("")
        (at / "sshd_config").write_text(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host_key\nPidFile none\n"
            f"AuthorizedKeysFile {at}/allowed\nStrictModes no\nUsePAM no\nPermitRootLogin prohibit-password\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nUseDNS no\n"
        )
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # where sshd locks its unprivileged half in
        argv = [sshd, "-D", "-e", "-f", str(at / "sshd_config")]
        with server(argv, ("127.0.0.1", port), at / "sshd.log"):
            yield SshServer(at, port)


@contextmanager
def agent_with(key: Path) -> Iterator[str]:
    """The socket of an agent that holds an unlocked key."""
    with tempfile.TemporaryDirectory(prefix="pkcc-agent-") as name:
        socket = f"{name}/agent"
        argv = [program("ssh-agent", package="openssh-client"), "-D", "-a", socket]
        with server(argv, socket, Path(name) / "log"):
            subprocess.run(
                ["ssh-add", "-q", str(key)], env={**os.environ, "SSH_AUTH_SOCK": socket}, check=True
            )
            yield socket
