"""The release workflow's steps that are more than a line of shell.

python packaging/release/release.py check TAG                 tag = version = changelog entry
python packaging/release/release.py notes                     the changelog's entry, for the release's page
python packaging/release/release.py sums DIRECTORY            SHA256SUMS, signed if MINISIGN_KEY is set
python packaging/release/release.py manifests DIRECTORY OUT --repository OWNER/NAME
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from figures import SIGNATURE, SUMS, checksums, notes, problems, read_figures  # noqa: E402
from manifests import manifests  # noqa: E402

from profiles import __version__  # noqa: E402
from tray.updates.signed_release import PUBLIC_KEY, REPOSITORY, UntrustedError, signed_version  # noqa: E402


def main() -> None:
    """Do what the arguments say. Raises SystemExit with one line when it cannot be done."""
    parser = argparse.ArgumentParser()
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("check").add_argument("tag")
    steps.add_parser("notes")
    steps.add_parser("sums").add_argument("directory", type=Path)
    made = steps.add_parser("manifests")
    made.add_argument("directory", type=Path)
    made.add_argument("out", type=Path)
    made.add_argument("--repository", default=REPOSITORY)
    asked = parser.parse_args()
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    if asked.step == "check":
        if found := problems(asked.tag, __version__, changelog):
            sys.exit("; ".join(found))
    elif asked.step == "notes":
        print(notes(__version__, changelog), end="")
    elif asked.step == "sums":
        write_sums(asked.directory, os.environ.get("MINISIGN_KEY", ""))
    else:
        figures = read_figures(asked.directory, __version__, asked.repository)
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        for name, text in manifests(figures, today).items():
            path = asked.out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


def write_sums(directory: Path, key: str, public_key: str = PUBLIC_KEY) -> None:
    """SHA256SUMS, and with a `key` its signature, proven by the very code that installed versions run."""
    sums = checksums(directory).encode()
    (directory / SUMS).write_bytes(sums)
    if not key:
        print("::notice::MINISIGN_KEY is not set: SHA256SUMS is not signed, no pkcc-tray tells of it")
        return
    from minisign import SecretKey

    signature = bytes(
        SecretKey.from_base64(key.strip()).sign(sums, trusted_comment=f"pkcc-tray {__version__}")
    )
    try:
        signed_version(sums, signature, public_key)
    except UntrustedError as error:
        sys.exit(f"MINISIGN_KEY does not belong to the PUBLIC_KEY in tray/updates/signed_release.py: {error}")
    (directory / SIGNATURE).write_bytes(signature)


if __name__ == "__main__":
    main()
