"""Builds dist/pkcc-tray-VERSION-ARCH.dmg on a Mac: icon, bundle, signatures, disk image, notarisation.

    python packaging/macos/build.py

with requirements-ARCH.lock installed, ARCH being this Mac's. In the environment: CODESIGN_IDENTITY (a
"Developer ID Application" in the keychain), NOTARY_KEY_FILE, NOTARY_KEY_ID and NOTARY_ISSUER (App Store
Connect). What is missing is left out, and said.
"""

from __future__ import annotations

import os
import platform
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD, DIST = ROOT / "build" / "macos", ROOT / "dist"

sys.path[:0] = [str(ROOT), str(HERE)]
from bundle import entitlements, image_name  # noqa: E402

from profiles import __version__  # noqa: E402
from tray.icon.artwork import write_files  # noqa: E402


def main() -> None:
    """Build all of it. Raises CalledProcessError when a tool fails."""
    if sys.platform != "darwin":
        sys.exit("the macOS image is built on a Mac: Apple's tools sign it and make the image")
    identity = os.environ.get("CODESIGN_IDENTITY", "")
    application = freeze()
    if not identity:
        print("::notice::CODESIGN_IDENTITY is not set: the application is signed ad hoc, Gatekeeper will ask")
    run("codesign", "--verify", "--deep", "--strict", "--verbose=2", str(application))
    image = make_image(application)
    if identity:
        run("codesign", "--sign", identity, "--timestamp", str(image))
        notarise(image)
    print(f"{image}: {image.stat().st_size / 1_000_000:.1f} MB")


def prepare() -> None:
    """What the spec reads, in build/macos: icons and entitlements."""
    shutil.rmtree(BUILD, ignore_errors=True)
    write_files(BUILD / "icons")
    (BUILD / "entitlements.plist").write_bytes(plistlib.dumps(entitlements()))


def freeze() -> Path:
    """PyInstaller's bundle, in build/macos."""
    prepare()
    options = [
        "--noconfirm",
        "--log-level",
        "WARN",
        "--distpath",
        str(BUILD),
        "--workpath",
        str(BUILD / "work"),
    ]
    run(sys.executable, "-m", "PyInstaller", *options, str(HERE / "pkcc-tray.spec"), PKCC_BUILD=str(BUILD))
    return BUILD / "pkcc-tray.app"


def make_image(application: Path) -> Path:
    """The disk image, in dist/."""
    DIST.mkdir(exist_ok=True)
    image = DIST / image_name(__version__, platform.machine())
    image.unlink(missing_ok=True)
    defines = ["-D", f"app={application}", "-D", f"icon={BUILD / 'icons' / 'pkcc-tray.icns'}"]
    settings = ["-s", str(HERE / "dmg_settings.py")]
    run(sys.executable, "-m", "dmgbuild", *settings, *defines, "pkcc-tray", str(image))
    return image


def notarise(image: Path) -> None:
    """Have Apple check it, and staple the ticket to it, so that it opens without a network."""
    names = ("NOTARY_KEY_FILE", "NOTARY_KEY_ID", "NOTARY_ISSUER")
    if missing := [name for name in names if not os.environ.get(name)]:
        print(f"::notice::{', '.join(missing)} not set: the image is not notarised, Gatekeeper will ask")
        return
    key, number, issuer = (os.environ[name] for name in names)
    run(
        "xcrun",
        "notarytool",
        "submit",
        str(image),
        "--wait",
        "--key",
        key,
        "--key-id",
        number,
        "--issuer",
        issuer,
    )
    run("xcrun", "stapler", "staple", str(image))
    run("spctl", "--assess", "--type", "open", "--context", "context:primary-signature", str(image))


def run(*command: str, **environ: str) -> None:
    """Run it, with those variables too. Raises CalledProcessError."""
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, check=True)


if __name__ == "__main__":
    main()
