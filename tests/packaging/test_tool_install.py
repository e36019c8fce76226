"""The wheel, installed as people install a Python program for themselves: no root, no system package."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.desktop.private_bus import LIMIT_S, PrivateBus, require
from support.desktop.status_notifier import Panel, Watcher, eventually
from support.desktop.virtual_desktop import end

from benchmarks.installed import LIMIT_MB, megabytes
from profiles import __version__

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
INSTALLERS = {
    "uv": ("uv", "tool", "install", "--quiet", "--python", sys.executable),
    "pipx": ("pipx", "install", "--quiet", "--backend", "pip", "--python", sys.executable),
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    built = [str(TOOLS / "hatchling"), "build", "--target", "wheel", "--directory", str(directory)]
    subprocess.run(built, check=True, cwd=ROOT)
    return next(directory.glob("*.whl"))


@pytest.mark.parametrize("installer", INSTALLERS)
def test_the_wheel_alone_gives_the_whole_tray(installer: str, wheel: Path, tmp_path: Path) -> None:
    require("dbus-daemon")
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path)}
    # Where packages come from is the machine's matter.
    passed = {name: value for name, value in os.environ.items() if name.startswith(("UV_", "SSL_", "PIP_"))}
    tool, *words = INSTALLERS[installer]
    subprocess.run([str(TOOLS / tool), *words, str(wheel)], check=True, env={**passed, **environ})
    command = tmp_path / ".local/bin/pkcc-tray"
    said = subprocess.check_output([command, "--version"], env=environ, cwd=tmp_path, text=True)
    assert said == f"pkcc-tray {__version__}\n"
    shown = subprocess.check_output([command, "demo"], env=environ, cwd=tmp_path, text=True)
    assert "That was a temporary home directory" in shown
    if installer == "uv":  # pip compiles all byte code at once
        assert megabytes(tmp_path / ".local/share/uv") <= LIMIT_MB, "more than we promise to take of a disk"
    with ExitStack() as stack:
        bus = PrivateBus(tmp_path)
        bus.start()
        stack.callback(bus.stop)
        watcher = Watcher(bus.address)
        stack.callback(watcher.close)
        environ |= {"DBUS_SESSION_BUS_ADDRESS": bus.address, "PKCC_SECRETS": "vault"}
        tray = subprocess.Popen([command, "tray"], env=environ, cwd=tmp_path)
        stack.callback(end, tray)
        panel = Panel(bus.address, watcher.registered.get(timeout=LIMIT_S))
        stack.callback(panel.close)
        eventually(lambda: any(line.label == "Quit" for line in panel.menu()), "the menu is whole")
