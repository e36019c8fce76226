"""What a release is made of, read from the files themselves: names, sizes and hashes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.minisig"
# What a release must have, each exactly once.
KINDS = {
    "wheel": "*.whl",
    "source": "*.tar.gz",
    "deb": "*.deb",
    "rpm": "*.rpm",
    "appimage": "*.AppImage",
    "windows": "*-setup.exe",
    "macos_arm64": "*-arm64.dmg",
    "macos_x86_64": "*-x86_64.dmg",
}


class Asset(NamedTuple):
    """A file of the release; `size` in bytes, `sha256` in lower-case hex."""

    name: str
    size: int
    sha256: str


class Figures(NamedTuple):
    """A release: `assets` by the names of `KINDS`."""

    version: str
    repository: str  # owner/name
    assets: dict[str, Asset]

    def url(self, kind: str) -> str:
        """Where that file can be fetched once the release is published."""
        return (
            f"https://github.com/{self.repository}/releases/download/v{self.version}/{self.assets[kind].name}"
        )


def read_figures(directory: Path, version: str, repository: str) -> Figures:
    """The figures of the files in `directory`. SystemExit for one missing, double or misnamed."""
    assets = {}
    for kind, pattern in KINDS.items():
        found = sorted(directory.glob(pattern))
        if len(found) != 1 or version not in found[0].name:
            names = ", ".join(path.name for path in found) or "none"
            raise SystemExit(f"{kind}: one {pattern} of version {version} is wanted, there is {names}")
        assets[kind] = asset(found[0])
    return Figures(version, repository, assets)


def asset(path: Path) -> Asset:
    """The file's figures."""
    with path.open("rb") as file:
        return Asset(path.name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def checksums(directory: Path) -> str:
    """The text of SHA256SUMS, as `sha256sum --check` reads it: every file, sorted, but the list itself."""
    files = [
        path for path in sorted(directory.iterdir()) if path.is_file() and not path.name.startswith(SUMS)
    ]
    return "".join(f"{asset(path).sha256}  {path.name}\n" for path in files)


def problems(tag: str, version: str, changelog: str) -> list[str]:
    """Why this must not be released under that tag; none when tag, version and newest entry agree."""
    found = []
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        found.append(f"{version} is no version of three numbers")
    if tag != f"v{version}":
        found.append(f"the tag is {tag}, the version {version}: it should be v{version}")
    entry = re.search(r"^## (.+)$", changelog, re.MULTILINE)
    if entry is None or not re.fullmatch(rf"{re.escape(version)} - \d{{4}}-\d\d-\d\d", entry[1]):
        found.append(
            f"the changelog's newest entry is {entry[1] if entry else 'missing'}, not {version} - YYYY-MM-DD"
        )
    return found


def notes(version: str, changelog: str) -> str:
    """The changelog's entry for that version, without its heading."""
    entry = re.search(
        rf"^## {re.escape(version)} [^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL
    )
    return entry[1].strip() + "\n" if entry else ""
