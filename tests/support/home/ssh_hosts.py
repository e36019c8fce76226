"""Clean Debians that are reached by ssh, each with its sshd at a port of its own on 127.0.0.1."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from support.home.linux_root import LIMIT_S, ROOT, Machine, machine, require
from support.missing import missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ANSIBLE = ROOT / ".components" / "fleet" / "python"
_OPTIONS = ("UsePAM=no", "StrictModes=no", "PasswordAuthentication=no", "ListenAddress=127.0.0.1")
_CLIENT = ("StrictHostKeyChecking=accept-new", "ControlMaster=auto", "ControlPersist=30")


class Fleet(NamedTuple):
    """The machines by name, and the directory that the controller works in."""

    hosts: dict[str, Machine]
    work: Path

    def play(self, playbook: Path, variables: Path, *more: str) -> Mapping[str, Mapping[str, int]]:
        """Run that on all of them: for each host how many tasks were `ok`, `changed`, `failed`."""
        words = ("playbook", "-i", "inventory", str(playbook), "-e", f"@{variables}", *more)
        done = ansible(words, self.work)
        assert done.returncode == 0, done.stdout + done.stderr
        recap = done.stdout.rpartition("PLAY RECAP")[2].splitlines()[1:]
        found = {}
        for line in filter(None, recap):
            host, _, counts = line.partition(":")
            pairs = (each.split("=") for each in counts.split())
            found[host.strip()] = {name: int(count) for name, count in pairs}
        return found


def ansible(words: Sequence[str], directory: Path) -> subprocess.CompletedProcess[str]:
    """Run ansible-core, as it is pinned, in that directory, with no settings of this machine's own."""
    return python_of_fleet(["-m", "ansible", *words], directory)


def ansible_lint(words: Sequence[str], directory: Path) -> subprocess.CompletedProcess[str]:
    """Run ansible-lint, which asks no network."""
    return python_of_fleet(["-m", "ansiblelint", "--offline", "--nocolor", *words], directory)


def python_of_fleet(words: Sequence[str], directory: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with what is pinned for these tests, and an environment that is empty but for that."""
    if not _ANSIBLE.exists():
        missing("ansible-core (tests/e2e/components/install.sh fleet)")
    home = directory / "home"
    home.mkdir(exist_ok=True)
    environ = {
        "HOME": str(home),
        "PATH": f"{_ANSIBLE}/bin:{Path(sys.executable).parent}:/usr/bin:/bin:/usr/sbin",
        "PYTHONPATH": str(_ANSIBLE),
        "LANG": "C.UTF-8",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PIPELINING": "1",
    }
    # Sockets have short paths, and a test's directory has a long one.
    with TemporaryDirectory(prefix="ssh-", dir="/tmp") as sockets:
        environ["ANSIBLE_SSH_CONTROL_PATH_DIR"] = sockets
        return subprocess.run(
            [sys.executable, *words],
            cwd=directory, env=environ, capture_output=True, text=True, timeout=LIMIT_S, check=False,
        )  # fmt: skip


@contextmanager
def fleet(suite: str, directory: Path, names: Sequence[str]) -> Iterator[Fleet]:
    """That many clean machines, and an inventory of them in the controller's directory."""
    require("debootstrap", "ssh", "ssh-keygen")
    directory.chmod(0o755)
    work = directory / "controller"
    work.mkdir()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", work / "key"], check=True)
    lines = []
    with ExitStack() as stack:
        hosts = {}
        for name in names:
            place = directory / name
            place.mkdir(mode=0o755)
            hosts[name] = its = stack.enter_context(machine(suite, place))
            its.root("/usr/bin/chown", "-R", "anna:", "/home/anna")
            port = _serve(its, (work / "key.pub").read_text(), stack)
            lines.append(f"{name} ansible_port={port}")
        known = f"UserKnownHostsFile={work}/known"
        common = {
            "ansible_host": "127.0.0.1",
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(work / "key"),
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_common_args": f"'-F none {' '.join(f'-o {each}' for each in (*_CLIENT, known))}'",
        }
        settings = [f"{name}={value}" for name, value in common.items()]
        text = "\n".join(["[developers]", *lines, "", "[developers:vars]", *settings, ""])
        (work / "inventory").write_text(text)
        yield Fleet(hosts, work)


def _serve(its: Machine, public: str, stack: ExitStack) -> int:
    """Start the machine's own sshd; its port."""
    (its.path / "run/sshd").mkdir(exist_ok=True)
    keys = its.path / "root/.ssh"
    keys.mkdir(mode=0o700, exist_ok=True)
    (keys / "authorized_keys").write_text(public)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = int(taken.getsockname()[1])
    options = [word for option in (*_OPTIONS, f"Port={port}") for word in ("-o", option)]
    argv = ["/usr/sbin/chroot", str(its.path), "/usr/sbin/sshd", "-D", "-E", "/run/sshd.log", *options]
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, (its.path / "run/sshd.log").read_text()  # it says why
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return port
