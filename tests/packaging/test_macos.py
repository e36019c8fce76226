"""The macOS package, as far as another system can tell. The bundle itself is tested on a Mac (smoke.sh)."""

from __future__ import annotations

import importlib.util
import plistlib
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from PIL import Image
from support.missing import missing

from profiles import __version__
from tray.cli.verbs import VERBS
from tray.desktop.autostart.macos import LABEL, agent_plist
from tray.icon.artwork import write_files

ROOT = Path(__file__).resolve().parents[2]
MACOS = ROOT / "packaging" / "macos"
sys.path.append(str(MACOS))

import bundle  # noqa: E402


def lint(plist: bytes, tmp_path: Path) -> None:
    """As Apple's own tool would, by its free counterpart."""
    if shutil.which("plistutil") is None:
        missing("plistutil")
    (tmp_path / "x.plist").write_bytes(plist)
    done = subprocess.run(["plistutil", "-i", "x.plist", "-f", "bin"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"bplist")


def test_the_applications_plist_has_an_icon_in_the_menu_bar_only_and_the_version(tmp_path: Path) -> None:
    values = bundle.info_plist(__version__)
    lint(plistlib.dumps(values), tmp_path)
    assert values["LSUIElement"] is True
    assert [kind["CFBundleURLSchemes"] for kind in values["CFBundleURLTypes"]] == [["pkcc-tray"]]
    assert values["LSBackgroundOnly"] is False, "it would have no icon at all"
    assert values["CFBundleShortVersionString"] == values["CFBundleVersion"] == __version__
    assert re.fullmatch(r"[A-Za-z0-9.-]+", values["CFBundleIdentifier"])


def test_the_hardened_runtime_is_opened_in_one_place_only(tmp_path: Path) -> None:
    lint(plistlib.dumps(bundle.entitlements()), tmp_path)
    assert set(bundle.entitlements()) == {"com.apple.security.cs.allow-unsigned-executable-memory"}


def test_the_launch_agent_of_an_installed_application_starts_it(tmp_path: Path) -> None:
    program = "/Applications/pkcc-tray.app/Contents/MacOS/pkcc-tray"
    lint(agent_plist([program, "tray"]), tmp_path)
    agent = plistlib.loads(agent_plist([program, "tray"]))
    assert (agent["Label"], agent["ProgramArguments"]) == (LABEL, [program, "tray"])


def test_the_icon_has_every_size_that_finder_shows(tmp_path: Path) -> None:
    write_files(tmp_path)
    with Image.open(tmp_path / "pkcc-tray.icns") as icon:
        sizes = {size[0] * size[2] for size in icon.info["sizes"]}
    assert {32, 64, 128, 256, 512, 1024} <= sizes  # 16 is reduced from 32, as Pillow writes none


class Spec:
    """What the spec asks of PyInstaller."""

    def __init__(self, build: Path, monkeypatch: pytest.MonkeyPatch, identity: str = "") -> None:
        self.calls: dict[str, dict[str, Any]] = {}
        self.pure = self.scripts = self.binaries = self.datas = ()
        monkeypatch.setenv("PKCC_BUILD", str(build))
        monkeypatch.setenv("CODESIGN_IDENTITY", identity)
        monkeypatch.setenv("PYSTRAY_BACKEND", "dummy")
        monkeypatch.setattr(sys, "path", list(sys.path))
        names = ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")
        makers = {name: self._maker(name) for name in names}
        runpy.run_path(str(MACOS / "pkcc-tray.spec"), {**makers, "SPECPATH": str(MACOS)})

    def _maker(self, name: str) -> Any:
        def make(*arguments: Any, **options: Any) -> Spec:
            self.calls[name] = {**options, "arguments": arguments}
            return self

        return make


def test_the_spec_names_every_module_that_is_found_by_name_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is missing would be a command that fails in the installed application alone."""
    hidden = Spec(tmp_path, monkeypatch).calls["Analysis"]["hiddenimports"]
    assert {f"tray.commands.{verb.module}" for verb in VERBS} <= set(hidden)
    assert {"pystray._darwin", "keyring.backends.macOS"} <= set(hidden)
    for module in hidden:
        assert importlib.util.find_spec(module), module
    sources = [
        path.read_text() for package in ("tray", "profiles") for path in (ROOT / package).rglob("*.py")
    ]
    by_name = [name for text in sources for name in re.findall(r"(?:import_module|__import__)\((.+)\)", text)]
    known = {"name", 'f"pystray._{backend}"'}  # the first one in `command_module`
    assert {name.rstrip(")") for name in by_name} == known, "another import by name: does the spec have it?"


def test_the_spec_excludes_nothing_that_we_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in Spec(tmp_path, monkeypatch).calls["Analysis"]["excludes"]:
        pattern = rf"^\s*(import|from) {re.escape(module)}\b"
        for package in ("tray", "profiles"):
            for path in (ROOT / package).rglob("*.py"):
                assert not re.search(pattern, path.read_text(), re.MULTILINE), (module, path)


def test_hardened_with_an_identity_and_startable_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = Spec(tmp_path, monkeypatch, "Developer ID Application: x").calls["EXE"]
    assert signed["codesign_identity"] == "Developer ID Application: x"
    assert signed["entitlements_file"] == str(tmp_path / "entitlements.plist")
    unsigned = Spec(tmp_path, monkeypatch).calls["EXE"]
    assert (unsigned["codesign_identity"], unsigned["entitlements_file"]) == (None, None)


def test_the_bundle_has_our_icon_and_identifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Spec(tmp_path, monkeypatch).calls["BUNDLE"]
    assert made["name"] == "pkcc-tray.app"
    assert made["bundle_identifier"] == bundle.IDENTIFIER
    assert made["icon"] == str(tmp_path / "icons" / "pkcc-tray.icns")
    assert made["info_plist"]["LSUIElement"]


def test_the_disk_image_shows_the_application_beside_the_way_into_applications() -> None:
    settings = runpy.run_path(
        str(MACOS / "dmg_settings.py"), {"defines": {"app": "/build/pkcc-tray.app", "icon": "/build/x.icns"}}
    )
    shown = {Path(settings["files"][0]).name, *settings["symlinks"]}
    assert shown == set(settings["icon_locations"])


@pytest.mark.parametrize("architecture", bundle.ARCHITECTURES)
def test_the_lock_installs_from_wheels_of_that_processor_alone(architecture: str, tmp_path: Path) -> None:
    """A dependency without a wheel would be built on the runner, unhashed in what it builds with."""
    lock = MACOS / f"requirements-{architecture}.lock"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for wanted in map(Requirement, project["dependencies"]):
        needed = wanted.marker is None or wanted.marker.evaluate({"sys_platform": "darwin"})
        locked = re.search(rf"^{wanted.name}==", lock.read_text(), re.MULTILINE) is not None
        assert locked == needed, f"{wanted.name}: run make lock-macos"
    platform = f"{architecture.replace('arm64', 'aarch64')}-apple-darwin"
    options = ["--python-version", "3.13", "--python-platform", platform, "--target", str(tmp_path)]
    done = subprocess.run(
        [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--dry-run", "--no-deps",
         "--only-binary", ":all:", "--require-hashes", *options, "-r", str(lock)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_smoke_test_is_shell_that_parses() -> None:
    subprocess.run(["sh", "-n", str(MACOS / "smoke.sh")], check=True)
