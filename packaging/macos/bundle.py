"""What macOS is told about the application; pure, so that it can be checked on any system."""

from __future__ import annotations

from typing import Any

from profiles.catalogs.join_link import SCHEME

IDENTIFIER = "io.github.pkcc-tray"
# Every wheel in the locks is made for it: uv resolves for 13.0.
MINIMUM_MACOS = "13.0"
ARCHITECTURES = ("arm64", "x86_64")


def info_plist(version: str) -> dict[str, Any]:
    """Info.plist's values, beside what PyInstaller writes of itself (executable and icon)."""
    return {
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleName": "pkcc-tray",
        "CFBundleDisplayName": "pkcc-tray",
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "CFBundleURLTypes": [
            {
                "CFBundleURLName": f"{IDENTIFIER}.join",
                "CFBundleURLSchemes": [SCHEME],
                "CFBundleTypeRole": "Viewer",
            }
        ],
        "LSMinimumSystemVersion": MINIMUM_MACOS,
        "LSApplicationCategoryType": "public.app-category.developer-tools",
        "LSUIElement": True,  # an icon in the menu bar, none in the Dock
        "LSBackgroundOnly": False,
        "LSMultipleInstancesProhibited": False,  # commands run beside the tray, from the same bundle
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "MIT licence",
        "NSSupportsAutomaticGraphicsSwitching": True,
    }


def entitlements() -> dict[str, bool]:
    """What the hardened runtime must allow, and nothing else.

    PyObjC and ctypes make callbacks at run time, for which libffi on Intel wants memory that is writable and
    then executable. Libraries are all signed by us, so that their validation can stay on.
    """
    return {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def image_name(version: str, architecture: str) -> str:
    """The disk image's file name."""
    return f"pkcc-tray-{version}-{architecture}.dmg"
