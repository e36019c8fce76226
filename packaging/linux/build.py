"""Build the Linux packages: `python packaging/linux/build.py [--runtime FILE] [DIRECTORY]`.

Written to DIRECTORY (`dist`): the deb, the rpm, and what the AppImage consists of,
`pkcc-tray-VERSION-MACHINE.squashfs`. With an AppImage runtime in FILE: the AppImage, instead of the last.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from tempfile import TemporaryDirectory

from argcomplete.shell_integration import shellcode
from libraries import PYTHON_END, PYTHONS, collect

from profiles import __version__
from tray.cli.manual import man_pages
from tray.icon.artwork import APP_SIZES, write_files

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_SQUASHFS = ("-quiet", "-no-progress", "-noappend", "-all-root", "-comp", "xz")  # what runtimes can read


class Asked(argparse.Namespace):
    """What is to be built."""

    runtime: Path | None
    directory: Path


def main() -> None:
    """Build them all, and say how large they are."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runtime", type=Path)
    parser.add_argument("directory", type=Path, nargs="?", default=ROOT / "dist")
    asked = parser.parse_args(namespace=Asked())
    asked.directory.mkdir(parents=True, exist_ok=True)
    machine = platform.machine()
    built_at = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    with TemporaryDirectory() as temporary:
        work = Path(temporary)
        stage = work / "stage"
        lay_out(stage, work, machine, built_at)
        built = [*packages(stage, work, asked, machine, built_at), app_image(stage, work, asked, machine)]
    for file in built:
        sys.stdout.write(f"{file}  {file.stat().st_size / 1e6:.1f} MB\n")


def lay_out(stage: Path, work: Path, machine: str, built_at: int) -> None:
    """The tree of the installed files in `stage`, and in `work` what differs between deb and rpm."""
    day = datetime.fromtimestamp(built_at, UTC).date().isoformat()
    own = stage / "usr/lib/pkcc-tray"
    collect(own / "site-packages", work / "libraries", machine)
    put(own / "maintain", (HERE / "maintain").read_bytes(), 0o755)
    put(own / "leave.py", (HERE / "leave.py").read_bytes())
    put(stage / "usr/bin/pkcc-tray", (HERE / "launcher").read_bytes(), 0o755)
    share = stage / "usr/share"
    for entry in ("pkcc-tray.desktop", "pkcc-tray-link.desktop"):
        put(share / "applications" / entry, (HERE / entry).read_bytes())
    metainfo = (HERE / "metainfo.xml").read_text().replace("@VERSION@", __version__).replace("@DATE@", day)
    put(share / "metainfo/pkcc-tray.metainfo.xml", metainfo.encode())
    for name, page in man_pages(__version__, day).items():
        put(share / f"man/man1/{name}.1.gz", _gzip(page.encode()))
    icons = share / "icons/hicolor"
    write_files(work / "icons")
    for size in APP_SIZES:
        image = (work / f"icons/pkcc-tray-{size}.png").read_bytes()
        put(icons / f"{size}x{size}/apps/pkcc-tray.png", image)
    symbolic = (HERE / "pkcc-tray-symbolic.svg").read_bytes()
    put(icons / "symbolic/apps/pkcc-tray-symbolic.svg", symbolic)
    put(share / "bash-completion/completions/pkcc-tray", _completion("bash"))
    put(share / "fish/vendor_completions.d/pkcc-tray.fish", _completion("fish"))
    put(work / "zsh/_pkcc-tray", _completion("zsh"))
    put(share / "doc/pkcc-tray/CHANGELOG.md.gz", _gzip((ROOT / "CHANGELOG.md").read_bytes()))
    put(share / "doc/pkcc-tray/copyright", (HERE / "copyright").read_bytes())
    heading = f"pkcc-tray ({__version__}) stable; urgency=medium"
    signature = f" -- {_maintainer()}  {formatdate(built_at)}"
    put(work / "changelog.gz", _gzip(f"{heading}\n\n  * See CHANGELOG.md.gz.\n\n{signature}\n".encode()))


def packages(stage: Path, work: Path, asked: Asked, machine: str, built_at: int) -> list[Path]:
    """The deb and the rpm."""
    variables = {
        "HERE": str(HERE),
        "STAGE": str(stage),
        "BUILD": str(work),
        "VERSION": __version__,
        "ARCH": _ARCHITECTURES[machine],
        "PYTHON_END": PYTHON_END,
        "MTIME": datetime.fromtimestamp(built_at, UTC).isoformat(),
    }
    # nfpm expands variables in some fields only.
    description = (HERE / "nfpm.yaml").read_text()
    for name, value in variables.items():
        description = description.replace(f"${{{name}}}", value)
    config = work / "nfpm.yaml"
    config.write_text(description)
    nfpm = str(Path(sys.executable).with_name("nfpm"))
    names = {
        "deb": f"pkcc-tray_{__version__}_{_ARCHITECTURES[machine]}.deb",
        "rpm": f"pkcc-tray-{__version__}.{machine}.rpm",
    }
    for kind, name in names.items():
        run(
            nfpm,
            "package",
            "--config",
            str(config),
            "--packager",
            kind,
            "--target",
            str(asked.directory / name),
        )
    return [asked.directory / name for name in names.values()]


def app_image(stage: Path, work: Path, asked: Asked, machine: str) -> Path:
    """The AppImage, or without a runtime its file system alone."""
    folder = work / "AppDir"
    shutil.copytree(stage, folder)
    put(folder / "usr/bin/pkcc-tray", (HERE / "appimage/launcher").read_bytes(), 0o755)
    apprun = (HERE / "appimage/AppRun").read_text().replace("@PYTHONS@", " ".join(PYTHONS))
    put(folder / "AppRun", apprun.encode(), 0o755)
    desktop = (HERE / "pkcc-tray.desktop").read_text()
    # Nothing of it lies where a desktop could find it, and the path is another one at each start.
    inside = "".join(
        line.replace("/usr/bin/", "") for line in desktop.splitlines(True) if not line.startswith("TryExec")
    )
    put(folder / "pkcc-tray.desktop", inside.encode())
    shutil.copyfile(stage / "usr/share/icons/hicolor/256x256/apps/pkcc-tray.png", folder / "pkcc-tray.png")
    (folder / ".DirIcon").symlink_to("pkcc-tray.png")
    name = f"pkcc-tray-{__version__}-{machine}"
    image = asked.directory / f"{name}.squashfs"
    run("mksquashfs", str(folder), str(image), *_SQUASHFS)
    if asked.runtime is None:
        return image
    whole = asked.directory / f"{name}.AppImage"
    whole.write_bytes(asked.runtime.read_bytes() + image.read_bytes())
    whole.chmod(0o755)
    image.unlink()
    return whole


def put(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file of the package, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def run(*argv: str) -> None:
    """Run a tool; what it says is shown, and a failure ends the build."""
    subprocess.run(argv, check=True)  # noqa: S603 - our own tools, our own files


def _maintainer() -> str:
    lines = (HERE / "nfpm.yaml").read_text().splitlines()
    return next(line.partition(": ")[2] for line in lines if line.startswith("maintainer: "))


def _completion(shell: str) -> bytes:
    return shellcode(["pkcc-tray"], shell=shell).encode() + b"\n"


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=9, mtime=0)


if __name__ == "__main__":
    os.umask(0o022)
    main()
