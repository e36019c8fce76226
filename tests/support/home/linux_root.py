"""A clean Debian in a folder, and a user in it: what a machine is that somebody installs the package on.

Made once by debootstrap from the mirror that apt is set to, and kept in build/roots (or where PKCC_ROOTS
says); each test has its own layer over it. Needs root.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from support.missing import impossible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[3]
ROOTS = Path(os.environ.get("PKCC_ROOTS") or ROOT / "build" / "roots")
LIMIT_S = 300
_UNMOUNT_LIMIT_S = 20
_BASE = "python3,dbus,libglib2.0-bin,procps"  # nothing of pip, nothing of a desktop
# What a developer's machine has, and what ssh and Ansible need.
_INSTALLED = ("gnome-keyring", "git", "openssh-server", "python3-apt")
_USER = "anna"
# How to make any of them: a debootstrap knows only the names of its own day.
_SCRIPT = "/usr/share/debootstrap/scripts/sid"


def require(*tools: str) -> None:
    """Skip where these tests cannot be; fail on a CI machine, which should have all."""
    lacking = [tool for tool in tools if shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin") is None]
    reason = f"not installed: {', '.join(lacking)}" if lacking else ""
    if os.geteuid() != 0:
        reason = "installing into a root needs to be root"
    if reason:
        impossible(reason)


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
        """Every path outside of homes, sessions and the package database that bears our name."""
        kept = ("/home/", "/run/user/", "/tmp/", "/var/lib/dpkg/", "/var/log/", "/var/cache/")
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
    """That Debian, with /proc and a user; what is changed in it is gone afterwards."""
    base = _made(suite)
    path = directory / suite
    path.mkdir()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, path)
        if not _laid_over(base, path, directory, stack):
            subprocess.run(["cp", "--archive", "--reflink=auto", f"{base}/.", path], check=True)
        _mounted(stack, "-t", "proc", "proc", path / "proc")
        stack.callback(_end_all, path)
        its = Machine(path)
        its.root("/usr/sbin/useradd", "--create-home", _USER)
        its.settings.parent.mkdir()
        yield its


def _laid_over(base: Path, path: Path, directory: Path, stack: ExitStack) -> bool:
    """A layer over the base, which costs nothing; not every file system can be one."""
    upper, work = directory / "upper", directory / "work"
    upper.mkdir()
    work.mkdir()
    stack.callback(shutil.rmtree, work)
    stack.callback(shutil.rmtree, upper)
    options = f"lowerdir={base},upperdir={upper},workdir={work}"
    command = ["mount", "-t", "overlay", "overlay", "-o", options, str(path)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        return False
    stack.callback(_unmount, path)
    return True


def _end_all(path: Path) -> None:
    """End what was left running in there, as the end of a session does: it holds the folder."""
    deadline = time.monotonic() + LIMIT_S
    while left := [root for root in Path("/proc").glob("[0-9]*/root") if _target(root) == str(path)]:
        assert time.monotonic() < deadline, left
        for root in left:
            with suppress(ProcessLookupError):
                os.kill(int(root.parent.name), signal.SIGKILL)
        time.sleep(0.05)


def _unmount(path: str | Path) -> None:
    """Also where a process that has just ended is still being cleared away."""
    deadline = time.monotonic() + _UNMOUNT_LIMIT_S
    while subprocess.run(["umount", path], capture_output=True, check=False).returncode:
        if time.monotonic() > deadline:
            subprocess.run(["umount", path], check=True)
        time.sleep(0.1)


def _target(link: Path) -> str:
    with suppress(OSError):
        return os.readlink(link)
    return ""


def _mounted(stack: ExitStack, *what: str | Path) -> None:
    subprocess.run(["mount", *what], check=True)
    stack.callback(_unmount, what[-1])


def _made(suite: str) -> Path:
    """That Debian as it comes, made by the first of all processes that needs it."""
    base = ROOTS / suite
    ROOTS.mkdir(parents=True, exist_ok=True)
    with base.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not base.exists():
            _make(suite, base)
    return base


def _make(suite: str, base: Path) -> None:
    sites = subprocess.check_output(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", "Origin: Debian"],
        text=True,
    )
    mirror = next(site for site in sites.split() if site.endswith("/debian"))
    path = base.with_suffix(".new")
    if path.exists():
        shutil.rmtree(path)
    # Nothing here has to survive a power cut: half of the time is dpkg's waiting for the disk.
    (path / "etc/dpkg/dpkg.cfg.d").mkdir(parents=True)
    (path / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")
    options = ["--variant=minbase", f"--include={_BASE}", suite, str(path), mirror, _SCRIPT]
    with base.with_suffix(".log").open("wb") as log, ExitStack() as stack:
        subprocess.run(["/usr/sbin/debootstrap", *options], check=True, stdout=log, stderr=log)
        _mounted(stack, "-t", "proc", "proc", path / "proc")
        # Not by debootstrap, which cannot set up what depends on each other in a circle.
        wanted = ["apt-get", "install", "-y", "--no-install-recommends", *_INSTALLED]
        environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
        argv = ["/usr/sbin/chroot", str(path), *wanted]
        subprocess.run(argv, check=True, stdout=log, stderr=log, env=environ)
    shutil.rmtree(path / "var/cache/apt/archives", ignore_errors=True)
    path.rename(base)
