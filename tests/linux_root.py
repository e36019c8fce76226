"""A clean Debian in a folder, and a user in it: what a machine is that somebody installs the package on.

Made once by debootstrap from the mirror that apt is set to, and kept as an archive in build/roots (or where
PKCC_ROOTS says); each test has its own copy. Needs root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]
ROOTS = Path(os.environ.get("PKCC_ROOTS") or ROOT / "build" / "roots")
LIMIT_S = 300
_BASE = "python3,dbus,libglib2.0-bin,procps"  # nothing of pip, nothing of a desktop
_USER = "anna"


def require(*tools: str) -> None:
    """Skip where these tests cannot be; fail on a CI machine, which should have all."""
    lacking = [tool for tool in tools if shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin") is None]
    reason = f"not installed: {', '.join(lacking)}" if lacking else ""
    if os.geteuid() != 0:
        reason = "installing into a root needs to be root"
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


class Machine:
    """A root, entered by chroot, with one ordinary user."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.home = path / "home" / _USER
        self.settings = self.home / ".claude" / "settings.json"

    def root(self, *argv: str, ok: bool = True) -> str:
        """Run that as root; everything that it prints."""
        return self._run(argv, ok)

    def user(self, *argv: str, stdin: str = "", ok: bool = True, **environ: str) -> str:
        """Run that as the user, with a login's environment and the vault."""
        return self._run(self.as_user(argv, environ), ok, stdin)

    def as_user(self, argv: Sequence[str], environ: dict[str, str]) -> list[str]:
        """The command line by which root has the user run that."""
        given = {
            "HOME": f"/home/{_USER}",
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PKCC_SECRETS": "vault",
            **environ,
        }
        settings = [f"{name}={value}" for name, value in given.items()]
        become = ["/usr/bin/setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--init-groups"]
        return [*become, "/usr/bin/env", "-i", "-C", given["HOME"], *settings, *argv]

    def install(self, deb: Path, ok: bool = True) -> str:
        """Install that deb, as apt does at its end."""
        shutil.copy(deb, self.path / "tmp")
        return self.root("/usr/bin/dpkg", "--install", f"/tmp/{deb.name}", ok=ok)

    def ours(self) -> set[str]:
        """Every path outside of homes and the package database that bears our name."""
        kept = ("/home/", "/tmp/", "/var/lib/dpkg/", "/var/log/", "/var/cache/")
        named = self.root("/usr/bin/find", "/", "-xdev", "-name", "*pkcc*").splitlines()
        return {name for name in named if not name.startswith(kept)}

    def start(self, argv: Sequence[str], log: Path, **environ: str) -> subprocess.Popen[bytes]:
        """Start that as the user, in the background."""
        with log.open("wb") as out:
            return subprocess.Popen(
                ["/usr/sbin/chroot", str(self.path), *self.as_user(argv, environ)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={"PATH": os.environ["PATH"]},
            )

    def _run(self, argv: Sequence[str], ok: bool, stdin: str = "") -> str:
        done = subprocess.run(
            ["/usr/sbin/chroot", str(self.path), *argv],
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_S,
            env={
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                "LANG": "C.UTF-8",
                "DEBIAN_FRONTEND": "noninteractive",
            },
        )
        assert not ok or done.returncode == 0, (argv, done.returncode, done.stdout)
        assert "Traceback" not in done.stdout, done.stdout
        return done.stdout


@contextmanager
def machine(suite: str, directory: Path) -> Iterator[Machine]:
    """A copy of that Debian, with /proc and a user."""
    archive = ROOTS / f"{suite}.tar"
    if not archive.exists():
        _make(suite, archive)
    path = directory / suite
    path.mkdir()
    subprocess.run(["tar", "--extract", "--file", archive, "--directory", path], check=True)
    subprocess.run(["mount", "-t", "proc", "proc", path / "proc"], check=True)
    try:
        its = Machine(path)
        its.root("/usr/sbin/useradd", "--create-home", _USER)
        its.settings.parent.mkdir()
        yield its
    finally:
        subprocess.run(["umount", path / "proc"], check=True)
        shutil.rmtree(path)


def _make(suite: str, archive: Path) -> None:
    sites = subprocess.check_output(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", "Origin: Debian"],
        text=True,
    )
    mirror = next(site for site in sites.split() if site.endswith("/debian"))
    path = archive.with_suffix(".new")
    if path.exists():
        shutil.rmtree(path)
    path.mkdir(parents=True)
    options = ["--variant=minbase", f"--include={_BASE}", suite, str(path), mirror]
    with archive.with_suffix(".log").open("wb") as log:
        subprocess.run(["/usr/sbin/debootstrap", *options], check=True, stdout=log, stderr=log)
        subprocess.run(["mount", "-t", "proc", "proc", path / "proc"], check=True)
        try:
            # Not by debootstrap, which cannot set up what depends on each other in a circle.
            wanted = ["apt-get", "install", "-y", "--no-install-recommends", "gnome-keyring"]
            environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
            argv = ["/usr/sbin/chroot", str(path), *wanted]
            subprocess.run(argv, check=True, stdout=log, stderr=log, env=environ)
        finally:
            subprocess.run(["umount", path / "proc"], check=True)
    shutil.rmtree(path / "var/cache/apt/archives", ignore_errors=True)
    subprocess.run(
        ["tar", "--create", "--file", archive.with_suffix(".part"), "--directory", path, "."], check=True
    )
    archive.with_suffix(".part").rename(archive)
    shutil.rmtree(path)
